"""Writes what has changed of the lights of open cases: the lights, their history, the counts; one transaction."""

# ruff: noqa: S608 - SQL is put together from names of this module, never from data

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from duckdb import DuckDBPyConnection
from sqlalchemy import Connection, delete, insert, select, text

from etl.compute.case_light_diff import CHANGED, GONE, KEY, read_batches
from etl.compute.case_lights import COLUMNS
from etl.core.arrow_copy import copy_batches
from etl.core.case_clocks import OpenClock
from etl.core.clock.limits import Moment
from etl.core.context import Context
from schemas.warehouse.case_tables import case_clocks, case_light_counts
from schemas.warehouse.dialect import SET_CHANNEL, notify

_REST = tuple(name for name in COLUMNS if name not in KEY)
_LIT, _LEFT = "case_lights_lit", "case_lights_left"
_ON_KEY = " and ".join(f"o.{name} = n.{name}" for name in KEY)
_LOG = """
insert into case_light_changes (run_id, plan, clock, source, case_key, light_before, light_after, changed_at)
"""
# green is where cases come from and where they should go: only what was ever anything else leaves a trace
_LOG_CHANGED = f"""{_LOG}
select :run, n.plan, n.clock, n.source, n.case_key, o.light, n.light, :at
from {_LIT} n left join case_lights o on {_ON_KEY}
where o.light is distinct from n.light and not (o.light is null and n.light = 'green')
order by n.plan, n.clock, n.source, n.case_key
"""
_LOG_GONE = f"""{_LOG}
select :run, o.plan, o.clock, o.source, o.case_key, o.light, null, :at
from {_LEFT} n join case_lights o on {_ON_KEY} where o.light <> 'green'
order by o.plan, o.clock, o.source, o.case_key
"""
_TAKE_OUT = f"delete from case_lights o using {_LEFT} n where {_ON_KEY}"
_PUT_IN = f"""
insert into case_lights as o ({", ".join(COLUMNS)}, light_since)
select {", ".join(COLUMNS)}, :at from {_LIT}
on conflict ({", ".join(KEY)}) do update set {", ".join(f"{name} = excluded.{name}" for name in _REST)},
    light_since = case when o.light = excluded.light then o.light_since else excluded.light_since end
"""


@dataclass(frozen=True)
class LitClock:
    """A clock, and the moment of its lights."""

    clock: OpenClock
    moment: Moment


def write_differences(connection: Connection, lake: DuckDBPyConnection, ctx: Context) -> None:
    """Bring the lights up to what DuckDB has found, and note every change of a colour."""
    names = {"run": ctx.run_id, "at": ctx.now()}
    for table, columns in ((_LIT, COLUMNS), (_LEFT, KEY)):
        shape = f"select {', '.join(columns)} from case_lights limit 0"
        connection.execute(text(f"create temp table {table} on commit drop as {shape}"))
    copy_batches(connection, _LIT, read_batches(lake, CHANGED))
    copy_batches(connection, _LEFT, read_batches(lake, GONE))
    for table in (_LIT, _LEFT):
        connection.execute(text(f"analyze {table}"))
    for statement in (_LOG_CHANGED, _LOG_GONE, _TAKE_OUT, _PUT_IN):
        connection.execute(text(statement), names)


def write_counts(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """The counts, where they are other than before."""
    names = [column.name for column in case_light_counts.columns]
    known = {tuple(row) for row in connection.execute(select(case_light_counts))}
    if known == set(rows):
        return
    connection.execute(delete(case_light_counts))
    if rows:
        connection.execute(insert(case_light_counts), [dict(zip(names, row, strict=True)) for row in rows])


def write_clocks(connection: Connection, clocks: Sequence[LitClock], *, at: dt.datetime) -> None:
    """What the clocks are, and when they were looked at; wakes the boards."""
    connection.execute(delete(case_clocks))
    rows = [
        {
            "plan": lit.clock.plan,
            "clock": lit.clock.id,
            "rank": rank,
            "content": _describe(lit.clock),
            "lit_at": at,
            "moment": lit.moment.begins,
            "is_day": lit.moment.is_date_only,
        }
        for rank, lit in enumerate(clocks)
    ]
    if rows:
        connection.execute(insert(case_clocks), rows)
    notify(connection, SET_CHANNEL, "case_lights")


def _describe(clock: OpenClock) -> dict[str, Any]:
    shown = ("name_zh", "name_en", "clause", "limit", "target", "strength", "control", "source")
    found = {name: getattr(clock, name) for name in shown}
    return {**found, "limit": clock.limit or clock.case_clock.limit, "lead_units": list(clock.lead_units)}
