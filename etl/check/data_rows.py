"""The data rows of a table, as the contract means them: lines sorted, values of header and sections beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from etl.check.grid import Block
from etl.check.lines import LineKind, LineSorter
from etl.check.sections import SectionKeeper
from etl.check.table import Table
from schemas.models.contract import Contract


@dataclass
class DataRows:
    """Reads them as often as asked, always the same.

    Attributes:
        left_out: of a wide table, the empty cells that are no rows, as of the last reading.
    """

    table: Table
    contract: Contract
    left_out: int = 0

    def read(self, sorter: LineSorter | None = None, sections: SectionKeeper | None = None) -> Iterator[Block]:
        """The rows, block after block; the row numbers (`Block.lines`) are those that `Table.line` knows.

        Args:
            sorter: keeps the accounts of this reading; none are kept where it is left out.
            sections: the same for section headings.
        """
        sorter = sorter or LineSorter(self.table, self.contract)
        sections = sections or SectionKeeper(self.table.left)
        self.left_out = 0
        for block, kinds in _sort(self.table, sorter):
            data = kinds == LineKind.DATA
            names = sections.follow(block, kinds) if self._has_sections else None
            rows = self._melt(block.take(data))
            if names is not None:
                at = pa.array(np.searchsorted(block.lines, self.table.lines(rows.lines)))
                rows = Block(rows.lines, [*rows.texts, names.take(at)], [*rows.kinds, None], rows.ragged)
            if len(rows):
                yield rows

    @property
    def _has_sections(self) -> bool:
        section = self.contract.section
        return section is not None and self.table.columns.get(section.column, 0) >= self.table.width

    def _melt(self, block: Block) -> Block:
        layout = self.table.layout
        if layout is None:
            return block
        exists = layout.find_filled(block) | self._awaited
        self.left_out += int(exists.size - exists.sum())
        return layout.melt(block, exists)

    @cached_property
    def _awaited(self) -> np.ndarray:
        """Values of the header under which an empty cell is a gap: some other line has its figures there.

        A column that is empty throughout is a period that is still to come.
        """
        layout = self.table.layout
        assert layout is not None  # noqa: S101 - asked for only where there is one
        found = np.zeros(len(layout.groups), dtype=bool)
        if any(self.contract.column_by_name[name].required for name in layout.values):
            for block, kinds in _sort(self.table, LineSorter(self.table, self.contract)):
                found |= layout.find_filled(block.take(kinds == LineKind.DATA)).any(axis=0)
        return found


def _sort(table: Table, sorter: LineSorter) -> Iterator[tuple[Block, np.ndarray]]:
    for block in table.grid.blocks(table.first_line, table.width):
        yield block, sorter.sort(block)
