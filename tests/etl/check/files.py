"""Builds contracts and files for the tests of check: what departments send, good and bad."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt

from etl.check.checked import Checked
from etl.check.checking import check_file
from schemas.models.contract import Contract

AS_OF = dt.date(2023, 12, 31)
KEY = bytes(range(32))
UNITS = {"甲局": "甲局", "乙局": "乙局", "丙局": "丙局", "甲": "甲局"}

Row = Sequence[Any]


def make_report(**changes: Any) -> Contract:
    """A monthly report of two counts and a rate a unit."""
    data: dict[str, Any] = {
        "id": "monthly",
        "name_zh": "月报",
        "name_en": "monthly",
        "owner": "甲局",
        "kind": "report",
        "files": ["*月报*"],
        "period": {"grain": "month", "read_from": ["title", "filename"]},
        "columns": [
            {"name": "unit", "header": "责任单位", "type": "unit"},
            {"name": "total", "header": "办件量（件）", "aliases": ["办件总数"], "type": "integer", "minimum": 0},
            {"name": "online", "header": "网办量", "type": "integer", "minimum": 0},
            {"name": "rate", "header": "网办率", "type": "percent", "required": False},
        ],
        "ignore": ["序号", "备注"],
        "key": ["unit"],
        "unit_column": "unit",
        "resend": "replace",
        "rules": [
            {
                **{"kind": "pair", "code": "ONLINE_ABOVE_TOTAL", "left": "online", "op": "<=", "right": "total"},
                **{"message": "网办量多于办件量", "todo": "请核对"},
            },
            {
                "kind": "total",
                "code": "TOTAL_ROW",
                "columns": ["total", "online"],
                "message": "合计不符",
                "todo": "请核对",
            },
        ],
    }
    return Contract.model_validate(data | changes)


def make_cases(**changes: Any) -> Contract:
    """Cases with two datetimes, a class and a personal column."""
    data: dict[str, Any] = {
        "id": "cases",
        "name_zh": "办件明细",
        "name_en": "cases",
        "owner": "甲局",
        "kind": "cases",
        "files": ["*办件明细*"],
        "period": {"grain": "month", "read_from": ["filename"]},
        "columns": [
            {"name": "case_id", "header": "办件编号", "type": "id"},
            {"name": "person", "header": "申请人", "type": "text", "personal": True, "required": False},
            {"name": "accepted_at", "header": "受理时间", "type": "datetime"},
            {"name": "finished_at", "header": "办结时间", "type": "datetime", "required": False},
            {"name": "state", "header": "状态", "type": "code", "allowed": ["在办", "办结"]},
        ],
        "key": ["case_id"],
        "received": "accepted_at",
        "resend": "merge",
        "rules": [
            {
                **{"kind": "pair", "code": "ENDED_BEFORE", "left": "accepted_at", "op": "<=", "right": "finished_at"},
                **{"message": "办结早于受理", "todo": "请核对"},
            },
            {
                **{"kind": "required_when", "code": "NO_END", "column": "finished_at", "when": "state"},
                **{"values": ["办结"], "message": "办结而无办结时间", "todo": "请补填"},
            },
        ],
    }
    return Contract.model_validate(data | changes)


CASE_HEADER = ["办件编号", "申请人", "受理时间", "办结时间", "状态"]
REPORT_HEADER = ["责任单位", "办件量（件）", "网办量", "网办率"]


def write_csv(path: Path, rows: Sequence[Row], *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_xlsx(path: Path, rows: Sequence[Row], *, sheet: str = "Sheet1", start: tuple[int, int] = (0, 0)) -> Path:
    with xlsxwriter.Workbook(path) as book:
        fill_sheet(book, book.add_worksheet(sheet), rows, start=start)
    return path


def fill_sheet(book: Any, sheet: Any, rows: Sequence[Row], *, start: tuple[int, int] = (0, 0)) -> None:
    day, stamp = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"))
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            place = (start[0] + i, start[1] + j)
            if isinstance(value, dt.datetime):
                sheet.write_datetime(*place, value, stamp)
            elif isinstance(value, dt.date):
                sheet.write_datetime(*place, value, day)
            elif isinstance(value, str) and value.startswith("#"):
                sheet.write_formula(*place, "=1/0", None, value)
            elif value is not None and value != "":
                sheet.write(*place, value)


def write_xls(path: Path, rows: Sequence[Row]) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            sheet.write(i, j, value)
    book.save(str(path))
    return path


def write_html(path: Path, rows: Sequence[Row], *, before: str = "", encoding: str = "gbk") -> Path:
    """A web page called xls, as reporting systems export it: GBK, loose markup, &nbsp; for empty cells."""
    wide = max(len(row) for row in rows)
    lines = [
        f"<tr><td colspan={wide - len(row) + 1}>{row[0]}</td>"
        + "".join(f"<td>{'&nbsp;' if cell in (None, '') else cell}" for cell in row[1:])
        for row in rows
    ]
    table = f"<table border=1>{''.join(lines)}</table>"
    page = f'<html><head><meta charset="{encoding}"></head><body>{before}{table}</body></html>'
    path.write_bytes(page.encode(encoding))
    return path


def write_xml(path: Path, rows: Sequence[Row]) -> Path:
    """SpreadsheetML 2003; an empty cell is left out and the next one says its place."""
    lines = []
    for row in rows:
        kinds = ["Number" if isinstance(cell, int | float) else "String" for cell in row]
        cells = [
            f'<Cell ss:Index="{i}"><Data ss:Type="{kind}">{cell}</Data></Cell>'
            for i, (cell, kind) in enumerate(zip(row, kinds, strict=True), start=1)
            if cell not in (None, "")
        ]
        lines.append(f"<Row>{''.join(cells)}</Row>")
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>'
        f'<Workbook xmlns="{space}" xmlns:ss="{space}">'
        f'<Worksheet ss:Name="三月"><Table>{"".join(lines)}</Table></Worksheet></Workbook>',
        encoding="utf-8",
    )
    return path


def write_ods(path: Path, rows: Sequence[Row]) -> Path:
    """The least that is an OpenDocument sheet."""
    lines = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
            if isinstance(cell, int | float)
            else f'<table:table-cell office:value-type="string"><text:p>{cell or ""}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="三月">{lines}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def check(path: Path, contract: Contract, *, name: str | None = None, **options: Any) -> Checked:
    options = {"unit_names": UNITS, "as_of": AS_OF, "file_name": name or path.name, "key": KEY, **options}
    return check_file(path, contract, **options)


def report_rows(*rows: Row, title: str = "2023年3月办件统计表") -> list[Row]:
    """A small report: title, header, the rows."""
    return [[title], REPORT_HEADER, *rows]


def codes_of(checked: Checked) -> list[str]:
    return sorted(finding.code for finding in checked.findings)
