"""The columns that the rules fill: one verdict a row of the values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from etl.judge.exact import Bools, Ints, Ratios
from etl.judge.frame import Codes, Columns, Objects
from etl.judge.reasons import CODE_OF, NO_DATA, OK, WAITING

VALUE_PLACES = 10
"""Decimals of a stored value."""


@dataclass
class Verdicts:
    """The columns that the rules fill.

    Attributes:
        status: code of `reasons.STATUSES`, `WAITING` until a rule settles the row; `reason` of `reasons.REASONS`.
        numerator: the (pooled or cumulated) parts that decided, as `denominator` in units of 1/`scale`.
        value: the judged value in the unit of the goal; read only where `valid`. `has_value`: there is one to show.
        has_pace: rows with `time_share`, `progress`, `projected`; `has_progress`: the way is not of length 0.
        marks: name -> column of JSON values, None where a row has not got it.
    """

    status: Codes
    reason: Codes
    numerator: Ints
    denominator: Ints
    scale: int
    n: Ints
    valid: Bools
    pooled: Ints
    value: Ratios
    has_value: Bools
    has_pace: Bools
    has_progress: Bools
    time_share: Ratios
    progress: Ratios
    projected: Ratios
    marks: dict[str, Objects] = field(default_factory=dict)
    _points: Ints | None = None

    @classmethod
    def start(cls, columns: Columns, *, definition: int) -> Verdicts:
        """Nothing judged yet: silence keeps its reason, everything else waits for a rule.

        A value of another definition than the present one (`definition`) cannot be compared with the target.
        """
        size = len(columns)
        ok = columns.state == OK
        nothing = Ratios(np.zeros(size, dtype=np.int64), np.ones(size, dtype=np.int64))
        made = cls(
            status=np.where(ok, WAITING, NO_DATA).astype(np.int8),
            reason=columns.state.astype(np.int16),
            numerator=columns.numerator,
            denominator=columns.denominator,
            scale=columns.scale,
            n=columns.n,
            valid=ok,
            pooled=np.zeros(size, dtype=np.int64),
            value=nothing,
            has_value=np.ones(size, dtype=bool),
            has_pace=np.zeros(size, dtype=bool),
            has_progress=np.zeros(size, dtype=bool),
            time_share=nothing,
            progress=nothing,
            projected=nothing,
        )
        made.silence(ok & (columns.definition != 0) & (columns.definition != definition), "definition_changed")
        return made

    def settle(self, where: Bools, status: int, reason: str) -> None:
        """Give waiting rows their verdict."""
        rows = where & self.valid & (self.status == WAITING)
        self.status[rows] = status
        self.reason[rows] = CODE_OF[reason]

    def silence(self, where: Bools, reason: str) -> None:
        """Rows without a valid value, with the reason."""
        self.status[where] = NO_DATA
        self.reason[where] = CODE_OF[reason]
        self.valid = self.valid & ~where

    def mark(self, name: str, where: Bools, value: Any) -> None:
        """Note something beside the light; `value` is one JSON value or a column of them."""
        column = self.marks.setdefault(name, np.full(len(self.status), None, dtype=object))
        column[where] = value[where] if isinstance(value, np.ndarray) else value

    def marked(self, name: str) -> Bools:
        """Rows that carry the mark."""
        column = self.marks.get(name)
        return np.zeros(len(self.status), dtype=bool) if column is None else np.asarray(pd.notna(column), dtype=bool)

    @property
    def points(self) -> Ints:
        """The judged values in units of 10**-10, as they are stored and charted; ask once the rule has set `value`."""
        if self._points is None:
            self._points = self.value.rounded(VALUE_PLACES)
        return self._points

    @property
    def waiting(self) -> Bools:
        """Valid rows that no rule has settled yet."""
        return self.valid & (self.status == WAITING)
