"""Chunks of a source's rows: the partitions of its table in the lake, and the unit in which parts are kept.

Cases: one month *received*, which a case never leaves unless its day of receipt is corrected. Reports: one period.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from etl.compute.expressions import TableExpr, ValueExpr
from etl.core.singles import single_periods
from schemas.models.contract import Contract

CHUNK = "_chunk"
"""The column that tells the chunk of a row. Expressions carry it through where a table has it."""


def chunk_column(contract: Contract) -> str:
    """The column of the lake by which the source's table is partitioned."""
    return "received_month" if contract.kind == "cases" else "period"


def in_chunks(table: TableExpr, contract: Contract, chunks: Collection[str] | None) -> TableExpr:
    """The rows of these chunks (None: all), each with its chunk; other partitions are not read.

    Of sums since January the figures of single periods; there the sums before them are read too.
    """
    rows = single_periods(table.mutate(**{CHUNK: table[chunk_column(contract)]}), contract)
    if chunks is None:
        return rows
    return rows.filter(rows[CHUNK].isin([_stored(chunk, contract) for chunk in chunks]))


def chunk_keys(table: TableExpr) -> dict[str, ValueExpr]:
    """What groups are split by beside their own keys: the chunk, where the table is cut into chunks."""
    return {CHUNK: table[CHUNK]} if CHUNK in table.columns else {}


def name_chunk(value: object) -> str:
    """The name of a chunk as the warehouse keeps it: `2023-03`, or the period of a report."""
    return f"{value:%Y-%m}" if isinstance(value, dt.date) else str(value)


def _stored(chunk: str, contract: Contract) -> dt.date | str:
    """A chunk as it stands in the lake."""
    return dt.date.fromisoformat(f"{chunk}-01") if contract.kind == "cases" else chunk
