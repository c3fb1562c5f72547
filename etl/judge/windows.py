"""Which periods judge a target, and the windows of a cadence."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from etl.core.periods import Period, add_months, parse_period
from etl.judge.frame import Columns, Value
from etl.judge.reasons import OK, REASONS
from schemas.models.plan import Kind, Target

_MONTHS = {"month": 1, "two_months": 2, "quarter": 3, "half_year": 6, "year": 12}


def window_of(day: dt.date, every: str) -> Period:
    """The calendar window of a cadence that holds `day`; pairs of months begin in January."""
    if every == "week":
        year, week, _ = day.isocalendar()
        return parse_period(f"{year}-W{week:02d}")
    if every == "ten_days":
        return parse_period(f"{day:%Y-%m}-T{min((day.day - 1) // 10 + 1, 3)}")
    number = (day.month - 1) // _MONTHS[every] + 1
    texts = {
        "month": f"{day:%Y-%m}",
        "two_months": f"{day.year}-{number * 2 - 1:02d}..{number * 2:02d}",
        "quarter": f"{day.year}-Q{number}",
        "half_year": f"{day.year}-H{number}",
        "year": f"{day.year}",
    }
    return parse_period(texts[every])


def select_window(columns: Columns, target: Target, siblings: Sequence[Target], wholes: frozenset[str]) -> Columns:
    """The rows that judge a target: periods that touch its window; sums only of a whole.

    After `due` only where the target says `hold`. A period that two windows of one series touch belongs to the
    earlier one, whose due day it holds. An acceptance target takes every period up to its `due`.
    """
    rows = np.array([_holds(target, siblings, period) for period in columns.periods], dtype=bool)[columns.period]
    if target.kind is Kind.CUMULATIVE:
        rows &= np.array([name in wholes for name in columns.unit_names], dtype=bool)[columns.unit]
    return columns.take(np.flatnonzero(rows))


def _holds(target: Target, siblings: Sequence[Target], period: Period) -> bool:
    if target.due is not None and period.start > target.due and not target.hold:
        return False
    if target.acceptance:
        return True
    if target.start and period.end < target.start:
        return False
    return not any(_comes_first(other, target, period) for other in siblings)


def _comes_first(other: Target, target: Target, period: Period) -> bool:
    """Whether the window of `other`, of the same series, has the better claim to a period that this one touches."""
    if other.id == target.id or other.start is None or target.start is None:
        return False
    touches = period.end >= other.start and (other.due is None or period.start <= other.due)
    if other.start < target.start:
        return touches
    return touches and target.due is not None and period.start > target.due


def gather_windows(columns: Columns, target: Target) -> Columns:
    """The counts of an indicator, summed into the windows of a cadence.

    A window that the source has not answered for to its end, or that begins before the target does, is still open
    (`has_open`). A part of it that was asked for and is missing makes the window silent with the reason of that part,
    unless the events known decide it already: enough for a floor, too many for a ceiling.
    """
    groups: dict[tuple[Any, Period], list[int]] = defaultdict(list)
    spans = {period: _windows_of(period, target, columns.periods) for period in columns.periods}
    for row in range(len(columns)):
        for window in spans[columns.periods[columns.period[row]]]:
            groups[columns.unit_names[columns.unit[row]], window].append(row)
    return Columns.of([_sum_rows(columns, target, unit, window, rows) for (unit, window), rows in groups.items()])


def _windows_of(period: Period, target: Target, periods: Sequence[Period]) -> list[Period]:
    """The calendar window of a period; where windows roll, all that hold it, named by the period they end with."""
    every = target.every or "month"
    if target.window == "calendar" or every not in _MONTHS:
        return [window_of(period.start, every)]
    rolling = [Period(add_months(p.end, 1 - _MONTHS[every]), p.end, p.text, p.grain) for p in periods]
    return [window for window in rolling if window.start <= period.start and period.end <= window.end]


def _sum_rows(columns: Columns, target: Target, unit: str, window: Period, rows: Sequence[int]) -> Value:
    """One window: the events of the parts that answered, and the reason of the first that did not."""
    answered = [row for row in rows if columns.state[row] == OK]
    events = sum(Decimal(int(columns.numerator[row])) / columns.scale for row in answered)
    lacking = [REASONS[columns.state[row]] for row in rows if columns.state[row] != OK]
    inside = [columns.periods[columns.period[row]] for row in rows]
    is_open = inside[-1].end < window.end or inside[0].start > max(window.start, target.start or window.start)
    is_open |= bool(target.start and window.start < target.start and target.window == "rolling")
    goal = target.value or 0
    decided = events >= goal if target.comparator in (">=", "<") else target.comparator != "==" and events > goal
    return Value(
        unit=unit,
        period=window.text,
        state=lacking[0] if lacking and not decided else "ok",
        numerator=Decimal(events),
        denominator=Decimal(1),
        n=sum(int(columns.n[row]) for row in answered),
        open_denominator=Decimal(1) if is_open else None,
        batches=tuple(dict.fromkeys(b for row in rows for b in columns.batch_lists[columns.batch[row]])),
    )
