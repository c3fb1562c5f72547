"""Counting time below the day: by the wall clock or over office hours, without suspended time (semantics 1.5, 1.6)."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from etl.core.clock.limits import Moment, midnight
from etl.core.clock.suspensions import Span
from etl.core.clock.workdays import WorkCalendar

ZERO = dt.timedelta()


class TimeCount(ABC):
    """How time runs between two instants."""

    @abstractmethod
    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """Counted time from `start` to `end`."""

    @abstractmethod
    def after(self, start: dt.datetime, time: dt.timedelta) -> dt.datetime:
        """The earliest instant at which `time` has run since `start`."""

    def deadline(self, start: dt.datetime, time: dt.timedelta, stops: Sequence[Span]) -> dt.datetime:
        """The last instant on time, where the merged `stops` do not count."""
        at, left = start, time
        for begins, ends in stops:
            if ends <= at:
                continue
            if self.after(at, left) < begins:
                break
            left -= self.between(at, max(begins, at))
            at = ends
        return self.after(at, left)

    def elapsed(self, start: dt.datetime, end: dt.datetime, stops: Sequence[Span]) -> dt.timedelta:
        """Counted time from `start` to `end` without the merged `stops`."""
        inside = [(max(begins, start), min(ends, end)) for begins, ends in stops]
        return self.between(start, end) - sum((self.between(a, b) for a, b in inside if a < b), ZERO)


class WallTime(TimeCount):
    """Every minute counts."""

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        return end - start

    def after(self, start: dt.datetime, time: dt.timedelta) -> dt.datetime:
        return start + time


@dataclass(frozen=True)
class OfficeTime(TimeCount):
    """Only the office hours of working days count; a start outside them counts from the next opening."""

    calendar: WorkCalendar

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        return self._worked(end) - self._worked(start)

    def after(self, start: dt.datetime, time: dt.timedelta) -> dt.datetime:
        if not time:
            return start
        wanted = self._worked(start) + time
        number = -(-wanted // self.day)
        opens = midnight(self.calendar.workday(number))
        return opens + self.calendar.office.offset_after(wanted - (number - 1) * self.day)

    @property
    def day(self) -> dt.timedelta:
        """Office time of one whole working day."""
        return dt.timedelta(minutes=self.calendar.office.minutes)

    def _worked(self, at: dt.datetime) -> dt.timedelta:
        """Office time from the start of the calendar to `at`."""
        day = at.date()
        if at == midnight(day) and not self.calendar.covers(day):
            day -= dt.timedelta(days=1)  # 24:00 of the last covered date needs nothing of the year after it
            return self.calendar.number(day) * self.day
        if not self.calendar.is_workday(day):
            return self.calendar.number(day) * self.day
        today = self.calendar.office.worked(at - midnight(day))
        return (self.calendar.number(day) - 1) * self.day + today


def receive_at_opening(start: Moment, calendar: WorkCalendar) -> Moment:
    """`after_hours: next_opening`: what comes in outside office hours counts as received at the next opening.

    Of a date without a time only a rest day is known to lie outside; it becomes the next working day, still a date.
    """
    day = start.date
    if start.is_date_only:
        return Moment.on(calendar.next_workday(day))
    offset = calendar.office.opening_from(start.at - midnight(day)) if calendar.is_workday(day) else None
    if offset is not None:
        return Moment(midnight(day) + offset)
    return Moment(midnight(calendar.workday(calendar.number(day) + 1)) + calendar.office.opening)
