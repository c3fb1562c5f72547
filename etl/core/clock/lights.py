"""When the light of an open case turns yellow before its deadline (semantics 4; the thresholds are ours)."""

from __future__ import annotations

from fractions import Fraction

from etl.core.clock.deadlines import Deadline
from etl.core.clock.elapsed import elapsed_between, measure_of
from etl.core.clock.limits import Limit, Moment
from etl.core.clock.workdays import WorkCalendar

SHORT = 5
"""A limit below so many days, or in hours, warns by the share that is gone; from here on one working day before."""
WARNING_SHARE = Fraction(8, 10)


def is_near(start: Moment, as_of: Moment, deadline: Deadline, limit: Limit, calendar: WorkCalendar) -> bool:
    """Whether an open case that is not overdue is close to its deadline.

    A short limit counts by its own length; where the file brought the deadline, a limit in days warns one working day
    before it, and one in hours by the share of the time up to it.
    """
    if deadline.date is None or deadline.at is None:
        raise ValueError(f"no deadline to come near to: {deadline.state}")
    is_from_file = "file_deadline" in deadline.marks
    if limit.needs_time and not start.is_date_only and not deadline.whole_day:
        total = _gone(start, Moment(deadline.at), deadline, limit, calendar)
        return _gone(start, Moment(as_of.ends), deadline, limit, calendar) >= WARNING_SHARE * total
    if limit.unit in ("workday", "day") and limit.amount < SHORT and not is_from_file:
        return _gone(start, as_of, deadline, limit, calendar) >= WARNING_SHARE * limit.amount
    return as_of.date >= calendar.previous_workday(deadline.date)


def _gone(start: Moment, until: Moment, deadline: Deadline, limit: Limit, calendar: WorkCalendar) -> Fraction:
    gone = elapsed_between(start, until, measure_of(limit), calendar, stops=deadline.stops, clock=limit.clock)
    if gone is None:
        raise ValueError("a limit below one day was compared with a date without a time")
    return gone
