"""Whether the header of a sample holds values: periods or units, one column each, perhaps with several figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from etl.check.candidates import HEADER_WITHIN, find_titles, join_lines
from etl.check.grid import Grid
from etl.check.headers import fold, take_apart
from etl.check.headings import find_year
from etl.check.periods import read_heading, read_running
from etl.core.periods import parse_period

GRAINS = ("week", "ten_days", "month", "quarter", "half", "year")
"""A text that names ten days names their month too: the finest one counts."""
_LINES = 3
_FIGURE = re.compile(r"[-+]?[\d,.]+%?$")
_SURE = 3
"""So many columns of one kind are values of a header; two may be this year and the last."""


@dataclass(frozen=True)
class WideHeader:
    """A header line of values.

    Attributes:
        line, height: its last line, from 1, and how many it has.
        headers: the lowest cell of every sheet column.
        values: sheet column -> name of the figure below it; empty where the header names none.
        across: what the values are.
        grain: of periods.
        cumulative: the cells look like sums since January.
    """

    grid: Grid
    line: int
    height: int
    headers: tuple[str, ...]
    values: Mapping[int, str]
    across: Literal["period", "unit"]
    grain: str = ""
    cumulative: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The figures, in the order of their first columns."""
        return tuple(dict.fromkeys(self.values.values()))


def find_wide(grids: Sequence[Grid], unit_names: Mapping[str, str], path: Path) -> WideHeader | None:
    """The header with the most columns of values; None where the sample is an ordinary table."""
    found = [one for grid in grids for one in _try_lines(grid, unit_names, path)]
    return max(found, key=lambda one: (len(one.values), -one.height, -one.line), default=None)


def line_below(head: Sequence[Sequence[str]], index: int) -> Sequence[str]:
    """The first row below a header; a line of one cell may be a heading between the rows."""
    following = head[index + 1 : index + 3]
    return next((row for row in following if sum(map(bool, row)) > 1), following[0] if following else [])


def _try_lines(grid: Grid, unit_names: Mapping[str, str], path: Path) -> Iterator[WideHeader]:
    head = grid.head()
    for last in range(min(len(head) - 1, HEADER_WITHIN)):
        for height in range(1, min(_LINES, last + 1) + 1):
            first = last - height + 1
            if not all(any(row) for row in head[first:last]):
                break
            spellings = join_lines(head[first : last + 1])
            year = find_year(find_titles(grid, first), path.name)
            below = line_below(head, last)
            yield from _read_line(grid, last + 1, height, spellings, below, year, unit_names)


def _read_line(
    grid: Grid,
    line: int,
    height: int,
    spellings: Sequence[Sequence[str]],
    below: Sequence[str],
    year: str | None,
    unit_names: Mapping[str, str],
) -> Iterator[WideHeader]:
    headers = tuple(texts[0] for texts in spellings)
    units = {fold(name) for name in unit_names}
    named = {place: "" for place, text in enumerate(headers) if fold(text) in units}
    if _is_wide(named, headers, below):
        yield WideHeader(grid, line, height, headers, named, "unit")
    for grain in GRAINS:
        read = {place: pair for place, texts in enumerate(spellings) if (pair := _split(texts[-1], grain, year))}
        values = {place: name for place, (_, name) in read.items()}
        if len(set(read.values())) == len(read) and _is_wide(values, headers, below):
            running = _look_running([headers[place] for place in read], year)
            yield WideHeader(grid, line, height, headers, values, "period", grain, running)


def _is_wide(values: Mapping[int, str], headers: Sequence[str], below: Sequence[str]) -> bool:
    """Enough columns of values, something beside them that names the line, no figure in the header, figures below."""
    others = [place for place, text in enumerate(headers) if text and place not in values]
    figures = [place for place in values if place < len(below) and re.search(r"\d", below[place])]
    if any(_FIGURE.match(text) for text in (*values.values(), *(headers[place] for place in others))):
        return False
    enough = len(values) >= _SURE or (len(values) == _SURE - 1 and len(values) >= len(others))
    return enough and bool(others) and bool(figures)


def _split(text: str, grain: str, year: str | None) -> tuple[str, str] | None:
    """(period, name of the figure) of `2023年1月办件量` or `办件量1月`; the longest period counts."""
    core = take_apart(text).core[:40]
    for length in range(len(core), 0, -1):
        for said, name in ((core[:length], core[length:]), (core[-length:], core[:-length])):
            if period := read_heading(said, grain, year):
                return period, name.strip("的:：-_")
    return None


def _look_running(headers: Sequence[str], year: str | None) -> bool:
    """`1-3月`, `1-4月`: months since January that grow, or the word 累计."""
    if any("累计" in text for text in headers):
        return True
    ranges = [read_running(text, year) for text in headers if re.search(r"(?<!\d)1\s*[-—–~至到]\s*\d+\s*月", text)]
    return len({parse_period(period).end for period in ranges if period}) > 1
