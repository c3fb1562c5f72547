"""Cases as facts: on which day each counts, for whom and how much, by the legal clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from examples.district import days
from examples.district.filings import Cell, Values
from examples.district.pack import Clock, Contract, Indicator, Part, Target

OFFICE_UNITS = {"office_hour": 3600, "office_minute": 60}


@dataclass(frozen=True)
class Fact:
    """A case that counts on `day`: `amount` goes into the numerator, `base` into the denominator."""

    unit: str
    day: dt.date
    amount: Fraction
    base: Fraction = Fraction(1)


@dataclass(frozen=True)
class Stay:
    """How long a case has been open."""

    start: dt.date
    end: dt.date | None


def day_of(cell: Cell) -> dt.date | None:
    if isinstance(cell, dt.datetime):
        return cell.date()
    return cell if isinstance(cell, dt.date) else None


def keeps(values: Values, where: Sequence[tuple[str, tuple[object, ...]]]) -> bool:
    return all(values.get(column) in allowed for column, allowed in where)


def amount_of(part: Part | None, values: Values) -> Fraction:
    """What the row adds to a part: its column, or one for the row itself; nothing where `where` leaves it out."""
    if part is None or not keeps(values, part.where):
        return Fraction(0)
    return Fraction(1) if part.column is None else Fraction(str(values[part.column] or 0))


def end_of(clock: Clock, values: Values) -> Cell:
    """The end event: the first of alternatives, the last where all are needed; None while it is open."""
    told = [values[name] for name in clock.ends]
    happened = [cell for cell in told if cell is not None]
    if not happened or (clock.needs_all and len(happened) < len(told)):
        return None
    return max(happened, key=str) if clock.needs_all else min(happened, key=str)


def limit_of(indicator: Indicator, target: Target) -> tuple[Fraction, str]:
    """Number and unit of the limit: the indicator's own, else the target's, counted as it says."""
    clock = indicator.clock
    if clock and clock.limit:
        number, unit = clock.limit.split()
        return Fraction(number), unit
    return target.value, target.counted_as or target.unit


def find_deadline(start: Cell, number: Fraction, unit: str) -> dt.date | dt.datetime:
    """The last day on time for whole days and months, the last instant on time for parts of an office day."""
    if isinstance(start, dt.datetime) and unit in OFFICE_UNITS:
        return days.step_office_seconds(start, int(number * OFFICE_UNITS[unit]))
    if isinstance(start, dt.datetime) and unit == "workday" and number < 1:
        return days.step_office_seconds(start, int(number * days.DAY_SECONDS))
    if isinstance(start, dt.datetime) and unit in ("hour", "minute"):
        return start + dt.timedelta(seconds=int(number * (3600 if unit == "hour" else 60)))
    day = day_of(start)
    if day is None or number.denominator != 1:
        raise ValueError(f"no deadline for {number} {unit} from {start!r}")
    if unit == "workday":
        return days.step_workdays(day, int(number))
    if unit == "month":
        return days.move_to_workday(days.step_months(day, int(number)))
    return days.move_to_workday(day + dt.timedelta(days=int(number)))


def is_kept(end: Cell, deadline: dt.date | dt.datetime) -> bool:
    """One test for every limit: kept if, and only if, end <= deadline."""
    if end is None:
        return False
    if isinstance(deadline, dt.datetime):
        return isinstance(end, dt.datetime) and end <= deadline
    day = day_of(end)
    return day is not None and day <= deadline


def decide(indicator: Indicator, target: Target, unit: str, values: Values, as_of: dt.date) -> list[Fact]:
    """A case with a limit counts once: on time at its end, late at its deadline; not while it is undecided.

    The last day of a limit of whole days is over only on the day after it.
    """
    clock = indicator.clock
    if clock is None or values[clock.start] is None:
        return []
    end = end_of(clock, values)
    deadline = find_deadline(values[clock.start], *limit_of(indicator, target))
    if is_kept(end, deadline):
        return [Fact(unit, day_of(end) or as_of, Fraction(1))]
    if isinstance(deadline, dt.datetime):
        return [Fact(unit, deadline.date(), Fraction(0))] if deadline.date() <= as_of else []
    ended = day_of(end)
    is_over = deadline < as_of or (ended is not None and ended <= as_of)
    return [Fact(unit, deadline, Fraction(0))] if is_over else []


def elapse(start: Cell, end: Cell, measure: str) -> Fraction:
    """How long a case took, in the unit of its measure."""
    if isinstance(start, dt.datetime) and isinstance(end, dt.datetime) and measure == "office_days":
        return Fraction(days.elapse_office_seconds(start, end), days.DAY_SECONDS)
    first, last = day_of(start), day_of(end)
    if first is None or last is None or measure not in ("workdays", "calendar_days"):
        raise ValueError(f"cannot measure {start!r} to {end!r} in {measure}")
    return Fraction(days.elapse_workdays(first, last) if measure == "workdays" else (last - first).days)


def measure_case(indicator: Indicator, unit: str, values: Values) -> list[Fact]:
    """An ended case counts where it ended, with the time it took."""
    clock = indicator.clock
    if clock is None or values[clock.start] is None:
        return []
    end = end_of(clock, values)
    day = day_of(end)
    return [] if day is None else [Fact(unit, day, elapse(values[clock.start], end, clock.measure))]


def count_case(indicator: Indicator, unit: str, values: Values) -> list[Fact]:
    """A case that is counted, or adds to a share, on the day of the event that the indicator names."""
    day = day_of(values[str(indicator.counted_on)])
    if day is None:
        return []
    return [Fact(unit, day, amount_of(indicator.numerator, values), amount_of(indicator.denominator, values))]


def list_facts(
    contract: Contract, indicator: Indicator, target: Target, cases: Sequence[Values], as_of: dt.date
) -> list[Fact]:
    """The facts of all cases that the indicator keeps."""
    facts: list[Fact] = []
    for values in cases:
        if not keeps(values, indicator.where):
            continue
        unit = str(values[contract.unit_column]) if contract.unit_column else ""
        if indicator.form == "case_share":
            facts += decide(indicator, target, unit, values, as_of)
        elif indicator.form == "case_mean":
            facts += measure_case(indicator, unit, values)
        else:
            facts += count_case(indicator, unit, values)
    return facts


def list_stays(indicator: Indicator, cases: Sequence[Values]) -> list[Stay]:
    """Start and end of every case that the indicator keeps and that has begun."""
    clock = indicator.clock
    if clock is None:
        return []
    stays = []
    for values in cases:
        start = day_of(values[clock.start])
        if start and keeps(values, indicator.where):
            stays.append(Stay(start, day_of(end_of(clock, values))))
    return stays
