"""Writing foreign text into a workbook: as text, never as a formula, and never more than a cell can hold."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

_CELL_LIMIT = 32_767
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
_TITLE_LIMIT = 31
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def clean_text(text: str) -> str:
    """What an xlsx file can hold: no control characters, no halves of a pair, not too long."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return ILLEGAL_CHARACTERS_RE.sub("", whole)[:_CELL_LIMIT]


def put(sheet: Worksheet, line: int, column: int, value: Any) -> Any:
    """Write one value (line and column from 1). Text stays text, whatever it begins with."""
    cell: Any = sheet.cell(line, column)
    if not isinstance(value, str):
        cell.value = value if isinstance(value, (int, float, bool, dt.date, dt.time)) else _show(value)
        return cell
    text = clean_text(value)
    cell.value = text or None
    if text:
        _force_text(cell, text)
    return cell


def _show(value: Any) -> str | None:
    return None if value is None else clean_text(str(value))


def _force_text(cell: Cell, text: str) -> None:
    cell.data_type = "s"  # else "=1+1" were a formula and "#N/A" an error
    if text.startswith(_FORMULA_MARKS):
        cell.quotePrefix = 1  # stays text when somebody edits the cell  # pyright: ignore[reportAttributeAccessIssue]


def fit_to_page(sheet: Worksheet) -> None:
    """Printed on A4 across, all columns on one page: offices print what they have to work off."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", "9"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def make_title(name: str, taken: list[str], *, default: str) -> str:
    """A name that a sheet may have and none has yet."""
    base = (_NOT_IN_TITLES.sub(" ", clean_text(name)).strip("' ") or default)[:_TITLE_LIMIT]
    title, number = base, 2
    used = {t.lower() for t in taken}
    while title.lower() in used:
        ending = f"({number})"
        title, number = base[: _TITLE_LIMIT - len(ending)] + ending, number + 1
    return title
