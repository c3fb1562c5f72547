"""Another table on the same sheet, above or below: where it begins, so that it is not read as rows of this one.

Only what is plainly a header ends a table. A line that may be a bad row stays one, and becomes a finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from etl.check.checked import Refusal
from etl.check.findings import FindingLog
from etl.check.grid import Block
from etl.check.periods import find_periods
from schemas.models.contract import ColumnType, Contract
from schemas.models.finding import Finding, Level

_WORDS = (ColumnType.TEXT, ColumnType.ID, ColumnType.CODE, ColumnType.UNIT, ColumnType.BOOLEAN)
_NAMED = re.compile(r"[A-Za-z一-鿿]\s*[A-Za-z一-鿿]")
_TITLES = 4
"""So many title and unit lines may stand between a gap and a header."""


def count_foreign_lines(above: Sequence[Sequence[str]]) -> int:
    """How many of the lines above a header are of another table: up to the blank line that closes the last one.

    A stretch of lines is a table where two or more of them have several cells.
    """
    foreign = 0
    for filled, group in groupby(range(len(above)), lambda i: any(above[i])):
        lines = list(group)
        wide = [i for i in lines if sum(map(bool, above[i])) > 1]
        if filled and len(wide) > 1 and lines[-1] < len(above) - 1:
            foreign = lines[-1] + 1
    return foreign


@dataclass
class NeighbourWatch:
    """Looks for another table after every gap, block after block.

    Attributes:
        contract: the promise.
        places: contract column -> sheet column.
        titles: those of this table.
        below: first line and header cells of the table that follows, once there is one.
        refusal: this table comes again, for another period.
    """

    contract: Contract
    places: Mapping[str, int]
    titles: Sequence[str]
    below: tuple[int, tuple[str, ...]] | None = None
    refusal: Refusal | None = None
    page_titles: list[int] = field(default_factory=list)
    """Rows of the last block that are titles above the header of a further page."""
    _after_gap: bool = False

    def look(self, block: Block, filled: np.ndarray, repeats: Callable[[int], bool]) -> int:
        """The first row of the block that is of another table; its length where there is none.

        Args:
            block: lines of the sheet.
            filled: which of them have a cell.
            repeats: whether a row is the header of this table once more.
        """
        self.page_titles.clear()
        if self.below is not None or not len(block):
            return 0
        starts = np.flatnonzero(filled & np.concatenate([[self._after_gap], ~filled[:-1]]))
        self._after_gap = not bool(filled[-1])
        for start in map(int, starts):
            blanks = np.flatnonzero(~filled[start : start + _TITLES + 2])
            stop = start + (int(blanks[0]) if len(blanks) else min(_TITLES + 2, len(block) - start))
            if self._is_table(block, start, stop, repeats):
                return start
        return len(block)

    def _is_table(self, block: Block, start: int, stop: int, repeats: Callable[[int], bool]) -> bool:
        """Whether titles and a header stand in the rows from `start` on, and at least one line below them."""
        titles: list[str] = []
        for row in range(start, stop - 1):
            cells = {i: t for i, text in enumerate(block.texts) if (t := text[row].as_py())}
            if repeats(row):
                self._compare_periods(titles, int(block.lines[row]))
                self.page_titles += range(start, row)
                return False
            if len(cells) > 1:
                if self._is_header(cells, titled=bool(titles)):
                    self.below = int(block.lines[start]), tuple(cells.values())
                return self.below is not None
            titles += cells.values()
        return False

    def _is_header(self, cells: Mapping[int, str], *, titled: bool) -> bool:
        """Different words, also where figures or dates should be; a row of words is too alike to two header cells."""
        by_name, texts = self.contract.column_by_name, list(cells.values())
        typed = [cells[i] for name, i in self.places.items() if i in cells and by_name[name].type not in _WORDS]
        if not typed or len(set(texts)) < len(texts) or not (titled or len(texts) > 2):
            return False
        if any(re.search(r"\d", text) for text in texts):
            return False
        return all(_NAMED.search(text) and text not in self.contract.tokens for text in typed)

    def _compare_periods(self, titles: Sequence[str], line: int) -> None:
        if "title" not in self.contract.period.read_from:
            return
        grain = self.contract.period.grain
        own, theirs = ({p for text in texts for p in find_periods(text, grain)} for texts in (self.titles, titles))
        if theirs - own:
            periods = "、".join(sorted(own | theirs))
            message = f"第 {line} 行又是同一张表的表头，标题写的所属期不同（{periods}）"
            self.refusal = Refusal("TABLE.SEVERAL", message, "请每个所属期一个文件，分开后重新报送")

    def note(self, log: FindingLog, sheet: str | None, *, above: int, last_line: int) -> None:
        """Say which lines are of other tables and were not read.

        Args:
            log: takes the findings.
            sheet: name of the sheet.
            above: how many lines at the top of the sheet are of another table.
            last_line: of the sheet.
        """
        if above:
            log.add_once(_make_finding(f"第 1–{above} 行是另一张表，未读取", sheet, 1))
        if self.below is not None:
            line, cells = self.below
            # where a table holds persons, a line taken for a header may still be one of them
            shown = "" if self.contract.has_personal else f"（表头：{'、'.join(cells)}）"
            log.add_once(_make_finding(f"第 {line}–{last_line} 行是另一张表{shown}，未读取", sheet, line))


def _make_finding(message: str, sheet: str | None, line: int) -> Finding:
    todo = "无需处理；如这些行应当读取，请合成一张表后重新报送整份文件"
    return Finding(code="TABLE.OTHER", level=Level.NOTE, message=message, todo=todo, sheet=sheet, line=line)
