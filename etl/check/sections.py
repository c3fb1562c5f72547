"""Headings between the rows: their names as a column of the rows below, their counts held against them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from etl.check.findings import FindingLog
from etl.check.grid import Block, name_column
from etl.check.lines import LineKind
from etl.check.section_texts import Section, read_section
from schemas.models.finding import Finding, Level

SHOWN = 200


@dataclass
class SectionKeeper:
    """Follows the headings of one table, block after block; `found`: all so far."""

    left: int
    found: list[Section] = field(default_factory=list)

    def follow(self, block: Block, kinds: np.ndarray) -> pa.Array:
        """For each line of the block the name of the heading above it; null above the first."""
        names: list[str | None] = []
        for row, kind in enumerate(kinds):
            if kind == LineKind.SECTION:
                texts = ((i, text[row].as_py()) for i, text in enumerate(block.texts) if i >= self.left)
                place, text = next((i, text) for i, text in texts if text)
                self.found.append(read_section(int(block.lines[row]), place, text))
            elif kind == LineKind.DATA and self.found:
                self.found[-1].rows += 1
            names.append(self.found[-1].name if self.found else None)
        return pa.array(names, pa.string())

    def describe(self) -> list[dict[str, int | str]]:
        """For the reading of a batch: line, name and rows of the headings, at most `SHOWN` of them."""
        return [{"line": one.line, "name": one.name, "rows": one.rows} for one in self.found[:SHOWN]]

    def note_counts(self, log: FindingLog, sheet: str | None) -> None:
        """One finding for each heading that states another count than there are rows below it."""
        for one in (one for one in self.found if one.count not in (None, one.rows)):
            log.add_once(
                Finding(
                    code="SECTION.COUNT",
                    level=Level.NOTE,
                    message=f"第 {one.line} 行「{one.text}」写明 {one.count}，其下有 {one.rows} 行",
                    todo="请核对是否漏行、多行，或改正标题中的数目后重新报送整份文件",
                    sheet=sheet,
                    line=one.line,
                    cell=f"{name_column(one.place)}{one.line}",
                    value=one.text,
                )
            )
