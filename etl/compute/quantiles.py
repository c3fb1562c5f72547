"""Quantiles of elapsed time, exact, from counts of cases by elapsed time: counts add up where quantiles do not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from etl.compute.calendar_join import CalendarTables
from etl.compute.cases import elapsed_divisor
from etl.compute.grid import SELF, ValueRow
from etl.compute.part_rows import PartRow
from etl.core.periods import Period
from schemas.models.indicator import Indicator

Histogram = Mapping[int, int]


def quantile_of(counts: Histogram, share: Decimal) -> int | None:
    """The smallest elapsed time up to which at least `share` of the cases lie; None without cases."""
    total = sum(counts.values())
    passed = 0
    for elapsed in sorted(counts):
        passed += counts[elapsed]
        if passed >= share * total:
            return elapsed
    return None


def put_quantiles(
    values: Sequence[ValueRow],
    indicator: Indicator,
    calendar: CalendarTables,
    counts: Iterable[PartRow],
    periods: Sequence[Period],
) -> list[ValueRow]:
    """The rows of a quantile with their value; those of any other form as they are.

    The jurisdiction's is that of the cases of all units that have a value.
    """
    if indicator.quantile is None or indicator.clock is None:
        return list(values)
    divisor = elapsed_divisor(indicator.clock, calendar)
    histograms = _histograms(counts, periods)
    lacking = {(v.unit, v.period) for v in values if v.state != "ok"}
    made = []
    for value in values:
        if value.state == "ok":
            mine = _counts_of(value, histograms, lacking)
            found = quantile_of(mine, indicator.quantile)
            parts = (Decimal(found or 0), Decimal(divisor if found is not None else 0))
            value = replace(value, numerator=parts[0], denominator=parts[1], n=sum(mine.values()))
        made.append(value)
    return made


def _histograms(counts: Iterable[PartRow], periods: Sequence[Period]) -> dict[str, dict[str | None, Counter[int]]]:
    spelled = {month: period.text for period in periods for month in (*period.months(), period.text)}
    found: dict[str, dict[str | None, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    for part in counts:
        if part.period in spelled:
            found[spelled[part.period]][part.unit][int(part.key)] += part.n
    return found


def _counts_of(
    value: ValueRow, histograms: Mapping[str, Mapping[str | None, Counter[int]]], lacking: set[tuple[str, str]]
) -> Counter[int]:
    of_period = histograms.get(value.period, {})
    if value.unit != SELF:
        return of_period.get(value.unit, Counter())
    chosen = [counts for unit, counts in of_period.items() if (unit, value.period) not in lacking]
    return sum(chosen, Counter())
