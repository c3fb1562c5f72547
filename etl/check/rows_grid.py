"""A sheet held as rows of Python values, whatever format it came from, in the shape that the check reads."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any

import numpy as np

from etl.check.arrow import clean_text
from etl.check.cell_texts import to_text
from etl.check.columns import make_column
from etl.check.grid import BLOCK_CELLS, BLOCK_LINES, FIRST_BLOCK_LINES, HEAD_LINES, Block

_NUMBER_TEXT = re.compile(r"\s*[-+]?[\d.,%]*\s*$")
_CODE_TEXT = re.compile(r"\s*(?:0\d+|\d{12,})\s*")
"""Text of digits that is no figure: a leading zero, or too long to be one."""


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
        return self._head

    @cached_property
    def _head(self) -> list[list[str]]:
        return [[clean_text(to_text(cell)[0] or "") for cell in row] for row in self.rows[:HEAD_LINES]]

    def blocks(self, first_line: int, width: int) -> Iterator[Block]:
        start, size = first_line - 1, FIRST_BLOCK_LINES
        while start < len(self.rows):
            rows = self.rows[start : start + size]
            columns = [make_column(cells) for cells in _turn(rows, width)]
            lines = np.arange(start + 1, start + 1 + len(rows), dtype=np.int32)
            yield Block(lines, [t for t, _ in columns], [k for _, k in columns], np.zeros(len(rows), dtype=bool))
            start, size = start + size, max(FIRST_BLOCK_LINES, min(BLOCK_LINES, BLOCK_CELLS // width))


def _turn(rows: Sequence[list[Any]], width: int) -> Iterator[list[Any]]:
    """The columns of some rows; rows that end early are filled up with empty cells."""
    rows = [row if len(row) >= width else row + [""] * (width - len(row)) for row in rows]
    return (list(map(itemgetter(place), rows)) for place in range(width))


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
