"""A sheet held as rows of Python values, whatever format it came from, in the shape that the check reads."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from etl.check.arrow import clean, clean_text
from etl.check.grid import BLOCK_LINES, FIRST_BLOCK_LINES, HEAD_LINES, Block, CellKind

LARGEST_EXACT = 2**53
"""From here on a number cell cannot hold every whole number: the last digits of an id are already gone."""

_SAFE_INTEGER = 10**18
_NUMBER_TEXT = re.compile(r"\s*[-+]?[\d.,%]*\s*$")
_CODE_TEXT = re.compile(r"\s*(?:0\d+|\d{12,})\s*")
"""Text of digits that is no figure: a leading zero, or too long to be one."""
_ERROR_TEXTS = frozenset({"#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})


class Share(float):
    """A number cell that is shown as a percentage: 0.952 under the format `0.0%`, which people read as 95.2 %."""


class _NotCalculated(str):
    """A formula whose result the file does not hold."""

    __slots__ = ()


NOT_CALCULATED = _NotCalculated("（公式）")


class RowsGrid:
    """One sheet; subclasses say where its rows come from."""

    hidden_lines: Sequence[int] = ()
    """Lines that the sender's program does not show; they are read like all others, and reported."""

    def __init__(self, name: str) -> None:
        self.name = name

    def read_rows(self) -> list[list[Any]]:
        """All cells as Python values, from line 1 and column A on; '' where empty, error cells as their text.

        Raises:
            BrokenFileError: the file breaks off while it is read.
        """
        raise NotImplementedError

    @cached_property
    def rows(self) -> list[list[Any]]:
        return self.read_rows()

    def head(self) -> list[list[str]]:
        return [[clean_text(to_text(cell)[0] or "") for cell in row] for row in self.rows[:HEAD_LINES]]

    def blocks(self, first_line: int, width: int) -> Iterator[Block]:
        start, size = first_line - 1, FIRST_BLOCK_LINES
        while start < len(self.rows):
            rows = self.rows[start : start + size]
            columns = [_make_column(rows, i) for i in range(width)]
            lines = np.arange(start + 1, start + 1 + len(rows), dtype=np.int32)
            yield Block(lines, [t for t, _ in columns], [k for _, k in columns], np.zeros(len(rows), dtype=bool))
            start, size = start + size, BLOCK_LINES


def _make_column(rows: list[list[Any]], index: int) -> tuple[pa.Array, np.ndarray | None]:
    cells = [row[index] if index < len(row) else "" for row in rows]
    if all(type(cell) is str for cell in cells) and not any(cell in _ERROR_TEXTS for cell in cells):
        return clean(pa.array(cells, pa.string())), None
    if (numbers := _make_numbers(cells)) is not None:
        return numbers
    pairs = [to_text(cell) for cell in cells]
    kinds = np.fromiter((kind for _, kind in pairs), dtype=np.uint8, count=len(pairs))
    return clean(pa.array([text for text, _ in pairs], pa.string())), kinds


def _make_numbers(cells: list[Any]) -> tuple[pa.Array, np.ndarray] | None:
    """A column of plain numbers and empty cells at once; None where there is anything else. Equal to `to_text`."""
    if set(map(type, cells)) - {float, str} or any(type(cell) is str and cell for cell in cells):
        return None
    filled = np.fromiter((type(cell) is float for cell in cells), dtype=bool, count=len(cells))
    values = np.array([cell if type(cell) is float else 0.0 for cell in cells])
    whole = np.floor(values) == values
    texts = np.full(len(cells), None, dtype=object)
    quick = filled & whole & (np.abs(values) < _SAFE_INTEGER)
    texts[quick] = pa.array(values[quick].astype(np.int64)).cast(pa.string()).to_pylist()
    texts[filled & ~quick] = [_number_to_text(float(value))[0] for value in values[filled & ~quick]]
    inexact = filled & whole & (np.abs(values) > LARGEST_EXACT) & np.isfinite(values)
    kinds = np.where(filled, np.where(inexact, CellKind.INEXACT, CellKind.NUMBER), CellKind.TEXT)
    return pa.array(texts, pa.string()), kinds.astype(np.uint8)


def fill_down(rows: list[list[Any]], start: tuple[int, int], end: tuple[int, int]) -> None:
    """A cell merged over several lines stands for each of them, if it is a name: a number would be counted again.

    Args:
        rows: changed in place.
        start: line and column of the merged cell, from 0.
        end: its last line and column.
    """
    (top, left), (bottom, _) = start, end
    bottom = min(bottom, len(rows) - 1)  # forms are merged down to lines that nobody has filled in
    if bottom <= top or left >= len(rows[top]):
        return
    value = rows[top][left]
    if isinstance(value, dt.date) or (isinstance(value, str) and _is_name(value)):
        for line in range(top + 1, bottom + 1):
            rows[line][left] = value


def _is_name(text: str) -> bool:
    return not _NUMBER_TEXT.match(text) or _CODE_TEXT.fullmatch(text) is not None


def to_text(cell: Any) -> tuple[str | None, CellKind]:
    """A cell as text, and what it was before."""
    convert = _CONVERT.get(type(cell))
    return convert(cell) if convert else (str(cell), CellKind.TIME)


def _number_to_text(value: float) -> tuple[str, CellKind]:
    if value.is_integer():
        return str(int(value)), CellKind.NUMBER if abs(value) <= LARGEST_EXACT else CellKind.INEXACT
    # 15 significant digits are what Excel shows; the rest is the noise of binary fractions (95.19999999999999).
    return format(value, ".15g"), CellKind.NUMBER


def _round_to_millisecond(value: dt.datetime) -> dt.datetime:
    """Serial numbers carry the noise of binary fractions: 09:32:08.999997 is 09:32:09."""
    rounded = value + dt.timedelta(microseconds=500)
    return rounded.replace(microsecond=rounded.microsecond // 1000 * 1000)


_CONVERT: dict[type, Callable[[Any], tuple[str | None, CellKind]]] = {
    str: lambda v: (v, CellKind.ERROR if v in _ERROR_TEXTS else CellKind.TEXT),
    bool: lambda v: ("TRUE" if v else "FALSE", CellKind.BOOLEAN),
    int: lambda v: (str(v), CellKind.NUMBER if abs(v) <= LARGEST_EXACT else CellKind.INEXACT),
    float: _number_to_text,
    _NotCalculated: lambda v: (str(v), CellKind.NOT_CALCULATED),
    Share: lambda v: (_number_to_text(float(v))[0], CellKind.SHARE),
    dt.datetime: lambda v: (_round_to_millisecond(v).isoformat(sep=" "), CellKind.DATETIME),
    dt.date: lambda v: (v.isoformat(), CellKind.DATE),
}
