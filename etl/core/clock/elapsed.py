"""How long a case took, for people and for means: shown, never compared with a limit (semantics 1.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from etl.core.clock.day_count import count_elapsed_workdays, count_suspended_days, months_between
from etl.core.clock.limits import Clock, Limit, Moment
from etl.core.clock.suspensions import Suspension, merge_spans
from etl.core.clock.time_count import OfficeTime, WallTime
from etl.core.clock.workdays import WorkCalendar

Measure = Literal["workdays", "office_days", "calendar_days", "full_days", "months", "hours", "minutes"]
MEASURE_UNITS = {
    "workdays": "workday",
    "office_days": "workday",
    "calendar_days": "day",
    "full_days": "day",
    "months": "month",
    "hours": "hour",
    "minutes": "minute",
}
"""The unit of each measure."""

DAY = dt.timedelta(days=1)


def measure_of(limit: Limit) -> Measure:
    """How elapsed time is shown where nothing else is said: in the unit of the limit."""
    if limit.unit == "workday":
        return "office_days" if limit.amount < 1 else "workdays"
    by_unit: dict[str, Measure] = {"day": "calendar_days", "month": "months", "hour": "hours", "minute": "minutes"}
    return by_unit[limit.unit]


def elapsed_between(
    start: Moment,
    end: Moment,
    measure: Measure,
    calendar: WorkCalendar,
    *,
    stops: Sequence[Suspension] = (),
    clock: Clock = "wall",
) -> Fraction | None:
    """Time from start to end without the suspensions, in the unit of `measure`.

    `full_days` counts whole 24-hour periods, rounded down; between dates without a time it is `calendar_days`.

    Returns:
        None where the measure is finer than a day and a time is missing.
    """
    if measure == "workdays":
        return Fraction(count_elapsed_workdays(start.date, end.date, calendar, stops))
    lacks_time = start.is_date_only or end.is_date_only
    suspended = count_suspended_days(start.date, end.date, stops)
    if measure == "months":
        return Fraction(months_between(start.date, end.date - DAY * suspended))
    if measure == "calendar_days" or (measure == "full_days" and lacks_time):
        return Fraction((end.date - start.date).days - suspended)
    if measure == "full_days":
        return Fraction((end.at - start.at) // DAY - suspended)
    return None if lacks_time else _elapsed_time(start.at, end.at, measure, calendar, stops=stops, clock=clock)


def _elapsed_time(
    start: dt.datetime,
    end: dt.datetime,
    measure: Measure,
    calendar: WorkCalendar,
    *,
    stops: Sequence[Suspension],
    clock: Clock,
) -> Fraction:
    office = OfficeTime(calendar)
    count = office if measure == "office_days" or clock == "office" else WallTime()
    unit = {"hours": dt.timedelta(hours=1), "minutes": dt.timedelta(minutes=1)}.get(measure, office.day)
    tick = dt.timedelta(microseconds=1)
    return Fraction(count.elapsed(start, end, merge_spans(stops)) // tick, unit // tick)
