"""For every target, unit and period either the parts of a number or the reason why there are none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from examples.district.filings import Line
from examples.district.key.cases import Fact, Stay, amount_of, elapse, keeps, list_facts, list_stays
from examples.district.key.inbox import Inbox, list_expected, merge_cases
from examples.district.pack import Indicator, Target
from examples.district.spans import Span

SELF = "self"


@dataclass(frozen=True)
class Parts:
    """Numerator and denominator of a period (None for a sum), the cases behind them, and those still open.

    `n` is the denominator of a report's rate, whole; else the number of rows.
    """

    numerator: Fraction
    denominator: Fraction | None
    n: int
    open_sum: Fraction = Fraction(0)
    open_count: int = 0


Reading = Parts | str
"""Parts, or the reason for having none."""
Series = dict[Span, Reading]


def add_lines(indicator: Indicator, lines: Sequence[Line]) -> Parts:
    """Sum over sum of the rows that the indicator keeps."""
    kept = [line.values for line in lines if keeps(line.values, indicator.where)]
    numerator = sum((amount_of(indicator.numerator, values) for values in kept), Fraction(0))
    if indicator.form == "count":
        return Parts(numerator, None, len(kept))
    denominator = sum((amount_of(indicator.denominator, values) for values in kept), Fraction(0))
    return Parts(numerator, denominator, int(denominator))


def read_unit(indicator: Indicator, lines: Sequence[Line]) -> Reading:
    """One unit's rows of one file: kept out is `failed_check`, absent is `not_reported`."""
    if not lines:
        return "not_reported"
    return "failed_check" if any(line.is_held for line in lines) else add_lines(indicator, lines)


def roll_up(indicator: Indicator, lines: Sequence[Line], *, lacks: bool) -> Reading:
    """The jurisdiction from its rows; what a lacking part means is the indicator's own promise."""
    if lacks and indicator.missing == "fail":
        return "parts_missing"
    return add_lines(indicator, [line for line in lines if not line.is_held])


def read_report(indicator: Indicator, inbox: Inbox) -> dict[str, Series]:
    """Unit, period, reading of a source of figures."""
    expected = list_expected(inbox)
    readings: dict[str, Series] = {unit: {} for unit in (SELF, *expected)}
    column = inbox.contract.unit_column
    for span in inbox.spans:
        state = inbox.states[span.label]
        filing = inbox.accepted.get(span.label)
        lines = filing.lines if filing and state is None else ()
        lacks = any(line.is_held for line in lines)
        for unit, first in expected.items():
            if span.label < first:
                continue
            mine = [line for line in lines if line.values[str(column)] == unit]
            readings[unit][span] = state or read_unit(indicator, mine)
            lacks = lacks or not mine
        readings[SELF][span] = state or roll_up(indicator, lines, lacks=lacks)
    return readings


def sum_facts(indicator: Indicator, facts: Sequence[Fact], span: Span) -> Parts:
    """The facts that count in the period."""
    mine = [fact for fact in facts if span.holds(fact.day)]
    numerator = sum((fact.amount for fact in mine), Fraction(0))
    if indicator.form == "count":
        return Parts(numerator, None, len(mine))
    return Parts(numerator, sum((fact.base for fact in mine), Fraction(0)), len(mine))


def add_open(parts: Parts, stays: Sequence[Stay], day: dt.date, measure: str) -> Parts:
    """Beside the ended cases the ages, at the end of `day`, of those open then."""
    ages = [elapse(stay.start, day, measure) for stay in stays if stay.start <= day and not _ended(stay, day)]
    return replace(parts, open_sum=sum(ages, Fraction(0)), open_count=len(ages))


def _ended(stay: Stay, day: dt.date) -> bool:
    return stay.end is not None and stay.end <= day


def read_cases(indicator: Indicator, target: Target, inbox: Inbox, as_of: dt.date) -> dict[str, Series]:
    """Unit, period, reading of a source of cases; a unit is there from the file on that names it first."""
    cases = merge_cases(inbox)
    facts = list_facts(inbox.contract, indicator, target, cases, as_of)
    stays = list_stays(indicator, cases) if target.kind == "average_case" else []
    first = list_expected(inbox)
    readings: dict[str, Series] = {}
    for unit in (SELF, *sorted(first)):
        mine = facts if unit == SELF else [fact for fact in facts if fact.unit == unit]
        readings[unit] = {
            span: inbox.states[span.label]
            or add_open(
                sum_facts(indicator, mine, span),
                stays,
                min(span.last, as_of),
                indicator.clock.measure if indicator.clock else "",
            )
            for span in inbox.spans
            if unit == SELF or span.label >= first[unit]
        }
    return readings


def read_target(indicator: Indicator, target: Target, inbox: Inbox, as_of: dt.date) -> dict[str, Series]:
    """Unit, period, reading of one target."""
    if inbox.contract.kind == "report":
        return read_report(indicator, inbox)
    return read_cases(indicator, target, inbox, as_of)
