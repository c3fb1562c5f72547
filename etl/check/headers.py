"""Header cells against the contract: spaces, width and brackets do not matter, the unit in brackets does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from etl.check.grid import find_column
from etl.check.measures import split_behind, units_differ
from schemas.models.contract import Column, Contract

_TAIL = re.compile(r"^(.+?)[(\[【]([^()\[\]【】]*)[)\]】]$")


@dataclass(frozen=True)
class Header:
    """A header cell taken apart: `core` is compared, `unit` is the text in brackets at its end."""

    core: str
    unit: str = ""


@dataclass(frozen=True)
class Heading:
    """One column of values of a wide table.

    Attributes:
        place: its sheet column, from 0.
        column: the contract column of the cells below.
        value: what the header says of `across`: a period in its stable spelling, else the words as they stand.
        header: the header as people see it, with the groups above it.
        names_column: whether it says which column of values it is, beside the period.
    """

    place: int
    column: str
    value: str
    header: str
    names_column: bool = False


@dataclass(frozen=True)
class HeaderMatch:
    """How a line of cells answers to a contract.

    Attributes:
        columns: contract column -> sheet column.
        missing: contract columns (not optional ones) without a cell.
        twice: contract columns with several cells.
        wrong_unit: contract column -> the cell that differs from it only in its unit of measure.
        headings: of a wide table, its columns of values.
        totals: of a wide table, column of values -> sheet column that states the total of each line.
    """

    columns: Mapping[str, int]
    missing: tuple[str, ...]
    twice: tuple[str, ...]
    wrong_unit: Mapping[str, str]
    headings: tuple[Heading, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        return not self.missing and not self.twice


def fold(text: str) -> str:
    """One spelling: NFKC (full width becomes half), no blanks at all, lower case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


@lru_cache(maxsize=4096)
def take_apart(text: str) -> Header:
    """Asked for every cell of the first lines against every column, so what was once taken apart is kept."""
    folded = fold(text).strip("*:#")
    tail = _TAIL.match(folded)
    if tail:
        return Header(tail[1], tail[2])
    behind = split_behind(folded)
    return Header(*behind) if behind else Header(folded)


def match_headers(cells: Sequence[Sequence[str]], contract: Contract) -> HeaderMatch:
    """Find the contract's columns among header cells.

    Args:
        cells: for each sheet column the spellings that its header may be read as.
        contract: the promise.
    """
    headers = [[take_apart(text) for text in spellings if text] for spellings in cells]
    columns: dict[str, int] = {}
    twice: list[str] = []
    wrong_unit: dict[str, str] = {}
    for column in contract.header_columns:
        if column.name in contract.table.letters:
            place = find_column(contract.table.letters[column.name])
            columns |= {column.name: place} if place < len(cells) else {}
            continue
        scores = [max((_compare(h, column) for h in spellings), default=0) for spellings in headers]
        best = max(scores, default=0)
        places = [i for i, score in enumerate(scores) if score == best]
        if best <= 0 and -1 in scores:
            wrong_unit[column.name] = next(t for t in cells[scores.index(-1)] if t)
        elif best <= 0:
            continue
        elif len(places) > 1:
            twice.append(column.name)
        else:
            columns[column.name] = places[0]
    missing = [c.name for c in contract.header_columns if c.name not in columns and c.name not in twice]
    needed = tuple(name for name in missing if not contract.may_lack(name) or name in wrong_unit)
    return HeaderMatch(columns, needed, tuple(twice), wrong_unit)


def _compare(header: Header, column: Column) -> int:
    """2: equal; 1: equal but for brackets that say nothing; -1: another unit of measure; 0: something else."""
    score = 0
    for known in map(take_apart, (column.header, *column.aliases)):
        if header.core != known.core:
            continue
        if header.unit == known.unit:
            return 2
        score = max(score, 1) if not units_differ(header.unit, known.unit) else (score or -1)
    return score
