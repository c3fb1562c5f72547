"""Cases on the clock: when each started, ended, had to end, and how long it took; then sums a (month, unit)."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import ibis

from etl.compute.calendar_join import CalendarTables, seconds_of_day
from etl.compute.deadlines import add_deadline, needs_time
from etl.compute.expressions import TableExpr, ValueExpr
from schemas.models.case_clock import CaseClock
from schemas.models.contract import ColumnType, Contract
from schemas.models.indicator import Indicator, Where


def keep_rows(table: TableExpr, where: tuple[Where, ...]) -> TableExpr:
    """The rows that satisfy every filter."""
    for condition in where:
        table = table.filter(table[condition.column].isin(list(condition.values)))
    return table


def case_table(
    table: TableExpr, indicator: Indicator, contract: Contract, calendar: CalendarTables, *, as_of: dt.date
) -> TableExpr:
    """One row a case: `unit`, `start_at`, `end_at` (null while open at `as_of`), coarse flags, calendar numbers.

    Events after `as_of` have not happened yet; a case that starts after it is not there.
    """
    clock = indicator.clock
    assert clock is not None  # noqa: S101 - the model guarantees it for the forms that come here
    table = keep_rows(table, indicator.where)
    start, start_coarse = _event(table, contract, clock.start, at_start=True)
    ends = [_event(table, contract, name, at_start=False) for name in clock.end_columns]
    end, end_coarse = _combine(ends, earliest=bool(clock.earliest))
    unit = table[contract.unit_column] if contract.unit_column else ibis.null("string")
    table = table.select(
        "batch_id",
        "sheet",
        "line",
        unit=unit,
        start_at=start,
        start_coarse=start_coarse,
        end_at=end,
        end_coarse=end_coarse,
    )
    tomorrow = ibis.timestamp(f"{as_of + dt.timedelta(days=1)} 00:00:00")
    table = table.filter(table.start_at < tomorrow)
    open_now = table.end_at.isnull() | (table.end_at >= tomorrow)
    table = table.mutate(end_at=ibis.ifelse(open_now, ibis.null("timestamp"), table.end_at))
    table = calendar.join_days(table, table.start_at.date(), "start")
    if clock.after_hours == "next_opening":
        table = _receive_at_opening(table, calendar)
    return calendar.join_days(table, table.end_at.date(), "end")


def _receive_at_opening(table: TableExpr, calendar: CalendarTables) -> TableExpr:
    """A start outside office hours counts as received at the next opening (semantics 1.7)."""
    spans = calendar.calendar.office.spans
    offset = seconds_of_day(table.start_at)
    closed = (~table.start_open) | ((offset >= spans[-1][1] * 60) & ~table.start_coarse)
    opening: ValueExpr = ibis.literal(spans[0][0] * 60)
    for before, after in pairwise(spans):
        opening = ibis.ifelse(offset >= before[1] * 60, after[0] * 60, opening)
    within = ibis.greatest(offset, opening)
    for opens, closes in spans:
        within = ibis.ifelse((offset >= opens * 60) & (offset < closes * 60), offset, within)
    table = table.mutate(_closed=closed, _offset=ibis.ifelse(closed, spans[0][0] * 60, within))
    table = calendar.join_number(table, table.start_no + table._closed.cast("int64"), "_received")
    offset = ibis.ifelse(table.start_coarse, 0, table._offset).cast("int64").as_interval("s")
    table = table.mutate(start_at=table._received.cast("timestamp") + offset)
    table = table.drop("_closed", "_offset", "_received", "start_no", "start_open", "start_before")
    return calendar.join_days(table, table.start_at.date(), "start")


def _event(table: TableExpr, contract: Contract, name: str, *, at_start: bool) -> tuple[ValueExpr, ValueExpr]:
    """Instant of an event and whether it is a mere date. A date stands as its midnight; see `end_instant`."""
    column = contract.column_by_name[name]
    if column.type is ColumnType.DATE:
        return table[name].cast("timestamp"), table[name].notnull()
    return table[name], table[f"{name}_date_only"].fill_null(False)


def _combine(events: list[tuple[ValueExpr, ValueExpr]], *, earliest: bool) -> tuple[ValueExpr, ValueExpr]:
    if len(events) == 1:
        return events[0]
    stamps = [stamp for stamp, _ in events]
    coarse = events[0][1]
    for _, flag in events[1:]:
        coarse = coarse | flag
    if earliest:
        return ibis.least(*stamps), coarse
    missing = stamps[0].isnull()
    for stamp in stamps[1:]:
        missing = missing | stamp.isnull()
    return ibis.ifelse(missing, ibis.null("timestamp"), ibis.greatest(*stamps)), coarse


def judged_cases(
    cases: TableExpr, clock: CaseClock, limit: str, calendar: CalendarTables, *, as_of: dt.date
) -> TableExpr:
    """Add `deadline_*`, `is_kept`, `decided_on` (null: not decided at `as_of`), `is_blind` and `is_coarse`.

    A case is decided at the earlier of its end and its deadline: on time at its end, late at its deadline.
    `is_blind`: its deadline lies in a year whose calendar is not published.
    """
    table = add_deadline(cases, clock, limit, calendar)
    on_time = table.end_at.notnull() & (table.end_at.date() <= table.deadline_date)
    by_instant = table.deadline_at.isnull() | table.end_coarse | (table.end_at <= table.deadline_at)
    table = table.mutate(is_kept=(on_time & by_instant).fill_null(False))
    late_on = ibis.ifelse(table.deadline_date <= ibis.date(as_of.isoformat()), table.deadline_date, ibis.null("date"))
    table = table.mutate(
        decided_on=ibis.ifelse(table.is_kept, table.end_at.date(), late_on),
        is_blind=table.deadline_date.isnull(),
        is_coarse=_coarse(table, limit),
    )
    blind_on = table.start_at.date()
    return table.mutate(decided_on=ibis.ifelse(table.is_blind, blind_on, table.decided_on))


def _coarse(table: TableExpr, limit: str) -> ValueExpr:
    if not needs_time(limit):
        return ibis.literal(False)
    return table.start_coarse | (table.end_at.notnull() & table.end_coarse)


def elapsed(table: TableExpr, clock: CaseClock, contract: Contract, calendar: CalendarTables) -> ValueExpr:
    """Elapsed time of ended cases, integers: days, whole 24-hour periods, or seconds (`elapsed_divisor`)."""
    if clock.measure == "workdays":
        return table.end_no - table.start_no
    if clock.measure == "office_days":
        return office_second(table, "end", calendar) - office_second(table, "start", calendar)
    if clock.measure == "calendar_days":
        return (table.end_at.date().epoch_days() - table.start_at.date().epoch_days()).cast("int64")
    end = end_instant(table, clock, contract).epoch_seconds()
    start = start_instant(table, clock, contract).epoch_seconds()
    seconds = end - start
    return (seconds / 86400).floor().cast("int64") if clock.measure == "full_days" else seconds


def office_second(table: TableExpr, prefix: str, calendar: CalendarTables) -> ValueExpr:
    """Running office second of `<prefix>_at`."""
    return table[f"{prefix}_before"] + calendar.worked(table[f"{prefix}_at"], table[f"{prefix}_open"])


def elapsed_divisor(clock: CaseClock, calendar: CalendarTables) -> int:
    """How many of the integers of `elapsed` make one unit of the indicator."""
    return {"office_days": calendar.day_seconds, "hours": 3600}.get(clock.measure, 1)


def _date_only_rule(contract: Contract, names: tuple[str, ...]) -> str | None:
    rules = {contract.column_by_name[name].date_only for name in names} - {None}
    return rules.pop() if len(rules) == 1 else contract.date_only


def end_instant(table: TableExpr, clock: CaseClock, contract: Contract) -> ValueExpr:
    """An end without a time is the end of its day, unless the contract says otherwise (semantics 1.10)."""
    if _date_only_rule(contract, clock.end_columns) == "start_of_day":
        return table.end_at
    return ibis.ifelse(table.end_coarse, table.end_at + ibis.interval(days=1), table.end_at)


def start_instant(table: TableExpr, clock: CaseClock, contract: Contract) -> ValueExpr:
    if _date_only_rule(contract, (clock.start,)) == "end_of_day":
        return ibis.ifelse(table.start_coarse, table.start_at + ibis.interval(days=1), table.start_at)
    return table.start_at
