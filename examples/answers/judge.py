"""From parts to a status, a reason and a light: the rules of the plan once more, in exact fractions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from examples.answers.answer import Answer
from examples.answers.goals import DUE, FROM, LONGEST_POOL, MINIMUM_N, TOLERANCE, Goal
from examples.answers.readings import Parts, Reading
from examples.calendar2023 import count_workdays
from examples.periods import Period

LIGHTS = {"met": "green", "at_risk": "yellow", "missed": "red", "not_due": "neutral", "no_data": "grey"}
WARNINGS = ("red", "yellow")


@dataclass(frozen=True)
class Moment:
    """The period under judgement and the day on which it is judged."""

    period: Period
    as_of: dt.date

    @property
    def is_due(self) -> bool:
        return self.period.holds(DUE) and self.as_of >= DUE

    @property
    def time_share(self) -> Fraction:
        """Working days gone of those from `from` to `due`, both ends included."""
        until = min(self.period.last, self.as_of)
        return Fraction(count_workdays(FROM, until), count_workdays(FROM, DUE))


def pool(history: Sequence[Reading]) -> tuple[Parts, int] | None:
    """The shortest run of whole periods ending here that is large enough; a period without data breaks it."""
    numerator, denominator = Fraction(0), 0
    for length, reading in enumerate(reversed(history[-LONGEST_POOL:]), start=1):
        if not isinstance(reading, Parts):
            return None
        numerator, denominator = numerator + reading.numerator, denominator + reading.denominator
        if denominator >= MINIMUM_N:
            # What is open is open now: it belongs to the last period, whatever is put together.
            last = history[-1]
            extra = (last.open_sum, last.open_count) if isinstance(last, Parts) else (0, 0)
            return Parts(numerator, denominator, *extra), length
    return None


def judge_deadline(goal: Goal, value: Fraction, moment: Moment) -> tuple[str, str]:
    """A value to be reached by `due`, before that against the straight path from the baseline."""
    if goal.satisfied_by(value):
        return "met", "satisfied"
    if moment.is_due:
        return "missed", "not_reached"
    if goal.baseline is None:
        return "not_due", "before_due"
    if goal.satisfied_by(goal.baseline):
        return "at_risk", "behind_path"
    progress = (value - goal.baseline) / (goal.limit - goal.baseline)
    is_behind = moment.time_share - progress > TOLERANCE
    return ("at_risk", "behind_path") if is_behind else ("met", "on_path")


def judge_sum(goal: Goal, value: Fraction, moment: Moment) -> tuple[str, str]:
    """A count to be gathered by `due`; behind only where at least one whole thing is missing."""
    if goal.satisfied_by(value):
        return "met", "satisfied"
    if moment.is_due:
        return "missed", "strive" if goal.is_strive else "not_reached"
    share = moment.time_share
    is_behind = share - value / goal.limit > TOLERANCE and share * goal.limit - value >= 1
    return ("at_risk", "behind_path") if is_behind else ("met", "on_path")


def judge_mean(goal: Goal, value: Fraction, parts: Parts) -> tuple[str, str]:
    """A mean within its limit, and whether the open cases will spoil it."""
    if not goal.satisfied_by(value):
        return "missed", "over_limit"
    with_open = (parts.numerator + parts.open_sum) / (parts.denominator + parts.open_count)
    return ("met", "satisfied") if goal.satisfied_by(with_open) else ("at_risk", "open_cases")


def judge_value(goal: Goal, value: Fraction, parts: Parts, moment: Moment) -> tuple[str, str]:
    """Status and reason of a valid value."""
    if goal.kind == "by_deadline":
        return judge_deadline(goal, value, moment)
    if goal.kind == "cumulative":
        return judge_sum(goal, value, moment)
    if goal.kind == "average_case":
        return judge_mean(goal, value, parts)
    return ("met", "satisfied") if goal.satisfied_by(value) else ("missed", "late_cases")


def judge_period(goal: Goal, unit: str, history: Sequence[Reading], moment: Moment) -> Answer:
    """The verdict of the last reading of `history`, its light not yet carried."""
    reading, pooled = history[-1], None
    blank = Answer(goal.id, unit, moment.period.label, "no_data", "", "grey")
    if isinstance(reading, str):
        return replace(blank, reason=reading)
    if goal.kind == "cumulative":
        return finish(goal, blank, reading, moment)
    own = replace(blank, numerator=reading.numerator, denominator=reading.denominator, n=reading.denominator)
    if reading.denominator == 0:
        return replace(own, reason="no_cases")
    if goal.is_pooled:
        found = pool(history)
        if found is None:
            return replace(own, reason="sample_too_small")
        reading, length = found
        pooled = length if length > 1 else None
    return finish(goal, replace(blank, pooled=pooled), reading, moment)


def finish(goal: Goal, blank: Answer, parts: Parts, moment: Moment) -> Answer:
    """Value, status, reason and the light of its own for parts that can be judged."""
    is_count = goal.kind == "cumulative"
    value = parts.numerator if is_count else goal.scale * parts.numerator / parts.denominator
    status, reason = judge_value(goal, value, parts, moment)
    return replace(
        blank,
        status=status,
        reason=reason,
        light="yellow" if reason == "strive" else LIGHTS[status],
        value=value,
        numerator=parts.numerator,
        denominator=None if is_count else parts.denominator,
        n=parts.denominator,
    )


def carry_lights(answers: Sequence[Answer]) -> list[Answer]:
    """Silence keeps a warning: red and yellow stay, with their origin, until a valid verdict replaces them."""
    carried: list[Answer] = []
    warning: Answer | None = None
    for answer in answers:
        if answer.status != "no_data":
            warning = answer if answer.light in WARNINGS else None
        elif warning is not None:
            carried.append(replace(answer, light=warning.light, carried_from=warning.period))
            continue
        carried.append(answer)
    return carried
