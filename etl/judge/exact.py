"""Exact numbers in whole columns: integers and ratios of integers, so that 95.995 % is not 96 % (semantics 3.9).

A column is int64 as long as every product fits, else Python integers (dtype object): slower, never wrong.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[Any]
"""Integers as int64 where all are below 2**62 (what `as_ints` makes), else as Python integers (dtype object)."""
Bools = npt.NDArray[np.bool_]

SCALE = 10**6
"""Stored numbers have at most six decimals; here they are integers of the sixth place."""
_SAFE = 2**62
_COMPARE = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "==": operator.eq}
_CHUNK = 4
"""Decimal places that a division gains in one step; small, so that the remainder times 10**4 still fits."""


def as_ints(numbers: Sequence[int]) -> Ints:
    fits = all(-_SAFE < number < _SAFE for number in numbers)
    return np.array(numbers, dtype=np.int64 if fits else object)


def to_ints(numbers: Sequence[Decimal | int | None]) -> Ints:
    """Stored numbers in units of 10**-6; a missing one is 0 (its row is never compared).

    Raises:
        ValueError: a number with more than six decimals, which no stored part has.
    """
    return as_ints([_scaled(number) for number in numbers])


def _scaled(number: Decimal | int | None) -> int:
    if number is None:
        return 0
    exact = Decimal(number) * SCALE
    if exact != int(exact):
        raise ValueError(f"{number} has more than six decimals")
    return int(exact)


def peak(column: Ints | int) -> int:
    """The largest absolute value."""
    if isinstance(column, int):
        return abs(column)
    return max(int(column.max()), -int(column.min())) if len(column) else 0


def _wide(column: Ints | int) -> Ints | int:
    return column.astype(object) if isinstance(column, np.ndarray) else column


def times(left: Ints, right: Ints | int) -> Ints:
    """Product without overflow."""
    if peak(left) * peak(right) >= _SAFE:
        return _wide(left) * _wide(right)  # type: ignore[return-value]
    return left * right


def add(left: Ints, right: Ints | int) -> Ints:
    """Sum without overflow."""
    if peak(left) + peak(right) >= _SAFE:
        return _wide(left) + _wide(right)  # type: ignore[return-value]
    return left + right


def subtract(left: Ints, right: Ints | int) -> Ints:
    """Difference without overflow."""
    return add(left, -right)


def running_sum(column: Ints, first: Bools) -> Ints:
    """Sums since the last row marked `first`, row by row."""
    if not len(column):
        return column
    total = np.cumsum(column.astype(object) if peak(column) * len(column) >= _SAFE else column)
    start = np.maximum.accumulate(np.where(first, np.arange(len(column)), 0))
    return total - total[start] + column[start]


@dataclass(frozen=True)
class Ratios:
    """`num / den` row by row, never reduced. `den` is positive; `of` puts 1 where there is none (never compared)."""

    num: Ints
    den: Ints

    @classmethod
    def of(cls, num: Ints, den: Ints) -> Ratios:
        """Ratios with positive denominators: signs move up, 0 becomes 1."""
        sign = np.where(np.asarray(den < 0, dtype=bool), -1, 1)
        return cls(num * sign, np.where(np.asarray(den == 0, dtype=bool), 1, den * sign))

    @classmethod
    def same(cls, value: Fraction, size: int) -> Ratios:
        """One value in every row."""
        one = Ratios(as_ints([value.numerator]), as_ints([value.denominator]))
        return cls(np.repeat(one.num, size), np.repeat(one.den, size))

    def __len__(self) -> int:
        return len(self.num)

    def take(self, rows: Any) -> Ratios:
        return Ratios(self.num[rows], self.den[rows])

    def scaled(self, factor: Fraction) -> Ratios:
        return Ratios(times(self.num, factor.numerator), times(self.den, factor.denominator))

    def plus(self, other: Ratios) -> Ratios:
        return Ratios(
            add(times(self.num, other.den), times(other.num, self.den)),
            times(self.den, other.den),
        )

    def minus(self, other: Ratios) -> Ratios:
        return self.plus(Ratios(-other.num, other.den))

    def over(self, other: Ratios) -> Ratios:
        """The quotient; rows over zero become a number that nobody may read (see `of`)."""
        return Ratios.of(times(self.num, other.den), times(self.den, other.num))

    def times(self, other: Ratios) -> Ratios:
        return Ratios(times(self.num, other.num), times(self.den, other.den))

    def satisfies(self, comparator: str, goal: Fraction) -> Bools:
        """Whether `value <comparator> goal`, row by row."""
        left, right = times(self.num, goal.denominator), times(self.den, goal.numerator)
        return np.asarray(_COMPARE[comparator](left, right), dtype=bool)

    def rounded(self, places: int) -> Ints:
        """In units of 10**-places, half away from zero: school division keeps to int64."""
        negative = np.asarray(self.num < 0, dtype=bool)
        rest, den = np.where(negative, -self.num, self.num), self.den
        if peak(den) * 10**_CHUNK * 2 >= _SAFE:
            rest, den = rest.astype(object), den.astype(object)
        whole, rest = rest // den, rest % den
        for step in (*[10**_CHUNK] * (places // _CHUNK), 10 ** (places % _CHUNK)):
            whole = add(times(whole, step), rest * step // den)
            rest = rest * step % den
        whole = whole + np.asarray(2 * rest >= den, dtype=bool)
        return np.where(negative, -whole, whole)
