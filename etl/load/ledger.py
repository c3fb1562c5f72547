"""The lake's own list of what was loaded, written in the transaction of the rows it speaks of.

`batches.status` follows a moment later in another transaction; after a crash between the two this list tells the truth,
also for a batch that brought no row or whose rows a later batch has replaced already. Its rows stand in the catalogue
itself (inlined), so that no small file is written for each batch.
"""

# ruff: noqa: S608 - SQL is put together from quoted names of contracts and quoted ids, never from cells

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from duckdb import DuckDBPyConnection
from sqlalchemy import Engine

from etl.core.lake_tables import existing_columns
from schemas.warehouse.dialect import holding_lock

LEDGER = "_loads"


@dataclass(frozen=True)
class Entry:
    """One load.

    Attributes:
        number: counts the loads of the source, from 1.
        stamp: hash of the staged file; a batch that was checked anew is loaded anew.
        rows: rows that the batch brought into the lake.
        replaced: rows that left it for them.
        superseded: rows that stayed out, because a batch that arrived later had spoken of the same.
        periods: reports only, the periods that the batch answered for.
        touched: the partitions whose rows changed: periods of a report, months received of cases.
    """

    number: int
    batch_id: str
    source: str
    stamp: str
    rows: int
    replaced: int
    superseded: int
    periods: tuple[str, ...]
    touched: tuple[str, ...]


def ensure_ledger(connection: DuckDBPyConnection, engine: Engine) -> None:
    """Create the list once, under a lock of its own."""
    if existing_columns(connection, LEDGER):
        return
    with holding_lock(engine, "lake:ledger"):
        if existing_columns(connection, LEDGER):
            return
        connection.execute(
            f"CREATE TABLE lake.{LEDGER} (number BIGINT, batch_id VARCHAR, source VARCHAR, stamp VARCHAR, rows BIGINT,"
            " replaced BIGINT, superseded BIGINT, periods VARCHAR[], touched VARCHAR[])"
        )
        connection.execute(f"CALL lake.set_option('data_inlining_row_limit', 1000, table_name => '{LEDGER}')")


def entries_of(connection: DuckDBPyConnection, source: str) -> list[Entry]:
    """All loads of one source, in their order."""
    rows = connection.execute(
        "SELECT number, batch_id, source, stamp, rows, replaced, superseded, periods, touched"
        f" FROM lake.{LEDGER} WHERE source = ? ORDER BY number",
        [source],
    ).fetchall()
    return [_entry_of(*row) for row in rows]


def add_entry(connection: DuckDBPyConnection, entry: Entry) -> None:
    """Append to the list, inside the transaction that changes the rows."""
    values = [
        *(entry.number, entry.batch_id, entry.source, entry.stamp),
        *(entry.rows, entry.replaced, entry.superseded),
        *(list(entry.periods), list(entry.touched)),
    ]
    connection.execute(f"INSERT INTO lake.{LEDGER} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def _entry_of(*values: Any) -> Entry:
    *plain, periods, touched = values
    return Entry(*plain, periods=tuple(periods), touched=tuple(touched))
