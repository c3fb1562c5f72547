"""The simulator's own calendar against an independent package, and the office clock worked out by hand."""

from __future__ import annotations

import datetime as dt

import chinese_calendar
import pytest

from examples.calendar2023 import (
    FIRST,
    LAST,
    count_workdays,
    each_day,
    elapse_office_seconds,
    elapse_workdays,
    is_workday,
    step_office_seconds,
    step_workdays,
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2023-{text}")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2023-{text}")


def test_every_written_day_agrees_with_the_published_package() -> None:
    assert [d for d in each_day(FIRST, LAST) if is_workday(d) != chinese_calendar.is_workday(d)] == []


def test_year_has_249_working_days() -> None:
    # by month, counted on a wall calendar: 18+20+23+20+21+21 and 21+23+20+19+22+21
    assert count_workdays(day("01-01"), day("06-30")) == 123
    assert count_workdays(day("01-01"), day("12-31")) == 249


@pytest.mark.parametrize("unknown", [dt.date(2022, 12, 31), dt.date(2024, 2, 1)])
def test_day_that_is_not_written_down_is_an_error(unknown: dt.date) -> None:
    with pytest.raises(ValueError, match="not written down"):
        is_workday(unknown)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("03-06", "03-06", 0),
        ("03-03", "03-06", 1),  # Friday to Monday
        ("01-20", "01-30", 3),  # over Spring Festival: 28 and 29 January are made up for
        ("04-28", "05-06", 3),  # 4, 5 and the made-up Saturday 6 May
        ("09-28", "10-09", 3),  # 7, 8 and 9 October
        ("03-06", "03-11", 4),  # ends on a Saturday: the rest day adds nothing
    ],
)
def test_elapsed_working_days(start: str, end: str, days: int) -> None:
    assert elapse_workdays(day(start), day(end)) == days


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("04-28", 5, "05-09"),  # 4, 5, 6, 8, 9 May
        ("09-28", 1, "10-07"),
        ("03-04", 1, "03-06"),
        ("03-06", 0, "03-06"),
    ],
)
def test_nth_working_day(start: str, count: int, expected: str) -> None:
    assert step_workdays(day(start), count) == day(expected)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("03-01 09:00:10", "03-01 14:00:10"),  # 3 h before noon, half an hour after
        ("03-01 12:15:00", "03-01 17:00:00"),  # in the break: from 13:30
        ("03-01 14:00:00", "03-01 17:30:00"),  # full at closing time: then, not at the next opening
        ("03-03 16:00:00", "03-06 11:00:00"),  # 90 min on Friday, 120 on Monday
        ("03-03 18:20:00", "03-06 14:00:00"),  # after hours: from Monday 09:00
        ("03-04 10:00:00", "03-06 14:00:00"),  # Saturday
        # 1795 s on the Friday leave 10805 s: 10800 until noon on 4 May and 5 s after the break
        ("04-28 17:00:05", "05-04 13:30:05"),
    ],
)
def test_half_a_working_day_is_210_office_minutes(start: str, expected: str) -> None:
    assert step_office_seconds(at(start), 210 * 60) == at(expected)


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("03-01 11:59:30", "03-01 13:30:20", 50),
        ("03-01 11:00:00", "03-01 12:20:00", 3600),  # ended in the break
        ("03-03 17:00:00", "03-06 09:10:00", 2400),
        ("03-04 10:00:00", "03-05 16:00:00", 0),  # a weekend
    ],
)
def test_office_time_between_two_instants(start: str, end: str, seconds: int) -> None:
    assert elapse_office_seconds(at(start), at(end)) == seconds
