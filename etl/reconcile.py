"""Figures of two sources held against each other once both are in the lake: the note goes to the later file.

Check cannot do this (the other source may come later) and load does not judge; so it follows load, over the lake as it
is. It works out all that its rules say and rewrites what differs: done twice, or after a crash, it says the same. What
was said of files whose rows have been replaced since stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis
from duckdb import DuckDBPyConnection
from sqlalchemy import delete, insert, select

from etl.core.context import Context
from etl.core.lake import open_lake
from etl.core.lake_tables import existing_columns, quote_name, quote_text
from etl.core.outcomes import record
from etl.core.periods import parse_period
from etl.core.singles import single_periods
from schemas.models.contract import Contract
from schemas.models.contract_between import ReconcileRule, Side
from schemas.models.finding import Level
from schemas.warehouse.dialect import holding_lock
from schemas.warehouse.tables import batches, findings

_KIND = "reconcile"
_SPELL = {
    "month": "strftime({0}, '%Y-%m')",
    "quarter": "strftime({0}, '%Y') || '-Q' || quarter({0})",
    "half": "strftime({0}, '%Y') || case when month({0}) < 7 then '-H1' else '-H2' end",
    "year": "strftime({0}, '%Y')",
}

Place = tuple[str, str | None]
"""Period and unit."""


@dataclass(frozen=True)
class _Figure:
    """What one source says of a place: exact, and from which batches."""

    value: Decimal
    batches: tuple[str, ...]


def reconcile(ctx: Context) -> int:
    """Compare all that can be compared and write the notes; how many differences there are now."""
    rules = [(c, r) for c in ctx.registry.contracts.values() for r in c.rules if isinstance(r, ReconcileRule)]
    rules = [(contract, rule) for contract, rule in rules if rule.source in ctx.registry.contracts]
    if not rules:
        return 0
    with record(ctx, "load", _KIND) as outcome, holding_lock(ctx.engine, _KIND):
        order = _read_order(ctx)
        found: list[dict[str, Any]] = []
        current: set[str] = set()
        with open_lake(ctx.settings, url=ctx.engine.url) as lake:
            for contract, rule in rules:
                other = ctx.registry.contracts[rule.source]
                mine, theirs = _read_side(lake, contract, rule.mine, rule), _read_side(lake, other, rule.theirs, rule)
                current |= {batch for side in (mine, theirs) for figure in side.values() for batch in figure.batches}
                found += _compare(contract, other, rule, mine, theirs, order=order)
        _rewrite(ctx, found, current)
        outcome.counts["differences"] = len(found)
    return len(found)


def _read_order(ctx: Context) -> dict[str, int]:
    """Batch -> its place in the order of loading."""
    query = select(batches.c.batch_id, batches.c.load_order).where(batches.c.load_order.is_not(None))
    with ctx.engine.connect() as connection:
        return {row.batch_id: row.load_order for row in connection.execute(query)}


def _read_side(lake: DuckDBPyConnection, contract: Contract, side: Side, rule: ReconcileRule) -> dict[Place, _Figure]:
    """The figures of one source; a place is there as soon as one row speaks of it, whether `where` holds or not."""
    if not set(side.columns) <= set(existing_columns(lake, contract.id)):
        return {}  # nothing was loaded since the contract has these columns
    period = _SPELL[rule.grain].format(quote_name(side.counted_on)) if side.counted_on else '"period"'
    kept = " and ".join(
        f"{quote_name(name)}::varchar in ({', '.join(map(quote_text, words))})" for name, words in side.where.items()
    )
    figure = f"sum({quote_name(side.column)})" if side.column else "count(*)"
    unit = quote_name(side.by) if side.by else "null"
    rows = lake.execute(
        f"select {period}, {unit}::varchar, coalesce({figure} filter (where {kept or 'true'}), 0), "  # noqa: S608 - names of the contract
        f"list_sort(list(distinct batch_id)) from ({_rows_of(lake, contract)}) where {period} is not null group by 1, 2"
    ).fetchall()
    return {
        (period, unit): _Figure(Decimal(value), tuple(ids))
        for period, unit, value, ids in rows
        if parse_period(period).grain == rule.grain and (unit is not None or side.by is None)
    }


def _rows_of(lake: DuckDBPyConnection, contract: Contract) -> str:
    """A query over the rows with the figures of their own periods."""
    table = ibis.duckdb.from_connection(lake).table(contract.id, database=("lake", "main"))
    return str(ibis.to_sql(single_periods(table, contract), dialect="duckdb"))


def _compare(
    contract: Contract,
    other: Contract,
    rule: ReconcileRule,
    mine: Mapping[Place, _Figure],
    theirs: Mapping[Place, _Figure],
    *,
    order: Mapping[str, int],
) -> Iterator[dict[str, Any]]:
    for place in sorted(mine.keys() & theirs.keys(), key=str):
        left, right = mine[place], theirs[place]
        gap = abs(left.value - right.value)
        if gap <= max(rule.tolerance, rule.tolerance_share * max(abs(left.value), abs(right.value))):
            continue
        newest = {side: max(figure.batches, key=lambda b: order.get(b, 0)) for side, figure in enumerate((left, right))}
        late = max(newest, key=lambda side: order.get(newest[side], 0))
        owner, column = (contract, rule.mine.column) if late == 0 else (other, rule.theirs.column)
        period, unit = place
        shown = (
            f"{_name(contract, rule.mine)}为 {_show(left.value)}，{_name(other, rule.theirs)}为 {_show(right.value)}"
        )
        yield {
            "batch_id": newest[late],
            "code": rule.code,
            "level": str(Level.NOTE),
            "message": f"{period}{f' {unit}' if unit else ''}：{rule.message}（{shown}，相差 {_show(gap)}）",
            "todo": rule.todo,
            "column_name": column,
            "header": owner.column_by_name[column].header if column else None,
            "value": _show((left, right)[late].value),
            "rule": _KIND,
        }


def _name(contract: Contract, side: Side) -> str:
    figure = f"「{contract.column_by_name[side.column].header}」之和" if side.column else "的行数"
    return f"《{contract.name_zh}》{figure}"


def _show(figure: Decimal) -> str:
    text = f"{figure:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rewrite(ctx: Context, found: list[dict[str, Any]], current: set[str]) -> None:
    """Bring the notes of the batches whose rows are in the lake in line with `found`; untouched where they are."""
    names = ("batch_id", "code", "message")
    wanted = {tuple(row[name] for name in names): row for row in found}
    query = select(findings.c.id, *(findings.c[name] for name in names)).where(
        findings.c.rule == _KIND, findings.c.batch_id.in_(current)
    )
    with ctx.engine.begin() as connection:
        there = {(row.batch_id, row.code, row.message): row.id for row in connection.execute(query)}
        if gone := [there[key] for key in there.keys() - wanted.keys()]:
            connection.execute(delete(findings).where(findings.c.id.in_(gone)))
        if new := [row for key, row in wanted.items() if key not in there]:
            connection.execute(insert(findings), new)
