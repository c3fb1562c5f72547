"""A corpus of files as they really arrive. Each has an expected end, and every code of check occurs somewhere in it."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from etl.check.codes import CODES
from schemas.models.contract import Contract
from tests.etl.check.files import (
    CASE_HEADER,
    check,
    codes_of,
    fill_sheet,
    make_cases,
    make_report,
    report_rows,
    write_csv,
    write_html,
    write_ods,
    write_xls,
    write_xlsx,
    write_xml,
)

GOOD = report_rows(["甲局", 10, 8, "80%"], ["乙局", 5, 5, "100%"])
GOOD_TEXT = [[str(cell) for cell in row] for row in GOOD]
CASE = ["A1", "张三", "2023/3/5 9:32:09", "2023/3/6 10:00:00", "办结"]
Make = Callable[[Path], Path]


def write_bytes(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def write_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def write_two_sheets(path: Path, *, hidden: bool, second: list[Any] | None = None) -> Path:
    with xlsxwriter.Workbook(path) as book:
        first = book.add_worksheet("说明")
        first.write(0, 0, "填报说明")
        for name in ("三月", "三月副本"):
            fill_sheet(book, book.add_worksheet(name), GOOD if name == "三月" or second is None else second)
        if hidden:
            book.worksheets()[2].hide()
    return path


def write_openpyxl(path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in GOOD:
        book.active.append(row)
    book.save(path)
    # WPS states a wrong dimension; a reader that believes it sees only A1.
    with zipfile.ZipFile(path) as archive:
        members = {n: archive.read(n) for n in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    members[sheet] = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', members[sheet])
    return write_zip(path, members)


def write_hidden_row(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("三月")
        fill_sheet(book, sheet, GOOD)
        sheet.set_row(3, None, None, {"hidden": True})
    return path


def ole(text: str) -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + text.encode("utf-16-le") + b"\0" * 600


REPORT, CASES = make_report(), make_cases()
PRINT_TABLE = "<table><tr><td>打印</td></tr></table>"
XML_BOMB = """<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table>
<Row><Cell><Data>&b;&c;</Data></Cell></Row></Table></Worksheet></Workbook>"""
ACCEPTED: list[tuple[str, Contract, Make]] = [
    ("plain xlsx", REPORT, lambda p: write_xlsx(p, GOOD)),
    ("table away from A1", REPORT, lambda p: write_xlsx(p, GOOD, start=(3, 2))),
    ("old xls", REPORT, lambda p: write_xls(p, GOOD)),
    ("xls that is GBK text", REPORT, lambda p: write_csv(p, GOOD_TEXT, encoding="gbk", delimiter="\t")),
    ("csv with mark", REPORT, lambda p: write_csv(p, GOOD_TEXT, encoding="utf-8-sig")),
    ("csv of Excel in Unicode", REPORT, lambda p: write_csv(p, GOOD_TEXT, encoding="utf-16", delimiter="\t")),
    ("semicolons", REPORT, lambda p: write_csv(p, GOOD_TEXT, encoding="gb18030", delimiter=";")),
    ("wrong dimension", REPORT, write_openpyxl),
    ("second sheet without rows", REPORT, lambda p: write_two_sheets(p, hidden=False, second=GOOD[:2])),
    ("header of two lines", REPORT, lambda p: write_xlsx(p, [
        GOOD[0], ["责任单位", "办件", "", "网办率"], ["", "办件量", "网办量", ""], *GOOD[2:]])),
    ("xls that is a web page", REPORT, lambda p: write_html(p, GOOD)),
    ("xls that is a web page of two tables", REPORT, lambda p: write_html(p, GOOD, before=PRINT_TABLE)),
    ("xls that is XML", REPORT, lambda p: write_xml(p, GOOD)),
    ("ods", REPORT, lambda p: write_ods(p, GOOD)),
    ("old Mac line ends", REPORT, lambda p: write_bytes(p, "\r".join(",".join(r) for r in GOOD_TEXT).encode())),
]  # fmt: skip


@pytest.mark.parametrize(("contract", "make"), [a[1:] for a in ACCEPTED], ids=[a[0] for a in ACCEPTED])
def test_readable_files_are_read_whole(contract: Contract, make: Make, tmp_path: Path) -> None:
    result = check(make(tmp_path / "月报.xls"), contract)
    assert (result.status, result.code, codes_of(result)) == ("accepted", None, [])
    assert (result.period, result.covers) == ("2023-03", ("2023-03",))
    assert (result.rows_accepted, result.rows_quarantined, result.lines["data"]) == (2, 0, 2)


def edit(row: int, column: int, value: Any) -> list[list[Any]]:
    rows = [list(r) for r in GOOD]
    rows[row][column] = value
    return rows


NO_TOTAL = [GOOD[0], ["责任单位", "网办量"], ["甲局", 1]]
HALF = "责任单位,办件量".encode("gbk") + b"\xff\n"
SHIFTED = [CASE_HEADER, CASE, [*CASE, "x"]]
REFUSED: list[tuple[str, str, Contract, Make]] = [
    ("FILE.EMPTY", "no bytes", REPORT, lambda p: write_bytes(p, b"")),
    ("FILE.EMPTY", "blank sheet", REPORT, lambda p: write_xlsx(p, [])),
    ("FILE.UNREADABLE", "pdf", REPORT, lambda p: write_bytes(p, b"%PDF-1.7\n%\xe2\xe3")),
    ("FILE.UNREADABLE", "noise", REPORT, lambda p: write_bytes(p, bytes(range(256)) * 40)),
    ("FILE.UNREADABLE", "cut zip", REPORT, lambda p: write_bytes(p, write_xlsx(p, GOOD).read_bytes()[:2000])),
    ("FILE.UNREADABLE", "plain zip", REPORT, lambda p: write_zip(p, {"a.txt": b"x"})),
    ("FILE.UNREADABLE", "zip with empty book", REPORT, lambda p: write_zip(p, {"xl/workbook.xml": b"<x"})),
    ("FILE.UNREADABLE", "word document", REPORT, lambda p: write_bytes(p, ole("WordDocument"))),
    ("FILE.UNREADABLE", "broken xls", REPORT, lambda p: write_bytes(p, ole("Workbook"))),
    ("FILE.UNREADABLE", "web page without a table", REPORT, lambda p: write_bytes(p, "<html>下载失败".encode("gbk"))),
    ("FILE.UNREADABLE", "xml of another kind", REPORT, lambda p: write_bytes(p, b"<?xml version='1.0'?><a/>")),
    ("FILE.UNREADABLE", "xml with entities", REPORT, lambda p: write_bytes(p, XML_BOMB.encode())),
    ("FILE.UNREADABLE", "xml cut short", REPORT, lambda p: write_bytes(p, write_xml(p, GOOD).read_bytes()[:-200])),
    ("FILE.UNREADABLE", "monstrous span", REPORT, lambda p: write_bytes(p, b"<table><tr><td colspan=99999999>x")),
    ("TABLE.NOT_FOUND", "empty page", REPORT, lambda p: write_bytes(p, b"<table><tr><td>x</td></tr></table>")),
    ("FILE.UNREADABLE", "open quote", REPORT, lambda p: write_bytes(p, b'a,b\n"' + b"x" * 200_000)),
    ("FILE.PASSWORD", "password", REPORT, lambda p: write_bytes(p, ole("EncryptedPackage"))),
    ("FILE.ENCODING", "half a character", REPORT, lambda p: write_bytes(p, HALF)),
    ("FILE.TOO_LARGE", "bomb", REPORT, lambda p: write_zip(p, {"xl/workbook.xml": b"0" * 120_000_000})),
    ("TABLE.NOT_FOUND", "another table", REPORT, lambda p: write_xlsx(p, [["菜名", "价格"], ["鱼", 3]])),
    ("TABLE.COLUMNS", "column missing", REPORT, lambda p: write_xlsx(p, NO_TOTAL)),
    ("TABLE.COLUMN_TWICE", "column twice", REPORT, lambda p: write_xlsx(p, edit(1, 3, "办件总数"))),
    ("TABLE.UNIT", "other unit", REPORT, lambda p: write_xlsx(p, edit(1, 1, "办件量（万件）"))),
    ("TABLE.SEVERAL", "two sheets", REPORT, lambda p: write_two_sheets(p, hidden=False)),
    ("FILE.PERIOD", "no period", REPORT, lambda p: write_xlsx(p, edit(0, 0, "统计表"))),
    ("FILE.PERIOD_FUTURE", "next year", REPORT, lambda p: write_xlsx(p, edit(0, 0, "2024年1月统计表"))),
    ("FILE.TOO_MANY_BAD", "all bad", CASES, lambda p: write_csv(
        p.with_name("办件明细202303.csv"), [CASE_HEADER, *[[f"A{i}", "", "?", "", "在办"] for i in range(10_001)]])),
    ("FILE.TOO_MANY_BAD", "one key", CASES, lambda p: write_csv(
        p.with_name("办件明细202303.csv"), [CASE_HEADER, *[CASE for _ in range(10_001)]])),
]  # fmt: skip


@pytest.mark.parametrize(("code", "contract", "make"), [(r[0], *r[2:]) for r in REFUSED], ids=[r[1] for r in REFUSED])
def test_unusable_files_are_refused_with_a_cure(code: str, contract: Contract, make: Make, tmp_path: Path) -> None:
    result = check(make(tmp_path / "月报.xlsx"), contract)
    assert (result.status, result.code) == ("refused", code)
    assert result.message
    assert result.todo
    assert (result.rows_accepted, result.rows_quarantined) == (0, 0)
    assert result.findings[0].code == code


PROVED = make_cases()
PROVED = PROVED.model_copy(
    update={"columns": (PROVED.columns[0].model_copy(update={"check": "uscc"}), *PROVED.columns[1:])}
)
BAD_ROW: list[tuple[str, str, Contract, list[Any]]] = [
    ("VALUE.MISSING", "B3", REPORT, ["甲局", None, 0, None]),
    ("VALUE.UNREADABLE", "B3", REPORT, ["甲局", "十件", 0, None]),
    ("VALUE.ERROR_CELL", "B3", REPORT, ["甲局", "#DIV/0!", 0, None]),
    ("VALUE.ERROR_CELL", "D3", REPORT, ["甲局", 3, 2, "#N/A"]),
    ("VALUE.RANGE", "B3", REPORT, ["甲局", -3, None, None]),
    ("UNIT.UNKNOWN", "A3", REPORT, ["丁局", 3, 2, None]),
    ("ONLINE_ABOVE_TOTAL", "B3", REPORT, ["甲局", 3, 4, None]),
    ("VALUE.DIGITS_LOST", "A2", CASES, [360103199001011234, "", dt.datetime(2023, 3, 5, 9), None, "在办"]),
    ("VALUE.CHECK_DIGIT", "A2", PROVED, ["91350100M000100Y44", "", dt.datetime(2023, 3, 5, 9), None, "在办"]),
    ("VALUE.NOT_ALLOWED", "E2", CASES, ["A1", "", dt.datetime(2023, 3, 5, 9), None, "退件"]),
    ("NO_END", "D2", CASES, ["A1", "", dt.datetime(2023, 3, 5, 9), None, "办结"]),
]


@pytest.mark.parametrize(("code", "cell", "contract", "row"), BAD_ROW, ids=[f"{b[0]} {b[1]}" for b in BAD_ROW])
def test_bad_cells_hold_their_row(code: str, cell: str, contract: Contract, row: list[Any], tmp_path: Path) -> None:
    rows = report_rows(row) if contract is REPORT else [CASE_HEADER, row]
    result = check(write_xlsx(tmp_path / "办件明细202303.xlsx", rows), contract)
    finding = next(f for f in result.findings if f.code == code)
    assert (finding.cell, finding.line) == (cell, len(rows))
    assert f"第 {len(rows)} 行" in finding.message
    assert code in result.quarantine[0].codes
    assert (result.rows_accepted, result.rows_quarantined) == (0, 1)


EXTRA = ["", "电话", 1, 2]
RENAMED = [*GOOD[1][:2], "网办数量", GOOD[1][3]]
FORM = make_report(table={"filled_by": ["total", "online"]})
NOTED: list[tuple[str, str, Contract, Make]] = [
    ("SHEET.HIDDEN", "accepted", REPORT, lambda p: write_two_sheets(p, hidden=True)),
    ("ROW.HIDDEN", "accepted", REPORT, write_hidden_row),
    ("FILE.NO_ROWS", "empty", REPORT, lambda p: write_xlsx(p, GOOD[:2])),
    ("COLUMN.RENAMED", "refused", REPORT, lambda p: write_xlsx(p, [GOOD[0], RENAMED, *GOOD[2:]])),
    ("COLUMN.EXTRA", "accepted", REPORT, lambda p: write_xlsx(p, [[*r, x] for r, x in zip(GOOD, EXTRA, strict=True)])),
    ("PERIOD.DISAGREES", "accepted", REPORT, lambda p: write_xlsx(p.with_name("月报202302.xlsx"), GOOD)),
    ("TOTAL_ROW", "accepted", REPORT, lambda p: write_xlsx(p, [*GOOD, ["合 计", 16, 13, ""]])),
    ("ROW.DUPLICATE", "accepted", REPORT, lambda p: write_xlsx(p, [*GOOD, GOOD[3]])),
    ("ROW.CONFLICT", "accepted", REPORT, lambda p: write_xlsx(p, [*GOOD, ["乙局", 6, 5, ""]])),
    ("ROW.NOT_FILLED", "accepted", FORM, lambda p: write_xlsx(p, [*GOOD, ["丁局", "", "", ""]])),
    ("ROW.SHIFTED", "accepted", CASES, lambda p: write_csv(p.with_name("明细202303.csv"), SHIFTED)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "status", "contract", "make"), NOTED, ids=[n[0] for n in NOTED])
def test_the_rest_is_kept_beside_a_finding(
    code: str, status: str, contract: Contract, make: Make, tmp_path: Path
) -> None:
    result = check(make(tmp_path / "月报.xlsx"), contract)
    assert result.status == status
    assert code in codes_of(result)


def test_every_code_of_check_occurs_and_is_documented() -> None:
    seen = {r[0] for r in REFUSED} | {b[0] for b in BAD_ROW} | {n[0] for n in NOTED}
    elsewhere = {
        # outcomes of land and of the stage, and rules that cannot run: test_landing, test_check_stage, test_check_rows
        *("FILE.NO_CONTRACT", "FILE.AMBIGUOUS", "FILE.DUPLICATE", "FILE.CHANGING", "FILE.SAME_TABLE", "FILE.UNCHANGED"),
        "RULE.COULD_NOT_RUN",
        "VALUE.NOT_CALCULATED",  # test_sheet_details
        *("ROW.OVERLAPS", "SHEET.OTHER"),  # test_odd_lines
        "CASE.VANISHED",  # of load: test_case_history
        *("REFERENCE.NOTHING_YET", "HISTORY.NOTHING_YET"),  # test_rules_between
        *("SECTION.COUNT", "TABLE.OTHER", "VALUE.CUMULATIVE_GAP", "VALUE.CUMULATIVE_DROP"),  # test_layouts
        # archives: test_archives; limits of the child process: test_hostile, test_sandbox; renamed columns: giveback
        *("FILE.ARCHIVE", "FILE.TOO_COSTLY", "FILE.CRASHED_READER", "COLUMN.RENAMED"),
    }
    assert set(CODES) <= seen | elsewhere
    page = (Path(__file__).parents[3] / "docs" / "check.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([A-Z_.]+)` \| (\w+) \|", page, re.MULTILINE))
    assert rows == {code: str(info.level) for code, info in CODES.items()}


def test_the_header_names_what_is_missing_and_what_is_there(tmp_path: Path) -> None:
    result = check(write_xlsx(tmp_path / "月报.xlsx", [["2023年3月"], ["责任单位", "网办量", "联系人"]]), REPORT)
    assert result.message == "第 2 行表头缺少 「办件量（件）」、「网办率」；实际表头为：责任单位、网办量、联系人"


def test_a_refused_file_still_answers_for_the_period_in_its_name(tmp_path: Path) -> None:
    result = check(write_bytes(tmp_path / "月报（2023年8月）.xlsx", b"%PDF"), REPORT)
    assert (result.period, result.covers) == ("2023-08", ("2023-08",))
