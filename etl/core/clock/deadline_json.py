"""The legal clock on its own, as one JSON document (`bizenv deadline`)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from etl.core.clock.case_terms import ClockRules, Extension
from etl.core.clock.deadlines import Deadline
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
    extension: Extension | None = None,
    deadline_from: Moment | None = None,
    rules: ClockRules | None = None,
) -> dict[str, Any]:
    """`{deadline_date, deadline, elapsed, unit, kept, light, counted_days, calendar}` and more, all values plain JSON.

    `reason`, `marks`, `clock_abuse` and `age_days` say why a value is null or moved; `recomputed` is our own count
    beside a deadline of the file, `extended` the statutory deadline after a valid extension (both dates or null).

    Args:
        start: the event that starts the clock.
        limit: the limit.
        calendar: working days and office hours.
        end: the event that stops it.
        as_of: today, for elapsed time and light of an open case.
        suspensions: all stops.
        extension: a longer limit, granted once.
        deadline_from: the file's own deadline, which decides.
        rules: the plan's choices.

    Raises:
        CalendarNotPublished: the count needs a year that the calendar does not have.
    """
    result = judge_limit(
        start,
        end,
        limit,
        calendar,
        as_of=as_of,
        suspensions=suspensions,
        extension=extension,
        deadline_from=deadline_from,
        rules=rules,
    )
    return {
        "deadline_date": result.deadline_date and result.deadline_date.isoformat(),
        "deadline": result.deadline and result.deadline.isoformat(),
        "elapsed": _number_of(result.elapsed),
        "unit": result.unit,
        "kept": result.kept,
        "light": result.light,
        "counted_days": [day.isoformat() for day in result.counted_days],
        "calendar": result.calendar,
        "reason": result.reason,
        "marks": list(result.marks),
        "clock_abuse": list(result.clock_abuse),
        "age_days": result.age_days,
        "recomputed": _date_of(result.recomputed),
        "extended": _date_of(result.extended),
    }


def _date_of(deadline: Deadline | None) -> str | None:
    return deadline.date.isoformat() if deadline and deadline.date else None


def _number_of(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)
