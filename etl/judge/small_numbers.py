"""Denominators of zero and small numbers (semantics 3.7): checked before anything is compared."""

from __future__ import annotations

import numpy as np

from etl.judge.exact import Bools, add
from etl.judge.frame import Columns
from etl.judge.reasons import CODE_OF, OK
from etl.judge.settled import Verdicts

LONGEST_RUN = 12
"""At most so many whole periods are pooled."""


def silence_empty(columns: Columns, verdicts: Verdicts) -> None:
    """A denominator of 0 is `no_cases` for every kind: 0 * 100 >= 96 * 0 would be true."""
    verdicts.silence(verdicts.valid & np.asarray(columns.denominator <= 0, dtype=bool), "no_cases")


def pool_small(columns: Columns, verdicts: Verdicts, *, minimum_n: int, adds_up: bool = True) -> None:
    """Judge the shortest run of whole periods ending here that has `minimum_n` cases; else `sample_too_small`.

    A period that answered with no cases adds nothing and does not break the run; a silent one breaks it, and so does
    one of another definition. Where the number of cases is not known nothing can be called small. What does not add up
    (a median) is not pooled.
    """
    small = verdicts.valid & columns.has_n & np.asarray(columns.n < minimum_n, dtype=bool)
    if not adds_up:
        verdicts.silence(small, "sample_too_small")
    if not adds_up or not small.any():
        return
    answered = (columns.state == OK) & columns.has_n & (verdicts.reason != CODE_OF["definition_changed"])
    follows = _follows_previous(columns)
    numerator, denominator, n = columns.numerator, columns.denominator, columns.n.copy()
    run = np.where(small, 1, 0)
    alive = small.copy()
    for step in range(1, LONGEST_RUN):
        alive = alive & np.asarray(n < minimum_n, dtype=bool) & shift(follows, step - 1) & shift(answered, step)
        if not alive.any():
            break
        numerator = add(numerator, np.where(alive, shift(columns.numerator, step), 0))
        denominator = add(denominator, np.where(alive, shift(columns.denominator, step), 0))
        n = n + np.where(alive, shift(columns.n, step), 0)
        run = run + alive
    pooled = small & np.asarray(n >= minimum_n, dtype=bool)
    verdicts.numerator = np.where(pooled, numerator, columns.numerator)
    verdicts.denominator = np.where(pooled, denominator, columns.denominator)
    verdicts.n = np.where(pooled, n, columns.n)
    verdicts.pooled = np.where(pooled, run, 0)
    verdicts.silence(small & ~pooled, "sample_too_small")


def _follows_previous(columns: Columns) -> Bools:
    """Rows whose previous row is the same unit's period right before."""
    joined = np.zeros(len(columns), dtype=bool)
    joined[1:] = columns.ends[:-1] + 1 == columns.starts[1:]
    return joined & ~columns.first


def shift(column: np.ndarray, step: int) -> np.ndarray:
    """The value `step` rows up; rows without one get the zero of the type."""
    if step == 0:
        return column
    out = np.zeros_like(column)
    out[step:] = column[:-step]
    return out
