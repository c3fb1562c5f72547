"""A wide table as rows: one for every value of its header and line, each knowing its own cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from etl.check.arrow import is_filled
from etl.check.grid import Block, BrokenFileError, CellKind, name_column
from etl.check.headers import HeaderMatch, Heading
from etl.check.periods import spell_months, tell_sum
from etl.core.periods import parse_period, period_of
from schemas.models.contract_layout import Wide

_MOST_ROWS = 2**31


@dataclass(frozen=True)
class WideLayout:
    """Which columns stand below which value of the header.

    Rows are numbered `line * values of the header + place among them`: unique, and in the order of reading.
    """

    across: str
    values: tuple[str, ...]
    headings: tuple[Heading, ...]
    running: bool = False
    """The cells are sums since January."""
    grain: str = "month"
    totals: Mapping[str, int] = field(default_factory=dict)
    """Column of values -> sheet column with the total of each line."""

    @classmethod
    def of(cls, match: HeaderMatch, wide: Wide, grain: str) -> WideLayout:
        return cls(wide.across, wide.values, match.headings, wide.cumulative is not None, grain, match.totals)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The different values of the header, from left to right."""
        return tuple(dict.fromkeys(heading.value for heading in self.headings))

    @cached_property
    def before(self) -> dict[str, str]:
        """Of running sums: value of the header -> the one that is less by a period, where the year has one."""
        ordered = sorted(map(parse_period, self.groups)) if self.running else []
        return {late.text: early.text for early, late in pairwise(ordered) if early.start == late.start}

    @cached_property
    def told(self) -> dict[str, str]:
        """Value of the header -> what a row says of `across`: of running sums the single period that they end with."""
        if not self.running:
            return {group: group for group in self.groups}
        return {group: self._single(group) for group in self.groups}

    def _single(self, group: str) -> str:
        whole, early = parse_period(group), self.before.get(group)
        if early is None:  # what it continues stands in another file, if anywhere
            return tell_sum(whole.end.year, whole.end.month, self.grain) or group
        months = parse_period(spell_months(whole.end.year, parse_period(early).end.month + 1, whole.end.month))
        named = period_of(months.end, self.grain)
        return named.text if (named.start, named.end) == (months.start, months.end) else months.text

    @cached_property
    def by_column(self) -> dict[str, dict[str, Heading]]:
        """Contract column of the cells -> value of the header -> where they stand."""
        return {name: {h.value: h for h in self.headings if h.column == name} for name in self.values}

    def line(self, row: int) -> int:
        return row // len(self.groups)

    def find(self, column: str, row: int) -> Heading | None:
        """Where a value of a row stands; of `across`, the first column below it."""
        group = self.groups[row % len(self.groups)]
        columns = self.values if column == self.across else (column,)
        return next((h for name in columns if (h := self.by_column.get(name, {}).get(group))), None)

    def find_filled(self, block: Block) -> np.ndarray:
        """Lines x values of the header: whether any cell is filled."""
        filled = np.zeros((len(block), len(self.groups)), dtype=bool)
        for heading in self.headings:
            filled[:, self.groups.index(heading.value)] |= is_filled(block.texts[heading.place])
        return filled

    def melt(self, block: Block, exists: np.ndarray) -> Block:
        """The rows of some lines: after the sheet's own columns come `across` and the columns of values.

        Args:
            block: the lines.
            exists: lines x values of the header: which of them are rows.

        Raises:
            BrokenFileError: more cells than can be numbered.
        """
        at, group = np.divmod(np.flatnonzero(exists), len(self.groups))
        numbers = block.lines.astype(np.int64)[at] * len(self.groups) + group
        if len(numbers) and numbers[-1] >= _MOST_ROWS:
            raise BrokenFileError("表格的行数和列数过多，请分成几个文件")
        lines = pa.array(at)
        own = [text.take(lines) for text in block.texts]
        told = pa.array([self.told[value] for value in self.groups], pa.string()).take(pa.array(group))
        pairs = [self._gather(block, name, at, group) for name in self.values]
        return Block(
            numbers.astype(np.int32),
            [*own, told, *(texts for texts, _ in pairs)],
            [*(None if kind is None else kind[at] for kind in block.kinds), None, *(kinds for _, kinds in pairs)],
            block.ragged[at],
        )

    def _gather(self, block: Block, name: str, at: np.ndarray, group: np.ndarray) -> tuple[pa.Array, np.ndarray | None]:
        """The cells of one column of values, row by row."""
        size = len(block)
        headings = [self.by_column[name].get(value) for value in self.groups]
        empty = pa.nulls(size, pa.string())
        texts = pa.concat_arrays([block.texts[h.place].cast(pa.string()) if h else empty for h in headings])
        found = [block.kinds[h.place] if h else None for h in headings]
        places = group * size + at
        if all(kind is None for kind in found):
            return texts.take(pa.array(places)), None
        plain = np.full(size, CellKind.TEXT, dtype=np.uint8)
        kinds = np.concatenate([plain if kind is None else kind for kind in found])
        return texts.take(pa.array(places)), kinds[places]


def describe_wide(layout: WideLayout, read: Callable[[str], str | None]) -> dict[str, Any]:
    """For the reading of a batch: the columns of values, each with its header, letter and what it says of `across`.

    `heading` is that in its stable spelling, `value` what the rows have (of running sums the single period).

    Args:
        layout: the columns.
        read: turns what the header says into what the rows have (`甲` into the id of that unit).
    """
    columns = [
        {
            "column": h.column,
            "heading": h.value,
            "value": read(layout.told[h.value]) or layout.told[h.value],
            "header": h.header,
            "letter": name_column(h.place),
        }
        for h in layout.headings
    ]
    return {"across": layout.across, "columns": columns}
