"""A sheet as lines of text cells, whatever file it came from. Lines are counted from 1, as people see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

import numpy as np
import pyarrow as pa

HEAD_LINES = 60
"""Lines that the search for the table looks at (the header has to stand in the first 30)."""

FIRST_BLOCK_LINES = 20_000
"""The first block is small: a file that is wrong throughout is refused there, at little cost."""
BLOCK_LINES = 250_000
BLOCK_BYTES = 24 << 20
"""Text of a block: what is kept of it in all its forms, from cells to the frame of the rules, is many times more."""
BLOCK_CELLS = 2_400_000
"""The same of a workbook, whose cells are all there already."""


class CellKind(IntEnum):
    """What a cell was before it became text."""

    TEXT = 0
    NUMBER = 1
    DATE = 2
    DATETIME = 3
    BOOLEAN = 4
    ERROR = 5
    TIME = 6
    INEXACT = 7
    """A number so large that the file format had already lost its last digits."""
    SHARE = 8
    """A number shown as a percentage: the cell holds 0.952 where people see 95.2%."""
    NOT_CALCULATED = 9
    """A formula whose result the file does not hold: a program wrote it, and no spreadsheet has opened it since."""


@dataclass(frozen=True)
class Block:
    """Consecutive lines of a sheet.

    Attributes:
        lines: int32, line number of each row.
        texts: one string array a sheet column; null where the cell is empty.
        kinds: `CellKind` of each cell, or None where the whole column is text.
        ragged: rows that have more filled cells than the table is wide.
    """

    lines: np.ndarray
    texts: Sequence[pa.Array]
    kinds: Sequence[np.ndarray | None]
    ragged: np.ndarray

    def __len__(self) -> int:
        return len(self.lines)

    def take(self, mask: np.ndarray) -> Block:
        """The rows under `mask`."""
        chosen = pa.array(mask)
        return Block(
            self.lines[mask],
            [text.filter(chosen) for text in self.texts],
            [None if kind is None else kind[mask] for kind in self.kinds],
            self.ragged[mask],
        )


class BrokenFileError(Exception):
    """A file turned out to be broken in the middle of reading; becomes a refusal."""


class Grid(Protocol):
    """A sheet that can be read from any line on."""

    name: str

    def head(self) -> list[list[str]]:
        """The first lines as text cells, '' where empty."""
        ...

    def blocks(self, first_line: int, width: int) -> Iterator[Block]:
        """All lines from `first_line` to the end of the sheet, `width` columns wide."""
        ...


def name_column(index: int) -> str:
    """Column 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def find_column(letters: str) -> int:
    """A is column 0, AA is 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
