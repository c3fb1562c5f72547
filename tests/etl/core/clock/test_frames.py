"""Whole columns give what single cases give, and missing or uncovered dates stay visible."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.core.clock import CalendarNotPublished, Limit, Moment, WorkCalendar, deadline_of, elapsed_between
from etl.core.clock.frames import (
    calendar_deadline_dates,
    deadline_dates,
    elapsed_workdays,
    is_covered,
    month_deadline_dates,
    office_deadlines,
    office_minutes_between,
    receive_instants,
    roll_dates,
)
from etl.core.clock.time_count import receive_at_opening

DATES = st.dates(dt.date(2004, 1, 1), dt.date(2025, 12, 31))
INSTANTS = st.datetimes(dt.datetime.fromisoformat("2004-01-01T00:00"), dt.datetime.fromisoformat("2026-06-30T23:59:59"))
COLUMN = st.lists(DATES, min_size=1, max_size=20)


def as_days(dates: list[dt.date]) -> np.ndarray:
    return np.array(dates, dtype="datetime64[D]")


@given(dates=COLUMN, n=st.integers(1, 60))
@pytest.mark.parametrize(
    ("unit", "column"),
    [("workday", deadline_dates), ("day", calendar_deadline_dates), ("month", month_deadline_dates)],
)
def test_deadlines_agree(cn: WorkCalendar, unit, column, dates, n) -> None:
    n = n % 12 + 1 if unit == "month" else n
    single = [deadline_of(Moment.on(day), Limit(Fraction(n), unit), cn).date for day in dates]
    assert column(as_days(dates), n, cn).tolist() == single


@given(pairs=st.lists(st.tuples(DATES, DATES), min_size=1, max_size=20))
def test_elapsed_agrees(cn: WorkCalendar, pairs) -> None:
    starts, ends = zip(*pairs, strict=True)
    single = [elapsed_between(Moment.on(a), Moment.on(b), "workdays", cn) for a, b in pairs]
    assert list(elapsed_workdays(as_days(list(starts)), as_days(list(ends)), cn)) == single


@given(pairs=st.lists(st.tuples(INSTANTS, INSTANTS), min_size=1, max_size=20), minutes=st.integers(1, 3000))
def test_office_time_agrees(cn: WorkCalendar, pairs, minutes) -> None:
    starts, ends = (np.array(side, dtype="datetime64[us]") for side in zip(*pairs, strict=True))
    limit = Limit(Fraction(minutes), "minute", "office")
    assert office_deadlines(starts, minutes, cn).tolist() == [deadline_of(Moment(a), limit, cn).at for a, _ in pairs]
    single = [elapsed_between(Moment(a), Moment(b), "minutes", cn, clock="office") for a, b in pairs]
    assert office_minutes_between(starts, ends, cn).tolist() == [float(value) for value in single if value is not None]


@given(instants=st.lists(INSTANTS, min_size=1, max_size=20))
def test_reception_agrees(cn: WorkCalendar, instants) -> None:
    single = [receive_at_opening(Moment(at), cn).at for at in instants]
    assert receive_instants(np.array(instants, dtype="datetime64[us]"), cn).tolist() == single


def test_rolling_agrees_on_every_covered_day(cn: WorkCalendar) -> None:
    days = cn.dates[:-1]
    assert roll_dates(days, cn).tolist() == [cn.next_workday(day) for day in days.tolist()]


@pytest.mark.parametrize(
    "column",
    [
        np.array(["2023-01-18", "NaT"], dtype="datetime64[s]"),
        pd.Series(pd.to_datetime(["2023-01-18", "NaT"])),
        pd.Series(pd.to_datetime(["2023-01-18 11:30", "NaT"])),
        pd.Series([dt.date(2023, 1, 18), None], dtype="date32[day][pyarrow]"),
        pd.Series(pd.to_datetime(["2023-01-18", "NaT"])).astype("timestamp[us][pyarrow]"),
        [dt.date(2023, 1, 18), None],
        ["2023-01-18", None],
    ],
)
def test_any_column_of_dates_is_read_and_missing_stays_missing(cn: WorkCalendar, column) -> None:
    assert deadline_dates(column, 5, cn).tolist() == [dt.date(2023, 1, 30), None]
    elapsed = elapsed_workdays(column, ["2023-01-30", "2023-01-30"], cn)
    assert (elapsed[0], elapsed.isna().tolist()) == (5, [False, True])
    assert np.isnan(office_minutes_between(column, column, cn)).tolist() == [False, True]
    assert np.isnat(office_deadlines(column, 30, cn)).tolist() == [False, True]


def test_a_limit_may_be_a_column_too(cn: WorkCalendar) -> None:
    due = deadline_dates(["2023-01-18", "2023-01-18"], [5, 1], cn)
    assert due.tolist() == [dt.date(2023, 1, 30), dt.date(2023, 1, 19)]


def test_uncovered_years_raise_or_are_missing_never_guessed(cn: WorkCalendar) -> None:
    starts = ["2026-12-30", "2027-03-01", "2003-12-31"]
    assert is_covered(starts, cn).tolist() == [True, False, False]
    with pytest.raises(CalendarNotPublished) as caught:
        deadline_dates(starts, 1, cn)
    assert caught.value.year == 2027
    with pytest.raises(CalendarNotPublished) as caught:
        deadline_dates(starts[:1], 2, cn)
    assert caught.value.year == 2027
    assert deadline_dates(starts, 1, cn, uncovered="null").tolist() == [dt.date(2026, 12, 31), None, None]
    assert deadline_dates(starts[:1], 2, cn, uncovered="null").tolist() == [None]
    assert elapsed_workdays(starts, starts, cn, uncovered="null").isna().tolist() == [False, True, True]
    assert np.isnat(receive_instants(starts, cn, uncovered="null")).tolist() == [False, True, True]
