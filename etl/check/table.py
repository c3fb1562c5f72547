"""Finds the table in a sheet: its header line, its columns, and the title lines above."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from etl.check.candidates import Candidate, find_candidates, find_titles
from etl.check.checked import Refusal
from etl.check.grid import Grid, name_column
from etl.check.headers import fold
from etl.check.neighbours import count_foreign_lines
from etl.check.sheet_choice import choose_sheet
from etl.check.table_refusals import RESEND, find_unknown, refuse_columns, refuse_neighbours
from etl.check.unit_lines import check_unit_lines
from etl.check.wide import WideLayout
from schemas.models.contract import Contract


@dataclass(frozen=True)
class Table:
    """Where the table stands.

    Attributes:
        header_line: last line of the header, from 1; data start on the next one.
        header_height: lines of the header (2 where a group header stands above it).
        columns: contract column -> sheet column, from 0; what no sheet column holds (values of the header, names of
            sections) stands from `width` on.
        headers: contract column -> header cell as it stands in the file.
        extra: header cells that the contract neither knows nor ignores by name.
        width: columns that are read.
        left, right: the columns between which the table stands; others may be of a table beside it.
        titles: the filled lines above the header, each as one text; without those of a table above.
        header_cells: the header as read, to recognise its repetition on a later page.
        layout: of a wide table, which columns stand below which value of the header.
        passed_over: sheets with the same table for other periods.
    """

    grid: Grid
    header_line: int
    header_height: int
    columns: Mapping[str, int]
    headers: Mapping[str, str]
    extra: tuple[str, ...]
    width: int
    left: int
    right: int
    titles: tuple[str, ...]
    header_cells: tuple[str, ...]
    layout: WideLayout | None = None
    passed_over: tuple[str, ...] = ()

    @property
    def first_line(self) -> int:
        return self.header_line + 1

    @property
    def lines_of_others(self) -> int:
        """Lines above the header that are of another table."""
        return count_foreign_lines(self.grid.head()[: self.header_line - self.header_height])

    @property
    def sheet_columns(self) -> dict[str, int]:
        """The columns that one cell of each line holds."""
        return {name: place for name, place in self.columns.items() if place < self.width}

    def line(self, row: int) -> int:
        """The line of the sheet of a row number (`Block.lines`)."""
        return self.layout.line(row) if self.layout else row

    def lines(self, rows: np.ndarray) -> np.ndarray:
        """The same for many rows."""
        return rows // len(self.layout.groups) if self.layout else rows

    def header(self, column: str, row: int) -> str:
        """The header cell above a value."""
        heading = self.layout.find(column, row) if self.layout else None
        return heading.header if heading else self.headers[column]

    def cell(self, column: str, row: int) -> str | None:
        """Where a value stands (`D14`): what the header says, in the header. None where no one cell holds it."""
        if self.columns[column] < self.width:
            return f"{name_column(self.columns[column])}{self.line(row)}"
        heading = self.layout.find(column, row) if self.layout else None
        if heading is None:
            return None
        return f"{name_column(heading.place)}{self.line(row) if heading.column == column else self.header_line}"


def find_table(grids: Sequence[Grid], contract: Contract, *, file_name: str = "") -> Table | Refusal:
    """Find the one table of the contract among the sheets (or the readings of a text file).

    Args:
        grids: the sheets.
        contract: the promise.
        file_name: may name the year of a header that says `3月`.
    """
    if contract.table.sheet is not None:
        grids = [g for g in grids if fold(g.name) == fold(contract.table.sheet)]
        if not grids:
            return Refusal("TABLE.NOT_FOUND", f"没有名为「{contract.table.sheet}」的工作表", RESEND)
    if not any(any(any(row) for row in grid.head()) for grid in grids):
        return Refusal("FILE.EMPTY", "文件里没有任何内容", "请重新导出后报送")
    everywhere = [find_candidates(grid, contract, file_name=file_name) for grid in grids]
    best = [max(one, key=lambda c: c.rank) for one in everywhere if one]
    found = sorted(best, key=lambda c: c.rank, reverse=True)
    full = [c for c in found if c.match.is_full]
    if not full:
        return refuse_columns(found[0] if found else None, contract)
    with_rows = [c for c in full if c.has_rows] or full[:1]
    several = len({c.grid.name for c in with_rows}) > 1
    own = choose_sheet(with_rows, contract, file_name) if several else None
    passed_over = tuple(c.grid.name for c in with_rows if c is not own) if own else ()
    if several and own is None:
        names = "、".join(f"「{c.grid.name}」" for c in with_rows)
        return Refusal(
            "TABLE.SEVERAL",
            f"有 {len(with_rows)} 个工作表都像要报的表：{names}",
            "请只保留要报送的那个工作表后重新报送",
        )
    chosen = own or with_rows[0]
    if refusal := refuse_neighbours(chosen, next(one for one in everywhere if chosen in one)):
        return refusal
    table = replace(_make_table(chosen, contract), passed_over=passed_over)
    headings = chosen.match.headings
    silent = {name: table.headers[name] for name in table.sheet_columns} | {h.column: h.header for h in headings}
    return check_unit_lines(table.titles, silent, contract) or table


def _make_table(found: Candidate, contract: Contract) -> Table:
    cells, columns = found.cells, dict(found.match.columns)
    by_name = contract.column_by_name
    headers = {name: re.sub(r"\s+", "", cells[i]) or by_name[name].header for name, i in columns.items()}
    width = max([i for i, cell in enumerate(cells) if cell] + list(columns.values())) + 1
    layout = WideLayout.of(found.match, contract.wide, contract.period.grain) if contract.wide else None
    told = [contract.wide.across, *contract.wide.values] if contract.wide else []
    if contract.section and contract.section.column not in columns:
        told.append(contract.section.column)
    for name in told:
        columns[name] = width + told.index(name)
        headers[name] = by_name[name].header
    return Table(
        grid=found.grid,
        header_line=found.line,
        header_height=found.height,
        columns=columns,
        headers=headers,
        extra=tuple(find_unknown(found, contract).values()),
        width=width,
        left=found.left,
        right=found.right,
        titles=find_titles(found.grid, found.line - found.height),
        header_cells=tuple(fold(c) for c in cells),
        layout=layout,
    )
