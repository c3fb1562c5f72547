"""Rows that people enter, held against the targets they name: one fact a question of the entry rules.

A fact is true where the question does not arise: an unknown target is one finding, not eight.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import pyarrow as pa

from etl.check.parsed import Parsed
from etl.core.by_hand import ByHandCatalogue, ByHandTarget
from etl.core.periods import Period, parse_period
from expectations.suite import name_entry_fact
from schemas.models.contract import ENTRY_COLUMNS, EntryCheck
from schemas.models.plan import Kind

WITHDRAWN = "否"
"""In the column `confirmed`: the entry is taken back."""


@dataclass(frozen=True)
class _Entry:
    """One row with its target."""

    known: ByHandTarget
    row: Mapping[str, Any]
    as_of: dt.date

    @property
    def kind(self) -> Kind:
        return self.known.target.kind

    @property
    def is_withdrawn(self) -> bool:
        return self.row["confirmed"] == WITHDRAWN

    @property
    def period(self) -> Period | None:
        return parse_period(self.row["period"]) if self.row["period"] else None

    def fits_unit(self) -> bool:
        return self.row["unit"] is None or self.row["unit"] in self.known.units

    def fits_period(self) -> bool:
        period, day = self.period, self.row["day"]
        if period is None:
            return True
        if self.kind is Kind.CADENCE and day is not None and not period.start <= day <= period.end:
            return False
        return period.start <= self.as_of and self.known.holds_period(period)

    def fits_day(self) -> bool:
        day = self.row["day"]
        if day is None:
            return True
        return day <= self.as_of and (self.kind is not Kind.CADENCE or self.known.holds_day(day))

    def is_complete(self) -> bool:
        row = self.row
        if self.kind is Kind.MILESTONE:
            return row["confirmed"] is not None and row["day"] is not None
        if self.is_withdrawn:
            return row["day"] is not None or row["period"] is not None
        if self.kind is Kind.CADENCE:
            return row["day"] is not None or (row["period"] is not None and row["value"] is not None)
        if self.known.grades:
            return row["period"] is not None and row["grade"] is not None
        # nobody is ranked 0th, but of the indicators in the first tier there may be none
        least = 0 if self.known.target.unit == "count" else 1
        return row["period"] is not None and row["value"] is not None and row["value"] >= least

    def fits_grade(self) -> bool:
        return self.row["grade"] is None or self.row["grade"] in self.known.grades

    def names_source(self) -> bool:
        if self.kind is not Kind.RANK or self.is_withdrawn:
            return True
        return self.row["source"] is not None or self.row["evidence"] is not None


_QUESTIONS: Mapping[str, Callable[[_Entry], bool]] = {
    "unit": _Entry.fits_unit,
    "period": _Entry.fits_period,
    "day": _Entry.fits_day,
    "complete": _Entry.is_complete,
    "grade": _Entry.fits_grade,
    "source": _Entry.names_source,
}


@dataclass(frozen=True)
class EntryJudge:
    """Answers the questions of the entry rules for the rows of one file."""

    catalogue: ByHandCatalogue
    as_of: dt.date

    def facts(self, parsed: Mapping[str, Parsed]) -> dict[str, pa.Array]:
        """Column of the frame -> one boolean a row. A row with an unreadable cell is not called incomplete too."""
        columns = {name: parsed[name].values.to_pylist() for name in ENTRY_COLUMNS if name in parsed}
        size = max(map(len, columns.values()), default=0)
        rows = [{name: columns[name][i] if name in columns else None for name in ENTRY_COLUMNS} for i in range(size)]
        answers = [self._answer(row) for row in rows]
        for i in np.flatnonzero(_find_unread(parsed, size)):
            answers[i]["complete"] = True
        return {name_entry_fact(check): pa.array([a[check] for a in answers]) for check in get_args(EntryCheck)}

    def _answer(self, row: Mapping[str, Any]) -> dict[str, bool]:
        key = (row["plan"], row["target"])
        known = self.catalogue.targets.get(key)
        other = key in self.catalogue.others
        named = None not in key
        answer = {"known": not named or known is not None or other, "by_hand": not other}
        entry = _Entry(known, row, self.as_of) if known else None
        return answer | {check: entry is None or ask(entry) for check, ask in _QUESTIONS.items()}


def _find_unread(parsed: Mapping[str, Parsed], size: int) -> np.ndarray:
    """Rows with a cell that could not be read: that is their finding."""
    unread = np.zeros(size, dtype=bool)
    for name in ENTRY_COLUMNS:
        for mask in parsed[name].problems.values() if name in parsed else ():
            unread |= mask
    return unread
