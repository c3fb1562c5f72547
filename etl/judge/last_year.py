"""The path `last_year`: how much of its way the same measure had done at the same date a year ago."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np

from etl.core.periods import Period
from etl.judge.case import Case
from etl.judge.exact import Bools, Ints, Ratios, add, times
from etl.judge.frame import Columns
from etl.judge.reasons import OK
from schemas.models.plan import Kind

_NOWHERE = -1


def last_year_shares(case: Case, columns: Columns) -> tuple[Ratios, Bools]:
    """The share of each row, and which rows have one.

    A row has none where the window is longer than a year, or where last year's values are not all there, were made
    by another definition, or did not move.
    """
    size, history = len(columns), case.history
    nothing = Ratios.same(Fraction(0), size), np.zeros(size, dtype=bool)
    start, due = case.target.start, case.target.due
    if history is None or start is None or due is None or due >= _years_on(start, 1):
        return nothing
    places = {period.text: i for i, period in enumerate(history.periods)}
    same = [places.get(_year_before(period), _NOWHERE) for period in columns.periods]
    grid = _Grid(history, case.gauge.version)
    first, last = _years_on(start, -1), _years_on(due, -1)
    find = _sum_shares if case.target.kind is Kind.CUMULATIVE else _level_shares
    return find(case, columns, grid, np.array(same, dtype=np.int32), (first, last))


def _years_on(day: dt.date, count: int) -> dt.date:
    try:
        return day.replace(year=day.year + count)
    except ValueError:  # 29 February
        return day.replace(year=day.year + count, day=28)


def _year_before(period: Period) -> str:
    """Every spelling begins with the year."""
    return f"{int(period.text[:4]) - 1}{period.text[4:]}"


class _Grid:
    """The row of each (unit, period) of the history that has a comparable value."""

    def __init__(self, history: Columns, version: int) -> None:
        self.history = history
        usable = (history.state == OK) & np.asarray(history.denominator > 0, dtype=bool)
        usable &= (history.definition == 0) | (history.definition == version)
        self.rows = np.full((len(history.unit_names), len(history.periods)), _NOWHERE, dtype=np.int64)
        at = np.flatnonzero(usable)
        self.rows[history.unit[at], history.period[at]] = at

    def pick(self, unit: Ints, period: Ints) -> tuple[Ints, Bools]:
        """Rows of the history, and which of them are there."""
        rows = self.rows[unit, period]
        return rows, (rows != _NOWHERE) & (period != _NOWHERE)

    def value(self, rows: Ints) -> Ratios:
        return Ratios.of(self.history.numerator[rows], self.history.denominator[rows])


def _sum_shares(
    case: Case, columns: Columns, grid: _Grid, same: Ints, span: tuple[dt.date, dt.date]
) -> tuple[Ratios, Bools]:
    """Sum up to the same date over the sum of the whole window; all periods of the window have to be there."""
    history = grid.history
    chosen = _tiling(history.periods, columns.grains, span)
    if not chosen:
        return Ratios.same(Fraction(0), len(columns)), np.zeros(len(columns), dtype=bool)
    rows = grid.rows[:, chosen]
    full = (rows != _NOWHERE).all(axis=1)
    numbers = np.where(rows != _NOWHERE, history.numerator[rows], 0)
    sums = np.cumsum(numbers, axis=1)
    sums = np.concatenate([np.zeros((len(sums), 1), dtype=sums.dtype), sums], axis=1)
    place = {code: i for i, code in enumerate(chosen)}
    at = np.array([place.get(int(code), _NOWHERE) for code in same], dtype=np.int64)[columns.period]
    whole = sums[columns.unit, -1]
    before, upto = sums[columns.unit, at], sums[columns.unit, at + 1]
    gone, days = _days_gone(case, columns)
    share = Ratios.of(add(times(before, days), times(upto - before, gone)), times(whole, days))
    return share, full[columns.unit] & (at != _NOWHERE) & np.asarray(whole > 0, dtype=bool)


def _tiling(periods: Sequence[Period], grains: set[str], span: tuple[dt.date, dt.date]) -> list[int]:
    """Codes of the periods that cover the span without a gap; empty where they do not."""
    chosen = [
        i
        for i, period in enumerate(periods)
        if period.grain in grains and period.end >= span[0] and period.start <= span[1]
    ]
    if not chosen:
        return []
    inside = [periods[i] for i in chosen]
    joined = all(a.end + dt.timedelta(days=1) == b.start for a, b in pairwise(inside))
    return chosen if joined and inside[0].start <= span[0] and inside[-1].end >= span[1] else []


def _days_gone(case: Case, columns: Columns) -> tuple[Ints, Ints]:
    """Days of each row's period that are over at as-of, and all its days: a running month is compared with its part."""
    starts, ends = columns.starts, columns.ends
    return np.clip(case.as_of.toordinal(), starts - 1, ends) - starts + 1, ends - starts + 1


def _level_shares(
    case: Case, columns: Columns, grid: _Grid, same: Ints, span: tuple[dt.date, dt.date]
) -> tuple[Ratios, Bools]:
    """(value at the same period - value before the window) / (value at its end - value before it)."""
    grains = columns.grains
    periods = [(i, p) for i, p in enumerate(grid.history.periods) if p.grain in grains]
    before = next((i for i, p in reversed(periods) if p.end < span[0]), _NOWHERE)
    after = next((i for i, p in periods if p.start <= span[1] <= p.end), _NOWHERE)
    start, has_start = grid.pick(columns.unit, np.full(len(columns), before, dtype=np.int64))
    end, has_end = grid.pick(columns.unit, np.full(len(columns), after, dtype=np.int64))
    now, has_now = grid.pick(columns.unit, same[columns.period])
    way = grid.value(end).minus(grid.value(start))
    share = grid.value(now).minus(grid.value(start)).over(way)
    return share, has_start & has_end & has_now & np.asarray(way.num != 0, dtype=bool)
