"""One case against one limit: its deadline, whether it was kept, its light and what the reader has to know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from etl.core.clock.case_terms import ClockRules, Extension, Light, LimitResult, Reason
from etl.core.clock.deadlines import Deadline, deadline_of, fold_suspensions
from etl.core.clock.elapsed import MEASURE_UNITS, Measure, elapsed_between, measure_of
from etl.core.clock.lights import is_near
from etl.core.clock.limits import Limit, Moment
from etl.core.clock.suspensions import Suspension, known_suspensions
from etl.core.clock.time_count import receive_at_opening
from etl.core.clock.workdays import CalendarNotPublished, WorkCalendar


def judge_limit(
    start: Moment,
    end: Moment | None,
    limit: Limit,
    calendar: WorkCalendar,
    *,
    as_of: Moment | None = None,
    suspensions: Iterable[Suspension] = (),
    deadline_from: Moment | None = None,
    extension: Extension | None = None,
    rules: ClockRules | None = None,
) -> LimitResult:
    """Judge one case as it was seen on `as_of`: later ends, suspensions and signatures are not known yet.

    Args:
        start: the event that starts the clock.
        end: the event that stops it, None while open.
        limit: in the document's unit.
        calendar: working days and office hours.
        as_of: today, a date stands for its end; None: everything is known, and an open case has no light.
        suspensions: all stops of the case, in any order.
        deadline_from: the file's own deadline; it decides, the recomputed one stands beside it.
        extension: moves the statutory deadline if it was signed by the deadline.
        rules: the plan's choices.

    Raises:
        CalendarNotPublished: the verdict needs a year that the calendar does not have.
        ValueError: the extension is given in another unit than the limit.
    """
    if end is not None and as_of is not None and as_of.is_before(end):
        end = None
    if extension is not None and as_of is not None and as_of.is_before(extension.signed):
        extension = None
    rules = rules or ClockRules()
    if rules.after_hours == "next_opening" and not (end is not None and end.is_before(start)):
        received = receive_at_opening(start, calendar)
    else:
        received = start
    case = _Case(start, received, end, as_of, limit, calendar, rules)
    stops = known_suspensions(suspensions, end, as_of)
    if deadline_from is not None:
        return _judge_by_file(case, stops, deadline_from)
    plain = case.count_deadline(limit, stops)
    if extension is None:
        return _judge(case, plain)
    if plain.state == "set" and not plain.admits(extension.signed.begins):
        return _judge(case, replace(plain, abuse=(*plain.abuse, "extension_after_deadline")))
    longer = limit.plus(extension.limit)
    extended = case.count_deadline(longer, stops)
    if rules.extension_counts:
        return replace(_judge(replace(case, limit=longer), extended), extended=extended)
    return replace(_judge(case, plain), extended=extended)


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known of one case at its as-of; `received` is the start that counts."""

    start: Moment
    received: Moment
    end: Moment | None
    as_of: Moment | None
    limit: Limit
    calendar: WorkCalendar
    rules: ClockRules

    def count_deadline(self, limit: Limit, stops: Iterable[Suspension]) -> Deadline:
        return deadline_of(
            self.received,
            limit,
            self.calendar,
            suspensions=stops,
            last_day=self.rules.last_day,
            is_end_coarse=self.end is not None and self.end.is_date_only,
        )

    @property
    def measure(self) -> Measure:
        return self.rules.measure or measure_of(self.limit)

    def count_elapsed(self, deadline: Deadline) -> Fraction | None:
        """Net time to the end, or to the as-of; never negative (an end before the opening that counts is 0)."""
        until = self.end or self.as_of
        if until is None:
            return None
        if self.end is None and until.is_date_only and not self.received.is_date_only:
            until = until if self.measure in ("workdays", "calendar_days", "months") else Moment(until.ends)
        elapsed = elapsed_between(
            self.received, until, self.measure, self.calendar, stops=deadline.stops, clock=self.limit.clock
        )
        return None if elapsed is None else max(elapsed, Fraction(0))


def _judge_by_file(case: _Case, stops: tuple[Suspension, ...], deadline_from: Moment) -> LimitResult:
    """The file's own deadline decides, and no suspension moves it; our own count stands beside it where it can."""
    by_file = Deadline.on(deadline_from)
    deciding = fold_suspensions(lambda _: by_file, stops, case.received)
    deciding = replace(deciding, marks=(*deciding.marks, "file_deadline"))
    try:
        recomputed = case.count_deadline(case.limit, stops)
        return replace(_judge(case, deciding), recomputed=recomputed)
    except CalendarNotPublished:
        deciding = replace(deciding, marks=(*deciding.marks, "calendar_not_published"))
        return _judge(case, deciding, is_calendar_missing=True)


def _judge(case: _Case, deadline: Deadline, *, is_calendar_missing: bool = False) -> LimitResult:
    kept, light, reason = _compare(case, deadline)
    elapsed = None if reason == "end_before_start" or is_calendar_missing else case.count_elapsed(deadline)
    is_open = case.end is None and case.as_of is not None
    return LimitResult(
        deadline_date=deadline.date,
        deadline=deadline.at,
        whole_day=deadline.whole_day,
        elapsed=elapsed,
        unit=MEASURE_UNITS[case.measure],
        kept=kept,
        light=light,
        reason=reason,
        decided=_decided_on(case, deadline, kept),
        age_days=(case.as_of.date - case.start.date).days if is_open and case.as_of else None,
        counted_days=deadline.counted_days,
        marks=deadline.marks,
        clock_abuse=deadline.abuse,
        recomputed=None,
        extended=None,
        calendar=f"{case.calendar.id}@{case.calendar.version}",
    )


def _compare(case: _Case, deadline: Deadline) -> tuple[bool | None, Light | None, Reason | None]:
    """Kept, light and, where there is neither, the reason."""
    if case.end is not None and case.end.is_before(case.start):
        return None, None, "end_before_start"
    if deadline.state == "precision_too_coarse":
        return None, None, "precision_too_coarse"
    if deadline.state == "suspended":
        return None, "suspended", None
    if case.end is not None:
        kept = _is_end_kept(case.end, deadline)
        if kept is None:
            return None, None, "precision_too_coarse"
        return kept, "green" if kept else "red", None
    if case.as_of is None:
        return None, None, None
    # A date as today stands for its end: 24:00 is past a closing time, but not past a deadline of whole days.
    if not deadline.admits(case.as_of.begins if deadline.whole_day else case.as_of.ends):
        return False, "red", None
    near = is_near(case.received, case.as_of, deadline, case.limit, case.calendar)
    return None, "yellow" if near else "green", None


def _is_end_kept(end: Moment, deadline: Deadline) -> bool | None:
    """The one test; None where a date without a time falls on the date of a deadline that has one."""
    if end.is_date_only and not deadline.whole_day and deadline.date is not None:
        return None if end.date == deadline.date else end.date < deadline.date
    return deadline.admits(end.begins)


def _decided_on(case: _Case, deadline: Deadline, kept: bool | None) -> dt.date | None:
    if kept is None:
        return None
    return case.end.date if kept and case.end is not None else deadline.date
