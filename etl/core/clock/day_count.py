"""Counting whole days: working days, calendar days, months, with suspended days taken out (semantics 1.2-1.4)."""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import islice

from etl.core.clock.suspensions import Suspension, is_taken_out
from etl.core.clock.workdays import WorkCalendar

Stops = Sequence[Suspension]
DAY = dt.timedelta(days=1)


def count_workdays(start: dt.date, n: int, calendar: WorkCalendar, stops: Stops) -> tuple[dt.date, ...]:
    """The first n working days after `start` (art. 201) that no suspension takes out; the last one is the deadline."""
    return tuple(islice(_workdays_after(start, calendar, stops), n))


def count_calendar_days(start: dt.date, n: int, stops: Stops) -> tuple[dt.date, ...]:
    """The first n days after `start` that no suspension takes out, not yet moved off a rest day."""
    days = (start + DAY * offset for offset in range(1, (dt.date.max - start).days))
    return tuple(islice((day for day in days if not is_taken_out(day, stops)), n))


def add_months(day: dt.date, n: int) -> dt.date:
    """The same date n months later, the last of that month where there is none (art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return dt.date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def months_between(start: dt.date, end: dt.date) -> int:
    """Whole months that have passed, counted as `add_months` counts them."""
    n = (end.year - start.year) * 12 + end.month - start.month
    return n if add_months(start, n) <= end else n - 1


def resume_after(day: dt.date, stops: Stops, calendar: WorkCalendar) -> dt.date:
    """The deadline of a case that was suspended on its last day.

    The rest of that day is still owed when the case comes back: a stop from a <= deadline < b moves the deadline to b,
    off rest days (art. 203). Every other stop has already been taken out of the count.
    """
    while ends := [s.end.date for s in stops if s.end is not None and s.start.date <= day < s.end.date]:
        day = calendar.next_workday(max(ends))
    return day


def count_elapsed_workdays(start: dt.date, end: dt.date, calendar: WorkCalendar, stops: Stops) -> int:
    """Working days after `start` up to and including `end`, suspended ones not counted."""
    first, last = calendar.number(start), calendar.number(end)
    if not stops:
        return last - first
    days = (calendar.workday(number) for number in range(first + 1, last + 1))
    return sum(not is_taken_out(day, stops) for day in days)


def count_suspended_days(start: dt.date, end: dt.date, stops: Stops) -> int:
    """Calendar days after `start` up to and including `end` that are suspended."""
    if not stops:
        return 0
    return sum(is_taken_out(start + DAY * offset, stops) for offset in range(1, (end - start).days + 1))


def _workdays_after(start: dt.date, calendar: WorkCalendar, stops: Stops) -> Iterator[dt.date]:
    number = calendar.number(start)
    while True:
        number += 1
        day = calendar.workday(number)
        if not is_taken_out(day, stops):
            yield day
