"""From status to light: silence keeps red and yellow, and what flickers is held (semantics 3.1, 3.8)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from etl.judge.case import Case
from etl.judge.exact import Bools, Ints
from etl.judge.frame import Codes, Columns
from etl.judge.reasons import CODE_OF, LIGHTS, MISSED, NO_DATA, NOT_DUE, RED, YELLOW
from etl.judge.settled import Verdicts
from schemas.models.plan import Kind

SUB_MONTHLY = ("week", "ten_days", "day")


@dataclass(frozen=True)
class Lit:
    """Light of every row as it stood when that row was the current one.

    Attributes:
        carried: row whose light is carried over silence, -1 where none is.
        current: the last row of each unit.
    """

    light: Codes
    carried: Ints
    current: Bools


def light_rows(case: Case, columns: Columns, verdicts: Verdicts) -> Lit:
    """Give every row its light.

    A `strive` target that is not reached is yellow with reason `strive`. In a cadence a window that is still open says
    nothing either: the red of the window before it stays.
    """
    light = verdicts.status.copy()
    if case.target.strength == "strive":
        missed = verdicts.status == MISSED
        verdicts.reason[missed] = CODE_OF["strive"]
        light[missed] = YELLOW
    silent = verdicts.status == NO_DATA
    if case.target.kind is Kind.CADENCE:
        silent = silent | (verdicts.status == NOT_DUE)
    if holds_changes(case, columns):
        light = _hold(columns, verdicts, light, ~silent)
    last = _last_row(columns, ~silent)
    carried = np.where(silent & (last >= 0) & np.isin(light[last], (RED, YELLOW)), last, -1)
    light = np.where(carried >= 0, light[carried], light).astype(np.int8)
    current = np.ones(len(columns), dtype=bool)
    current[:-1] = columns.first[1:]
    return Lit(light, carried, current)


def holds_changes(case: Case, columns: Columns) -> bool:
    """Only standing rates of sub-monthly series flicker; a deadline is never held."""
    if case.target.kind is not Kind.STANDING or not case.gauge.is_rate or not len(columns):
        return False
    return columns.grains <= set(SUB_MONTHLY)


def _hold(columns: Columns, verdicts: Verdicts, light: Codes, valid: Bools) -> Codes:
    """A light changes only when two valid periods in a row say so; what waits is noted as the mark `held`."""
    rows = np.flatnonzero(valid)
    said, unit = light[rows], columns.unit[rows]
    agrees = np.ones(len(rows), dtype=bool)
    agrees[1:] = (unit[1:] != unit[:-1]) | (said[1:] == said[:-1])
    since = np.maximum.accumulate(np.where(agrees, np.arange(len(rows)), 0))
    kept = light.copy()
    kept[rows] = said[since]
    verdicts.mark("held", kept != light, np.array(LIGHTS, dtype=object)[light])
    return kept


def _last_row(columns: Columns, valid: Bools) -> Ints:
    """Index of the unit's last valid row at or before each row, -1 where there is none."""
    rows = np.arange(len(columns))
    if not len(rows):
        return rows
    start = np.maximum.accumulate(np.where(columns.first, rows, 0))
    best = np.maximum.accumulate(np.where(valid, rows, -1))
    return np.where(best >= start, best, -1)
