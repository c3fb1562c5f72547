"""From parts to status and reason: the rules of each kind, in exact fractions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from examples.district.days import count_workdays
from examples.district.key.readings import Parts
from examples.district.pack import Target
from examples.district.spans import Span

Verdict = tuple[str, str]
XMR_POINTS = 12
XMR_FACTOR = Fraction(266, 100)


@dataclass(frozen=True)
class Moment:
    """The period under judgement and the day of the judgement."""

    target: Target
    span: Span
    as_of: dt.date

    @property
    def is_due(self) -> bool:
        due = self.target.due
        return due is not None and self.as_of >= due and self.span.last >= due

    @property
    def is_after(self) -> bool:
        """A later period than the one that holds the due day; only targets that hold are judged there."""
        return self.target.due is not None and self.span.first > self.target.due

    @property
    def time_share(self) -> Fraction:
        """Working days gone of those from `from` to `due`, both ends included."""
        due = self.target.due or self.as_of
        until = min(self.span.last, self.as_of)
        whole = count_workdays(self.target.start, due)
        return Fraction(count_workdays(self.target.start, until), whole)


def missed(target: Target, reason: str) -> Verdict:
    """A miss; of a target that is only striven for it is told as such."""
    return "missed", "strive" if target.is_strive else reason


def judge_way(moment: Moment, value: Fraction, baseline: Fraction | None) -> Verdict:
    """To be reached by the due day; before that against the straight path from the baseline, where there is one."""
    target = moment.target
    if target.satisfied_by(value):
        return "met", "satisfied"
    if moment.is_after:
        return missed(target, "not_satisfied")
    if moment.is_due:
        return missed(target, "not_reached")
    if baseline is not None and target.satisfied_by(baseline):
        return "at_risk", "behind_path"
    if baseline is None or baseline == target.value:
        return "not_due", "before_due"
    share = moment.time_share
    progress = (value - baseline) / (target.value - baseline)
    wanted = baseline + share * (target.value - baseline)
    is_short = target.unit != "count" or abs(wanted - value) >= 1
    is_behind = share - progress > target.tolerance and is_short
    return ("at_risk", "behind_path") if is_behind else ("met", "on_path")


def judge_sum(moment: Moment, value: Fraction) -> Verdict:
    """A sum to be gathered; behind only where at least one whole thing is missing."""
    target = moment.target
    if target.satisfied_by(value):
        return "met", "satisfied"
    if moment.is_due:
        return missed(target, "not_reached")
    share = moment.time_share
    is_behind = share - value / target.value > target.tolerance and share * target.value - value >= 1
    return ("at_risk", "behind_path") if is_behind else ("met", "on_path")


def judge_mean(target: Target, value: Fraction, parts: Parts) -> Verdict:
    """A mean within its limit, and whether the open cases will spoil it."""
    if not target.satisfied_by(value):
        return missed(target, "over_limit")
    if parts.denominator is None or not parts.open_count:
        return "met", "satisfied"
    with_open = (parts.numerator + parts.open_sum) / (parts.denominator + parts.open_count)
    return ("met", "satisfied") if target.satisfied_by(with_open) else ("at_risk", "open_cases")


def judge_share(target: Target, value: Fraction) -> Verdict:
    """The share of cases in time; a single late one is a breach where all are promised."""
    if value >= target.required_share:
        return "met", "satisfied"
    return missed(target, "late_cases")


def judge_standing(target: Target, points: Sequence[Fraction], last: Sequence[Fraction | None]) -> Verdict:
    """A level to be kept: not kept, or about to be lost."""
    if not target.satisfied_by(points[-1]):
        return missed(target, "not_satisfied")
    if len(points) >= XMR_POINTS:
        return ("at_risk", "early_warning_xmr") if is_outside(target, points) else ("met", "satisfied")
    return ("at_risk", "early_warning_trend") if crosses_next(target, last) else ("met", "satisfied")


def is_outside(target: Target, points: Sequence[Fraction]) -> bool:
    """Whether the last value lies outside its XmR limits on the bad side; limits of rates end at 0 and 100."""
    mean = sum(points, Fraction(0)) / len(points)
    moves = [abs(later - earlier) for earlier, later in pairwise(points)]
    reach = XMR_FACTOR * sum(moves, Fraction(0)) / len(moves)
    low, high = mean - reach, mean + reach
    if target.unit == "%":
        low, high = max(low, Fraction(0)), min(high, Fraction(100))
    return points[-1] > high if target.comparator in ("<=", "<") else points[-1] < low


def crosses_next(target: Target, last: Sequence[Fraction | None]) -> bool:
    """Whether the last three periods move towards the limit and their line is beyond it one period on."""
    values = [value for value in last if value is not None]
    if len(last) < 3 or len(values) < 3:
        return False
    first, middle, now = values
    is_ceiling = target.comparator in ("<=", "<")
    moves = first < middle < now if is_ceiling else first > middle > now
    ahead = (first + middle + now) / 3 + (now - first)
    return moves and not target.satisfied_by(ahead)
