"""The working days of 2023 and of January 2024, written down from the official notices, and the office clock.

The State Council's yearly notices on public holidays (for 2023: 国办发明电〔2022〕16号; New Year's Day 2024:
国办发明电〔2023〕7号) are the only input. The list is the simulator's own, never the pipeline's calendar.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

FIRST, LAST = dt.date(2023, 1, 1), dt.date(2024, 1, 31)
"""Days outside are not known here: asking for one is an error, never "weekends only"."""

WEEKDAYS_OFF = frozenset(
    dt.date.fromisoformat(day)
    for day in (
        *("2023-01-02",),
        *("2023-01-23", "2023-01-24", "2023-01-25", "2023-01-26", "2023-01-27"),
        *("2023-04-05",),
        *("2023-05-01", "2023-05-02", "2023-05-03"),
        *("2023-06-22", "2023-06-23"),
        *("2023-09-29", "2023-10-02", "2023-10-03", "2023-10-04", "2023-10-05", "2023-10-06"),
        *("2024-01-01",),
    )
)
WEEKENDS_WORKED = frozenset(
    dt.date.fromisoformat(day)
    for day in ("2023-01-28", "2023-01-29", "2023-04-23", "2023-05-06", "2023-06-25", "2023-10-07", "2023-10-08")
)

SHIFTS = ((dt.time(9), dt.time(12)), (dt.time(13, 30), dt.time(17, 30)))
DAY_SECONDS = 7 * 60 * 60
"""The office day of the two shifts: 420 minutes."""


def is_workday(day: dt.date) -> bool:
    """Whether offices work on `day`.

    Raises:
        ValueError: the day lies outside the written list.
    """
    if not FIRST <= day <= LAST:
        raise ValueError(f"the working days of {day} are not written down ({FIRST} to {LAST} are)")
    return day in WEEKENDS_WORKED or (day.weekday() < 5 and day not in WEEKDAYS_OFF)


def each_day(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """All dates from `first` to `last`, both included."""
    for offset in range((last - first).days + 1):
        yield first + dt.timedelta(days=offset)


def count_workdays(first: dt.date, last: dt.date) -> int:
    """Working days from `first` to `last`, both included; 0 where `last` lies before `first`."""
    return sum(is_workday(day) for day in each_day(first, last))


def elapse_workdays(start: dt.date, end: dt.date) -> int:
    """Working days after `start` up to and including `end`: the day of the starting event does not count."""
    return count_workdays(start + dt.timedelta(days=1), end)


def step_workdays(start: dt.date, count: int) -> dt.date:
    """The `count`-th working day after `start`; `start` itself for 0."""
    day = start
    while count > 0:
        day += dt.timedelta(days=1)
        count -= is_workday(day)
    return day


def open_shifts(day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
    """The office hours of `day` as instants; none on a rest day."""
    if not is_workday(day):
        return []
    return [(dt.datetime.combine(day, opens), dt.datetime.combine(day, closes)) for opens, closes in SHIFTS]


def elapse_office_seconds(start: dt.datetime, end: dt.datetime) -> int:
    """Seconds of office time between two instants; time outside office hours does not count."""
    seconds = 0
    for day in each_day(start.date(), end.date()):
        for opens, closes in open_shifts(day):
            shared = min(closes, end) - max(opens, start)
            seconds += max(0, int(shared.total_seconds()))
    return seconds


def step_office_seconds(start: dt.datetime, seconds: int) -> dt.datetime:
    """The first instant at which `seconds` of office time have passed since `start`."""
    for day in each_day(start.date(), LAST):
        for opens, closes in open_shifts(day):
            begins = max(opens, start)
            room = int((closes - begins).total_seconds())
            if room >= seconds > 0:
                return begins + dt.timedelta(seconds=seconds)
            seconds -= max(0, room)
    raise ValueError(f"{seconds} s of office time after {start} run past {LAST}")
