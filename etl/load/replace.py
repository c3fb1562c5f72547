"""Which rows of the lake give way to a batch, and which of its rows come too late.

The file that landed last speaks, whatever the order of loading: rows of an older file that a later one has already
answered for stay out (`superseded`). Four cases, by the contract's `kind` and `resend`:

========  =========  ====================================================================
report    replace    all rows of the file's periods, of all units
report    merge      the row of the same period and key
cases     merge      the case of the same key, in whatever month it was received
cases     replace    everything: each file is the whole register
========  =========  ====================================================================
"""

# ruff: noqa: S608 - SQL is put together from quoted names of contracts and quoted ids, never from cells

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

from duckdb import DuckDBPyConnection

from etl.core.lake_tables import quote_name, quote_text, table_name
from etl.core.periods import parse_period
from etl.load.ledger import Entry
from etl.load.staged import match_columns
from schemas.models.contract import Contract


@dataclass(frozen=True)
class Scope:
    """SQL conditions.

    Attributes:
        late: on a staged row `s`: it stays out.
        gone: on a row `t` of the lake: it gives way.
        joined: `gone` also speaks of the incoming row `i`.
    """

    late: str
    gone: str
    joined: bool


def decide_scope(
    contract: Contract, *, periods: Collection[str], newer: Collection[Entry], correction: bool = False
) -> Scope:
    """The conditions of one batch; `newer` are the loads of batches that landed after it.

    A correction brings single rows of its file: it replaces rows of the same key and nothing else, whatever `resend`
    says, and stays out where a later file has spoken.
    """
    if correction:
        return _correct_scope(contract, newer)
    if contract.resend == "merge":
        return _merge_scope(contract, newer)
    if contract.kind == "cases":
        return Scope("true", "false", joined=False) if newer else Scope("false", "true", joined=False)
    answered = {period for entry in newer for period in entry.periods}
    return Scope(_is_in("s.period", answered), _is_in("t.period", set(periods) - answered), joined=False)


def _correct_scope(contract: Contract, newer: Collection[Entry]) -> Scope:
    merged = _merge_scope(contract, newer)
    if contract.resend == "merge":
        return merged
    if contract.kind == "cases":
        return replace(merged, late="true" if any(entry.periods or entry.rows for entry in newer) else "false")
    return replace(merged, late=_is_in("s.period", {period for entry in newer for period in entry.periods}))


def _merge_scope(contract: Contract, newer: Collection[Entry]) -> Scope:
    names = _quoted(match_columns(contract))

    def same(left: str, right: str) -> str:
        # a key column may be empty: two empty cells are the same key
        return " AND ".join(f"{left}.{name} IS NOT DISTINCT FROM {right}.{name}" for name in names)

    late = "false"
    if newer:
        theirs = _is_in("n.batch_id", {entry.batch_id for entry in newer})
        rival = f"SELECT 1 FROM {table_name(contract)} n WHERE {theirs} AND {same('n', 's')}"
        late = f"EXISTS ({rival})"
    return Scope(late, same("t", "i"), joined=True)


def make_incoming(connection: DuckDBPyConnection, scope: Scope) -> None:
    """The temporary view `incoming`: the staged rows that are not too late."""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW incoming AS SELECT * FROM staged s WHERE NOT ({scope.late})")


def make_gone(connection: DuckDBPyConnection, contract: Contract, scope: Scope, *, batch_id: str) -> None:
    """The temporary table `gone`: the partition of each row that will leave, an earlier load of the batch too."""
    picked = "t.received_month" if contract.kind == "cases" else "t.period"
    table = table_name(contract)
    beside = ", incoming i" if scope.joined else ""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE gone AS SELECT {picked} FROM {table} t{beside} WHERE {scope.gone}"
        f" UNION ALL SELECT {picked} FROM {table} t WHERE t.batch_id = {quote_text(batch_id)}"
    )


def delete_gone(connection: DuckDBPyConnection, contract: Contract, scope: Scope, *, batch_id: str, again: bool) -> int:
    """Delete what gives way, and how many rows that were; `again`: the batch was loaded before in another form."""
    if not _count(connection, "SELECT count(*) FROM gone"):
        return 0
    table = table_name(contract)
    using = " USING incoming i" if scope.joined else ""
    count = _count(connection, f"DELETE FROM {table} AS t{using} WHERE {scope.gone}{prune(connection, contract)}")
    if again:
        count += _count(connection, f"DELETE FROM {table} WHERE batch_id = {quote_text(batch_id)}")
    return count


def prune(connection: DuckDBPyConnection, contract: Contract) -> str:
    """Names the partitions of the rows that were really found; it only spares reading the others."""
    if contract.kind == "report":
        return ""
    months = connection.execute("SELECT DISTINCT received_month FROM gone").fetchall()
    return f" AND {_is_in('t.received_month', {row[0].isoformat() for row in months})}"


def insert_incoming(connection: DuckDBPyConnection, contract: Contract) -> int:
    """Insert the incoming rows, and how many they were."""
    return _count(connection, f"INSERT INTO {table_name(contract)} BY NAME SELECT * FROM incoming")


def touched_chunks(connection: DuckDBPyConnection, contract: Contract) -> tuple[str, ...]:
    """The partitions of old and new rows, sorted: periods of a report, months received of cases.

    Of sums since January, what a period has of its own follows the sum before it: the later periods of the year are
    touched too.
    """
    chunk = "period" if contract.kind == "report" else "strftime(received_month, '%Y-%m')"
    parts = (f"SELECT {chunk} AS chunk FROM {relation}" for relation in ("staged", "gone"))
    rows = connection.execute(f"SELECT DISTINCT chunk FROM ({' UNION ALL '.join(parts)}) ORDER BY chunk").fetchall()
    touched = {row[0] for row in rows}
    touched |= _following_months(connection, contract, touched)
    if contract.running_columns:
        held = connection.execute(f"SELECT DISTINCT period FROM {table_name(contract)}").fetchall()
        touched |= {period for (period,) in held if any(_follows(period, other) for other in touched)}
    return tuple(sorted(touched))


def _following_months(connection: DuckDBPyConnection, contract: Contract, touched: set[str]) -> set[str]:
    """Months in which a case may be the repeat of one that was touched."""
    repeat = contract.events.repeat if contract.events else None
    if repeat is None:
        return set()
    query = f"SELECT DISTINCT strftime(received_month, '%Y-%m') FROM {table_name(contract)}"
    held = {parse_period(row[0]) for row in connection.execute(query).fetchall()}
    reach = dt.timedelta(days=repeat.days)
    ends = [parse_period(month).end for month in touched]
    return {month.text for month in held if any(end < month.start <= end + reach for end in ends)}


def _follows(period: str, other: str) -> bool:
    """Whether a period ends after another one of the same year."""
    late, early = parse_period(period).end, parse_period(other).end
    return late.year == early.year and late > early


def _quoted(names: Collection[str]) -> list[str]:
    return [quote_name(name) for name in names]


def _is_in(column: str, values: Collection[str]) -> str:
    # an empty list must be false, not NULL: NOT NULL would keep every row out
    return f"{column} IN ({', '.join(sorted(map(quote_text, values)))})" if values else "false"


def _count(connection: DuckDBPyConnection, statement: str) -> int:
    """The one number that a count or a change gives."""
    row = connection.execute(statement).fetchone()
    return int(row[0]) if row else 0
