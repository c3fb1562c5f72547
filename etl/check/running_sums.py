"""Sums since January as single periods: each less the one before it in the same line."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from etl.check.arrow import is_filled, keep_where, pc, to_mask
from etl.check.parsed import CUMULATIVE_GAP, Parsed
from etl.check.wide import WideLayout


@dataclass(frozen=True)
class Singles:
    """`parsed`: a column with the figures of the single periods; `dropped`: rows whose sum is less than the last."""

    parsed: Parsed
    dropped: np.ndarray


def split_sums(parsed: Parsed, rows: np.ndarray, layout: WideLayout) -> Singles:
    """The figures of the single periods of one column.

    Args:
        parsed: the sums.
        rows: number of each row, ascending, the rows of a line all there.
        layout: which sum comes before which.

    A sum whose predecessor is not there, or could not be read, says nothing of its own period: it has the problem
    `CUMULATIVE_GAP` and no value.
    """
    size = len(layout.groups)
    order = {group: place for place, group in enumerate(layout.groups)}
    steps = np.array([order[layout.before[g]] - order[g] if g in layout.before else 0 for g in layout.groups])
    wanted = rows + steps[rows % size]
    places = np.minimum(np.searchsorted(rows, wanted), len(rows) - 1)
    follows, there = steps[rows % size] != 0, rows[places] == wanted
    sums = parsed.values
    early = sums.take(pa.array(places))
    gap = is_filled(sums) & follows & ~(there & is_filled(early))
    zero = pa.scalar(0, pa.int64()).cast(sums.type)
    less = pc.if_else(pa.array(follows), early, zero)
    single = keep_where(pc.subtract_checked(sums, less).cast(sums.type), ~gap)
    dropped = to_mask(pc.less(single, zero)) & follows
    problems = {**parsed.problems, **({CUMULATIVE_GAP: gap} if gap.any() else {})}
    return Singles(replace(parsed, values=single, problems=problems), dropped)
