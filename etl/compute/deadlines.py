"""The deadline of every case as one expression: the vectorised face of `etl.core.clock.limits` (semantics 1.2-1.7)."""

from __future__ import annotations

from decimal import Decimal

import ibis
import numpy as np

from etl.compute.calendar_join import CalendarTables, seconds_of_day
from etl.compute.expressions import TableExpr, ValueExpr
from etl.core.clock.frames import calendar_deadline_dates, deadline_dates, month_deadline_dates
from schemas.models.case_clock import CaseClock, LimitBy

SUB_DAY_UNITS = {"hour", "office_hour", "minute", "office_minute"}


_DEADLINE = {"deadline_date": "date", "deadline_at": "timestamp", "has_deadline": "boolean", "needs_time": "boolean"}


def needs_time(limit: str) -> bool:
    """Whether a date without a time is too coarse for this limit (semantics 1.6)."""
    amount, unit = split_limit(limit)
    return unit in SUB_DAY_UNITS or (unit == "workday" and amount < 1)


def split_limit(limit: str) -> tuple[Decimal, str]:
    amount, unit = limit.split()
    return Decimal(amount), unit


def add_deadlines(table: TableExpr, clock: CaseClock, limit: str | None, calendar: CalendarTables) -> TableExpr:
    """Add `deadline_date` (last day on time) and `deadline_at` (last instant on time, or null for whole days).

    Kept is `end date <= deadline_date`, and where `deadline_at` is set `end <= deadline_at`. The limit is that of the
    target, the clock's own, or depends on a word of the row; a deadline of the file decides over it, and `own_date` is
    then our own count. `has_deadline` is false where there is neither; `needs_time`: the limit that decides is below
    one day.
    """
    limit = limit or clock.limit
    if limit is not None:
        table = _under(table, clock, limit, calendar)
    elif clock.limit_by is not None:
        table = _by_word(table, clock, clock.limit_by, calendar)
    else:
        table = _without_limit(table)
    table = table.mutate(own_date=table.deadline_date)
    return _decide_by_file(table) if "_file_at" in table.columns else table


def _decide_by_file(table: TableExpr) -> TableExpr:
    """Deadlines of the file, where it has one."""
    named = table._file_at.notnull()
    at = ibis.ifelse(table._file_coarse, ibis.null("timestamp"), table._file_at)
    return table.mutate(
        deadline_date=ibis.ifelse(named, table._file_at.date(), table.deadline_date),
        deadline_at=ibis.ifelse(named, at, table.deadline_at),
        has_deadline=table.has_deadline | named,
        needs_time=table.needs_time & ~named,
    )


def _under(table: TableExpr, clock: CaseClock, limit: str, calendar: CalendarTables) -> TableExpr:
    table = add_deadline(table, clock, limit, calendar)
    return table.mutate(has_deadline=ibis.literal(True), needs_time=ibis.literal(needs_time(limit)))


def _without_limit(table: TableExpr) -> TableExpr:
    return table.mutate(
        deadline_date=ibis.null("date"),
        deadline_at=ibis.null("timestamp"),
        has_deadline=ibis.literal(False),
        needs_time=ibis.literal(False),
    )


def _by_word(table: TableExpr, clock: CaseClock, by: LimitBy, calendar: CalendarTables) -> TableExpr:
    """Each row under the limit of its word: one branch a limit, whole working days together."""
    branches = []
    days = {word: limit for word, limit in by.limits.items() if _is_whole_workday(limit)}
    if days:
        rows = calendar.number_days(table.filter(table._word.isin(list(days))), "start")
        amount = ibis.cases(*((rows._word == word, int(split_limit(limit)[0])) for word, limit in days.items()))
        rows = calendar.join_number(rows, rows.start_no + amount, "deadline_date")
        rows = _close_of_day(rows, clock, calendar)
        branches.append(rows.mutate(has_deadline=ibis.literal(True), needs_time=ibis.literal(False)))
    for limit in sorted({*by.limits.values()} - {*days.values()}):
        words = [word for word, other in by.limits.items() if other == limit]
        branches.append(_under(table.filter(table._word.isin(words)), clock, limit, calendar))
    rest = table.filter(~table._word.isin(list(by.limits)) | table._word.isnull())
    branches.append(_under(rest, clock, by.otherwise, calendar) if by.otherwise else _without_limit(rest))
    schema = dict(table.schema().items()) | _DEADLINE
    return ibis.union(*(branch.select(*schema).cast(schema) for branch in branches))


def _is_whole_workday(limit: str) -> bool:
    amount, unit = split_limit(limit)
    return unit == "workday" and amount == int(amount)


def is_coarse(table: TableExpr) -> ValueExpr:
    """Cases whose dates without a time do not tell whether the deadline was kept."""
    ended = table.end_at.notnull() & table.end_coarse
    coarse = table.needs_time & (table.start_coarse | ended)
    if "_file_at" in table.columns:
        same_day = ended & table.deadline_at.notnull() & (table.end_at.date() == table.deadline_date)
        coarse = coarse | (table._file_at.notnull() & same_day)
    return coarse.fill_null(False)


def add_deadline(table: TableExpr, clock: CaseClock, limit: str, calendar: CalendarTables) -> TableExpr:
    """Deadlines under one limit. `table` has `start_at`, `start_coarse` and what `join_days(..., "start")` gives."""
    amount, unit = split_limit(limit)
    if unit in ("day", "month") or _is_whole_workday(limit):
        return _close_of_day(_due_after(table, int(amount), unit, calendar), clock, calendar)
    if unit == "workday" and amount > 1:
        return _mixed_deadline(table, amount, calendar)
    if unit in ("hour", "minute"):
        seconds = int(amount * (3600 if unit == "hour" else 60))
        at = table.start_at + ibis.interval(seconds=seconds)
        return table.mutate(deadline_at=at).mutate(deadline_date=ibis._.deadline_at.date())
    seconds = {"workday": calendar.day_seconds, "office_hour": 3600, "office_minute": 60}[unit]
    return _office_deadline(table, amount * seconds, calendar)


def _close_of_day(table: TableExpr, clock: CaseClock, calendar: CalendarTables) -> TableExpr:
    if clock.last_day == "midnight":
        return table.mutate(deadline_at=ibis.null("timestamp"))
    if clock.last_day == "start_time":
        at = _at(table.deadline_date, seconds_of_day(table.start_at))
        return table.mutate(deadline_at=ibis.ifelse(table.start_coarse, ibis.null("timestamp"), at))
    closes = calendar.calendar.office.spans[-1][1] * 60
    return table.mutate(deadline_at=table.deadline_date.cast("timestamp") + ibis.interval(seconds=closes))


def _due_after(table: TableExpr, amount: int, unit: str, calendar: CalendarTables) -> TableExpr:
    """Whole days: the deadline follows from the day of the start."""
    work = calendar.calendar
    rule = {"workday": deadline_dates, "day": calendar_deadline_dates, "month": month_deadline_dates}[unit]
    starts = work.dates
    if unit != "workday":  # only the last day has to be covered
        before = starts[0] - np.arange(31 * amount, 0, -1).astype("timedelta64[D]")
        starts = np.concatenate([before, starts])
    return calendar.join_due(table, f"{amount}_{unit}", starts, rule(starts, amount, work, uncovered="null"))


def _office_deadline(table: TableExpr, seconds: Decimal, calendar: CalendarTables) -> TableExpr:
    """`seconds` of office time after the start; ends at the earliest instant by which they have passed."""
    if seconds != int(seconds):
        raise ValueError(f"a limit of {seconds} office seconds is finer than a second")
    table = calendar.number_days(table, "start")
    begun = table.start_before + calendar.worked(table.start_at, table.start_open)
    table = table.mutate(_due=begun + int(seconds))
    whole = calendar.day_seconds
    number = ((table._due + whole - 1) / whole).floor().cast("int64")
    table = calendar.join_number(table.mutate(_number_due=number), number, "deadline_date")
    offset = calendar.offset_after(table._due - (table._number_due - 1) * whole)
    return table.mutate(deadline_at=_at(table.deadline_date, offset)).drop("_due", "_number_due")


def _mixed_deadline(table: TableExpr, amount: Decimal, calendar: CalendarTables) -> TableExpr:
    """N = 3.5: three whole working days, then the fraction of the office day on the next one (semantics 1.6)."""
    seconds = (amount - int(amount)) * calendar.day_seconds
    table = calendar.number_days(table, "start")
    number = table.start_no + int(amount) + 1
    table = calendar.join_number(table, number, "deadline_date")
    at = _at(table.deadline_date, calendar.offset_after(ibis.literal(int(seconds))))
    return table.mutate(deadline_at=ibis.ifelse(table.start_coarse, ibis.null("timestamp"), at))


def _at(day: ValueExpr, seconds: ValueExpr) -> ValueExpr:
    """Wall time: never through an epoch, which DuckDB turns into a zoned instant of the session's zone."""
    return day.cast("timestamp") + seconds.cast("int64").as_interval("s")
