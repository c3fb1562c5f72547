"""What the cell reader does not tell of a sheet, whatever its format: each format has a reader of its own for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from etl.check.cell_texts import NOT_CALCULATED, Share
from etl.check.rows_grid import fill_down

Place = tuple[int, int]
"""Line from 1, column from 0."""

_LITERAL = re.compile(r'"[^"]*"|\\.')
_ZEROS = re.compile(r"0{2,18}")
_MOST_CELLS = 1_048_576


@dataclass(frozen=True)
class SheetDetails:
    """Facts about cells that their values do not show.

    Attributes:
        errors: what error cells say.
        shares: number cells that are shown as percentages.
        padded: whole numbers that are shown with leading zeros (`0007`), with the digits that people see.
        uncounted: formulas whose result the file does not hold.
        merged: areas from their first to their last place, where the cell reader knows none.
        hidden: lines that are not shown.
    """

    errors: Mapping[Place, str] = field(default_factory=dict)
    shares: frozenset[Place] = frozenset()
    padded: Mapping[Place, int] = field(default_factory=dict)
    uncounted: frozenset[Place] = frozenset()
    merged: tuple[tuple[Place, Place], ...] = ()
    hidden: tuple[int, ...] = ()

    def complete(self, rows: list[list[Any]]) -> None:
        """Put into the cells, as the cell reader gave them, what people see there."""
        for (line, column), text in self.errors.items():
            _put(rows, line, column, text)
        for line, column in self.uncounted:
            _put(rows, line, column, NOT_CALCULATED)
        for line, column in self.shares:
            if _holds_number(rows, line, column):
                rows[line - 1][column] = Share(rows[line - 1][column])
        for (line, column), digits in self.padded.items():
            if _holds_number(rows, line, column):
                rows[line - 1][column] = _pad(rows[line - 1][column], digits)
        for start, end in self.merged:
            fill_down(rows, (start[0] - 1, start[1]), (end[0] - 1, end[1]))


@dataclass(frozen=True)
class CellStyles:
    """Number of a cell style -> what its number format does: shows a percentage, or pads with zeros to so many."""

    percent: frozenset[int] = frozenset()
    padded: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, formats: Mapping[int, str]) -> CellStyles:
        """From the format code of each style."""
        percent = frozenset(style for style, code in formats.items() if is_percent_format(code))
        padded = {style: len(code) for style, code in formats.items() if _ZEROS.fullmatch(code)}
        return cls(percent, padded)


def is_percent_format(code: str) -> bool:
    """`0.00%` shows a percentage; a quoted or escaped sign (`0"%"`) is only text behind the number."""
    return "%" in _LITERAL.sub("", code)


def show_number(value: Any, code: str) -> Any:
    """A number as its format shows it, where that is a percentage or has leading zeros; everything else as it is."""
    if type(value) not in (int, float):
        return value
    if is_percent_format(code):
        return Share(value)
    return _pad(value, len(code)) if _ZEROS.fullmatch(code) else value


def _pad(value: float, digits: int) -> Any:
    return f"{int(value):0{digits}}" if value >= 0 and value == int(value) else value


def _holds_number(rows: list[list[Any]], line: int, column: int) -> bool:
    return line <= len(rows) and column < len(rows[line - 1]) and type(rows[line - 1][column]) in (int, float)


def _put(rows: list[list[Any]], line: int, column: int, value: Any) -> None:
    """Set a cell, also one at the rim that the cell reader took for nothing."""
    width = max(len(rows[0]) if rows else 0, column + 1)
    if (line - len(rows)) * width > _MOST_CELLS:
        return
    rows.extend([""] * width for _ in range(line - len(rows)))
    row = rows[line - 1]
    row.extend([""] * (column + 1 - len(row)))
    row[column] = value
