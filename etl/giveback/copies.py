"""The sender's file as a workbook that can be marked: its own where it is xlsx, else its cells at the same places."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import openpyxl
from openpyxl.utils import column_index_from_string
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.worksheet.worksheet import Worksheet

from etl.check.checked import Refusal
from etl.check.grid import BrokenFileError, name_column
from etl.check.rows_grid import RowsGrid
from etl.check.source import Source, open_source
from etl.check.text_source import TextGrid
from etl.giveback.case import Case
from etl.giveback.cells import make_title, put

MAX_CELLS = 200_000
"""A larger table is not copied: its bad rows are, with their line numbers."""
MAX_XLSX_XML = 12 << 20
"""Unpacked bytes of the sheets of an xlsx that is copied with its looks (about 300,000 cells)."""
MAX_BAD_ROWS = 100_000
FIRST_SHEET = "需要处理"
TEXT_SHEET, BAD_ROWS_SHEET = "原文件", "问题行"

_LOST = {
    **{"xl/vbaProject": "宏", "xl/media/": "图片", "xl/charts/": "图表", "xl/chartsheets/": "图表"},
    **{"xl/ctrlProps/": "窗体控件", "xl/activeX/": "窗体控件", "xl/embeddings/": "嵌入的文件"},
    **{"xl/slicers/": "切片器", "xl/threadedComments/": "会话批注", "xl/drawings/drawing": "图形"},
    **{"xl/connections": "外部数据连接", "xl/queryTables/": "外部数据连接", "_xmlsignatures/": "数字签名"},
}


@dataclass
class Copy:
    """A workbook and where the places of the original are in it.

    Attributes:
        sheets: name of the sheet in the original (`` for text) -> sheet of the copy.
        lines: where only bad rows were copied, line of the original -> line of the copy.
        shift: columns that stand before the original's first one.
        remarks: what the reader of the copy has to know about it.
    """

    book: openpyxl.Workbook
    sheets: dict[str, Worksheet] = field(default_factory=dict)
    lines: dict[int, int] | None = None
    shift: int = 0
    remarks: tuple[str, ...] = ()

    def find(self, sheet: str | None, cell: str) -> tuple[Worksheet, int, int] | None:
        """Sheet, line and column (from 1) of a cell like `D14`; None where the copy does not have it."""
        where = self.sheets.get(sheet or "")
        letters, line = coordinate_from_string(cell)
        if self.lines is not None:
            line = self.lines.get(line, 0)
        if where is None or not line:
            return None
        return where, line, column_index_from_string(letters) + self.shift


def open_copy(case: Case, lines: Collection[int]) -> Copy:
    """A workbook with the content of the file; never fails for what the sender did.

    Args:
        case: the file.
        lines: lines with problems; all that is copied of a file too large for a whole copy.
    """
    if "reader" in case.reading:  # it had to be ended when the check read it
        return bare_copy("原文件读取时出错或占用过多，这里只有说明，没有附上原内容")
    try:
        source = open_source(case.path, file_name=case.file_name)
        if isinstance(source, Refusal):
            return bare_copy("原文件不是能打开的表格，这里只有说明，没有附上原内容")
        return _copy_looks(case, source) or _copy_cells(case, source, lines)
    except Exception:  # noqa: BLE001 - a foreign file may break any reader; the list of what to do goes out in any case
        return bare_copy("原文件的内容没能复制到这里，请对照自己留存的原文件更正")


def bare_copy(word: str) -> Copy:
    """A workbook without a sheet, and why."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    return Copy(book, remarks=(word,))


def _copy_looks(case: Case, source: Source) -> Copy | None:
    """The workbook itself; None where it is none, too large, or openpyxl cannot take it."""
    if source.format != "xlsx":
        return None
    try:
        with zipfile.ZipFile(case.path) as archive:
            names = archive.namelist()
            sheets = [i for i in archive.infolist() if i.filename.startswith(("xl/worksheets/", "xl/sharedStrings"))]
        if sum(i.file_size for i in sheets) > MAX_XLSX_XML:
            return None
        with case.path.open("rb") as file:
            book = openpyxl.load_workbook(file, rich_text=True)
    except Exception:  # noqa: BLE001 - what our reader takes, this one may not; the cells are copied then
        return None
    book.template = False
    lost = dict.fromkeys(word for start, word in _LOST.items() if any(n.startswith(start) for n in names))
    remarks = (f"原文件中的{'、'.join(lost)}在本副本中可能缺失或变样，请以原文件为准",) if lost else ()
    _drop_own_sheets(book)
    return Copy(book, {sheet.title: sheet for sheet in book.worksheets}, remarks=remarks)


def _drop_own_sheets(book: openpyxl.Workbook) -> None:
    """A returned workbook has our list in it, which is out of date."""
    for sheet in book.worksheets[:1]:
        if sheet.title.startswith(FIRST_SHEET) and sheet["A1"].value == FIRST_SHEET and len(book.worksheets) > 1:
            book.remove(sheet)


def _copy_cells(case: Case, source: Source, lines: Collection[int]) -> Copy:
    grids = _choose_grids(case, source)
    if sum(_count_cells(grid) for grid in grids) > MAX_CELLS:
        return _copy_bad_rows(case, grids, lines)
    copy = bare_copy("原文件不是 xlsx 格式，这里按原位置列出各单元格的内容，格式未保留")
    for grid in grids:
        sheet = _add_sheet(copy, grid.name)
        for number, row in enumerate(_read_rows(grid), start=1):
            _write_row(sheet, number, row)
    return copy


def _add_sheet(copy: Copy, name: str) -> Worksheet:
    sheet = copy.book.create_sheet(make_title(name, copy.book.sheetnames, default=TEXT_SHEET))
    copy.sheets[name] = sheet
    return sheet


def _write_row(sheet: Worksheet, line: int, row: Sequence[Any], *, shift: int = 0) -> None:
    for column, value in enumerate(row, start=1 + shift):
        if value not in (None, ""):
            put(sheet, line, column, value)


def _choose_grids(case: Case, source: Source) -> list[Any]:
    """All sheets of a workbook; of a text file the one reading that was used (or has the most columns)."""
    texts = [grid for grid in source.grids if isinstance(grid, TextGrid)]
    if not texts:
        return list(source.grids)
    used = case.reading.get("delimiter")
    return [max(texts, key=lambda g: (g.delimiter == used, max(map(len, g.head()), default=0)))]


def _count_cells(grid: Any) -> int:
    if isinstance(grid, RowsGrid):
        return sum(len(row) for row in grid.rows)
    cells = 0
    for row in _read_rows(grid):
        cells += len(row)
        if cells > MAX_CELLS:
            break
    return cells


def _read_rows(grid: Any) -> Iterator[Sequence[Any]]:
    if isinstance(grid, RowsGrid):
        yield from grid.rows
        return
    with grid.path.open(encoding=grid.encoding, newline="") as file:
        try:
            yield from csv.reader(file, delimiter=grid.delimiter)
        except csv.Error as error:
            raise BrokenFileError(str(error)) from error


def read_cells(case: Case, lines: Collection[int]) -> dict[int, dict[str, Any]]:
    """Some lines of the table as they stand in the original: line -> letter of the column -> value."""
    source = open_source(case.path, file_name=case.file_name)
    if isinstance(source, Refusal):
        return {}
    grids = _choose_grids(case, source)
    grid = next((g for g in grids if g.name == (case.reading.get("sheet") or "")), grids[0])
    wanted = set(lines)
    return {
        number: {name_column(place): value for place, value in enumerate(row)}
        for number, row in enumerate(_read_rows(grid), start=1)
        if number in wanted
    }


def _copy_bad_rows(case: Case, grids: Sequence[Any], lines: Collection[int]) -> Copy:
    """The header and the bad rows of the table, their line numbers before them."""
    name = case.reading.get("sheet") or ""
    grid = next((g for g in grids if g.name == name), grids[0])
    header = int(case.reading.get("header_line") or 1)
    wanted = set(islice(sorted(lines), MAX_BAD_ROWS))
    copy = bare_copy(
        f"原文件较大，这里只列出有问题的行（最多 {MAX_BAD_ROWS:,} 行），A 列是该行在原文件中的行号；请在原文件中更正"
    )
    copy.lines, copy.shift = {}, 1
    sheet = copy.book.create_sheet(BAD_ROWS_SHEET)
    copy.sheets[name] = sheet
    put(sheet, 1, 1, "原行号")
    for number, row in enumerate(_read_rows(grid), start=1):
        if number == header:
            _write_row(sheet, 1, row, shift=1)
        elif number in wanted:
            line = len(copy.lines) + 2
            copy.lines[number] = line
            put(sheet, line, 1, number)
            _write_row(sheet, line, row, shift=1)
    return copy
