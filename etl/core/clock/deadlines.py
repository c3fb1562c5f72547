"""The deadline of one case: which stops count, where the limit ends, how precisely that is known (semantics 1.2-9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from etl.core.clock.day_count import add_months, count_calendar_days, count_workdays, resume_after
from etl.core.clock.limits import Limit, Moment, midnight
from etl.core.clock.suspensions import Suspension, merge_spans
from etl.core.clock.time_count import OfficeTime, TimeCount, WallTime, receive_at_opening
from etl.core.clock.workdays import WorkCalendar

AfterHours = Literal["same_day", "next_opening"]
LastDay = Literal["midnight", "office_close", "start_time"]
State = Literal["set", "suspended", "precision_too_coarse"]
ClockAbuse = Literal["last_day", "after_deadline", "extension_after_deadline"]
Mark = Literal[
    "fraction_to_end_of_day", "last_day_to_midnight", "suspension_inverted", "file_deadline",
    "calendar_not_published", "measured_in_dates",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Where a limit ends.

    Attributes:
        state: `set`, or why there is none: a suspension is open, or a date without a time is too coarse.
        date: the last date on time.
        at: whole days: 00:00 of the next day, the first instant that is too late; else the last instant on time.
        whole_day: which of the two `at` is; kept means end date <= `date`, or end <= `at`.
        counted_days: the days that the limit counts, suspended and uncounted ones left out (none by the wall clock).
        marks: what the reader has to know about the precision.
        abuse: findings `clock_abuse`.
        stops: the suspensions that count.
    """

    state: State = "set"
    date: dt.date | None = None
    at: dt.datetime | None = None
    whole_day: bool = True
    counted_days: tuple[dt.date, ...] = ()
    marks: tuple[Mark, ...] = ()
    abuse: tuple[ClockAbuse, ...] = ()
    stops: tuple[Suspension, ...] = ()

    @classmethod
    def on(cls, moment: Moment) -> Deadline:
        """A deadline that a file names itself: to the end of a date, or to an instant."""
        return cls(date=moment.date, at=moment.ends, whole_day=moment.is_date_only)

    def admits(self, instant: dt.datetime) -> bool:
        """The one test: is this instant on time? Only for a deadline that is set."""
        if self.date is None or self.at is None:
            raise ValueError(f"no deadline to compare with: {self.state}")
        return instant.date() <= self.date if self.whole_day else instant <= self.at


def deadline_of(
    start: Moment,
    limit: Limit,
    calendar: WorkCalendar,
    *,
    suspensions: Iterable[Suspension] = (),
    after_hours: AfterHours = "same_day",
    last_day: LastDay = "midnight",
    is_end_coarse: bool = False,
) -> Deadline:
    """The deadline of a case that started at `start`.

    Args:
        start: the starting event; its day does not count (art. 201).
        limit: the limit in the document's unit.
        calendar: working days and office hours.
        suspensions: all of them; which count is decided here.
        after_hours: what a start outside office hours counts as (semantics 1.7).
        last_day: whole-day limits end at midnight, at closing time (art. 203) or at the time of day of the start.
        is_end_coarse: the end will be compared as a date; closing times and fractions then end with their day.

    Raises:
        CalendarNotPublished: the count runs into a year that the calendar does not have.
    """
    if after_hours == "next_opening":
        start = receive_at_opening(start, calendar)
    if limit.needs_time and (start.is_date_only or is_end_coarse):
        return Deadline(state="precision_too_coarse")
    reckoning = _Reckoning(start, limit, calendar, last_day, is_end_coarse)
    return fold_suspensions(reckoning.reckon, suspensions, start, needs_time=limit.needs_time)


def fold_suspensions(
    reckon: Callable[[Sequence[Suspension]], Deadline],
    suspensions: Iterable[Suspension],
    start: Moment,
    *,
    needs_time: bool = False,
) -> Deadline:
    """Let each suspension in turn move the deadline, if it was known by the deadline that stood before it.

    Args:
        reckon: the deadline for the suspensions that count so far.
        suspensions: in any order.
        start: stops that ended before it are ignored.
        needs_time: the limit is below one day, where a stop without times cannot be counted.
    """
    accepted: list[Suspension] = []
    abuse: list[ClockAbuse] = []
    marks: list[Mark] = []
    deadline = reckon(())
    for stop in sorted(suspensions, key=lambda stop: stop.start.begins):
        if stop.is_inverted:
            marks.append("suspension_inverted")
            continue
        if stop.end is not None and stop.end.is_before(start):
            continue
        if not deadline.admits(stop.known.begins):
            abuse.append("after_deadline")
            continue
        if needs_time and stop.is_coarse:
            return Deadline(state="precision_too_coarse")
        if not needs_time and stop.start.date == deadline.date:
            abuse.append("last_day")
        accepted.append(stop)
        if stop.end is None:
            deadline = Deadline(state="suspended")
            break
        deadline = reckon(accepted)
    return replace(
        deadline,
        stops=tuple(accepted),
        abuse=tuple(dict.fromkeys(abuse)),
        marks=tuple(dict.fromkeys((*deadline.marks, *marks))),
    )


@dataclass(frozen=True, slots=True)
class _Reckoning:
    """One limit from one start, for any set of suspensions."""

    start: Moment
    limit: Limit
    calendar: WorkCalendar
    last_day: LastDay
    is_end_coarse: bool

    def reckon(self, stops: Sequence[Suspension]) -> Deadline:
        if self.limit.needs_time:
            return self._reckon_time(stops)
        whole, fraction = divmod(self.limit.amount, 1)
        counted, day = self._count_days(whole + (fraction > 0), stops)
        day = resume_after(day, stops, self.calendar)
        if fraction:
            return self._end_in_day(day, fraction, counted)
        closing = self._closing
        if closing is not None:
            return Deadline(date=day, at=midnight(day) + closing, whole_day=False, counted_days=counted)
        marks: tuple[Mark, ...] = () if self.last_day == "midnight" else ("last_day_to_midnight",)
        return Deadline(date=day, at=midnight(day, days_after=1), counted_days=counted, marks=marks)

    @property
    def _closing(self) -> dt.timedelta | None:
        """Time of day at which the last day ends; None: with its date, also where times are not known."""
        if self.last_day == "office_close" and not self.is_end_coarse:
            return self.calendar.office.closing
        if self.last_day == "start_time" and not (self.is_end_coarse or self.start.is_date_only):
            return self.start.at - midnight(self.start.date)
        return None

    def _count_days(self, n: int, stops: Sequence[Suspension]) -> tuple[tuple[dt.date, ...], dt.date]:
        """The counted days, and the last of them moved off a rest day."""
        begin = self.start.date
        if self.limit.unit == "workday":
            counted = count_workdays(begin, n, self.calendar, stops)
            return counted, counted[-1]
        if self.limit.unit == "month":
            n = (add_months(begin, n) - begin).days
        counted = count_calendar_days(begin, n, stops)
        return counted, self.calendar.next_workday(counted[-1])

    def _end_in_day(self, day: dt.date, fraction: Fraction, counted: tuple[dt.date, ...]) -> Deadline:
        """N = 3.5: a share of the office day; without times the limit ends with that day, marked (semantics 1.6)."""
        if self.start.is_date_only or self.is_end_coarse:
            marks: tuple[Mark, ...] = ("fraction_to_end_of_day",)
            return Deadline(date=day, at=midnight(day, days_after=1), counted_days=counted, marks=marks)
        share = Limit(fraction, "workday").duration(OfficeTime(self.calendar).day)
        at = midnight(day) + self.calendar.office.offset_after(share)
        return Deadline(date=day, at=at, whole_day=False, counted_days=counted)

    def _reckon_time(self, stops: Sequence[Suspension]) -> Deadline:
        count: TimeCount = OfficeTime(self.calendar) if self.limit.over_office_hours else WallTime()
        time = self.limit.duration(OfficeTime(self.calendar).day)
        spans = merge_spans(stops)
        at = count.deadline(self.start.at, time, spans)
        counted: tuple[dt.date, ...] = ()
        if isinstance(count, OfficeTime):
            dates = (midnight(self.start.date, days_after=n) for n in range((at - self.start.begins).days + 2))
            ranges = ((max(day, self.start.at), min(day + dt.timedelta(days=1), at)) for day in dates)
            counted = tuple(a.date() for a, b in ranges if a < b and count.elapsed(a, b, spans))
        return Deadline(date=at.date(), at=at, whole_day=False, counted_days=counted)
