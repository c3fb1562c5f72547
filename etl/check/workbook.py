"""Workbooks (xlsx, xls, xlsb, ods) as grids: calamine reads the cells, everything becomes text with its kind."""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import python_calamine as calamine

from etl.check.checked import Refusal
from etl.check.grid import BrokenFileError
from etl.check.ods_details import read_ods_details
from etl.check.rows_grid import RowsGrid, fill_down
from etl.check.sheet_details import SheetDetails
from etl.check.sniff import refuse_password, refuse_unreadable
from etl.check.xls_details import is_encrypted, read_xls_details
from etl.check.xlsx_details import read_details

_BROKEN = "工作簿已损坏，打不开"


class SheetGrid(RowsGrid):
    """One visible sheet."""

    def __init__(self, path: Path, format_name: str, book: calamine.CalamineWorkbook, name: str) -> None:
        super().__init__(name.replace("\0", ""))
        self._own_name = name
        self._path = path
        self._format = format_name
        self._book = book

    def read_rows(self) -> list[list[Any]]:
        with _without_collector():
            return self._read_rows()

    def _read_rows(self) -> list[list[Any]]:
        sheet = _guard(lambda: self._book.get_sheet_by_name(self._own_name))
        rows = _guard(lambda: sheet.to_python(skip_empty_area=False))
        self._details.complete(rows)
        for start, end in _guard(lambda: sheet.merged_cell_ranges) or []:
            fill_down(rows, start, end)
        return rows

    @cached_property
    def hidden_lines(self) -> tuple[int, ...]:  # type: ignore[override]
        return self._details.hidden

    @cached_property
    def _details(self) -> SheetDetails:
        # calamine turns #N/A and #DIV/0! into empty cells, which would make an error look like nothing,
        # and hands 0.952 on without the format under which people see 95.2%.
        reader = _DETAILS.get(self._format)
        return _guard(lambda: reader(self._path, self._own_name)) if reader else SheetDetails()


_DETAILS: Mapping[str, Callable[[Path, str], SheetDetails]] = {
    "xlsx": read_details,
    "xls": read_xls_details,
    "ods": read_ods_details,
}


def open_workbook(path: Path, format_name: str) -> tuple[list[SheetGrid], list[str]] | Refusal:
    """The visible sheets of a workbook, in its order, and the names of those that are hidden."""
    try:
        # From bytes: given a path, the reader would believe the ending of the name.
        book = _guard(lambda: calamine.load_workbook(io.BytesIO(path.read_bytes())))
    except calamine.PasswordError:
        return refuse_password()
    except BrokenFileError as error:
        return refuse_password() if format_name == "xls" and is_encrypted(path) else refuse_unreadable(str(error))
    sheets = [s for s in book.sheets_metadata if s.typ is calamine.SheetTypeEnum.WorkSheet]
    visible = [s.name for s in sheets if s.visible is calamine.SheetVisibleEnum.Visible]
    hidden = [s.name for s in sheets if s.visible is not calamine.SheetVisibleEnum.Visible]
    return [SheetGrid(path, format_name, book, name) for name in visible], hidden


@contextmanager
def _without_collector() -> Iterator[None]:
    """Millions of cells are made and none is garbage, but the collector would look at all of them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _guard(action: Callable[[], Any]) -> Any:
    """Turn every way in which the reader gives up on a broken file into one; a panic of it is no `Exception`."""
    try:
        return action()
    except calamine.PasswordError:
        raise
    except (calamine.CalamineError, OSError, ValueError, KeyError, EOFError, NotImplementedError) as error:
        raise BrokenFileError(_BROKEN) from error
    except BaseException as error:
        if type(error).__name__ in ("PanicException", "BadZipFile", "error"):  # the last one is zlib's
            raise BrokenFileError(_BROKEN) from error
        raise
