"""Whether an open case is close to its deadline, where no constant tells it: extensions, deadlines of the file."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import ibis

from etl.compute.calendar_join import CalendarTables
from etl.compute.case_limits import limits_at
from etl.compute.cases import office_second
from etl.compute.expressions import TableExpr, ValueExpr
from etl.core.clock.lights import SHORT
from etl.core.clock.limits import Limit, Moment, midnight
from etl.core.clock.time_count import OfficeTime

WHOLE = Limit(Fraction(SHORT), "workday")
"""Stands for every limit that warns one working day before its deadline."""


def add_nearness(cases: TableExpr, limit: Limit | None, moment: Moment, calendar: CalendarTables) -> TableExpr:
    """Add `is_near`; null where the calendar of the moment is not published.

    `limit` None: only the file has deadlines.
    """
    work = calendar.calendar
    day_before = limits_at(WHOLE, moment, work).is_near(cases)
    if limit is None:
        return cases.mutate(is_near=day_before)
    near = limits_at(limit, moment, work).is_near(cases)
    if "_extra" in cases.columns and not limit.needs_time and limit.amount < SHORT:
        near = _with_extension(cases, near, day_before, limit, moment, calendar)
    if "_file_at" not in cases.columns:
        return cases.mutate(is_near=near)
    by_file = day_before
    if limit.needs_time:
        cases = calendar.join_days(cases, cases.deadline_date, "last")
        cases = calendar.number_days(cases, "start")
        has_times = cases.deadline_at.notnull() & ~cases.start_coarse
        by_file = ibis.ifelse(has_times, _is_share_gone(cases, limit, moment, calendar), day_before)
    return cases.mutate(is_near=ibis.ifelse(cases._file_at.notnull(), by_file, near))


def _with_extension(
    cases: TableExpr, near: ValueExpr, day_before: ValueExpr, limit: Limit, moment: Moment, calendar: CalendarTables
) -> ValueExpr:
    """A short limit that an extension has made longer warns as the longer one does."""
    signed = (cases._signed_at.date() <= ibis.date(moment.date.isoformat())).fill_null(False)
    in_time = ~cases.abuse.contains("extension_after_deadline").fill_null(False)
    extra: ValueExpr = ibis.ifelse(signed & in_time, cases._extra, 0)
    steps = []
    for more in range(1, SHORT):
        longer = replace(limit, amount=limit.amount + more)
        if longer.amount < SHORT:
            steps.append((extra == more, limits_at(longer, moment, calendar.calendar).is_near(cases)))
    return ibis.cases(*steps, (extra > 0, day_before), else_=near)


def _is_share_gone(cases: TableExpr, limit: Limit, moment: Moment, calendar: CalendarTables) -> ValueExpr:
    """Whether four fifths of the time up to a deadline that the file has set are over."""
    now, work = moment.ends, calendar.calendar
    if not limit.over_office_hours:
        start = cases.start_at.epoch_seconds()
        gone = ibis.timestamp(now.isoformat(sep=" ")).epoch_seconds() - start
        return 5 * gone >= 4 * (cases.deadline_at.epoch_seconds() - start)
    if not work.covers(moment.date):
        return ibis.null("boolean")
    start = office_second(cases, "start", calendar)
    total = cases.last_before + calendar.worked(cases.deadline_at, cases.last_open) - start
    so_far = OfficeTime(work).between(midnight(work.first), now)
    return 5 * (int(so_far.total_seconds()) - start) >= 4 * total
