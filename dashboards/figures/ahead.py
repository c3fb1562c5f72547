"""What lies before the last period of a series: the due day, later phases, the path, where this pace leads."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboards.queries.records import Target, Verdict

_NEARLY_DONE = Decimal("0.001")
"""So close to the goal the start of the way can no longer be told from the progress."""
Point = tuple[str, Decimal]
_QUARTER, _YEAR = re.compile(r"\d{4}-Q\d"), re.compile(r"\d{4}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ahead:
    """Points in the unit of the values, each at a period of the axis.

    Attributes:
        goals: the standard at the due day and in later phases.
        path: where the value should have stood at each period.
        projected: where the present pace leads at the due day.
    """

    goals: tuple[Point, ...] = ()
    path: tuple[Point, ...] = ()
    projected: Point | None = None

    @property
    def periods(self) -> tuple[str, ...]:
        """Further periods of the axis, in their order."""
        return tuple(dict.fromkeys([*(p for p, _ in self.goals), *([self.projected[0]] if self.projected else [])]))


def name_period(day: dt.date, like: str) -> str:
    """The period that holds a day: a quarter or a year where `like` is one, else a month."""
    if _QUARTER.fullmatch(like):
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return f"{day.year}" if _YEAR.fullmatch(like) else f"{day:%Y-%m}"


def expected_value(row: Verdict) -> Decimal | None:
    """Where the value should stand by the path: progress p = (value - start) / (goal - start) gives the start."""
    if row.progress is None or row.time_share is None or row.value is None or row.target_value is None:
        return None
    if abs(1 - row.progress) < _NEARLY_DONE:
        return None
    start = (row.value - row.progress * row.target_value) / (1 - row.progress)
    return start + row.time_share * (row.target_value - start)


def look_ahead(rows: Sequence[Verdict], phases: Sequence[Target], shown: Target) -> Ahead:
    """What the figure of `shown` has beyond its verdicts; `rows` is not empty and oldest first."""
    last = rows[-1]
    goals: dict[str, Decimal] = {}
    for phase in phases:
        due, value = phase.day("due"), phase.number("value")
        if due is not None and value is not None and due > last.period_end and phase.text("kind") != "each_case":
            goals[name_period(due, last.period)] = value
    path = [(row.period, expected) for row in rows if (expected := expected_value(row)) is not None]
    due = shown.day("due")
    mine = [row for row in rows if row.target == shown.id and row.projected is not None]
    projected = None
    if mine and due is not None and due > last.period_end and mine[-1].projected is not None:
        projected = (name_period(due, last.period), mine[-1].projected)
    return Ahead(goals=tuple(goals.items()), path=tuple(path), projected=projected)
