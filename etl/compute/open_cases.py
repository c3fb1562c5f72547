"""The age of open cases at the end of each period, from how many started and ended in each month.

Sum of ages at day E = (open cases) * number(E) - sum of their start numbers; both are differences of what started and
what ended up to E, so parts of months add up and no case is read twice.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate

from etl.compute.calendar_join import CalendarTables
from etl.compute.cases import elapsed_divisor
from etl.compute.part_rows import PartRow
from etl.core.periods import Period, month_text
from schemas.models.indicator import Indicator

Place = tuple[str | None, str]
"""(unit, period)."""


@dataclass
class _Running:
    """Sums by month, asked for up to a month."""

    months: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, month: str, count: int, total: int) -> None:
        before = self.months.get(month, (0, 0))
        self.months[month] = (before[0] + count, before[1] + total)

    def settle(self) -> None:
        self._names = sorted(self.months)
        self._sums = list(
            accumulate((self.months[m] for m in self._names), lambda a, b: (a[0] + b[0], a[1] + b[1]), initial=(0, 0))
        )

    def up_to(self, month: str) -> tuple[int, int]:
        return self._sums[bisect_right(self._names, month)]


def open_ages(
    parts: Iterable[PartRow],
    indicator: Indicator,
    calendar: CalendarTables,
    periods: Sequence[Period],
    *,
    as_of: dt.date,
) -> dict[Place, tuple[Decimal, Decimal]]:
    """(sum of ages, scaled number) of the cases open at the end of each period, at `as_of` where that is earlier."""
    clock = indicator.clock
    assert clock is not None  # noqa: S101 - the model guarantees it
    running: dict[tuple[str, str | None], _Running] = defaultdict(_Running)
    for part in parts:
        running[part.kind, part.unit].add(part.period, part.n, int(part.numerator or 0))
    units = {unit for kind, unit in running if kind == "started"}
    running |= {("ended", unit): _Running() for unit in units if ("ended", unit) not in running}
    for sums in running.values():
        sums.settle()
    divisor = elapsed_divisor(clock, calendar)
    ages: dict[Place, tuple[Decimal, Decimal]] = {}
    for period in periods:
        day = min(period.end, as_of)
        number, month = _number_at(day, indicator, calendar), month_text(day)
        for unit in units:
            opened, opened_sum = running["started", unit].up_to(month)
            closed, closed_sum = running["ended", unit].up_to(month)
            count = opened - closed
            ages[unit, period.text] = (Decimal(count * number - (opened_sum - closed_sum)), Decimal(count * divisor))
    return ages


def _number_at(day: dt.date, indicator: Indicator, calendar: CalendarTables) -> int:
    """The end of `day` on the scale of the start numbers."""
    clock = indicator.clock
    assert clock is not None  # noqa: S101 - the model guarantees it
    if clock.measure == "workdays":
        return calendar.calendar.number(day)
    if clock.measure == "office_days":
        return calendar.calendar.number(day) * calendar.day_seconds
    days = (day - dt.date(1970, 1, 1)).days
    return (days + 1) * 86400 if clock.measure == "hours" else days
