"""What judge works on: the values of one measure as columns, sorted by unit and period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from etl.core.periods import Period, parse_period
from etl.judge.exact import SCALE, Bools, Ints, as_ints, to_ints
from etl.judge.reasons import REASONS, state_code

Codes = npt.NDArray[Any]
"""Small integers that point into a table of names."""
Objects = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Value:
    """One value as compute recorded it (see the table `values`).

    `n` is None where only a percentage is known. `definition` is the version of the indicator's definition that it
    was made with; 0: the present one.
    """

    unit: str
    period: str
    state: str
    numerator: Decimal | None
    denominator: Decimal | None
    n: int | None
    open_numerator: Decimal | None = None
    open_denominator: Decimal | None = None
    batches: tuple[str, ...] = ()
    definition: int = 0
    extra: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Columns:
    """Columns of equal length, one row a (unit, period), units together and periods in order.

    Attributes:
        unit: position in `unit_names`; `period` in `periods`, which is sorted; `batch` in `batch_lists`.
        state: code of `reasons.REASONS`; `OK` where there is a value.
        numerator: integers of 1/`scale`, as `denominator`, `open_numerator`, `open_denominator`. A count has the
            denominator 1.
        has_denominator: the denominator was given.
        has_n: the number of cases is known.
        definition: version of the indicator's definition; 0: the present one.
        extra: numbers of cases that are shown beside the value, None where there are none.
        first: marks the first row of each unit.
    """

    unit: Codes
    unit_names: list[str]
    period: Codes
    periods: list[Period]
    state: Codes
    numerator: Ints
    denominator: Ints
    scale: int
    has_denominator: Bools
    n: Ints
    has_n: Bools
    open_numerator: Ints
    open_denominator: Ints
    has_open: Bools
    definition: Codes
    batch: Codes
    batch_lists: list[tuple[str, ...]]
    extra: Objects
    first: Bools

    def __len__(self) -> int:
        return len(self.unit)

    @classmethod
    def of(cls, values: Sequence[Value]) -> Columns:
        """Sort the values and turn their numbers into exact integers.

        Raises:
            ValueError: two values of one unit and period, an unknown state, more than six decimals.
        """
        units, unit_names = _encode([v.unit for v in values])
        periods = sorted({parse_period(v.period) for v in values})
        place = {period.text: i for i, period in enumerate(periods)}
        batch, batch_lists = _encode([v.batches for v in values])
        numbers = [to_ints([getattr(v, name) for v in values]) for name in _PARTS]
        scale = SCALE
        if all(not (column % SCALE).any() for column in numbers):
            numbers, scale = [_narrow(column // SCALE) for column in numbers], 1
        numerator, denominator, open_numerator, open_denominator = numbers
        has_denominator = np.array([v.denominator is not None for v in values], dtype=bool)
        made = cls(
            unit=units,
            unit_names=unit_names,
            period=np.array([place[v.period] for v in values], dtype=np.int32),
            periods=periods,
            state=np.array([state_code(v.state) for v in values], dtype=np.int16),
            numerator=numerator,
            denominator=np.where(has_denominator, denominator, scale),
            scale=scale,
            has_denominator=has_denominator,
            n=as_ints([v.n or 0 for v in values]),
            has_n=np.array([v.n is not None for v in values], dtype=bool),
            open_numerator=open_numerator,
            open_denominator=open_denominator,
            has_open=np.array([bool(v.open_denominator) for v in values], dtype=bool),
            definition=np.array([v.definition for v in values], dtype=np.int32),
            batch=batch,
            batch_lists=batch_lists,
            extra=_objects([v.extra or None for v in values]),
            first=np.ones(len(values), dtype=bool),
        )
        return made.ordered()

    def ordered(self) -> Columns:
        """Units together, periods in order.

        Raises:
            ValueError: two rows of one unit and period.
        """
        rows = np.lexsort((self.period, self.unit))
        made = self.take(rows)
        twins = ~made.first[1:] & (made.period[1:] == made.period[:-1])
        if twins.any():
            at = int(np.flatnonzero(twins)[0])
            raise ValueError(f"two values of {made.unit_names[made.unit[at]]!r} in {made.periods[made.period[at]]}")
        return made

    def take(self, rows: Any) -> Columns:
        """Some rows, in the order given."""
        picked = {name: getattr(self, name)[rows] for name in _BY_ROW}
        first = np.ones(len(picked["unit"]), dtype=bool)
        first[1:] = picked["unit"][1:] != picked["unit"][:-1]
        return replace(self, **{**picked, "first": first})

    def values(self) -> list[Value]:
        """The rows as objects again."""

        def number(column: Ints, row: int, *, known: bool) -> Decimal | None:
            return Decimal(int(column[row])) / self.scale if known else None

        return [
            Value(
                unit=self.unit_names[self.unit[row]],
                period=self.periods[self.period[row]].text,
                state=REASONS[self.state[row]],
                numerator=number(self.numerator, row, known=True),
                denominator=number(self.denominator, row, known=bool(self.has_denominator[row])),
                n=int(self.n[row]) if self.has_n[row] else None,
                open_numerator=number(self.open_numerator, row, known=bool(self.open_numerator[row])),
                open_denominator=number(self.open_denominator, row, known=bool(self.has_open[row])),
                batches=self.batch_lists[self.batch[row]],
                definition=int(self.definition[row]),
                extra=self.extra[row] or {},
            )
            for row in range(len(self))
        ]

    @property
    def grains(self) -> set[str]:
        """Grains of the periods that rows stand in (`periods` may hold others)."""
        return {self.periods[code].grain for code in np.unique(self.period)}

    @property
    def starts(self) -> Ints:
        """First day of each row's period, as an ordinal."""
        return np.array([p.start.toordinal() for p in self.periods], dtype=np.int64)[self.period]

    @property
    def ends(self) -> Ints:
        """Last day of each row's period, as an ordinal."""
        return np.array([p.end.toordinal() for p in self.periods], dtype=np.int64)[self.period]


_PARTS = ("numerator", "denominator", "open_numerator", "open_denominator")
_BY_ROW = (
    *("unit", "period", "state", "numerator", "denominator", "has_denominator", "n", "has_n"),
    *("open_numerator", "open_denominator", "has_open", "definition", "batch", "extra", "first"),
)


def _objects(items: Sequence[Any]) -> Objects:
    """A column of objects, whatever they are."""
    column = np.full(len(items), None, dtype=object)
    column[:] = items
    return column


def _encode(items: Sequence[Any]) -> tuple[Codes, list[Any]]:
    """Codes into the sorted table of the distinct items."""
    names = sorted(set(items))
    place = {name: i for i, name in enumerate(names)}
    return np.array([place[item] for item in items], dtype=np.int32), names


def _narrow(column: Ints) -> Ints:
    return as_ints(column.tolist()) if column.dtype == object else column
