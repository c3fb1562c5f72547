"""What each line of a sheet is. Nothing disappears: every line has exactly one kind, and they add up.

A line is data unless something says otherwise, so that a doubtful line becomes a finding, not a silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import pyarrow as pa

from etl.check.arrow import is_filled, is_one_of, match, pc, to_mask
from etl.check.grid import Block
from etl.check.headers import fold
from etl.check.line_words import ALONE, NO_GRAND_TOTAL, make_footer_pattern, make_total_pattern
from etl.check.neighbours import NeighbourWatch
from etl.check.section_texts import states_count
from etl.check.table import Table
from schemas.models.contract import Contract

_NUMBERED = re.compile(r"^[(（]?[一二三四五六七八九十]+[)）、.．]")


class LineKind(IntEnum):
    """The kinds of `lines` in a batch."""

    DATA = 0
    HEADER = 1
    SECTION = 2
    SUBTOTAL = 3
    NOTE = 4
    BLANK = 5


class AccountingError(RuntimeError):
    """Lines of a sheet that do not add up: a fault of the reader, never of the sender."""


@dataclass(frozen=True)
class TotalRow:
    """A total line: the word that made it one, and its filled cells by sheet column."""

    line: int
    word: str
    cells: Mapping[int, str]


@dataclass
class LineSorter:
    """Sorts the lines of one table, block after block, and keeps the accounts.

    Attributes:
        counts: lines by kind so far; starts with what stands above the data.
        totals: the total rows.
    """

    table: Table
    contract: Contract
    counts: dict[LineKind, int] = field(default_factory=dict)
    totals: list[TotalRow] = field(default_factory=list)
    last_line: int = 0
    not_filled: int = 0
    """Lines of the form that nobody has filled in; they are among the notes."""
    overlaps: dict[int, str] = field(default_factory=dict)
    """Data lines that look like the sum or a part of others."""
    _in_footer: bool = False
    _first: pa.Array = field(default_factory=lambda: pa.nulls(0, pa.string()))
    """The first filled cell of each line of the block in hand."""

    def __post_init__(self) -> None:
        hint = self.contract.table
        self.counts = dict.fromkeys(LineKind, 0)
        above = self.table.header_line - self.table.header_height
        self.counts[LineKind.HEADER] = self.table.header_height
        self.counts[LineKind.NOTE] = sum(any(row) for row in self.table.grid.head()[:above])
        self.counts[LineKind.BLANK] = above - self.counts[LineKind.NOTE]
        self.last_line = self.table.header_line
        self._total = make_total_pattern(hint.total_words)
        self._footer = make_footer_pattern(hint.footer_words)
        above_it = self.table.grid.head()[:above]
        self._titles = {fold("".join(row)) for row in above_it if any(row)}
        self._title_starts = [next(cell for cell in row if cell) for row in above_it if any(row)]
        places, by_name = self.table.sheet_columns, self.contract.column_by_name
        self._values = sorted(h.place for h in self.table.layout.headings) if self.table.layout else []
        self._mapped = sorted({*places.values(), *self._values})
        self._required = [place for name, place in places.items() if by_name[name].required]
        self._key = [places[name] for name in self.contract.key if name in places]
        self.neighbours = NeighbourWatch(self.contract, places, self.table.titles)

    def sort(self, block: Block) -> np.ndarray:
        """The kind of each row of the block (uint8, `LineKind`)."""
        kinds = np.full(len(block), LineKind.DATA, dtype=np.uint8)
        filled = [is_filled(text) for text in block.texts]
        own = filled[self.table.left : self.table.right]
        count = np.sum(own, axis=0) if own else np.zeros(len(block), dtype=int)
        kinds[count == 0] = LineKind.BLANK
        self._first = pc.coalesce(*self._own(block))
        kinds[self._find_totals(block)] = LineKind.SUBTOTAL
        self._find_titles(block, kinds)
        mapped = np.any([filled[i] for i in self._mapped], axis=0)
        for row in np.flatnonzero((kinds == LineKind.DATA) & ((count == 1) | ~mapped | self._is_header(block))):
            kinds[row] = self._sort_sparse(block, int(row), bool(mapped[row]))
        cut = self.neighbours.look(block, count > 0, lambda row: self._repeats_header(block, row))
        kinds[self.neighbours.page_titles] = LineKind.NOTE
        kinds[cut:] = np.where(kinds[cut:] == LineKind.BLANK, LineKind.BLANK, LineKind.NOTE)
        self._sort_footer(block, kinds, filled)
        self._leave_out_forms(kinds, filled)
        self._keep_overlaps(block, kinds)
        self._keep_totals(block, kinds)
        self._account(block, kinds)
        return kinds

    def _own(self, block: Block) -> Sequence[pa.Array]:
        return block.texts[self.table.left : self.table.right]

    def _find_totals(self, block: Block) -> np.ndarray:
        found = match(self._first, self._total)
        for column in self._key:
            found = found | match(block.texts[column], self._total)
        return found

    def _find_titles(self, block: Block, kinds: np.ndarray) -> None:
        """The title of the table once more, on its next page."""
        for row in np.flatnonzero(is_one_of(self._first, self._title_starts)):
            if self._joined(block, int(row)) in self._titles:
                kinds[row] = LineKind.NOTE

    def _joined(self, block: Block, row: int) -> str:
        return fold("".join(_text(block, i, row) for i in range(len(block.texts))))

    def _is_header(self, block: Block) -> np.ndarray:
        """Exports of several pages repeat the header on each."""
        column = self._mapped[0]
        head = self.table.grid.head()[self.table.header_line - 1]
        suspects = to_mask(pc.equal(block.texts[column], head[column].strip() or "\0"))
        for row in np.flatnonzero(suspects):
            suspects[row] = self._repeats_header(block, int(row))
        return suspects

    def _repeats_header(self, block: Block, row: int) -> bool:
        return all(fold(_text(block, i, row)) == self.table.header_cells[i] for i in self._mapped)

    def _sort_sparse(self, block: Block, row: int, mapped: bool) -> LineKind:
        if mapped and self._repeats_header(block, row):
            return LineKind.HEADER
        texts = [t for t in (_text(block, i, row) for i in range(self.table.left, self.table.right)) if t]
        text = texts[0]
        if len(texts) == 1 and len(self._mapped) > 1 and ALONE.match(fold(text)):
            return LineKind.NOTE
        if len(texts) == 1 and self._heads_section(text):
            return LineKind.SECTION
        if not mapped:
            # A running number or a remark beside empty cells is a line of the form without data.
            return LineKind.NOTE if re.match(self._footer, text) or text.isdigit() else LineKind.SECTION
        return LineKind.SECTION if _NUMBERED.match(text) and len(self._mapped) > 1 else LineKind.DATA

    def _heads_section(self, text: str) -> bool:
        """Under a contract with section headings, a line with one cell is one, if it is no number and no footer."""
        section = self.contract.section
        if section is None or section.column in self.table.sheet_columns:
            return False
        if len(self._mapped) == 1 or re.match(self._footer, text) or text.isdigit():
            return False
        return states_count(text) or not section.counted

    def _sort_footer(self, block: Block, kinds: np.ndarray, filled: Sequence[np.ndarray]) -> None:
        """From the first footer word on, a line is a note unless it is plainly data."""
        starts = match(self._first, self._footer)
        wanted = [filled[i] for i in self._required]
        if self._values:
            wanted.append(np.any([filled[i] for i in self._values], axis=0))
        required = np.sum(wanted, axis=0) if wanted else np.zeros(len(block))
        # where only the first column is required, a signature fills all that is required: then it stands alone
        alone = (np.sum([filled[i] for i in self._mapped], axis=0) <= 1) & (len(self._mapped) > 1)
        for row in np.flatnonzero(starts & (required == len(wanted)) & ~alone):
            starts[row] = self._has_labels_alone(block, int(row))
            required[row] -= starts[row]
        notes = starts & ((required < len(wanted)) | alone) & (kinds == LineKind.DATA)
        if not self._in_footer and not notes.any():
            return
        begin = 0 if self._in_footer else int(np.argmax(notes))
        keyed = np.all([filled[i] for i in self._key], axis=0) if self._key else np.ones(len(block), dtype=bool)
        plainly_data = keyed & (required * 2 > len(wanted)) & ~notes
        after = np.arange(len(block)) >= begin
        kinds[after & ~plainly_data & np.isin(kinds, (LineKind.DATA, LineKind.SECTION))] = LineKind.NOTE
        self._in_footer = True

    def _has_labels_alone(self, block: Block, row: int) -> bool:
        """`填报人：… | 联系电话：… | 日期：…` fills as many cells as a row of the table."""
        texts = [t for t in (_text(block, i, row) for i in range(self.table.left, self.table.right)) if t]
        return all(re.search("[:：]", text) for text in texts)

    def _leave_out_forms(self, kinds: np.ndarray, filled: Sequence[np.ndarray]) -> None:
        """A printed line that is still to be filled in is no data."""
        places = [self.table.columns[name] for name in self.contract.table.filled_by if name in self.table.columns]
        if not places:
            return
        empty = (kinds == LineKind.DATA) & ~np.any([filled[i] for i in places], axis=0)
        kinds[empty] = LineKind.NOTE
        self.not_filled += int(empty.sum())

    def _keep_overlaps(self, block: Block, kinds: np.ndarray) -> None:
        """Rows that may count what other rows count too: `甲区合计`, `其中：网上`. They are read, and told."""
        for texts in (self._first, *(block.texts[i] for i in self._key)):
            like = match(texts, "(?:合计|总计|共计)$", needs=("计",)) | match(texts, "^其中", needs=("其中",))
            for row in np.flatnonzero(like & (kinds == LineKind.DATA)):
                self.overlaps.setdefault(int(block.lines[row]), texts[int(row)].as_py())

    def _keep_totals(self, block: Block, kinds: np.ndarray) -> None:
        for row in np.flatnonzero(kinds == LineKind.SUBTOTAL):
            cells = {i: text for i, column in enumerate(self._own(block)) if (text := column[int(row)].as_py())}
            word = fold(cells[min(cells)])
            cells = {place + self.table.left: text for place, text in cells.items()}
            self.totals.append(TotalRow(int(block.lines[row]), word, cells))

    def _account(self, block: Block, kinds: np.ndarray) -> None:
        if len(block) and int(block.lines[-1]) - self.last_line != len(block):
            raise AccountingError(f"lines {self.last_line + 1}..{block.lines[-1]} came as {len(block)} rows")
        self.last_line += len(block)
        for kind in LineKind:
            self.counts[kind] += int(np.count_nonzero(kinds == kind))

    def close(self) -> Mapping[str, int]:
        """The accounts of the whole sheet.

        Raises:
            AccountingError: the kinds do not add up to the lines of the sheet.
        """
        if sum(self.counts.values()) != self.last_line:
            raise AccountingError(f"{self.counts} is not {self.last_line} lines")
        return {kind.name.lower(): self.counts[kind] for kind in LineKind} | {"total": self.last_line}

    def grand_total(self) -> TotalRow | None:
        """The last total row that is the sum of all rows (小计, 本页合计, 累计 and 平均 are not)."""
        return next((row for row in reversed(self.totals) if not NO_GRAND_TOTAL.search(row.word)), None)


def _text(block: Block, column: int, row: int) -> str:
    return (block.texts[column][row].as_py() or "") if column < len(block.texts) else ""
