"""Pace: where a value should be by now on the way to its target (semantics 3.4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from etl.core.clock.workdays import CalendarNotPublished, WorkCalendar
from etl.judge.case import Case
from etl.judge.exact import Bools, Ratios, as_ints
from etl.judge.frame import Columns
from etl.judge.last_year import last_year_shares
from etl.judge.settled import Verdicts
from schemas.models.plan import Kind


@dataclass(frozen=True)
class Shares:
    """How much of the way should be done, row by row. `known` rows have one; `blind` ones lack a calendar."""

    share: Ratios
    known: Bools
    blind: Bools
    instead: Bools
    """Rows that were to follow last year and could not: working days stand in."""


@dataclass(frozen=True)
class Starts:
    """The start of the way of each row; `has` marks the rows that have one.

    `old`: rows whose baseline was measured by another definition, so that no way can be measured from it.
    """

    value: Ratios
    has: Bools
    old: Bools

    @classmethod
    def of(cls, case: Case, columns: Columns) -> Starts:
        """From the baselines."""
        found = [case.baseline_of(unit) for unit in columns.unit_names]
        old = np.array([b is not None and b.version not in (0, case.gauge.version) for b in found], dtype=bool)
        has = np.array([b is not None for b in found], dtype=bool) & ~old
        values = [b.value if b is not None else Fraction(0) for b in found]
        ratios = Ratios(as_ints([v.numerator for v in values]), as_ints([v.denominator for v in values]))
        return cls(ratios.take(columns.unit), has[columns.unit], old[columns.unit])

    @classmethod
    def none(cls, size: int) -> Starts:
        """No way at all."""
        nobody = np.zeros(size, dtype=bool)
        return cls(Ratios.same(Fraction(0), size), nobody, nobody)

    @classmethod
    def zero(cls, size: int) -> Starts:
        """Every way begins at 0."""
        return cls(Ratios.same(Fraction(0), size), np.ones(size, dtype=bool), np.zeros(size, dtype=bool))


def time_share(calendar: WorkCalendar, start: dt.date, due: dt.date, day: dt.date) -> Fraction:
    """Working days gone at the end of `day` over all from `start` to `due`.

    Raises:
        CalendarNotPublished: the way leaves the published years.
    """
    before = start - dt.timedelta(days=1)
    first = calendar.number(before)
    done, all_days = (calendar.number(end) - first for end in (min(max(day, before), due), due))
    return Fraction(done, all_days) if all_days else Fraction(1)


def time_shares(case: Case, columns: Columns, starts: Starts) -> Shares:
    """The share of the way that should be done at the end of each row's period (at as-of where that is earlier)."""
    nobody = np.zeros(len(columns), dtype=bool)
    if case.target.path.form == "steps":
        return Shares(_step_shares(case, columns, starts), starts.has, nobody, nobody)
    share, published = _linear_shares(case, columns)
    if case.target.path.form == "linear":
        return Shares(share, starts.has & published, ~published, nobody)
    like, has = last_year_shares(case, columns)
    mixed = Ratios(np.where(has, like.num, share.num), np.where(has, like.den, share.den))
    return Shares(mixed, starts.has & (published | has), ~published & ~has, ~has)


def _linear_shares(case: Case, columns: Columns) -> tuple[Ratios, Bools]:
    """One share a period, for all units alike."""
    start, due = case.target.start, case.target.due
    assert start is not None  # noqa: S101 - asked only for targets with a window
    assert due is not None  # noqa: S101
    shares, published = [], []
    for period in columns.periods:
        try:
            shares.append(time_share(case.calendar, start, due, min(period.end, case.as_of)))
            published.append(True)
        except CalendarNotPublished:
            shares.append(Fraction(0))
            published.append(False)
    table = Ratios(as_ints([s.numerator for s in shares]), as_ints([s.denominator for s in shares]))
    return table.take(columns.period), np.array(published, dtype=bool)[columns.period]


def _step_shares(case: Case, columns: Columns, starts: Starts) -> Ratios:
    """The progress that the last step reached stands for; 0 before the first one."""
    steps = case.target.path.steps
    expected: list[Fraction | None] = []
    for period in columns.periods:
        day = min(period.end, case.as_of)
        expected.append(next((Fraction(step.value) for step in reversed(steps) if step.at <= day), None))
    table = Ratios(*(as_ints([getattr(e or 0, part) for e in expected]) for part in ("numerator", "denominator")))
    way = Ratios.same(case.goal, len(columns)).minus(starts.value)
    share = table.take(columns.period).minus(starts.value).over(way)
    reached = np.array([e is not None for e in expected], dtype=bool)[columns.period] & np.asarray(way.num != 0, bool)
    return Ratios(np.where(reached, share.num, 0), share.den)


def fill_pace(case: Case, columns: Columns, verdicts: Verdicts, starts: Starts, where: Bools) -> None:
    """Fill progress, time share and projected end value of the valid rows in `where` that have a start.

    A waiting row whose share cannot be known for lack of a calendar is silenced.
    """
    rows = where & verdicts.valid & starts.has
    if case.target.start is None or case.target.due is None or not rows.any():
        return
    shares = time_shares(case, columns, starts)
    verdicts.silence(rows & shares.blind & verdicts.waiting, "calendar_not_published")
    rows &= shares.known
    way = Ratios.same(case.goal, len(columns)).minus(starts.value)
    gone = verdicts.value.minus(starts.value)
    verdicts.time_share, verdicts.progress = shares.share, gone.over(way)
    verdicts.projected = starts.value.plus(gone.over(shares.share))
    verdicts.has_pace = rows
    verdicts.has_progress = rows & np.asarray(way.num != 0, dtype=bool) & ~lost_rows(case, starts)
    verdicts.mark("pace", rows & shares.instead, "linear")


def lost_rows(case: Case, starts: Starts) -> Bools:
    """Rows whose start satisfied the goal already: who no longer does has no way to go, but one to go back.

    (value - start) / (goal - start) would call the way down progress. A sum under a ceiling begins at 0, below it.
    """
    if case.target.kind is Kind.CUMULATIVE:
        return np.zeros(len(starts.has), dtype=bool)
    return starts.has & starts.value.satisfies(case.comparator, case.goal)


def behind_rows(case: Case, verdicts: Verdicts, starts: Starts) -> Bools:
    """Rows whose progress lags by more than the tolerance and, of counts, by a whole one.

    Under the ceiling of a sum those that are ahead.
    """
    is_sum = case.target.kind is Kind.CUMULATIVE
    tolerance = Fraction(case.target.path.tolerance) / 100
    ahead = verdicts.progress.minus(verdicts.time_share)
    off = ahead.satisfies(">", tolerance) if is_sum and case.is_ceiling else ahead.satisfies("<", -tolerance)
    off &= verdicts.has_progress
    if not (is_sum or case.target.unit == "count") or not off.any():
        return off
    way = Ratios.same(case.goal, len(off)).minus(starts.value)
    lack = starts.value.plus(verdicts.time_share.times(way)).minus(verdicts.value)
    return off & (lack.satisfies(">=", Fraction(1)) | lack.satisfies("<=", Fraction(-1)))
