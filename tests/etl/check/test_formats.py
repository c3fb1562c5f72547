"""What the same table is in different formats: what people see is what is read."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import xlsxwriter
import xlwt

from etl.check.grid import BrokenFileError, CellKind
from etl.check.markup import open_html, open_xml
from etl.check.sheet_details import is_percent_format
from etl.check.source import Source, open_source
from tests.etl.check.files import REPORT_HEADER, check, codes_of, make_cases, make_report

TITLE = "2023年3月办件统计表"


def write_shares_xlsx(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表")
        sheet.write_row(0, 0, [TITLE])
        sheet.write_row(1, 0, REPORT_HEADER)
        for i, code in enumerate(("0.0%", "0%", '0.0"%"', "General")):
            sheet.write_row(2 + i, 0, [("甲局", "乙局", "丙局", "甲")[i], 1000 + i, 952])
            sheet.write_number(2 + i, 3, (0.952, 0.95, 95.2, 95.2)[i], book.add_format({"num_format": code}))
    return path


def write_shares_oddly(path: Path) -> Path:
    """The same by a program that writes the style of a cell before its place, and styles whole lines."""
    usual = write_shares_xlsx(path.with_name("usual.xlsx"))
    with zipfile.ZipFile(usual) as source, zipfile.ZipFile(path, "w") as wanted:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data, changed = re.subn(rb'<c (r="[A-Z]+3") (s="\d+")', rb"<c \2 \1", data)
                assert changed == 1
                data = data.replace(b'<row r="4"', b'<row s="1" customFormat="1" r="4"')
            wanted.writestr(name, data)
    return path


def write_shares_xls(path: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for place, text in enumerate((TITLE,)):
        sheet.write(0, place, text)
    for place, text in enumerate(REPORT_HEADER):
        sheet.write(1, place, text)
    for i, code in enumerate(("0.0%", "0%", '0.0"%"', "General")):
        for place, value in enumerate((("甲局", "乙局", "丙局", "甲")[i], 1000 + i, 952)):
            sheet.write(2 + i, place, value)
        sheet.write(2 + i, 3, (0.952, 0.95, 95.2, 95.2)[i], xlwt.easyxf(num_format_str=code))
    book.save(str(path))
    return path


@pytest.mark.parametrize("write", [write_shares_xlsx, write_shares_oddly, write_shares_xls])
def test_a_percent_format_says_what_people_see(write: Any, tmp_path: Path) -> None:
    staged = tmp_path / "accepted.parquet"
    contract = make_report(key=["unit", "total"], rules=[])
    result = check(write(tmp_path / "月报.xls"), contract, staged=staged)
    assert codes_of(result) == []
    seen = [Decimal("95.2"), Decimal(95), Decimal("95.2"), Decimal("95.2")]
    assert pq.read_table(staged)["rate"].to_pylist() == seen


@pytest.mark.parametrize(
    ("code", "expected"),
    [("0%", True), ("0.00%", True), ('0.0"%"', False), (r"0\%", False), ("General", False), ('"约"0%', True)],
)
def test_percent_formats(code: str, expected: bool) -> None:
    assert is_percent_format(code) is expected


def test_dates_counted_from_1904(tmp_path: Path) -> None:
    path = tmp_path / "办件明细202303.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.write_row(0, 0, ["办件编号", "申请人", "受理时间", "办结时间", "状态"])
        sheet.write_row(1, 0, ["A1", "", "", "", "在办"])
        sheet.write_datetime(1, 2, dt.datetime(2023, 3, 5, 9, 32, 9), stamp)
    staged = tmp_path / "accepted.parquet"
    assert codes_of(check(path, make_cases(), staged=staged)) == []
    assert pq.read_table(staged)["accepted_at"].to_pylist() == [dt.datetime(2023, 3, 5, 9, 32, 9)]


def test_error_cells_of_an_old_workbook_are_seen(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for line, row in enumerate([[TITLE], REPORT_HEADER, ["甲局", 3, 2]]):
        for place, value in enumerate(row):
            sheet.write(line, place, value)
    sheet.row(2).set_cell_error(3, 0x07)
    path = tmp_path / "月报.xls"
    book.save(str(path))
    result = check(path, make_report())
    assert codes_of(result) == ["VALUE.ERROR_CELL"]
    assert "D3" in {f.cell for f in result.findings}


def read_grid(path: Path) -> list[list[Any]]:
    source = open_source(path)
    assert isinstance(source, Source)
    return source.grids[0].rows  # type: ignore[attr-defined]


def test_spans_of_a_web_page_keep_every_cell_in_its_column(tmp_path: Path) -> None:
    path = tmp_path / "x.xls"
    path.write_text(
        "<table><tr><th rowspan=2>单位</th><th colspan=2>办件</th></tr><tr><th>件数</th><th>网办</th></tr>"
        "<tr><td rowspan=2>甲局</td><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr>"
        "<tr><td>乙<br>局</td><td rowspan=2>5</td><td>6</td></tr><tr><td>丙局</td><td>7</td></tr></table>",
        encoding="utf-8",
    )
    assert read_grid(path) == [
        ["单位", "办件", ""],
        ["单位", "件数", "网办"],
        ["甲局", "1", "2"],
        ["甲局", "3", "4"],
        ["乙\n局", "5", "6"],
        ["丙局", "", "7"],  # a number over two lines is not counted twice
    ]


def test_cells_of_an_xml_workbook(tmp_path: Path) -> None:
    path = tmp_path / "x.xls"
    path.write_text(
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel">'
        '<Worksheet ss:Name="暗"><Table><Row><Cell><Data ss:Type="Number">1</Data></Cell></Row></Table>'
        "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>"
        '<Worksheet ss:Name="明"><Table><Row ss:Index="2"><Cell ss:Index="2"><Data ss:Type="Number">12.5</Data></Cell>'
        '<Cell ss:MergeAcross="1"><Data ss:Type="String">宽</Data></Cell>'
        '<Cell><Data ss:Type="Boolean">1</Data></Cell></Row>'
        '<Row ss:Hidden="1"><Cell><Data ss:Type="DateTime">2023-03-05T00:00:00.000</Data></Cell>'
        '<Cell><Data ss:Type="DateTime">2023-03-05T09:32:09.000</Data></Cell>'
        '<Cell><Data ss:Type="Error">#N/A</Data></Cell>'
        "</Row></Table></Worksheet></Workbook>",
        encoding="utf-8",
    )
    (sheet,) = open_xml(path)  # type: ignore[misc]
    assert (sheet.name, sheet.hidden_lines) == ("明", (3,))
    day, stamp = dt.date(2023, 3, 5), dt.datetime(2023, 3, 5, 9, 32, 9)
    assert sheet.rows == [["", "", "", "", ""], ["", 12.5, "宽", "", True], [day, stamp, "#N/A", "", ""]]
    (block,) = sheet.blocks(3, 3)
    assert [None if k is None else CellKind(k[0]) for k in block.kinds] == [
        CellKind.DATE,
        CellKind.DATETIME,
        CellKind.ERROR,
    ]


def test_a_web_page_that_is_no_page_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "x.xls"
    path.write_bytes(b"")
    with pytest.raises(BrokenFileError):
        open_html(path, "utf-8")


def test_blocks_of_a_wide_table_are_shorter(tmp_path: Path) -> None:
    """What a block costs in memory follows from its text: a file of 30 columns met the limit of the reader."""
    path = tmp_path / "宽表.csv"
    path.write_text("\n".join([",".join(f"列{i}" for i in range(30)), *[",".join(["123456"] * 30)] * 200_000]) + "\n")
    source = open_source(path, file_name=path.name)
    assert isinstance(source, Source)
    blocks = list(source.grids[0].blocks(2, 30))
    assert sum(len(block) for block in blocks) == 200_000
    assert max(sum(text.nbytes for text in block.texts) for block in blocks) < 30 << 20
    assert min(len(block) for block in blocks[:-1]) >= 20_000
