"""Deadlines of columns of cases that move while stops are taken out, round by round (see `stop_frames`).

A stop that begins before the limit is used up takes its days (or its office time) out of the count. One that begins
when nothing of the limit is left, on the last day itself, moves the deadline to the day the case comes back.
Stops come in order of their start, so that overlaps are what lies before `covered`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from typing import Protocol

import numpy as np
import numpy.typing as npt

from etl.core.clock.deadlines import LastDay
from etl.core.clock.frames import (
    month_dates,
    office_instants,
    office_microseconds,
    positions_of,
    roll_dates,
    workdays_at,
)
from etl.core.clock.limits import Limit
from etl.core.clock.time_count import OfficeTime
from etl.core.clock.times import DAY, Bools, Instants, Ints, Times
from etl.core.clock.workdays import WorkCalendar

Offsets = npt.NDArray[np.timedelta64]


class Count(Protocol):
    """How far a limit reaches when some of the time is taken out."""

    date: Instants
    at: Instants
    whole_day: Bools

    def take_out(self, since: Times, until: Times, chosen: Bools) -> None:
        """Count without the stop of the chosen cases, and move their deadlines."""
        ...


class DayCount:
    """Whole days: working days, calendar days, months, perhaps with a share of the office day behind them."""

    def __init__(self, starts: Times, offset: Offsets, n: Ints, unit: str, calendar: WorkCalendar) -> None:
        """`offset`: time of day at which the last day ends, NaT where it ends with its date."""
        self._calendar, self._unit, self._offset = calendar, unit, offset
        self._begin = self._position(starts.date)
        self._missing = np.isnat(starts.date) | (self._begin < 0)
        if unit == "month":
            n = (month_dates(starts.date, n) - starts.date).astype(np.int64)
        self._n, self._covered = n, self._begin.copy()
        self._removed = np.zeros(n.shape, np.int64)
        self.whole_day = np.isnat(offset)
        self._counted = self._count()
        self._move_to(self._roll(self._counted))

    def take_out(self, since: Times, until: Times, chosen: Bools) -> None:
        counts = chosen & (since.date < self._counted)
        first, last = self._position(since.date), self._position(until.date)
        self._missing |= chosen & (last < 0)
        lower = np.maximum(np.maximum(first, self._covered), self._begin)
        self._removed += np.where(counts, np.maximum(last - lower, 0), 0)
        self._covered = np.where(counts, np.maximum(self._covered, last), self._covered)
        self._counted = np.where(counts, self._count(), self._counted)
        moved = np.where(counts, self._roll(self._counted), self.date)
        comes_back = chosen & (since.date <= moved) & (moved < until.date)
        back = roll_dates(until.date, self._calendar, uncovered="null")
        self._move_to(np.where(comes_back, back, moved))

    def _position(self, days: Instants) -> Ints:
        """A number that grows by one with every day that the limit counts; -1 outside the calendar."""
        if self._unit == "workday":
            position, missing = positions_of(days, self._calendar, "null")
            return np.where(missing, -1, self._calendar.numbers[position])
        return np.where(np.isnat(days), -1, days.astype(np.int64))

    def _count(self) -> Instants:
        number = self._begin + self._n + self._removed
        if self._unit == "workday":
            return workdays_at(number, self._missing, self._calendar, "null")
        return np.where(self._missing, np.datetime64("NaT", "D"), number.astype("datetime64[D]"))

    def _roll(self, days: Instants) -> Instants:
        return days if self._unit == "workday" else roll_dates(days, self._calendar, uncovered="null")

    def _move_to(self, days: Instants) -> None:
        self.date = days
        closing = days.astype("datetime64[us]") + self._offset
        self.at = np.where(self.whole_day, (days + DAY).astype("datetime64[us]"), closing)


class TimeCount:
    """Below the day: by the wall clock, or over office hours."""

    def __init__(self, starts: Times, time: Ints, *, over_office: bool, calendar: WorkCalendar) -> None:
        self._calendar, self._over_office = calendar, over_office
        self._begin = self._clock(starts.at)
        self._target = self._begin + time
        self._covered, self._used_up = self._begin.copy(), np.zeros(time.shape, bool)
        self._missing = np.isnat(starts.at) | (self._begin < 0)
        self.whole_day = np.zeros(time.shape, bool)
        self._move_to(self._instant())

    def take_out(self, since: Times, until: Times, chosen: Bools) -> None:
        counts = chosen & (since.ends < self.at) & ~self._used_up
        first, last = self._clock(since.ends), self._clock(until.ends)
        self._missing |= chosen & (last < 0)
        lower = np.maximum(np.maximum(first, self._covered), self._begin)
        self._target += np.where(counts, np.maximum(last - lower, 0), 0)
        self._covered = np.where(counts, np.maximum(self._covered, last), self._covered)
        self._used_up |= chosen & ~counts
        left = np.where(counts, self._instant(), self.at)
        self._move_to(np.where(chosen & ~counts, np.maximum(left, until.ends), left))

    def _clock(self, at: Instants) -> Ints:
        """Running microseconds of counted time; -1 outside the calendar."""
        if not self._over_office:
            return np.where(np.isnat(at), -1, at.astype(np.int64))
        counted, missing = office_microseconds(at, self._calendar, "null")
        return np.where(missing, -1, counted)

    def _instant(self) -> Instants:
        if not self._over_office:
            return np.where(self._missing, np.datetime64("NaT", "us"), self._target.astype("datetime64[us]"))
        return office_instants(self._target, self._missing, self._calendar, "null")

    def _move_to(self, at: Instants) -> None:
        self.at = at
        self.date = at.astype("datetime64[D]")


class Reckoning:
    """The deadlines of all cases: counted from their limits, or those that the file names itself and nothing moves."""

    def __init__(self, count: Count | None, starts: Times, *, needs_time: bool, too_coarse: Bools) -> None:
        self._count, self._shape = count, starts.at.shape
        self.too_coarse = too_coarse
        self.needs_time = np.full(self._shape, needs_time)
        self._file = Times.missing_like(starts)

    def with_deadlines(self, file: Times) -> Reckoning:
        """With the deadlines of the file, where it has one: they decide."""
        self._file = file
        self.needs_time &= file.missing
        self.too_coarse &= file.missing
        return self

    @property
    def date(self) -> Instants:
        counted = np.full(self._shape, np.datetime64("NaT", "D")) if self._count is None else self._count.date
        return np.where(self._file.missing, counted, self._file.date)

    @property
    def at(self) -> Instants:
        """The first instant that is too late where `whole_day`, else the last one on time."""
        counted = np.full(self._shape, np.datetime64("NaT", "us")) if self._count is None else self._count.at
        return np.where(self._file.missing, counted, self._file.ends)

    @property
    def whole_day(self) -> Bools:
        counted = np.ones(self._shape, bool) if self._count is None else self._count.whole_day
        return np.where(self._file.missing, counted, self._file.coarse)

    def admits(self, instant: Instants) -> Bools:
        """The one test: is this instant on time?"""
        return np.where(self.whole_day, instant.astype("datetime64[D]") <= self.date, instant <= self.at)

    def take_out(self, since: Times, until: Times, chosen: Bools) -> None:
        if self._count is not None:
            self._count.take_out(since, until, chosen & self._file.missing)


def reckoning_of(
    starts: Times, end_coarse: Bools, limit: Limit | None, extra: Ints, last_day: LastDay, calendar: WorkCalendar
) -> Reckoning:
    """Deadlines before any stop; `extra` whole units are added to the limit of each case.

    A share of a working day that is extended by whole ones is a limit of days (0.5 + 3 working days are 3.5): there
    `extra` is at least 1 wherever the result is used.
    """
    nothing = np.zeros(starts.at.shape, bool)
    if limit is None:
        return Reckoning(None, starts, needs_time=False, too_coarse=nothing)
    if limit.needs_time and not (limit.unit == "workday" and extra.any()):
        time = _microseconds(limit, calendar) + extra * _microseconds(replace(limit, amount=Fraction(1)), calendar)
        count = TimeCount(starts, time, over_office=limit.over_office_hours, calendar=calendar)
        return Reckoning(count, starts, needs_time=True, too_coarse=starts.coarse | end_coarse)
    whole, fraction = divmod(limit.amount, 1)
    n = int(whole) + (1 if fraction else 0) + extra
    offset = _offset(starts, end_coarse, Limit(fraction, "workday") if fraction else None, last_day, calendar)
    return Reckoning(DayCount(starts, offset, n, limit.unit, calendar), starts, needs_time=False, too_coarse=nothing)


def _microseconds(limit: Limit, calendar: WorkCalendar) -> int:
    return limit.duration(OfficeTime(calendar).day) // dt.timedelta(microseconds=1)


def _offset(
    starts: Times, end_coarse: Bools, share: Limit | None, last_day: LastDay, calendar: WorkCalendar
) -> Offsets:
    """Time of day at which the last day ends, NaT where it ends with its date (twin of `deadlines._Reckoning`)."""
    never = np.full(starts.at.shape, np.timedelta64("NaT", "us"))
    if share is not None:
        worked = share.duration(OfficeTime(calendar).day)
        ends = np.timedelta64(calendar.office.offset_after(worked))
        return np.where(starts.coarse | end_coarse, never, ends)
    if last_day == "office_close":
        return np.where(end_coarse, never, np.timedelta64(calendar.office.closing))
    if last_day == "start_time":
        return np.where(starts.coarse | end_coarse, never, starts.at - starts.date.astype("datetime64[us]"))
    return never
