"""What people see in a cell is what is read, however the file is spelled: shares, zeros, errors, formulas, merges."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
import xlsxwriter
import xlwt

from tests.etl.check.files import check, codes_of, make_report

TITLE = "2023年3月"
PROJECTS = make_report(
    columns=[
        {"name": "group", "header": "片区", "type": "text"},
        {"name": "code", "header": "编号", "type": "id"},
        {"name": "total", "header": "办件量", "type": "integer"},
        {"name": "rate", "header": "网办率", "type": "percent", "required": False},
    ],
    key=["group", "code"],
    unit_column=None,
    rules=[],
)
HEADER = ["片区", "编号", "办件量", "网办率"]
ROWS = [[TITLE], HEADER, ["东片", 7, 10, 0.8], [None, 123, 5, 1]]
FORMATS = {2: "0000", 4: "0.0%"}
"""Column -> number format of the data rows; A3:A6 is merged, down to lines that nobody has filled in."""
SEEN = [("东片", "0007", 10, 80), ("东片", "0123", 5, 100)]


def write_plain(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in ROWS:
        sheet.append(row)
    for line in (3, 4):
        for column, code in FORMATS.items():
            sheet.cell(line, column).number_format = code
    sheet.merge_cells("A3:A6")
    book.save(path)
    return path


def rewrite(path: Path, change: Callable[[bytes], bytes], part: str = "xl/worksheets/sheet1.xml") -> Path:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[part] = change(members[part])
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def write_single_quotes(path: Path) -> Path:
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"):
        rewrite(write_plain(path) if part.endswith("sheet1.xml") else path, lambda xml: xml.replace(b'"', b"'"), part)
    return path


def write_without_places(path: Path) -> Path:
    """Neither lines nor cells say where they stand, but for those behind an empty one."""
    return rewrite(write_plain(path), lambda xml: re.sub(rb'(<row|<c) r="(?:[CD])?\d+"', rb"\1", xml))


def write_with_prefix(path: Path) -> Path:
    return rewrite(
        write_plain(path), lambda xml: re.sub(rb"<(/?)(\w)", rb"<\1x:\2", xml).replace(b"xmlns=", b"xmlns:x=")
    )


def write_old(path: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for line, row in enumerate(ROWS):
        for column, value in enumerate(row):
            code = FORMATS.get(column + 1) if line > 1 else None
            style = xlwt.easyxf(num_format_str=code) if code else xlwt.Style.default_style
            if value is not None and (line, column) != (2, 0):
                sheet.write(line, column, value, style)
    sheet.write_merge(2, 5, 0, 0, "东片")
    book.save(str(path))
    return path


def write_open_document(path: Path, lines: Sequence[str] = ()) -> Path:
    text = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'.format
    figure = '<table:table-cell office:value-type="float" office:value="{}"><text:p>{}</text:p></table:table-cell>'
    share = '<table:table-cell office:value-type="percentage" office:value="{}"><text:p>x</text:p></table:table-cell>'
    merged = text("东片").replace("<table:table-cell", '<table:table-cell table:number-rows-spanned="4"', 1)
    lines = lines or (
        text(TITLE),
        "".join(map(text, HEADER)),
        merged + figure.format(7, "0007") + figure.format(10, 10) + share.format(0.8),
        "<table:covered-table-cell/>" + figure.format(123, "0123") + figure.format(5, 5) + share.format(1),
    )
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names)
    spaces += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    rows = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="三月">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def write_spreadsheet_xml(path: Path) -> Path:
    cell = '<Cell{}><Data ss:Type="{}">{}</Data></Cell>'.format
    header = "".join(cell("", "String", name) for name in HEADER)
    code, share, plain = (f' ss:StyleID="{name}"' for name in ("id", "share", "plain"))
    first = cell(' ss:MergeDown="3"', "String", "东片") + cell(code, "Number", 7) + cell("", "Number", 10)
    second = cell(f' ss:Index="2"{code}', "Number", 123) + cell(plain, "Number", 5) + cell("", "Number", 1)
    lines = [
        f"<Row>{cell('', 'String', TITLE)}</Row><Row>{header}</Row>",
        f"<Row>{first}{cell(share, 'Number', 0.8)}</Row>",
        f"<Row{share}>{second}</Row>",
    ]
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    path.write_text(
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Styles>'
        '<Style ss:ID="id"><NumberFormat ss:Format="0000"/></Style>'
        '<Style ss:ID="share"><NumberFormat ss:Format="Percent"/></Style><Style ss:ID="plain"/></Styles>'
        f'<Worksheet ss:Name="三月"><Table>{"".join(lines)}</Table></Worksheet></Workbook>',
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    "write",
    [
        write_spreadsheet_xml,
        write_plain,
        write_single_quotes,
        write_without_places,
        write_with_prefix,
        write_old,
        write_open_document,
    ],
)
def test_what_people_see_is_read(write: Callable[[Path], Path], tmp_path: Path) -> None:
    staged = tmp_path / "accepted.parquet"
    result = check(write(tmp_path / "月报.xls"), PROJECTS, staged=staged)
    assert codes_of(result) == []
    table = pq.read_table(staged).to_pylist()
    assert [tuple(row[name] for name in ("group", "code", "total", "rate")) for row in table] == SEEN


def write_formulas(path: Path) -> Path:
    """By a program that does not calculate: no results at all, and an empty text that is one."""
    book = openpyxl.Workbook()
    for row in [[TITLE], HEADER, ["东片", "A1", "=5+5", "80%"], ["东片", "A2", 5, "=1/2"], ["东片", "A3", 1, None]]:
        book.active.append(row)
    book.save(path)
    empty = b'<c r="D5" t="str"><f>IF(1,"","")</f><v></v></c></row></sheetData>'
    return rewrite(path, lambda xml: xml.replace(b"</row></sheetData>", empty))


def write_zero_results(path: Path) -> Path:
    """By a program that writes 0 for what it has not calculated, and says so by asking for a calculation."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate([[TITLE], HEADER, ["东片", "A1"], ["东片", "A2", 5], ["东片", "A3"]]):
            sheet.write_row(line, 0, row)
        sheet.write_formula("C3", "=5+5")
        sheet.write_formula("D4", "=1/2")
        sheet.write_formula("C5", "=2-1", None, 1)
    return path


def write_open_formulas(path: Path) -> Path:
    text = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'.format
    figure = '<table:table-cell office:value-type="float" office:value="{}"/>'.format
    formula = '<table:table-cell table:formula="of:=1/2"/>'
    rows = [
        [text(TITLE)],
        [text(name) for name in HEADER],
        [text("东片"), text("A1"), formula],
        [text("东片"), text("A2"), figure(5), formula],
        [text("东片"), text("A3"), figure(1)],
    ]
    return write_open_document(path, ["".join(row) for row in rows])


@pytest.mark.parametrize("write", [write_formulas, write_zero_results, write_open_formulas])
def test_a_formula_without_a_result_is_no_empty_cell(write: Callable[[Path], Path], tmp_path: Path) -> None:
    result = check(write(tmp_path / "月报.xlsx"), PROJECTS)
    found: dict[str, Any] = {f.cell: f for f in result.findings}
    assert set(found) == {"C3", "D4"}
    assert codes_of(result) == ["VALUE.NOT_CALCULATED"] * 2
    assert found["C3"].message == "第 3 行「办件量」是公式，文件里没有它的计算结果"
    assert (result.rows_accepted, result.rows_quarantined) == (1, 2)


def test_errors_of_an_open_document_are_seen(tmp_path: Path) -> None:
    text = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'.format
    error = (
        '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" '
        'calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
    )
    rows = [text(TITLE), "".join(map(text, HEADER)), "".join(map(text, ["东片", "A1", "3"])) + error]
    result = check(write_open_document(tmp_path / "月报.ods", rows), PROJECTS)
    assert [(f.code, f.cell) for f in result.findings] == [("VALUE.ERROR_CELL", "D3")]


def test_hidden_rows_of_an_open_document_are_told(tmp_path: Path) -> None:
    path = write_open_document(tmp_path / "月报.ods")
    third = b'<table:table-row><table:table-cell table:number-rows-spanned="4"'
    rewrite(
        path, lambda xml: xml.replace(third, third.replace(b"row>", b'row table:visibility="filter">')), "content.xml"
    )
    assert codes_of(check(path, PROJECTS)) == ["ROW.HIDDEN"]
