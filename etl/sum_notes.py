"""After load, the remarks that a sum since January has no predecessor are brought in line with the lake.

Check said so when the file came; a predecessor that came late has mended it since, or one that was replaced has made a
new gap. Done twice, or after a crash, it says the same.
"""

from __future__ import annotations

from typing import Any

import ibis
from sqlalchemy import delete, insert, select

from etl.check.findings import KEPT_PER_CODE
from etl.check.messages import CUMULATIVE_GAP, describe_sum
from etl.check.usual import show_figure
from etl.core.context import Context
from etl.core.lake import open_lake
from etl.core.lake_tables import existing_columns
from etl.core.singles import find_gaps
from schemas.models.contract import Contract
from schemas.models.finding import Level
from schemas.warehouse.dialect import holding_lock
from schemas.warehouse.tables import batches, findings

Place = tuple[str, int, str]
"""Batch, line and column."""


def settle_sum_notes(ctx: Context) -> None:
    """Take back what is mended, and say what is new, for every source of sums since January."""
    contracts = [contract for contract in ctx.registry.contracts.values() if contract.running_columns]
    if not contracts:
        return
    with holding_lock(ctx.engine, "sum_notes"), open_lake(ctx.settings, url=ctx.engine.url) as lake:
        backend = ibis.duckdb.from_connection(lake)
        for contract in contracts:
            if set(contract.running_columns) <= set(existing_columns(lake, contract.id)):
                table = backend.table(contract.id, database=("lake", "main"))
                _rewrite(ctx, contract, _read_gaps(table, contract))


def _read_gaps(table: Any, contract: Contract) -> dict[Place, dict[str, Any]]:
    found: dict[Place, dict[str, Any]] = {}
    for column in contract.running_columns:
        for row in find_gaps(table, contract, column).execute().to_dict("records"):
            found.setdefault((row["batch_id"], int(row["line"]), column), row)
    return found


def _rewrite(ctx: Context, contract: Contract, gaps: dict[Place, dict[str, Any]]) -> None:
    """A batch with a note that counts what was not listed (it has no line) keeps that until nothing is left to say."""
    loaded = select(batches.c.batch_id).where(batches.c.source == contract.id, batches.c.status == "loaded")
    query = select(findings.c.id, findings.c.batch_id, findings.c.line, findings.c.column_name).where(
        findings.c.code == CUMULATIVE_GAP, findings.c.batch_id.in_(loaded)
    )
    open_batches = {batch for batch, _, _ in gaps}
    with ctx.engine.begin() as connection:
        there = connection.execute(query).all()
        said = {(row.batch_id, row.line, row.column_name) for row in there}
        counted = {row.batch_id for row in there if row.line is None}
        mended = [
            row.id
            for row in there
            if (row.batch_id, row.line, row.column_name) not in gaps
            and (row.line is not None or row.batch_id not in open_batches)
        ]
        new = sorted(place for place in gaps.keys() - said if place[0] not in counted)[:KEPT_PER_CODE]
        if mended:
            connection.execute(delete(findings).where(findings.c.id.in_(mended)))
        if new:
            connection.execute(insert(findings), [_make_row(contract, place, gaps[place]) for place in new])


def _make_row(contract: Contract, place: Place, row: dict[str, Any]) -> dict[str, Any]:
    batch_id, line, column = place
    header, shown = contract.column_by_name[column].header, show_figure(row["value"])
    message, todo = describe_sum(CUMULATIVE_GAP, f"第 {line} 行「{header}」（{row['period']}）", shown, "")
    return {
        **{"batch_id": batch_id, "code": CUMULATIVE_GAP, "level": str(Level.NOTE), "message": message, "todo": todo},
        **{"sheet": row["sheet"], "line": line, "column_name": column, "header": header, "value": shown},
    }
