"""Refreshes the lights of all open cases: computed in DuckDB, compared there, and only what changed is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import ibis
from duckdb import DuckDBPyConnection

from etl.compute.case_light_diff import add, begin, count_lights, find_differences
from etl.compute.case_light_store import LitClock, write_clocks, write_counts, write_differences
from etl.compute.case_lights import light_cases
from etl.compute.lake_facts import has_rows
from etl.compute.look import lake_table
from etl.compute.values import Computation
from etl.core.case_clocks import OpenClock, list_clocks
from etl.core.clock.limits import Moment, midnight
from etl.core.clock.workdays import WorkCalendar
from etl.core.context import Context
from etl.core.lake import attach_warehouse, ensure_table, open_lake
from etl.core.outcomes import record
from schemas.warehouse.case_tables import LIGHTS
from schemas.warehouse.dialect import holding_lock

SUBJECT = "case-lights"


@dataclass(frozen=True)
class Relit:
    """What one refresh did: open cases by light over all clocks, rows written, rows that left."""

    clocks: int
    lights: dict[str, int]
    changed: int
    left: int


def refresh_case_lights(ctx: Context) -> Relit:
    """Light every open case of every clock as of now; a second refresh at the same moment writes nothing."""
    with record(ctx, "compute", SUBJECT) as outcome:
        with holding_lock(ctx.engine, SUBJECT), open_lake(ctx.settings) as lake:
            clocks = compute_lights(ctx, lake)
            changed, left = find_differences(lake, attach_warehouse(lake, ctx.engine.url))
            apart = [(lit.clock.plan, lit.clock.id) for lit in clocks if lit.clock.control == "external"]
            counts = count_lights(lake, apart=apart)
            with ctx.engine.begin() as connection:
                if changed or left:
                    write_differences(connection, lake, ctx)
                write_counts(connection, counts)
                write_clocks(connection, clocks, at=ctx.now())
        lights = _total(counts)
        outcome.counts.update(clocks=len(clocks), **lights, changed=changed, left=left)
        if not clocks:
            outcome.skip("CASES.NO_CLOCK", "方案里没有逐件计时的目标或环节，没有在办件灯号。")
    return Relit(len(clocks), lights, changed, left)


def _total(counts: list[tuple[object, ...]]) -> dict[str, int]:
    """Of all plans together: the counts of their halls over all clocks."""
    halls = [row[5:] for row in counts if row[1:3] == ("", "hall")]
    return {light: sum(int(str(hall[place])) for hall in halls) for place, light in enumerate(LIGHTS)}


def compute_lights(ctx: Context, lake: DuckDBPyConnection) -> list[LitClock]:
    """Put the lights of all clocks into the temporary table of `case_light_diff`."""
    backend = ibis.duckdb.from_connection(lake)
    computation = Computation(backend, ctx.registry, as_of=ctx.as_of)
    begin(lake)
    done = []
    for clock in list_clocks(ctx.registry, as_of=ctx.as_of):
        contract = ctx.registry.contracts[clock.source]
        for name in (contract.id, *contract.registers):
            ensure_table(lake, ctx.registry.contracts[name])
        moment = ctx.moment_in(ctx.zone_of(contract))
        if has_rows(lake, contract):  # to spell the expression takes longer than to light the few cases of most sources
            calendar, registers = computation.calendar_of(contract), computation.registers_of(contract)
            table = lake_table(backend, contract)
            expression = light_cases(table, clock, contract, calendar, moment, registers=registers)
            shared = (clock.plan, clock.id, clock.source)
            add(lake, str(backend.compile(expression)), number=len(done), shared=shared)
        done.append(LitClock(clock, moment))
    return done


def refresh_in_office_hours(ctx: Context) -> Relit | None:
    """As `refresh_case_lights`; None where no office of any clock is open: nobody can do anything about a case then."""
    clocks = list_clocks(ctx.registry, as_of=ctx.as_of)
    if not clocks or any(_is_open(clock, ctx) for clock in clocks):
        return refresh_case_lights(ctx)
    with record(ctx, "compute", SUBJECT) as outcome:
        outcome.skip("CASES.CLOSED", "现在不是办公时间，在办件灯号不刷新；下个办公时段自动继续。")
    return None


def _is_open(clock: OpenClock, ctx: Context) -> bool:
    contract = ctx.registry.contracts[clock.source]
    calendar = WorkCalendar.from_spec(ctx.registry.calendars[contract.calendar])
    return is_office_time(ctx.moment_in(ctx.zone_of(contract)), calendar)


def is_office_time(moment: Moment, calendar: WorkCalendar) -> bool:
    """Whether the office is open, its closing times included, at which deadlines end.

    A day that was set has no hours, and of a year without a calendar nobody knows them: both count as open.
    """
    if moment.is_date_only or not calendar.covers(moment.date):
        return True
    since_midnight = moment.at - midnight(moment.date)
    minute = int(since_midnight / dt.timedelta(minutes=1))
    return calendar.is_workday(moment.date) and any(a <= minute <= b for a, b in calendar.office.spans)
