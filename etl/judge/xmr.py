"""XmR charts of whole columns (semantics 3.5, 3.6): natural limits, special causes, early warnings.

The points of a unit are its valid values so far, as stored (ten decimals); the limits of a row are those that were
known when it was the newest point, so that later periods never change what was said of an earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from etl.judge.exact import Bools, Ints, Ratios, add, running_sum, subtract, times
from etl.judge.settled import VALUE_PLACES
from etl.judge.small_numbers import shift

POINTS = 12
"""From so many points on, a chart says something; with fewer, the trend of the last three is looked at."""
TREND_POINTS = 3
_SIDE_POINTS = 7
_RUN_POINTS = 6
_UNIT = 300
"""Limits are compared in 300ths: 2.66 mean ranges are 798 of them, two thirds of that 532."""
_WIDTH, _NEAR = 798, 532


@dataclass(frozen=True)
class Chart:
    """The points of all units, one after the other, with what is known at each of them.

    Attributes:
        rows: row of each point; `points` its value in units of 10**-10; `place` its number in its unit, from 1.
        total: sum of the points so far; `ranges` sum of the moving ranges so far.
    """

    rows: Ints
    points: Ints
    place: Ints
    total: Ints
    ranges: Ints

    @classmethod
    def of(cls, values: Ints, unit: Ints, valid: Bools) -> Chart:
        """The chart over the valid rows, which are sorted by unit and period."""
        rows = np.flatnonzero(valid)
        points, units = values[rows], unit[rows]
        first = np.ones(len(rows), dtype=bool)
        first[1:] = units[1:] != units[:-1]
        steps = np.abs(subtract(points, shift(points, 1)))
        return cls(
            rows=rows,
            points=points,
            place=running_sum(np.ones(len(rows), dtype=np.int64), first),
            total=running_sum(points, first),
            ranges=running_sum(np.where(first, 0, steps), first),
        )

    @property
    def is_long(self) -> Bools:
        return self.place >= POINTS

    def scaled(self, column: Ints) -> Ints:
        """Values on the scale of `mean` and `width`."""
        return times(column, _UNIT * self.place * (self.place - 1))

    @property
    def mean(self) -> Ints:
        return times(self.total, _UNIT * (self.place - 1))

    def width(self, share: int = _WIDTH) -> Ints:
        """Distance of the limits from the mean, 2.66 times the mean moving range (`_NEAR`: two thirds of it)."""
        return times(self.ranges, share * self.place)

    def outside(self, *, high: bool, share: int = _WIDTH) -> Bools:
        """Points beyond the upper (lower) limit."""
        off = subtract(self.scaled(self.points), self.mean)
        return np.asarray((off if high else -off) > self.width(share), dtype=bool) & self.is_long

    def special(self, *, high: bool) -> Bools:
        """Points that are part of a special cause upwards (downwards), by the rules of Making Data Count."""
        found = self.outside(high=high) | self._near_limit(high=high)
        return found | self._one_side(high=high) | self._run(high=high)

    def _near_limit(self, *, high: bool) -> Bools:
        """This point and one of the two before it lie in the outer third (or beyond) on the same side."""
        here = self._beyond(self.points, high=high)
        before = [self._beyond(shift(self.points, step), high=high) for step in (1, 2)]
        return here & (before[0] | before[1]) & self.is_long

    def _beyond(self, column: Ints, *, high: bool) -> Bools:
        off = subtract(self.scaled(column), self.mean)
        return np.asarray((off if high else -off) > self.width(_NEAR), dtype=bool)

    def _one_side(self, *, high: bool) -> Bools:
        found = self.is_long.copy()
        for step in range(_SIDE_POINTS):
            off = subtract(times(shift(self.points, step), self.place), self.total)
            found &= np.asarray(off > 0 if high else off < 0, dtype=bool)
        return found

    def _run(self, *, high: bool) -> Bools:
        found = self.is_long.copy()
        for step in range(_RUN_POINTS - 1):
            rise = subtract(shift(self.points, step), shift(self.points, step + 1))
            found &= np.asarray(rise > 0 if high else rise < 0, dtype=bool)
        return found

    def limits_against(self, goal: Fraction, *, is_rate: bool) -> tuple[Ints, Ints]:
        """Signs of (lower limit - goal) and (upper limit - goal); limits of rates are clipped to 0-100 %."""
        scale = 10**VALUE_PLACES
        signs = []
        for limit in (subtract(self.mean, self.width()), add(self.mean, self.width())):
            if is_rate:
                limit = np.clip(limit, 0, self.scaled(np.full(len(limit), 100 * scale)))
            aim = self.scaled(np.full(len(limit), goal.numerator * scale, dtype=object))
            signs.append(np.sign(subtract(times(limit, goal.denominator), aim)))
        return signs[0], signs[1]

    def crosses_next(self, comparator: str, goal: Fraction) -> Bools:
        """The last three points go towards the goal and the line through them misses it at the next period."""
        falling = comparator in (">", ">=")
        x0, x1, x2 = (shift(self.points, step) for step in (2, 1, 0))
        steps = [subtract(x1, x0), subtract(x2, x1)]
        towards = [np.asarray(step < 0 if falling else step > 0, dtype=bool) for step in steps]
        # the mean of the three and twice the least-squares slope (x2 - x0) / 2, all times three
        following = add(add(times(x2, 4), x1), times(x0, -2))
        past = ~Ratios(following, np.full(len(following), 3 * 10**VALUE_PLACES)).satisfies(comparator, goal)
        return towards[0] & towards[1] & past & (self.place >= TREND_POINTS) & ~self.is_long
