"""When an open case turns yellow and red under one limit, as constants of the moment: no further join is needed.

The rules are those of `etl.core.clock.lights`. They are turned round: instead of how much of a limit has gone for each
case, the latest deadline that is near at this moment is worked out once, by the scalar clock.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from math import ceil, floor

import ibis

from etl.compute.expressions import TableExpr, ValueExpr
from etl.core.clock.lights import SHORT, WARNING_SHARE
from etl.core.clock.limits import Limit, Moment
from etl.core.clock.time_count import OfficeTime
from etl.core.clock.workdays import CalendarNotPublished, WorkCalendar


@dataclass(frozen=True)
class LightLimits:
    """The bounds of one limit at one moment.

    Attributes:
        near_until: deadlines up to this date are near (where the limit warns by dates).
        near_at: deadlines up to this instant are near (where it warns by the share of its time).
        started_by: cases of a short limit in calendar days that started by this date are near.
    """

    near_until: dt.date | None = None
    near_at: dt.datetime | None = None
    started_by: dt.date | None = None

    def is_near(self, table: TableExpr) -> ValueExpr:
        """Whether an open case that is not overdue is close to its deadline."""
        if self.near_at is not None:
            return table.deadline_at <= _instant(self.near_at)
        if self.started_by is not None:
            return table.start_at.date() <= _day(self.started_by)
        if self.near_until is not None:
            return table.deadline_date <= _day(self.near_until)
        return ibis.null("boolean")


def is_past(table: TableExpr, moment: Moment) -> ValueExpr:
    """Whether the deadline is over; null where there is none. A date stands for its end against one with a time."""
    by_date = table.deadline_date < _day(moment.date)
    return ibis.ifelse(table.deadline_at.isnull(), by_date, table.deadline_at < _instant(moment.ends))


def _day(day: dt.date) -> ValueExpr:
    return ibis.date(day.isoformat())


def _instant(at: dt.datetime) -> ValueExpr:
    return ibis.timestamp(at.isoformat(sep=" "))


def limits_at(limit: Limit, moment: Moment, calendar: WorkCalendar) -> LightLimits:
    """The bounds of `limit` at `moment`.

    On a day without a calendar nothing is near: what is not overdue then has no light at all. Where the calendar ends
    soon after, every deadline that it still has is near enough.
    """
    if limit.needs_time and not limit.over_office_hours:
        return LightLimits(near_at=moment.ends + _last_fifth(limit, calendar))
    if not calendar.covers(moment.date):
        return LightLimits()
    try:
        return _count_on(moment, limit, calendar)
    except CalendarNotPublished:
        return LightLimits(near_until=calendar.last)


def _count_on(moment: Moment, limit: Limit, calendar: WorkCalendar) -> LightLimits:
    if limit.needs_time:
        return LightLimits(near_at=OfficeTime(calendar).after(moment.ends, _last_fifth(limit, calendar)))
    if limit.unit == "day" and limit.amount < SHORT:
        return LightLimits(started_by=moment.date - dt.timedelta(days=ceil(WARNING_SHARE * limit.amount)))
    number = calendar.number(moment.date)
    if limit.unit == "workday" and limit.amount < SHORT:
        left = floor(ceil(limit.amount) - WARNING_SHARE * limit.amount)
        return LightLimits(near_until=calendar.workday(number + left + 1) - dt.timedelta(days=1))
    return LightLimits(near_until=calendar.workday(number + 1))


def _last_fifth(limit: Limit, calendar: WorkCalendar) -> dt.timedelta:
    """How much of the limit is left when it turns yellow."""
    rest = Limit(limit.amount * (1 - WARNING_SHARE), limit.unit, limit.clock)
    return rest.duration(OfficeTime(calendar).day)
