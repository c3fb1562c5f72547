"""Working days and office hours of any year, from a library that the pipeline does not use."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from functools import cache

import holidays

SHIFTS = ((dt.time(9), dt.time(12)), (dt.time(13, 30), dt.time(17, 30)))
DAY_SECONDS = 7 * 60 * 60


@cache
def _year(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year)


@cache
def is_workday(day: dt.date) -> bool:
    """Whether offices work on `day`; make-up workdays on weekends count."""
    return _year(day.year).is_working_day(day)


def each_day(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """All dates from `first` to `last`, both included."""
    for offset in range((last - first).days + 1):
        yield first + dt.timedelta(days=offset)


@cache
def count_workdays(first: dt.date, last: dt.date) -> int:
    """Working days from `first` to `last`, both included; 0 where `last` lies before `first`."""
    return sum(is_workday(day) for day in each_day(first, last))


def elapse_workdays(start: dt.date, end: dt.date) -> int:
    """Working days after `start` up to and including `end`."""
    return count_workdays(start + dt.timedelta(days=1), end)


def step_workdays(start: dt.date, count: int) -> dt.date:
    """The `count`-th working day after `start`; `start` itself for 0."""
    day = start
    while count > 0:
        day += dt.timedelta(days=1)
        count -= is_workday(day)
    return day


def move_to_workday(day: dt.date) -> dt.date:
    """`day` itself, or the next working day where offices rest on it."""
    while not is_workday(day):
        day += dt.timedelta(days=1)
    return day


def step_months(start: dt.date, count: int) -> dt.date:
    """The same date `count` months later, the last day of that month where there is none."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return dt.date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def open_shifts(day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
    """The office hours of `day` as instants; none on a rest day."""
    if not is_workday(day):
        return []
    return [(dt.datetime.combine(day, opens), dt.datetime.combine(day, closes)) for opens, closes in SHIFTS]


def elapse_office_seconds(start: dt.datetime, end: dt.datetime) -> int:
    """Seconds of office time between two instants."""
    seconds = 0
    for day in each_day(start.date(), end.date()):
        for opens, closes in open_shifts(day):
            shared = min(closes, end) - max(opens, start)
            seconds += max(0, int(shared.total_seconds()))
    return seconds


def step_office_seconds(start: dt.datetime, seconds: int) -> dt.datetime:
    """The first instant at which `seconds` of office time have passed since `start`."""
    day = start.date()
    while True:
        for opens, closes in open_shifts(day):
            begins = max(opens, start)
            room = int((closes - begins).total_seconds())
            if room >= seconds:
                return begins + dt.timedelta(seconds=seconds)
            seconds -= max(0, room)
        day += dt.timedelta(days=1)
