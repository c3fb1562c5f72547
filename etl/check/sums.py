"""Remarks on sums since January: the sum before is missing, or one falls from one period to the next.

The sum before stands in the file itself, in the lake, or in a file that waits for it. Nothing is held back: the lake
keeps sums, and what a period has of its own is worked out when it is read (`etl/core/singles.py`), so that a sum that
comes late mends the period after it by itself. That it is larger than the one after it is told to whoever comes later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from etl.check.history import History, Key
from etl.check.late_rows import fetch_lines
from etl.check.messages import CUMULATIVE_DROP, CUMULATIVE_GAP
from etl.check.rows import RowChecker
from etl.check.staging import StagedRows
from etl.core.periods import Period, parse_period
from schemas.models.contract import Contract


@dataclass(frozen=True)
class _Remark:
    line: int
    column: str
    code: str
    beside: str
    """The period that it was held against."""


def note_sums(checker: RowChecker, staged: StagedRows, history: History | None) -> None:
    """Look at each sum beside the one before it, and the one after it where that was there first."""
    running = [name for name in checker.contract.running_columns if name in checker.table.columns]
    if not running:
        return
    rows = [row for row in staged.read_rows(checker.contract.series_key, running) if not row["held"] and row["period"]]
    known = _Sums(checker.contract)
    known.add(history.sums.to_pylist() if history is not None and history.sums is not None else [])
    known.add(rows)
    remarks: dict[int, list[_Remark]] = defaultdict(list)
    for row in rows:
        for one in known.judge(row, running):
            remarks[row["line"]].append(one)
    for block, row in fetch_lines(checker, set(remarks)):
        for one in remarks[int(block.lines[row])]:
            finding = checker.describe.sum(block, row, one.column, one.code, one.beside)
            checker.log.add_rows(one.code, one.column, np.array([row]), lambda _, found=finding: found)


class _Sums:
    """Sums by key and year, in the order of their last months."""

    def __init__(self, contract: Contract) -> None:
        self._key = contract.series_key
        self._rows: dict[tuple[Key, int], dict[Period, Mapping[str, Any]]] = defaultdict(dict)

    def add(self, rows: list[Mapping[str, Any]]) -> None:
        for row in rows:
            period = parse_period(row["period"])
            self._rows[self._key_of(row), period.end.year][period] = row

    def _key_of(self, row: Mapping[str, Any]) -> Key:
        return tuple(row[name] for name in self._key)

    def judge(self, row: Mapping[str, Any], running: list[str]) -> Iterator[_Remark]:
        own = parse_period(row["period"])
        periods = sorted(self._rows[self._key_of(row), own.end.year], key=lambda p: (p.end, p.start))
        at = periods.index(own)
        before = periods[at - 1] if at else None
        after = periods[at + 1] if at + 1 < len(periods) else None
        for name in (name for name in running if row[name] is not None):
            if before is None and own.start.month == 1:
                pass
            elif before is None or (own.start - before.end).days > 1 or (less := self._get(row, before, name)) is None:
                yield _Remark(row["line"], name, CUMULATIVE_GAP, "")
            elif row[name] < less:
                yield _Remark(row["line"], name, CUMULATIVE_DROP, before.text)
            if after is None or "line" in self._rows[self._key_of(row), own.end.year][after]:
                continue
            more = self._get(row, after, name)
            if (after.start - own.end).days <= 1 and more is not None and more < row[name]:
                yield _Remark(row["line"], name, CUMULATIVE_DROP, after.text)

    def _get(self, row: Mapping[str, Any], period: Period, name: str) -> Any:
        return self._rows[self._key_of(row), period.end.year][period][name]
