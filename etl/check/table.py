"""Finds the table in a sheet: its header line, its columns, and the title lines above."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from etl.check.checked import Refusal
from etl.check.grid import Grid, name_column
from etl.check.headers import MONEY, HeaderMatch, fold, match_headers, take_apart
from schemas.models.contract import Contract

HEADER_WITHIN = 30

_UNIT_LINE = re.compile(r"(?:计量)?单位[::]\s*([一-鿿%‰]+)")
_RESEND = "请按约定的表头整理后重新报送整份文件"


@dataclass(frozen=True)
class Table:
    """Where the table stands.

    Attributes:
        header_line: last line of the header, from 1; data start on the next one.
        header_height: lines of the header (2 where a group header stands above it).
        columns: contract column -> sheet column, from 0.
        headers: contract column -> header cell as it stands in the file.
        extra: header cells that the contract neither knows nor ignores.
        width: columns of the table.
        titles: the filled lines above the header, each as one text.
        header_cells: the header as read, to recognise its repetition on a later page.
    """

    grid: Grid
    header_line: int
    header_height: int
    columns: Mapping[str, int]
    headers: Mapping[str, str]
    extra: tuple[str, ...]
    width: int
    titles: tuple[str, ...]
    header_cells: tuple[str, ...]

    @property
    def first_line(self) -> int:
        return self.header_line + 1

    def cell(self, column: str, line: int) -> str:
        return f"{name_column(self.columns[column])}{line}"


@dataclass(frozen=True)
class MissingColumns(Refusal):
    """The header that was found lacks columns; `unknown` are its cells that answer to no column of the contract."""

    grid: Grid
    line: int
    missing: tuple[str, ...]
    unknown: Mapping[int, str]


@dataclass(frozen=True)
class _Candidate:
    grid: Grid
    line: int
    height: int
    cells: tuple[str, ...]
    match: HeaderMatch

    @property
    def rank(self) -> tuple[bool, int, int, int]:
        found = len(self.match.columns) + len(self.match.wrong_unit)
        return self.match.is_full, found, -self.height, -self.line


def find_table(grids: Sequence[Grid], contract: Contract) -> Table | Refusal:
    """Find the one table of the contract among the sheets (or the readings of a text file)."""
    if contract.table.sheet is not None:
        grids = [g for g in grids if fold(g.name) == fold(contract.table.sheet)]
        if not grids:
            return Refusal("TABLE.NOT_FOUND", f"没有名为「{contract.table.sheet}」的工作表", _RESEND)
    if not any(any(any(row) for row in grid.head()) for grid in grids):
        return Refusal("FILE.EMPTY", "文件里没有任何内容", "请重新导出后报送")
    best = [max(_candidates(grid, contract), key=lambda c: c.rank, default=None) for grid in grids]
    found = sorted((c for c in best if c is not None), key=lambda c: c.rank, reverse=True)
    full = [c for c in found if c.match.is_full]
    if not full:
        return _refuse_columns(found[0] if found else None, contract)
    with_rows = [c for c in full if _has_rows(c)] or full[:1]
    if len({c.grid.name for c in with_rows}) > 1:
        names = "、".join(f"「{c.grid.name}」" for c in with_rows)
        return Refusal(
            "TABLE.SEVERAL",
            f"有 {len(with_rows)} 个工作表都像要报的表：{names}",
            "请只保留要报送的那个工作表后重新报送",
        )
    return _check_unit_line(_make_table(with_rows[0], contract), contract)


def _candidates(grid: Grid, contract: Contract) -> Iterator[_Candidate]:
    head = grid.head()
    pinned = contract.table.header_line
    for index in range(min(len(head), HEADER_WITHIN)):
        if pinned is not None and index + 1 != pinned:
            continue
        single = [[cell] for cell in head[index]]
        yield _Candidate(grid, index + 1, 1, tuple(head[index]), match_headers(single, contract))
        if index + 1 < len(head):
            cells = _join_lines(head[index], head[index + 1])
            joined = tuple(spellings[0] for spellings in cells)
            yield _Candidate(grid, index + 2, 2, joined, match_headers(cells, contract))


def _join_lines(upper: Sequence[str], lower: Sequence[str]) -> list[list[str]]:
    """A header of two lines: the lower cell, the group above it with the lower cell, or the upper one alone."""
    cells: list[list[str]] = []
    group = ""
    for i in range(max(len(upper), len(lower))):
        top = upper[i] if i < len(upper) else ""
        bottom = lower[i] if i < len(lower) else ""
        group = top or group
        cells.append([bottom, group + bottom] if bottom else [top])
    return cells


def _has_rows(candidate: _Candidate) -> bool:
    return any(any(row) for row in candidate.grid.head()[candidate.line :])


def _make_table(found: _Candidate, contract: Contract) -> Table:
    cells, columns = found.cells, found.match.columns
    ignored = {take_apart(name).core for name in contract.ignore}
    used = set(columns.values())
    extra = [c for i, c in enumerate(cells) if c and i not in used and take_apart(c).core not in ignored]
    named = [i for i, cell in enumerate(cells) if cell]
    above = found.grid.head()[: found.line - found.height]
    return Table(
        grid=found.grid,
        header_line=found.line,
        header_height=found.height,
        columns=columns,
        headers={name: re.sub(r"\s+", "", cells[i]) for name, i in columns.items()},
        extra=tuple(extra),
        width=max(named) + 1,
        titles=tuple(" ".join(c for c in row if c) for row in above if any(row)),
        header_cells=tuple(fold(c) for c in cells),
    )


def _refuse_columns(best: _Candidate | None, contract: Contract) -> Refusal:
    if best is None or not (best.match.columns or best.match.wrong_unit):
        wanted = "、".join(c.header for c in contract.columns if not c.optional_column)
        return Refusal("TABLE.NOT_FOUND", f"前 {HEADER_WITHIN} 行里没有找到表头，应有：{wanted}", _RESEND)
    by_name = contract.column_by_name
    if best.match.twice:
        names = "、".join(f"「{by_name[n].header}」" for n in best.match.twice)
        return Refusal(
            "TABLE.COLUMN_TWICE", f"第 {best.line} 行表头中 {names} 出现不止一次", "请只保留一列后重新报送整份文件"
        )
    if best.match.wrong_unit:
        name, seen = next(iter(best.match.wrong_unit.items()))
        message = f"第 {best.line} 行表头「{seen}」的计量单位与约定的「{by_name[name].header}」不同"
        return Refusal("TABLE.UNIT", message, "请按约定的计量单位换算并改好表头后重新报送整份文件")
    missing = "、".join(f"「{by_name[n].header}」" for n in best.match.missing)
    message = f"第 {best.line} 行表头缺少 {missing}；实际表头为：{_show_header(best, contract)}"
    unknown = _find_unknown(best.cells, best.match.columns, contract)
    return MissingColumns("TABLE.COLUMNS", message, _RESEND, best.grid, best.line, best.match.missing, unknown)


def _find_unknown(cells: Sequence[str], columns: Mapping[str, int], contract: Contract) -> dict[int, str]:
    """Header cells that the contract neither knows nor ignores, by their place."""
    ignored = {take_apart(name).core for name in contract.ignore}
    known = set(columns.values())
    return {
        i: re.sub(r"\s+", "", cell)
        for i, cell in enumerate(cells)
        if cell and i not in known and take_apart(cell).core not in ignored
    }


def _show_header(best: _Candidate, contract: Contract) -> str:
    """What stands there; without its header, the line taken for one may be the first person of the table."""
    cells = {i: re.sub(r"\s+", "", cell) for i, cell in enumerate(best.cells) if cell}
    if not contract.has_personal:
        return "、".join(cells.values())
    known = [cell for i, cell in cells.items() if i in best.match.columns.values()]
    other = len(cells) - len(known)
    return "、".join(known) + (f"，另有 {other} 格不在约定中" if other else "")


def _check_unit_line(table: Table, contract: Contract) -> Table | Refusal:
    """A unit line above the table (单位：元) must not contradict money columns whose own header is silent."""
    stated = {m for title in table.titles for m in _UNIT_LINE.findall(fold(title)) if m in MONEY}
    if len(stated) != 1:
        return table
    (unit,) = stated
    for column in contract.columns:
        promised = take_apart(column.header).unit
        if column.name not in table.columns or promised not in MONEY or promised == unit:
            continue
        if not take_apart(table.headers[column.name]).unit:
            message = f"表头上方写明单位为「{unit}」，而「{column.header}」约定的单位是「{promised}」"
            return Refusal("TABLE.UNIT", message, "请按约定的计量单位换算后重新报送整份文件")
    return table
