"""The clock on whole columns: numpy twins of the scalar rules, for cases to which nothing happens.

Suspensions, extensions and deadlines of their own: `stop_frames`, which counts with what is here. Missing values
stay missing. Dates are `datetime64[D]`, instants `datetime64[us]`, wall time of the calendar's zone. A date outside
the covered years raises, or with `uncovered="null"` becomes missing (the caller then says `calendar_not_published`; it
must not drop the row).
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.core.clock.office import MINUTE
from etl.core.clock.workdays import DAY, CalendarNotPublished, Days, WorkCalendar

Uncovered = Literal["raise", "null"]
Instants = npt.NDArray[np.datetime64]
Ints = npt.NDArray[np.int64]
NO_DATE = np.datetime64("NaT", "D")


def is_covered(dates: Any, calendar: WorkCalendar) -> npt.NDArray[np.bool_]:
    """Which of the dates lie in covered years (a missing date does not)."""
    days = dates_of(dates)
    return (days >= calendar.dates[0]) & (days <= calendar.dates[-1])


def elapsed_workdays(
    start_dates: Any, end_dates: Any, calendar: WorkCalendar, *, uncovered: Uncovered = "raise"
) -> pd.arrays.IntegerArray:
    """Working days after each start date up to and including the end date (nullable Int64)."""
    start, start_missing = positions_of(start_dates, calendar, uncovered)
    end, end_missing = positions_of(end_dates, calendar, uncovered)
    numbers = calendar.numbers
    return pd.arrays.IntegerArray(numbers[end] - numbers[start], start_missing | end_missing)


def deadline_dates(start_dates: Any, n: Any, calendar: WorkCalendar, *, uncovered: Uncovered = "raise") -> Days:
    """The n-th working day after each start date; kept means end date <= this date. `n` is a number or a column."""
    position, missing = positions_of(start_dates, calendar, uncovered)
    return workdays_at(calendar.numbers[position] + np.asarray(n, dtype=np.int64), missing, calendar, uncovered)


def calendar_deadline_dates(
    start_dates: Any, n: Any, calendar: WorkCalendar, *, uncovered: Uncovered = "raise"
) -> Days:
    """Start date + n calendar days, moved to the next working day where that is a rest day."""
    return roll_dates(dates_of(start_dates) + np.asarray(n, dtype="timedelta64[D]"), calendar, uncovered=uncovered)


def month_deadline_dates(start_dates: Any, n: Any, calendar: WorkCalendar, *, uncovered: Uncovered = "raise") -> Days:
    """The same date n months later (the last of that month where there is none), moved off rest days."""
    return roll_dates(month_dates(start_dates, n), calendar, uncovered=uncovered)


def month_dates(dates: Any, n: Any) -> Days:
    """The same date n months later (the last of that month where there is none)."""
    days = dates_of(dates)
    months = days.astype("datetime64[M]")
    target = months + np.asarray(n, dtype="timedelta64[M]")
    last = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - DAY
    same = target.astype("datetime64[D]") + (days - months.astype("datetime64[D]"))
    return np.minimum(same, last)


def roll_dates(dates: Any, calendar: WorkCalendar, *, uncovered: Uncovered = "raise") -> Days:
    """Each date, or the next working day where it is a rest day."""
    position, missing = positions_of(dates, calendar, uncovered)
    number = calendar.numbers[position] + ~calendar.open[position]
    return workdays_at(number, missing, calendar, uncovered)


def receive_instants(starts: Any, calendar: WorkCalendar, *, uncovered: Uncovered = "raise") -> Instants:
    """`after_hours: next_opening` for a column of instants: those outside office hours move to the next opening."""
    at = instants_of(starts)
    position, missing = positions_of(at, calendar, uncovered)
    offset = time_of_day(at)
    opening = np.full(at.shape, -1, dtype=np.int64)
    for opens, closes in reversed(calendar.office.spans):
        opening = np.where(offset < closes * MINUTE, np.maximum(offset, opens * MINUTE), opening)
    same_day = calendar.open[position] & (opening >= 0)
    number = calendar.numbers[position] + ~same_day
    day = workdays_at(number, missing, calendar, uncovered).astype("datetime64[us]")
    moved = np.where(same_day, opening, calendar.office.spans[0][0] * MINUTE)
    return day + moved.astype("timedelta64[us]")


def office_minutes_between(
    start: Any, end: Any, calendar: WorkCalendar, *, uncovered: Uncovered = "raise"
) -> npt.NDArray[np.float64]:
    """Office minutes from start to end, NaN where missing. For display: limits compare `office_deadlines` instead."""
    begin, begin_missing = office_microseconds(start, calendar, uncovered)
    finish, finish_missing = office_microseconds(end, calendar, uncovered)
    return np.where(begin_missing | finish_missing, np.nan, (finish - begin) / MINUTE)


def office_deadlines(start: Any, minutes: Any, calendar: WorkCalendar, *, uncovered: Uncovered = "raise") -> Instants:
    """The earliest instant by which `minutes` (> 0) of office time have passed; kept means end <= this instant."""
    begin, missing = office_microseconds(start, calendar, uncovered)
    wanted = begin + np.rint(np.asarray(minutes, dtype=np.float64) * MINUTE).astype(np.int64)
    return office_instants(wanted, missing, calendar, uncovered)


def office_instants(wanted: Ints, missing: Any, calendar: WorkCalendar, uncovered: Uncovered) -> Instants:
    """The earliest instants by which `wanted` microseconds of office time have passed since the start of coverage."""
    whole = calendar.office.minutes * MINUTE
    number = -(-wanted // whole)
    left = wanted - (number - 1) * whole
    day = workdays_at(number, missing, calendar, uncovered).astype("datetime64[us]")
    return day + offset_after(left, calendar).astype("timedelta64[us]")


def offset_after(worked: Ints, calendar: WorkCalendar) -> Ints:
    """Microseconds since midnight at which `worked` microseconds of the office day are done."""
    offset = np.zeros_like(worked)
    done = 0
    for opens, closes in calendar.office.spans:
        offset = np.where(worked > done, opens * MINUTE + worked - done, offset)
        done += (closes - opens) * MINUTE
    return offset


def office_microseconds(stamps: Any, calendar: WorkCalendar, uncovered: Uncovered) -> tuple[Ints, Any]:
    """Office time from the start of coverage to each instant."""
    at = instants_of(stamps)
    position, missing = positions_of(at, calendar, uncovered)
    offset = time_of_day(at)
    today = np.zeros(at.shape, dtype=np.int64)
    for opens, closes in calendar.office.spans:
        today += np.clip(offset - opens * MINUTE, 0, (closes - opens) * MINUTE)
    is_open = calendar.open[position]
    before = (calendar.numbers[position] - is_open) * calendar.office.minutes * MINUTE
    return before + today * is_open, missing


def positions_of(dates: Any, calendar: WorkCalendar, uncovered: Uncovered) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Index of each date in the calendar's arrays (0 where missing), and which are missing."""
    days = dates_of(dates)
    missing = ~is_covered(days, calendar)
    outside = missing & ~np.isnat(days)
    if uncovered == "raise" and outside.any():
        raise CalendarNotPublished(int(days[outside][0].astype("datetime64[Y]").astype(int)) + 1970, calendar.id)
    return np.where(missing, 0, (days - calendar.dates[0]).astype(np.int64)), missing


def workdays_at(number: Ints, missing: Any, calendar: WorkCalendar, uncovered: Uncovered) -> Days:
    """The working days with these running numbers, NaT where missing."""
    outside = ~missing & ((number < 1) | (number > len(calendar.workdays)))
    if uncovered == "raise" and outside.any():
        above = (number[outside] > 1)[0]
        raise CalendarNotPublished(calendar.last.year + 1 if above else calendar.first.year - 1, calendar.id)
    lost = missing | outside
    return np.where(lost, NO_DATE, calendar.workdays[np.where(lost, 0, number - 1)])


def dates_of(dates: Any) -> Days:
    return instants_of(dates).astype("datetime64[D]")


def instants_of(stamps: Any) -> Instants:
    """Any column of dates or instants (numpy, pandas, lists) as `datetime64[us]`."""
    if isinstance(stamps, np.ndarray) and stamps.dtype.kind == "M":
        return np.atleast_1d(stamps).astype("datetime64[us]")
    if isinstance(stamps, (pd.Series, pd.Index)):
        return pd.to_datetime(stamps).to_numpy(dtype="datetime64[us]")
    return np.atleast_1d(np.asarray(stamps, dtype="datetime64[us]"))


def time_of_day(at: Instants) -> Ints:
    """Microseconds since midnight."""
    return (at - at.astype("datetime64[D]")).astype(np.int64)
