"""For every target, unit and period either the parts of a ratio or the reason why there are none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from examples.answers.facts import FACTS, Fact, Stay, list_stays
from examples.answers.goals import Goal
from examples.answers.inbox import Inbox, find_first_periods, merge_cases
from examples.calendar2023 import elapse_workdays
from examples.periods import Period
from examples.submissions import Cell, Row

SELF = "self"


@dataclass(frozen=True)
class Parts:
    """Numerator and denominator of a period; beside them the sum and number of the cases still open at its end."""

    numerator: Fraction
    denominator: int
    open_sum: int = 0
    open_count: int = 0


Reading = Parts | str
"""Parts, or the reason for having none."""

RATIO_COLUMNS: Mapping[str, tuple[str, str]] = {
    "online-items": ("网上可办事项数（项）", "依申请事项总数（项）"),
    "tax-hours": ("年纳税总时长（小时）", "样本企业数（户）"),
    "power-online-rate": ("线上办电数（件）", "办电总数（件）"),
    "service-satisfaction": ("好评数", "评价总数"),
}


def as_number(value: Cell) -> Fraction:
    return Fraction(str(value))


def read_row(goal: Goal, row: Row | None) -> Reading:
    """A unit's row of a report: kept out is `failed_check`, absent is `not_reported`."""
    if row is None:
        return "not_reported"
    if row.is_bad:
        return "failed_check"
    numerator, denominator = RATIO_COLUMNS[goal.id]
    return Parts(as_number(row.values[numerator]), int(as_number(row.values[denominator])))


def add_up(readings: Sequence[Reading]) -> Reading:
    """The district from its parts: sum over sum, and nothing at all where a part is missing."""
    parts = [reading for reading in readings if isinstance(reading, Parts)]
    if len(parts) < len(readings):
        return "parts_missing"
    return Parts(sum((p.numerator for p in parts), Fraction(0)), sum(p.denominator for p in parts))


def read_report(goal: Goal, inbox: Inbox) -> dict[str, dict[str, Reading]]:
    """Unit, period, reading for a source of figures."""
    readings: dict[str, dict[str, Reading]] = {unit: {} for unit in (SELF, *inbox.source.units)}
    for period in inbox.periods:
        state = inbox.states[period.label]
        rows: dict[str, Row] = {}
        if state is None:
            submission = inbox.accepted[period.label]
            rows = {str(row.values[str(inbox.source.unit_column)]): row for row in submission.rows}
        for unit in inbox.source.units:
            readings[unit][period.label] = state or read_row(goal, rows.get(unit))
        units = [readings[unit][period.label] for unit in inbox.source.units]
        readings[SELF][period.label] = state or add_up(units)
    return readings


def sum_facts(facts: Sequence[Fact], period: Period, *, since: dt.date | None = None) -> Parts:
    """The facts of the period, or of all the time from `since` to its end."""
    first = since or period.first
    amounts = [fact.amount for fact in facts if first <= fact.day <= period.last]
    return Parts(sum(amounts, Fraction(0)), len(amounts))


def add_open_stays(parts: Parts, stays: Sequence[Stay], day: dt.date) -> Parts:
    """Beside the ended cases the ages, at the end of `day`, of those open then."""
    ages = [
        elapse_workdays(stay.start, day) for stay in stays if stay.start <= day and (stay.end is None or stay.end > day)
    ]
    return Parts(parts.numerator, parts.denominator, sum(ages), len(ages))


def read_cases(goal: Goal, inbox: Inbox, *, since: dt.date, as_of: dt.date) -> dict[str, dict[str, Reading]]:
    """Unit, period, reading for a source of cases; rows kept out by a check are left out."""
    cases = merge_cases(inbox)
    facts = [fact for case in cases for fact in FACTS[goal.id](case, as_of=as_of)]
    stays = list_stays(cases) if goal.kind == "average_case" else []
    starts = find_first_periods(inbox) if goal.has_units else {}
    readings: dict[str, dict[str, Reading]] = {unit: {} for unit in (SELF, *sorted(starts))}
    for period in inbox.periods:
        for unit, series in readings.items():
            if unit != SELF and period.label < starts[unit]:
                continue
            mine = facts if unit == SELF else [fact for fact in facts if fact.unit == unit]
            parts = sum_facts(mine, period, since=since if goal.kind == "cumulative" else None)
            parts = add_open_stays(parts, stays, min(period.last, as_of)) if stays else parts
            series[period.label] = inbox.states[period.label] or parts
    return readings
