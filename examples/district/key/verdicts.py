"""All expected verdicts of the district."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from examples.answers.answer import Answer
from examples.answers.judge import LIGHTS, carry_lights
from examples.district.entries import Entry
from examples.district.filings import Filing
from examples.district.key.by_hand import answer_by_hand
from examples.district.key.inbox import Inbox, open_inbox
from examples.district.key.readings import SELF, Parts, Reading, Series, read_target
from examples.district.key.rules import Moment, judge_mean, judge_share, judge_standing, judge_sum, judge_way
from examples.district.overlay import Base
from examples.district.pack import BY_HAND, Indicator, Pack, Target
from examples.district.spans import Span

LONGEST_POOL = 12
POOLED = ("standing", "by_deadline", "average_case", "reduction", "growth")


@dataclass(frozen=True)
class Docket:
    """One target's case for one unit: its readings in order, and what it is measured against."""

    target: Target
    indicator: Indicator
    unit: str
    base: Base | None
    as_of: dt.date

    @property
    def start_value(self) -> Fraction | None:
        return None if self.base is None else self.base.value


def pool(minimum_n: int, history: Sequence[Reading]) -> tuple[Parts, int] | None:
    """The shortest run of whole periods ending here that is large enough; a period without an answer ends it."""
    numerator, denominator, n = Fraction(0), Fraction(0), 0
    for length, reading in enumerate(reversed(history[-LONGEST_POOL:]), start=1):
        if isinstance(reading, str):
            return None
        numerator, n = numerator + reading.numerator, n + reading.n
        denominator += reading.denominator or 0
        if n >= minimum_n:
            return replace(last_of(history), numerator=numerator, denominator=denominator, n=n), length
    return None


def last_of(history: Sequence[Reading]) -> Parts:
    """The last period's own parts: what is open is open now, whatever is put together."""
    last = history[-1]
    if isinstance(last, str):
        raise TypeError(last)
    return last


def is_in_window(target: Target, span: Span) -> bool:
    """Whether the period is one of those that the target judges."""
    if target.acceptance:
        return target.due is not None and span.holds(target.due)
    if span.last < target.start:
        return False
    return target.due is None or target.hold or span.first <= target.due


def value_of(docket: Docket, parts: Parts) -> Fraction:
    """The number in the target's unit."""
    if parts.denominator is None:
        return parts.numerator
    value = docket.indicator.factor * parts.numerator / parts.denominator
    base = docket.start_value
    if docket.target.kind == "reduction" and base:
        return 100 * (base - value) / base
    if docket.target.kind == "growth" and base:
        return 100 * (value - base) / base
    return value


def sum_since(docket: Docket, series: Series, span: Span) -> Parts:
    """The running sum from the target's first period on; silent periods add what is known of them."""
    parts = [reading for at, reading in series.items() if docket.target.start <= at.last and at.last <= span.last]
    known = [part for part in parts if isinstance(part, Parts)]
    total = sum((part.numerator for part in known), Fraction(0))
    return Parts(total, None, sum(part.n for part in known))


def blank(docket: Docket, span: Span, reason: str) -> Answer:
    return Answer(docket.target.id, docket.unit, span.label, "no_data", reason, "grey")


def settle(docket: Docket, series: Series, span: Span) -> Answer | tuple[Parts, int | None]:
    """The parts to judge and how many periods they take, or the verdict without data."""
    reading = series[span]
    if isinstance(reading, str):
        return blank(docket, span, reading)
    if docket.target.kind in ("cumulative", "cadence"):
        return (sum_since(docket, series, span) if docket.target.kind == "cumulative" else reading), None
    own = replace(
        blank(docket, span, "no_cases"), numerator=reading.numerator, denominator=reading.denominator, n=reading.n
    )
    if reading.denominator == 0:
        return own
    if docket.target.kind not in POOLED:
        return reading, None
    history = [at for place, at in series.items() if place.last <= span.last]
    found = pool(docket.indicator.minimum_n, history)
    if found is None:
        return replace(own, reason="sample_too_small")
    return found[0], found[1] if found[1] > 1 else None


def judge_parts(docket: Docket, parts: Parts, span: Span, values: Mapping[Span, Fraction], last: Sequence[Span]):
    """Status and reason of a valid value."""
    target, moment = docket.target, Moment(docket.target, span, docket.as_of)
    value = values[span]
    if target.kind == "cumulative":
        return judge_sum(moment, value)
    if target.kind == "average_case":
        return judge_mean(target, value, parts)
    if target.kind == "each_case":
        return judge_share(target, value)
    if target.kind == "standing":
        return judge_standing(target, list(values.values()), [values.get(at) for at in last])
    if target.kind in ("reduction", "growth"):
        return judge_way(moment, value, Fraction(0))
    return judge_way(moment, value, docket.start_value if target.kind == "by_deadline" else None)


def changed(docket: Docket, parts: Parts) -> Parts:
    """Of a reduction or growth the change and the baseline, both times the denominator of the value."""
    base = docket.start_value
    if docket.target.kind not in ("reduction", "growth") or base is None or parts.denominator is None:
        return parts
    whole, now = base * parts.denominator, docket.indicator.factor * parts.numerator
    change = whole - now if docket.target.kind == "reduction" else now - whole
    return replace(parts, numerator=change, denominator=whole)


def lacks_base(docket: Docket) -> str | None:
    """Why a change cannot be told: no figure of the base date, or one by another definition."""
    if docket.target.kind not in ("reduction", "growth"):
        return None
    if docket.base is None:
        return "baseline_missing"
    return None if docket.base.version in (None, docket.indicator.version) else "definition_changed"


def answer_unit(docket: Docket, series: Series) -> list[Answer]:
    """The verdicts of one target for one unit, in the order of the periods.

    Only what lies in the target's window is looked at: nothing from before it is pooled or charted.
    """
    answers: list[Answer] = []
    values: dict[Span, Fraction] = {}
    series = {span: reading for span, reading in series.items() if is_in_window(docket.target, span)}
    spans = list(series)
    for number, span in enumerate(spans):
        settled = settle(docket, series, span)
        if not isinstance(settled, Answer) and (reason := lacks_base(docket)):
            settled = replace(blank(docket, span, reason), numerator=settled[0].numerator)
        if not isinstance(settled, Answer):
            parts, pooled = settled
            values[span] = value_of(docket, parts)
            verdict = judge_parts(docket, parts, span, values, spans[max(0, number - 2) : number + 1])
            settled = finish(blank(docket, span, ""), verdict, values[span], changed(docket, parts), pooled)
        answers.append(settled)
    return carry_lights(answers)


def finish(row: Answer, verdict: tuple[str, str], value: Fraction, parts: Parts, pooled: int | None) -> Answer:
    status, reason = verdict
    return replace(
        row,
        status=status,
        reason=reason,
        light="yellow" if reason == "strive" else LIGHTS[status],
        value=value,
        numerator=parts.numerator,
        denominator=parts.denominator,
        n=parts.n,
        pooled=pooled,
    )


def answer_target(
    pack: Pack, target: Target, inboxes: Mapping[str, Inbox], bases: Mapping[str, Base], as_of: dt.date
) -> list[Answer]:
    """The verdicts of one target that has an indicator."""
    indicator = pack.indicators[str(target.indicator)]
    readings = read_target(indicator, target, inboxes[indicator.source], as_of)
    answers: list[Answer] = []
    for unit, series in readings.items():
        if target.kind == "cumulative" and unit != SELF:
            continue  # what a plan wants in all it does not want of each unit
        answers += answer_unit(Docket(target, indicator, unit, bases.get(target.id), as_of), series)
    return answers


def work_out_all(
    pack: Pack,
    filings: Sequence[Filing],
    entries: Sequence[Entry],
    bases: Mapping[str, Base],
    as_of: dt.date,
    without: tuple[str, ...] = (),
) -> list[Answer]:
    """Every verdict that follows from the files handed in, judged at the end of `as_of`.

    Args:
        pack: the plan as plain data.
        filings: files of all sources; those of sources in `without` are another key's matter.
        entries: what people entered by hand.
        bases: figures of the base date by target.
        as_of: the day of the judgement.
        without: ids of sources that are left out.
    """
    inboxes = {}
    for contract in pack.contracts.values():
        used = {i.id for i in pack.indicators_of(contract.id)}
        starts = [t.start for t in pack.targets if t.indicator in used and not t.acceptance] or [as_of]
        inboxes[contract.id] = open_inbox(contract, filings, min(starts), as_of)
    answers: list[Answer] = []
    for target in pack.targets:
        if target.indicator is None and target.kind in BY_HAND:
            answers += answer_by_hand(target, entries, as_of)
        elif pack.indicators[str(target.indicator)].source not in without:
            answers += answer_target(pack, target, inboxes, bases, as_of)
    return answers
