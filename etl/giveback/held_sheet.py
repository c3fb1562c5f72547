"""The sheet 「隔离行」: the rows kept back, to be mended there and sent back alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from etl.check.cell_texts import Share, to_text
from etl.check.sheet_fields import SheetField, list_fields
from etl.core.correction_mark import make_row_mark, make_sheet_mark
from etl.giveback.case import Case
from etl.giveback.cells import clean_text, fit_to_page, make_title, put
from etl.giveback.copies import MAX_BAD_ROWS, Copy, read_cells
from etl.giveback.marks import RED, show_message
from schemas.models.finding import Finding

TITLE = "隔离行"
HEADER_LINE = 2
ADVICE = (
    "更正方法（任选一种）：一、在「隔离行」表里改好这些行，保存后把本文件以任意文件名重新报送，只更正这些行；"
    "二、在原表里改好，重新报送整份文件（此时不要改「隔离行」表）"
)
_GUIDE = "请在下面更正，不要改动表头和隐藏的列；不想更正的行可以保留原样。改好后保存，以任意文件名放回收件箱。"


def write_held_sheet(case: Case, copy: Copy) -> bool:
    """Add the sheet behind the first one; false where the case has no rows to mend (or no batch to mend them in)."""
    fields = list_fields(case.reading, case.contract) if case.contract else []
    lines = sorted({row.line for row in case.held})[:MAX_BAD_ROWS]
    if not case.batch_id or not lines or not fields:
        return False
    told = {row.line: row.content for row in case.held}
    cells = read_cells(case, lines)
    sheet = copy.book.create_sheet(make_title(TITLE, copy.book.sheetnames, default=TITLE), 0)
    fit_to_page(sheet)
    mark = len(fields) + 2
    put(sheet, 1, 1, _GUIDE).font = Font(bold=True)
    put(sheet, 1, mark, make_sheet_mark(case.batch_id))
    for place, field in enumerate(fields, start=1):
        put(sheet, HEADER_LINE, place, field.written).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = 20
    for line, original in enumerate((line for line in lines if line in cells), start=HEADER_LINE + 1):
        row = [cells[original].get(f.letter, "") if f.letter else told[original].get(f.header, "") for f in fields]
        for place, value in enumerate(row, start=1):
            put(sheet, line, place, _writable(value))
        put(sheet, line, mark, make_row_mark(original, (to_text(_writable(value))[0] for value in row)))
        _colour(case, copy, sheet, line, original, fields)
    sheet.column_dimensions[get_column_letter(mark)].hidden = True
    sheet.freeze_panes = f"A{HEADER_LINE + 1}"
    return True


def _writable(value: Any) -> Any:
    """As the sheet will hold it: a share as people saw it, nothing as nothing."""
    if isinstance(value, Share):
        return f"{float(value) * 100:.10g}%"
    return clean_text(value) if isinstance(value, str) else value


def _colour(case: Case, copy: Copy, sheet: Worksheet, line: int, original: int, fields: Sequence[SheetField]) -> None:
    places = {f"{field.letter}{original}": place for place, field in enumerate(fields, start=1) if field.letter}
    told: dict[int, list[Finding]] = {}
    for finding in case.tasks:
        if finding.line == original and finding.cell in places:
            told.setdefault(places[finding.cell], []).append(finding)
    for place, found in told.items():
        cell: Any = sheet.cell(line, place)
        cell.fill = PatternFill("solid", fgColor=RED)
        text = "\n".join(f"{show_message(case, copy, f)}\n怎么办：{f.todo}" for f in found)
        cell.comment = Comment(clean_text(text), "营商环境监测", height=120, width=320)
