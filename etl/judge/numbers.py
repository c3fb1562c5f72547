"""The numbers of verdicts as exact Arrow columns: value, parts, interval, gap, pace, projected end."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa

from etl.core.verdict_frames import NUMBER_PLACES, PART_PLACES
from etl.core.wilson import wilson_shares
from etl.judge.case import Case
from etl.judge.exact import Bools, Ints, Ratios, times
from etl.judge.frame import Columns
from etl.judge.reasons import MET, OK
from etl.judge.settled import Verdicts
from schemas.models.plan import Kind

_NO_INTERVAL = (Kind.REDUCTION, Kind.GROWTH)
_SHORT = 6
"""Decimals of paces and projections."""


def number_columns(case: Case, columns: Columns, verdicts: Verdicts) -> dict[str, pa.Array]:
    """The numbers of the rows; empty where there is no valid value, but for n (what people enter has none)."""
    shown = verdicts.valid & verdicts.has_value
    points, kind = verdicts.points, case.target.kind
    gap = gap_of(case, points)
    pace = shown & verdicts.has_pace
    projected = pace & np.asarray(verdicts.time_share.num != 0, dtype=bool)
    known_n = verdicts.valid | (columns.state == OK)
    n = np.where(verdicts.valid, verdicts.n, columns.n).astype(np.int64)
    low, high, has_interval = _intervals(case, verdicts, shown & columns.has_n)
    exceeded = shown & (verdicts.status == MET) & _beats_stretch(case, verdicts)
    no_denominator = kind in (Kind.CUMULATIVE, Kind.MILESTONE)
    return {
        "exceeded": pa.array(exceeded),
        "value": decimals(points, NUMBER_PLACES, shown),
        "numerator": decimals(_fixed(verdicts.numerator, verdicts.scale), PART_PLACES, shown),
        "denominator": decimals(
            _fixed(verdicts.denominator, verdicts.scale), PART_PLACES, shown & (not no_denominator)
        ),
        "n": pa.array(n, mask=~(known_n & columns.has_n & (case.target.indicator is not None))),
        "low": decimals(low, NUMBER_PLACES, has_interval),
        "high": decimals(high, NUMBER_PLACES, has_interval),
        "gap": decimals(gap, NUMBER_PLACES, shown),
        "projected": decimals(_short(verdicts.projected, projected), NUMBER_PLACES, projected),
        "progress": decimals(
            _short(verdicts.progress, shown & verdicts.has_progress), NUMBER_PLACES, shown & verdicts.has_progress
        ),
        "time_share": decimals(_short(verdicts.time_share, pace), NUMBER_PLACES, pace),
    }


def gap_of(case: Case, points: Ints) -> Ints:
    """Distance from the goal in units of 10**-10; negative is short of it."""
    goal = Ratios.same(case.goal, 1).rounded(NUMBER_PLACES)[0]
    return goal - points if case.is_ceiling else points - goal


def _beats_stretch(case: Case, verdicts: Verdicts) -> Bools:
    stretch = case.target.stretch
    if stretch is None or case.is_share:
        return np.zeros(len(verdicts.status), dtype=bool)
    return verdicts.value.satisfies(case.comparator, Fraction(stretch))


def _fixed(column: Ints, scale: int) -> Ints:
    """Integers of 1/scale in units of 10**-9."""
    if 10**PART_PLACES % scale == 0:
        return times(column, 10**PART_PLACES // scale)
    return Ratios(column, np.full(len(column), scale)).rounded(PART_PLACES)


def _short(ratios: Ratios, where: Bools) -> Ints:
    """Six decimals are enough; rows without a number are left alone."""
    rows = np.flatnonzero(where)
    numbers = times(ratios.take(rows).rounded(_SHORT), 10 ** (NUMBER_PLACES - _SHORT))
    out = np.zeros(len(ratios), dtype=numbers.dtype)
    out[rows] = numbers
    return out


def _intervals(case: Case, verdicts: Verdicts, where: Bools) -> tuple[Ints, Ints, Bools]:
    """Wilson intervals of shares of counts, in per cent with four decimals."""
    is_share = (case.is_share or case.gauge.is_rate) and case.target.kind not in _NO_INTERVAL
    nothing = np.zeros(len(where), dtype=np.int64)
    if not is_share:
        return nothing, nothing, np.zeros(len(where), dtype=bool)
    successes, total = verdicts.numerator, verdicts.denominator
    has = where & np.asarray((total > 0) & (successes >= 0) & (successes <= total), dtype=bool)
    low, high = wilson(successes[has] / verdicts.scale, total[has] / verdicts.scale)
    lows, highs = nothing.copy(), nothing.copy()
    lows[has], highs[has] = low, high
    return lows, highs, has


def wilson(successes: Any, total: Any) -> tuple[Ints, Ints]:
    """95 % Wilson intervals, in per cent of four decimals, as units of 10**-10. An estimate: the only floats here."""
    low, high = wilson_shares(successes, total)
    step = 10 ** (NUMBER_PLACES - 4)
    return np.rint(low * 10**6).astype(np.int64) * step, np.rint(high * 10**6).astype(np.int64) * step


def decimals(units: Ints, places: int, where: Bools) -> pa.Array:
    """Units of 10**-places as exact decimals; null outside `where`."""
    kind = pa.decimal128(38, places)
    if units.dtype == object:
        numbers = [
            Decimal(int(unit)).scaleb(-places) if there else None for unit, there in zip(units, where, strict=True)
        ]
        return pa.array(numbers, type=kind)
    words = np.empty((len(units), 2), dtype=np.int64)
    words[:, 0], words[:, 1] = units, units >> 63
    valid = pa.py_buffer(np.packbits(where, bitorder="little"))
    return pa.Array.from_buffers(kind, len(units), [valid, pa.py_buffer(words)])
