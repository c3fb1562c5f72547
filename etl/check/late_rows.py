"""Rows that only a look at the whole file finds fault with: read again as they stand, and held back late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from etl.check.grid import Block
from etl.check.rows import RowChecker


def fetch_lines(checker: RowChecker, lines: set[int]) -> Iterator[tuple[Block, int]]:
    """Read some lines of the file again, as they stand: the first reading kept only typed values."""
    wanted = np.array(sorted(lines))
    for block in checker.data.read():
        for row in np.flatnonzero(np.isin(block.lines, wanted)):
            yield block, int(row)


def hold_late(checker: RowChecker, block: Block, row: int, code: str) -> None:
    """Keep back a row that is among the good ones of the work files, or add a code to one that is held already."""
    line = int(block.lines[row])
    before = checker.held.get(line)
    if before is None:
        checker.late.add(line)
    unit, period = (before.unit, before.period) if before else _place_row(checker, block, row)
    codes = dict.fromkeys((*(before.codes if before else ()), code))
    checker.hold_row(block, row, codes, unit=unit, period=period)


def parse_text(checker: RowChecker, text: str, name: str) -> Any:
    """One text as a cell of column `name`; None where it cannot be read."""
    column = checker.contract.column_by_name[name]
    return checker.parser.parse(pa.array([text]), None, column).values[0].as_py()


def _place_row(checker: RowChecker, block: Block, row: int) -> tuple[str | None, str | None]:
    """Unit and period of a row that had no problem of its own."""
    unit = _parse_cell(checker, block, row, checker.contract.unit_column)
    return unit, checker.period.constant or _parse_cell(checker, block, row, checker.period.column)


def _parse_cell(checker: RowChecker, block: Block, row: int, name: str | None) -> str | None:
    text = checker.describe.read_text(block, row, name)
    return parse_text(checker, text, str(name)) if text else None
