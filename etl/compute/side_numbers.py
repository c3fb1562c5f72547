"""Numbers of cases that stand beside a value: what the register took out, and what no deadline was known of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from etl.compute.grid import SELF
from etl.compute.part_rows import PartRow
from etl.core.periods import Period


def side_numbers(
    kinds: Mapping[str, Sequence[PartRow]], periods: Sequence[Period]
) -> Callable[[str, str], dict[str, int]]:
    """A function of (unit, period): `excluded`, `excluded_numerator`, `excluded_denominator`, `undated`.

    Only what is not 0 is there: of a source without registers and with limits of its own, nothing.
    """
    spelled = {month: period.text for period in periods for month in (*period.months(), period.text)}
    sums: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for kind in ("excluded", "undated"):
        for part in kinds.get(kind, ()):
            if part.period in spelled and part.n:
                for unit in (SELF, *([part.unit] if part.unit is not None else [])):
                    numbers = sums[unit, spelled[part.period]]
                    numbers[kind] += part.n
                    if kind == "excluded":
                        numbers["excluded_numerator"] += int(part.numerator or 0)
                        numbers["excluded_denominator"] += int(part.denominator or 0)
    return lambda unit, period: dict(sums.get((unit, period), {}))
