"""Windows of a cadence as periods: every kind has a spelling that is read back, and they follow without a gap."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from etl.core.periods import parse_period, period_of, periods_between, trailing_window

OF_A_DAY = [
    ("2023-01-01", "week", "2022-W52"),
    ("2023-01-02", "week", "2023-W01"),
    ("2023-03-10", "ten_days", "2023-03-T1"),
    ("2023-03-11", "ten_days", "2023-03-T2"),
    ("2023-03-31", "ten_days", "2023-03-T3"),
    ("2023-12-31", "two_months", "2023-11..12"),
    ("2023-03-01", "two_months", "2023-03..04"),
    ("2023-06-30", "half_year", "2023-H1"),
    ("2023-07-01", "half", "2023-H2"),
    ("2023-04-01", "quarter", "2023-Q2"),
]


@pytest.mark.parametrize(("day", "grain", "text"), OF_A_DAY)
def test_the_window_that_holds_a_day(day: str, grain: str, text: str) -> None:
    period = period_of(dt.date.fromisoformat(day), grain)
    assert period.text == text
    assert period == parse_period(text)
    assert period.start <= dt.date.fromisoformat(day) <= period.end


@pytest.mark.parametrize("grain", ["week", "ten_days", "month", "two_months", "quarter", "half_year", "year"])
def test_windows_follow_each_other_without_gap(grain: str) -> None:
    windows = list(periods_between(dt.date(2022, 12, 20), dt.date(2024, 3, 5), grain))
    assert windows[0].start <= dt.date(2022, 12, 20)
    assert windows[-1].start <= dt.date(2024, 3, 5) <= windows[-1].end
    for earlier, later in pairwise(windows):
        assert later.start - earlier.end == dt.timedelta(days=1)


def test_an_unknown_grain_is_an_error() -> None:
    with pytest.raises(ValueError, match="no grain 'fortnight'"):
        period_of(dt.date(2023, 1, 1), "fortnight")


STRETCHES = [
    ("2023-02-28", "month", "2023-02-01"),
    ("2023-03-15", "two_months", "2023-01-16"),
    ("2023-04-30", "two_months", "2023-03-01"),
    ("2023-03-30", "month", "2023-02-28"),
    ("2023-06-30", "half_year", "2023-01-01"),
    ("2023-12-31", "year", "2023-01-01"),
    ("2023-03-07", "week", "2023-03-01"),
    ("2023-03-10", "ten_days", "2023-03-01"),
]


@pytest.mark.parametrize(("last", "every", "first"), STRETCHES)
def test_the_stretch_that_ends_with_a_day(last: str, every: str, first: str) -> None:
    end = dt.date.fromisoformat(last)
    assert trailing_window(end, every) == (dt.date.fromisoformat(first), end)
