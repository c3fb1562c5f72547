"""What the cell reader does not tell of an xls sheet (BIFF5, BIFF8): errors, percent formats, hidden rows."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import xlrd
from xlrd.biffh import XLRDError

from etl.check.sheet_details import CellStyles, Place, SheetDetails


def read_xls_details(path: Path, sheet_name: str) -> SheetDetails:
    """Look through one sheet; nothing where this second reader gives up: the cells then speak for themselves."""
    try:
        book = xlrd.open_workbook(
            file_contents=path.read_bytes(), formatting_info=True, on_demand=True, logfile=io.StringIO()
        )
        sheet = book.sheet_by_name(sheet_name)
    except Exception:  # noqa: BLE001 - it fails in many ways on files that the cell reader still reads
        return SheetDetails()
    styles = CellStyles.of({i: _find_format(book, xf.format_key) for i, xf in enumerate(book.xf_list)})
    errors: dict[Place, str] = {}
    shares: set[Place] = set()
    padded: dict[Place, int] = {}
    for line in range(sheet.nrows):
        for column, kind in enumerate(sheet.row_types(line)):
            if kind == xlrd.XL_CELL_ERROR:
                code = sheet.cell_value(line, column)
                errors[line + 1, column] = xlrd.error_text_from_code.get(int(code), "#N/A")
            elif kind == xlrd.XL_CELL_NUMBER:
                style = sheet.cell_xf_index(line, column)
                if style in styles.percent:
                    shares.add((line + 1, column))
                if style in styles.padded:
                    padded[line + 1, column] = styles.padded[style]
    hidden = tuple(sorted(line + 1 for line, info in sheet.rowinfo_map.items() if info.hidden and line < sheet.nrows))
    return SheetDetails(errors, frozenset(shares), padded, hidden=hidden)


def is_encrypted(path: Path) -> bool:
    """Whether an old workbook asks for a password; the cell reader only says that it cannot be read."""
    try:
        xlrd.open_workbook(file_contents=path.read_bytes(), on_demand=True, logfile=io.StringIO())
    except XLRDError as error:
        return "encrypted" in str(error).lower()
    except Exception:  # noqa: BLE001 - broken in another way
        return False
    return False


def _find_format(book: Any, key: int) -> str:
    code = book.format_map.get(key)
    return "" if code is None else code.format_str
