"""Reading limits and moments."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from etl.core.clock import Limit, Moment

AT = dt.datetime.fromisoformat


@pytest.mark.parametrize(
    ("text", "amount", "unit", "clock", "needs_time"),
    [
        ("5 workday", 5, "workday", "wall", False),
        ("1 workdays", 1, "workday", "wall", False),
        ("0.5 workday", Fraction(1, 2), "workday", "wall", True),
        ("3.5 workday", Fraction(7, 2), "workday", "wall", False),
        ("10 day", 10, "day", "wall", False),
        ("3 month", 3, "month", "wall", False),
        ("2 hour", 2, "hour", "wall", True),
        ("2 office_hour", 2, "hour", "office", True),
        ("90 office_minute", 90, "minute", "office", True),
        ("30 minute", 30, "minute", "wall", True),
    ],
)
def test_limits_are_read_exactly(text: str, amount: Fraction, unit: str, clock: str, needs_time: bool) -> None:
    limit = Limit.parse(text)
    assert (limit.amount, limit.unit, limit.clock, limit.needs_time) == (amount, unit, clock, needs_time)


def test_the_clock_of_the_plan_applies_where_the_text_names_none() -> None:
    assert Limit.parse("2 hour", clock="office") == Limit.parse("2 office_hour")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("5", "看不懂时限"),
        ("five workday", "看不懂时限"),
        ("5 week", "看不懂时限"),
        ("-5 workday", "看不懂时限"),
        ("0 workday", "大于 0"),
        ("0.5 day", "只能是整数"),
        ("1.5 month", "只能是整数"),
    ],
)
def test_other_limits_are_refused_in_chinese(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Limit.parse(text)


@pytest.mark.parametrize(
    ("text", "at", "is_date_only"),
    [
        ("2023-03-01", AT("2023-03-01"), True),
        ("2023-03-01T00:00", AT("2023-03-01"), False),
        ("2023-03-01 09:30:05", AT("2023-03-01T09:30:05"), False),
        # 16:30 UTC on 28 February is 00:30 on 1 March in Beijing: the month must not slip.
        ("2023-02-28T16:30:00Z", AT("2023-03-01T00:30"), False),
        ("2023-03-01T00:30:00+08:00", AT("2023-03-01T00:30"), False),
    ],
)
def test_moments_become_wall_time_of_the_zone(text: str, at: dt.datetime, is_date_only: bool) -> None:
    assert Moment.parse(text) == Moment(at, is_date_only)


def test_what_is_no_moment_is_refused() -> None:
    for text in ("2023/3/1", "2023-02-30", ""):
        with pytest.raises(ValueError, match="看不懂时间"):
            Moment.parse(text)
    with pytest.raises(ValueError, match="时区"):
        Moment(dt.datetime(2023, 3, 1, tzinfo=dt.UTC))


def test_a_date_without_a_time_begins_at_its_start_and_ends_at_its_end() -> None:
    day = Moment.parse("2023-03-01")
    assert (day.begins, day.ends) == (AT("2023-03-01"), AT("2023-03-02"))
    assert not day.is_before(Moment.parse("2023-03-01T23:59"))
    assert day.is_before(Moment.parse("2023-03-02T00:00"))
