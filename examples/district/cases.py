"""Cases with their events: what really happened, before any department writes it down."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from examples.district.days import each_day, is_workday, step_office_seconds, step_workdays
from examples.district.figures import list_units, store
from examples.district.filings import Cell, Values
from examples.district.levels import Beat, lead_of, open_stream, story_of, value_at
from examples.district.pack import Column, Contract, Indicator, Pack, Target
from examples.district.spans import Span

CASES_A_MONTH = 15
STARTS = {("yz_utility_cases", "filed_on"): "applied_on", ("dl_startup_cases", "chain_done_at"): "steps_done_at"}
"""Where an event follows neither the one before it in the list nor one that a rule names."""
LATE_SHARE = {"dip": Fraction(1, 4), "stuck": Fraction(1, 3), "edge": Fraction(0), "good": Fraction(0)}
REST_SHARE = 0.06


@dataclass
class CaseDraft:
    """One case in the making."""

    pack: Pack
    contract: Contract
    beat: Beat
    chance: random.Random
    values: dict[str, Cell]

    def matches(self, where: Sequence[tuple[str, tuple[object, ...]]]) -> bool:
        return all(self.values.get(column) in allowed for column, allowed in where)


def pick_day(chance: random.Random, span: Span) -> dt.date:
    """A day of the period, now and then a rest day."""
    wants_rest = chance.random() < REST_SHARE
    days = [day for day in each_day(span.first, span.last) if is_workday(day) != wants_rest]
    return chance.choice(days)


def at_time(chance: random.Random, day: dt.date, first: int, last: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(chance.randint(first, last), chance.randint(1, 59)))


def date_of(cell: Cell) -> dt.date | None:
    """The calendar day of an event; None where it has not happened."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    return cell if isinstance(cell, dt.date) else None


def start_of(contract: Contract, name: str) -> str:
    """The event that this one follows: named by a rule or an exception, else the one before it in the list."""
    dates = [column.name for column in contract.columns if column.is_date]
    if (contract.id, name) in STARTS:
        return STARTS[contract.id, name]
    lefts = [rule["left"] for rule in contract.rules_of("pair") if rule["right"] == name]
    later = sorted(lefts, key=dates.index)
    return later[-1] if later else dates[dates.index(name) - 1]


def is_blank(draft: CaseDraft, name: str) -> bool:
    """Whether a case of this sort never has the event: a rule asks for it in others, or what it follows is missing."""
    for rule in draft.contract.rules_of("required_when"):
        when = draft.contract.column(rule["when"])
        if rule["column"] == name and when.name != "state" and draft.values[when.name] not in rule["values"]:
            return True
    return draft.values.get(start_of(draft.contract, name)) is None


def clock_of(draft: CaseDraft, name: str) -> tuple[Indicator, Target] | None:
    """The indicator whose clock this event stops in this case, and the target that tells its story."""
    for indicator in draft.pack.indicators_of(draft.contract.id):
        if indicator.clock and name in indicator.clock.ends and draft.matches(indicator.where):
            return indicator, lead_of(draft.pack, indicator.id)
    return None


def draw_length(draft: CaseDraft, target: Target) -> tuple[int, bool] | None:
    """How long a step takes and whether it is late; None where it never ends."""
    if target.kind != "each_case":
        level = value_at(draft.pack, target, draft.beat)
        return max(0, round(float(level) + draft.chance.uniform(-1.6, 1.6))), False
    limit = max(1, int(target.value))
    story = story_of(draft.pack, target)
    is_late = draft.chance.random() < LATE_SHARE[story] and (story == "stuck" or draft.beat.number % 3 == 2)
    if not is_late:
        return (limit if story == "edge" or draft.chance.random() < 0.2 else draft.chance.randint(0, limit)), False
    return None if draft.chance.random() < 0.2 else (limit + draft.chance.randint(1, 4), True)


def end_after(draft: CaseDraft, start: Cell, name: str) -> dt.date | dt.datetime | None:
    """When the event happens."""
    found = clock_of(draft, name)
    day = date_of(start)
    if day is None:
        return None
    if found is None:
        return finish_on(draft, start, step_workdays(day, draft.chance.randint(1, 4)), name)
    indicator, target = found
    drawn = draw_length(draft, target)
    if drawn is None:
        return None
    length, is_late = drawn
    if isinstance(start, dt.datetime) and (target.counted_as == "office_hour" or is_half_day(indicator, target)):
        return after_office_time(draft, start, target, is_late=is_late)
    is_calendar = target.unit in ("day", "month") and target.counted_as is None
    last = day + dt.timedelta(days=length) if is_calendar else step_workdays(day, length)
    return finish_on(draft, start, last, name)


def is_half_day(indicator: Indicator, target: Target) -> bool:
    """Whether the step is measured within office days."""
    clock = indicator.clock
    return bool(clock and clock.measure == "office_days") or target.value.denominator != 1


def after_office_time(draft: CaseDraft, start: dt.datetime, target: Target, *, is_late: bool) -> dt.datetime:
    """An instant some office minutes later: within the limit, on it, or beyond it."""
    limit = int(target.value * (3600 if target.unit == "hour" else 25200))
    if target.kind != "each_case":
        level = value_at(draft.pack, target, draft.beat) * 25200
        return step_office_seconds(start, 60 * max(5, int(level / 60) + draft.chance.randint(-40, 40)))
    share = draft.chance.choice((0.2, 0.5, 0.9, 1.0)) if not is_late else draft.chance.choice((1.1, 1.8))
    return step_office_seconds(start, 60 * int(limit * share / 60))


def finish_on(draft: CaseDraft, start: Cell, day: dt.date, name: str) -> dt.date | dt.datetime:
    """The event on `day`, at an hour after its start where the column holds a time."""
    if draft.contract.column(name).type == "date":
        return day
    if isinstance(start, dt.datetime) and start.date() == day:
        return start + dt.timedelta(minutes=draft.chance.randint(5, 90))
    return at_time(draft.chance, day, 9, 16)


def draw_plain(draft: CaseDraft, column: Column, serial: str) -> Cell:
    """A cell that is known from the start: names, codes, words, yes or no."""
    if column.type in ("id", "text") and column.name in draft.contract.key[:1]:
        return serial
    if column.type == "unit":
        return draft.chance.choice(list_units(draft.pack, draft.contract))
    if column.type == "code":
        return draft.chance.choice(column.allowed)
    if column.type == "boolean":
        return draft.chance.random() < yes_share(draft, column)
    stem = ("示例", 100, 999) if column.type == "text" else ("SL", 10000, 99999)
    return f"{stem[0]}{draft.chance.randint(*stem[1:])}"


def yes_share(draft: CaseDraft, column: Column) -> float:
    """How often the answer is yes: as the story of an indicator that counts it has it, else mostly what it asks for."""
    for indicator in draft.pack.indicators_of(draft.contract.id):
        part = indicator.numerator
        if part and indicator.denominator and column.name in dict(part.where):
            level = float(value_at(draft.pack, lead_of(draft.pack, indicator.id), draft.beat)) / 100
            level = 1.0 if level > 0.97 else level
            return level if True in dict(part.where)[column.name] else 1 - level
        if column.name in dict(indicator.where):
            return 0.65 if True in dict(indicator.where)[column.name] else 0.2
    return 0.5


def draw_amount(draft: CaseDraft, column: Column) -> Cell:
    """A figure of the case, around the level of the indicator that sums it up."""
    for indicator in draft.pack.indicators_of(draft.contract.id):
        part = indicator.numerator
        if not part or part.column != column.name:
            continue
        if indicator.form == "count":
            return draft.chance.randint(20, 80)
        level = value_at(draft.pack, lead_of(draft.pack, indicator.id), draft.beat) / indicator.factor
        if indicator.denominator and indicator.denominator.column:
            whole = Fraction(str(draft.values[indicator.denominator.column]))
            return store(column, level * whole)
        spread = Fraction(draft.chance.randint(-5, 5), 10) if level else Fraction(0)
        return store(column, level + spread * (column.type == "decimal"))
    return store(column, Fraction(draft.chance.randint(100, 9000)))


def keep_amounts(draft: CaseDraft) -> None:
    """Figures of which one may not be above another."""
    for rule in draft.contract.rules_of("pair"):
        left, right = draft.contract.column(rule["left"]), draft.contract.column(rule["right"])
        if left.is_number and Fraction(str(draft.values[left.name])) > Fraction(str(draft.values[right.name])):
            draft.values[right.name] = draft.values[left.name]


def draw_case(draft: CaseDraft, serial: str, span: Span) -> Values:
    """One case from its receipt to its last event."""
    contract, received = draft.contract, str(draft.contract.received)
    day = pick_day(draft.chance, span)
    is_time = contract.column(received).type == "datetime"
    draft.values[received] = at_time(draft.chance, day, 8, 18) if is_time else day
    for column in contract.columns:
        if not column.is_date and not column.is_number and column.name != "state":
            draft.values[column.name] = draw_plain(draft, column, serial)
    for column in (c for c in contract.columns if c.is_date and c.name != received):
        draft.values[column.name] = draw_event(draft, column.name)
    for column in (c for c in contract.columns if c.is_number):
        draft.values[column.name] = draw_amount(draft, column)
    keep_amounts(draft)
    return draft.values


def draw_event(draft: CaseDraft, name: str) -> Cell:
    """The moment of one event, or None where there is none; what a rule puts before the receipt lies before it."""
    received = str(draft.contract.received)
    if any(r["left"] == name and r["right"] == received for r in draft.contract.rules_of("pair")):
        day = date_of(draft.values[received])
        return day and day - dt.timedelta(days=draft.chance.randint(0, 6))
    if is_blank(draft, name):
        return None
    return end_after(draft, draft.values[start_of(draft.contract, name)], name)


def draw_cases(pack: Pack, contract: Contract, span: Span, beat: Beat, *, seed: int) -> list[Values]:
    """The cases received in one period; counted events come at the pace of their target."""
    chance = open_stream(seed, contract.id, span.label)
    number = case_count(pack, contract, beat, chance)
    prefix = contract.id.split("_")[0].upper()
    return [
        draw_case(CaseDraft(pack, contract, beat, chance, {}), f"{prefix}{span.digits}{serial:04d}", span)
        for serial in range(1, number + 1)
    ]


def case_count(pack: Pack, contract: Contract, beat: Beat, chance: random.Random) -> int:
    """How many cases come in: about fifteen, or as many as a target that counts them needs."""
    for indicator in pack.indicators_of(contract.id):
        if indicator.form == "count" and indicator.numerator and indicator.numerator.column is None:
            periods = 12 if contract.grain == "month" else 1
            wanted = int(lead_of(pack, indicator.id).value)
            return max(0, wanted // periods + chance.randint(0, 2)) if beat.number % 3 != 1 else 0
    return chance.randint(CASES_A_MONTH - 4, CASES_A_MONTH + 4)
