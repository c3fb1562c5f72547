"""Where in a sheet the header of a contract may stand: every line of its head, with the group headers above it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from etl.check.grid import Grid
from etl.check.headers import HeaderMatch
from etl.check.headings import find_year, match_wide
from etl.check.neighbours import count_foreign_lines
from schemas.models.contract import Contract

HEADER_WITHIN = 30
HEADER_LINES = 4
"""A header of more lines is none: 年 > 季度 > 月 > 指标 are four."""


@dataclass(frozen=True)
class Candidate:
    """A header that may be the contract's.

    Attributes:
        line: its last line, from 1.
        height: its lines.
        cells: its lowest filled cells.
        left, right: the sheet columns between which the table stands; less than all of them where another table
            stands beside it.
    """

    grid: Grid
    line: int
    height: int
    cells: tuple[str, ...]
    match: HeaderMatch
    left: int
    right: int

    @property
    def rank(self) -> tuple[bool, int, int, int, int]:
        """What answers to the contract most fully; of equals the one with the fewest lines, then the first."""
        found = len(self.match.columns) + len(self.match.wrong_unit) + len(self.match.headings)
        named = sum(heading.names_column for heading in self.match.headings)
        return self.match.is_full, found, named, -self.height, -self.line

    @property
    def has_rows(self) -> bool:
        return any(any(row[self.left : self.right]) for row in self.grid.head()[self.line :])


def find_titles(grid: Grid, before: int) -> tuple[str, ...]:
    """The filled ones of the first `before` lines, each as one text; without those of a table above."""
    above = grid.head()[:before]
    return tuple(" ".join(c for c in row if c) for row in above[count_foreign_lines(above) :] if any(row))


def find_candidates(grid: Grid, contract: Contract, *, file_name: str = "") -> list[Candidate]:
    """Every line of the head as the last line of a header; of more than two lines only where those do not suffice."""
    found = list(_try_heights(grid, contract, file_name, range(1, 3)))
    if contract.wide or not any(one.match.is_full for one in found):
        found += _try_heights(grid, contract, file_name, range(3, HEADER_LINES + 1))
    return found


def _try_heights(grid: Grid, contract: Contract, file_name: str, heights: range) -> Iterator[Candidate]:
    head, pinned = grid.head(), contract.table.header_line
    for last in range(min(len(head), HEADER_WITHIN)):
        for height in heights:
            first = last - height + 1
            if first < 0 or not all(any(row) for row in head[first:last]):
                break
            if pinned is None or pinned in (first + 1, last + 1):
                yield from _match_lines(grid, first, last, contract, file_name)


def _match_lines(grid: Grid, first: int, last: int, contract: Contract, file_name: str) -> Iterator[Candidate]:
    spellings = join_lines(grid.head()[first : last + 1])
    cells = tuple(texts[0] for texts in spellings)
    year = find_year(find_titles(grid, first), file_name) if contract.wide else None

    def match(left: int, right: int) -> HeaderMatch:
        parts = [texts if left <= i < right else [""] for i, texts in enumerate(spellings)]
        return match_wide(parts, contract, year=year)

    def make(found: HeaderMatch, left: int, right: int) -> Candidate:
        return Candidate(grid, last + 1, last - first + 1, cells, found, left, right)

    whole, runs = match(0, len(cells)), find_runs(cells)
    beside = [make(match(*run), *run) for run in runs] if len(runs) > 1 else []
    yield make(whole, *_narrow(whole, cells, runs))
    yield from (one for one in beside if whole.twice and one.match.is_full)


def find_runs(cells: Sequence[str]) -> list[tuple[int, int]]:
    """The stretches of filled header cells (from, to) between blank columns that hold more than one."""
    runs = [[i for i, _ in group] for filled, group in groupby(enumerate(cells), lambda c: bool(c[1])) if filled]
    return [(run[0], run[-1] + 1) for run in runs if len(run) > 1]


def _narrow(match: HeaderMatch, cells: Sequence[str], runs: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The one stretch that holds all columns of the contract, where there are others: another table is beside it."""
    places = [*match.columns.values(), *(heading.place for heading in match.headings)]
    own = [run for run in runs if places and run[0] <= min(places) and max(places) < run[1]]
    if len(runs) > 1 and own:
        return own[0]
    return 0, max((i for i, cell in enumerate(cells) if cell), default=-1) + 1


def join_lines(lines: Sequence[Sequence[str]]) -> list[list[str]]:
    """For each column its lowest filled cell, then that cell with ever more of the groups above it.

    A group reaches to the right until another one begins at its own level or above.
    """
    joined: list[list[str]] = []
    groups = [""] * len(lines)
    for i in range(max(map(len, lines))):
        own = [line[i] if i < len(line) else "" for line in lines]
        for level, cell in enumerate(own):
            if cell:
                groups[level:] = [cell, *[""] * (len(lines) - level - 1)]
        lowest = max((level for level, cell in enumerate(own) if cell), default=None)
        if lowest is None:
            joined.append([""])
            continue
        # a cell merged downwards comes once a line
        parts = [cell for cell, _ in groupby(cell for cell in groups[: lowest + 1] if cell)]
        joined.append(["".join(parts[start:]) for start in reversed(range(len(parts)))])
    return joined
