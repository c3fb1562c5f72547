"""The legal clock on its own, as one JSON document (`bizenv deadline`)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from etl.core.clock.case_terms import ClockRules
from etl.core.clock.limits import Limit, Moment
from etl.core.clock.suspensions import Suspension
from etl.core.clock.verdict import judge_limit
from etl.core.clock.workdays import WorkCalendar


def deadline_json(
    start: Moment,
    limit: Limit,
    calendar: WorkCalendar,
    *,
    end: Moment | None = None,
    as_of: Moment | None = None,
    suspensions: Iterable[Suspension] = (),
    rules: ClockRules | None = None,
    details: bool = False,
) -> dict[str, Any]:
    """`{deadline_date, deadline, elapsed, unit, kept, light, counted_days, calendar}`, all values plain JSON.

    Args:
        start: the event that starts the clock.
        limit: the limit.
        calendar: working days and office hours.
        end: the event that stops it.
        as_of: today, for elapsed time and light of an open case.
        suspensions: all stops.
        rules: the plan's choices.
        details: add `reason`, `marks`, `clock_abuse`, `age_days`, which say why a value is null or moved.

    Raises:
        CalendarNotPublished: the count needs a year that the calendar does not have.
    """
    result = judge_limit(start, end, limit, calendar, as_of=as_of, suspensions=suspensions, rules=rules)
    document: dict[str, Any] = {
        "deadline_date": result.deadline_date and result.deadline_date.isoformat(),
        "deadline": result.deadline and result.deadline.isoformat(),
        "elapsed": _number_of(result.elapsed),
        "unit": result.unit,
        "kept": result.kept,
        "light": result.light,
        "counted_days": [day.isoformat() for day in result.counted_days],
        "calendar": result.calendar,
    }
    if details:
        document |= {
            "reason": result.reason,
            "marks": list(result.marks),
            "clock_abuse": list(result.clock_abuse),
            "age_days": result.age_days,
        }
    return document


def _number_of(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)
