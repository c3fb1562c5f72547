"""Write one table as a workbook or as a CSV file, the same bytes for the same table."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from examples.submissions import Cell

CREATED = dt.datetime(2023, 1, 1, 8, 0, 0)  # noqa: DTZ001 - a fixed stamp, so that the same seed gives the same bytes


@dataclass(frozen=True)
class Table:
    """What stands on the sheet: title, sender line, header, rows, total row, footer lines."""

    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    sender_line: Sequence[str] = ()
    total: Sequence[Cell] = ()
    footer: Sequence[str] = ()


def write_csv(path: Path, table: Table, *, encoding: str) -> None:
    """A CSV with the line ends of Windows; title, total and footer are a workbook's business."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(table.headers)
    writer.writerows([["" if cell is None else cell for cell in row] for row in table.rows])
    path.write_bytes(buffer.getvalue().encode(encoding))


def write_cell(sheet: Worksheet, line: int, column: int, value: Cell, *, formats: dict[str, Format]) -> None:
    """One cell: text stays text, dates become true dates, Decimals numbers."""
    if value is None:
        return
    if isinstance(value, dt.datetime):
        sheet.write_datetime(line, column, value, formats["time"])
    elif isinstance(value, dt.date):
        midnight = dt.datetime.combine(value, dt.time())
        sheet.write_datetime(line, column, midnight, formats["date"])
    elif isinstance(value, int | Decimal):
        sheet.write_number(line, column, float(value))
    else:
        sheet.write_string(line, column, value)


def lay_out(table: Table) -> list[Sequence[Cell]]:
    """All lines of the sheet from the top, the title aside."""
    lines: list[Sequence[Cell]] = []
    if table.sender_line:
        gap = len(table.headers) - len(table.sender_line)
        lines.append([table.sender_line[0], *[None] * gap, *table.sender_line[1:]])
    lines += [table.headers, *table.rows]
    lines += [table.total] if table.total else []
    return lines + [[text] for text in table.footer]


def write_workbook(path: Path, table: Table) -> None:
    """A workbook of one sheet with a merged title line above the table."""
    book = xlsxwriter.Workbook(str(path), {"in_memory": True})
    book.set_properties({"created": CREATED})
    formats: dict[str, Format] = {
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    sheet = book.add_worksheet("Sheet1")
    top = 0
    if table.title:
        bold = book.add_format({"bold": True, "align": "center"})
        sheet.merge_range(0, 0, 0, len(table.headers) - 1, table.title, bold)
        top = 1
    for line, cells in enumerate(lay_out(table), start=top):
        for column, value in enumerate(cells):
            write_cell(sheet, line, column, value, formats=formats)
    book.close()
