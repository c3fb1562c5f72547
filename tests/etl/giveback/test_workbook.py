"""The annotated workbook, opened as its reader opens it: colours, comments, the list, and the untouched original."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from etl.giveback import Case, copies, make_giveback
from etl.giveback.sandboxed import make_safely
from schemas.models.contract import Contract
from schemas.settings import Settings
from tests.etl.check.files import (
    AS_OF,
    CASE_HEADER,
    KEY,
    REPORT_HEADER,
    check,
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

RED, YELLOW = "FFFFC7CE", "FFFFEB9C"
GOOD, BAD = ["甲局", 10, 8, "80%"], ["乙局", -3, 2, "abc"]


def make_case(path: Path, contract: Contract, *, key: bytes | None = None, **changes: Any) -> Case:
    checked = check(path, contract, **({"key": key} if key else {}))
    known: dict[str, Any] = {
        **{"path": path, "file_name": path.name, "contract": contract, "status": checked.status, "as_of": AS_OF},
        **{"message": checked.message, "todo": checked.todo, "period": checked.period, "reading": checked.reading},
        **{"rows_accepted": checked.rows_accepted, "rows_quarantined": checked.rows_quarantined},
        **{"findings": checked.findings, "held": checked.quarantine},
    }
    return Case(**{**known, **changes})


def give_back(path: Path, contract: Contract, **changes: Any) -> Workbook:
    before = path.read_bytes()
    made = make_giveback(make_case(path, contract, **changes))
    assert path.read_bytes() == before
    assert made.name == f"{path.stem}_批注.xlsx"
    return openpyxl.load_workbook(io.BytesIO(made.content))


def fill_of(cell: Any) -> str | None:
    return cell.fill.fgColor.rgb if cell.fill.fill_type else None


def texts_of(book: Workbook) -> list[str]:
    return [str(cell.value) for row in book.worksheets[0] for cell in row if cell.value is not None]


def test_an_xlsx_keeps_its_looks_and_gets_marks(tmp_path: Path) -> None:
    """Line 3 is the header's successor: title, header, 甲局 in 3, 乙局 in 4; -3 stands in B4, abc in D4."""
    path = tmp_path / "三月月报.xlsx"
    write_xlsx(path, report_rows(GOOD, BAD), sheet="12月 '表")
    book = openpyxl.load_workbook(path)
    sheet = book["12月 '表"]
    sheet["A1"].font = openpyxl.styles.Font(bold=True, size=20)
    sheet["F4"] = "=B4+C4"
    sheet.column_dimensions["A"].width = 33
    book.save(path)
    back = give_back(path, make_report(), due=dt.date(2024, 1, 10))
    assert back.sheetnames == ["需要处理", "12月 '表"]
    assert back.active is back.worksheets[0]
    sheet = back["12月 '表"]
    assert (sheet["A1"].font.size, sheet["F4"].value, sheet.column_dimensions["A"].width) == (20, "=B4+C4", 33)
    assert {c.coordinate: fill_of(c) for row in sheet for c in row if fill_of(c)} == {"B4": RED, "D4": RED}
    comment = sheet["B4"].comment
    assert comment is not None
    first, second, *others = comment.text.splitlines()
    assert first == "B4 办件量（件）：第 4 行「办件量（件）」为 -3，应不小于 0"
    assert second == "怎么办：请更正该单元格后重新报送整份文件"
    assert others[0].startswith("B4 办件量（件）：第 4 行：网办量多于办件量")
    assert sheet["B3"].comment is None
    texts = texts_of(back)
    for said in ("三月月报.xlsx", "月报（甲局）", "2023-03", "接收 1 行，隔离 1 行（暂不计入，更正后再计入）"):
        assert said in texts
    assert "请在 2024-01-10 前重新报送（本期报送期限）" in texts
    links = {c.hyperlink.location for row in back.worksheets[0] for c in row if c.hyperlink}
    assert links == {"'12月 ''表'!B4", "'12月 ''表'!D4"}
    assert [s.sheet_view.tabSelected for s in back.worksheets] == [True, False]


@pytest.mark.parametrize("ending", ["csv", "xls", "html", "xml", "ods"])
def test_other_formats_stand_at_the_same_places(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"月报.{ending}"
    rows = [["2023年3月办件统计表", "", "", ""], REPORT_HEADER, GOOD, BAD]
    write = {"csv": write_csv, "xls": write_xls, "html": write_html, "xml": write_xml, "ods": write_ods}[ending]
    if ending == "csv":
        rows = [[str(cell) for cell in row] for row in rows]
    write(path, rows)
    back = give_back(path, make_report())
    sheet = back.worksheets[1]
    assert {c.coordinate: fill_of(c) for row in sheet for c in row if fill_of(c)} == {"B4": RED, "D4": RED}
    assert (str(sheet["B4"].value), sheet["D4"].value, sheet["A2"].value) == ("-3", "abc", "责任单位")
    assert any("格式未保留" in text for text in texts_of(back))


def test_text_never_becomes_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "月报.csv"
    write_csv(path, report_rows(["=cmd|' /C calc'!A0", "+1", "-9", "@x"], ["甲局", "3", "2", "#N/A"]))
    back = give_back(path, make_report())
    sheet = back.worksheets[1]
    assert [sheet.cell(3, i).value for i in range(1, 5)] == ["=cmd|' /C calc'!A0", "+1", "-9", "@x"]
    assert {cell.data_type for ws in back for row in ws for cell in row} <= {"s", "n"}
    assert sheet["A3"].quotePrefix
    assert fill_of(sheet["D4"]) == RED  # an error of a spreadsheet, as text


def test_only_this_workbook_shows_personal_values(tmp_path: Path) -> None:
    """The number is the specimen of GB 11643 with another last digit, which therefore does not prove the others."""
    wrong = "110105194912310021"
    columns = [
        *make_cases().model_dump(mode="json")["columns"],
        {"name": "id_card", "header": "身份证号", "type": "id", "check": "resident_id", "personal": True},
    ]
    contract = make_cases(columns=columns)
    row = ["A1", "张三", "2023-03-05", "", "在办", wrong]
    path = write_xlsx(tmp_path / "办件明细2023年3月.xlsx", [[*CASE_HEADER, "身份证号"], row])
    case = make_case(path, contract, key=KEY)
    assert wrong not in "".join(f.message for f in case.findings)
    back = give_back(path, contract, key=KEY)
    assert any(f"第 2 行「身份证号」为 {wrong}" in text for text in texts_of(back))
    assert wrong in back.worksheets[1]["F2"].comment.text


def test_notes_that_ask_are_yellow_and_the_rest_is_told_below(tmp_path: Path) -> None:
    """120 of 100 is a note here; the column 电话 needs nothing."""
    rule = make_report().rules[0].model_copy(update={"level": "note"})
    contract = make_report().model_copy(update={"rules": (rule,)})
    rows = [["2023年3月"], [*REPORT_HEADER, "电话"], ["甲局", 100, 120, "80%", "1"]]
    back = give_back(write_xlsx(tmp_path / "月报.xlsx", rows), contract)
    assert fill_of(back.worksheets[1]["B3"]) == YELLOW or fill_of(back.worksheets[1]["C3"]) == YELLOW
    texts = texts_of(back)
    assert texts.index("以下仅供了解，无需处理") < texts.index("「电话」不在约定的列中，未读取")
    assert "接收 1 行" in texts


@pytest.mark.parametrize("name", ["月报.xlsx", "月报.csv", "月报.pdf"])
def test_a_refused_file_gets_its_reason(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("pdf"):
        path.write_bytes(b"%PDF-1.7 \x00\x01")
    else:
        (write_xlsx if name.endswith("xlsx") else write_csv)(path, [["没有", "表头"], ["甲", "乙"]])
    back = give_back(path, make_report())
    texts = texts_of(back)
    assert any(text.startswith("退回：") for text in texts)
    assert "整份文件" in texts
    if name.endswith("pdf"):
        assert back.sheetnames == ["需要处理"]
    else:
        assert back.worksheets[1]["B2"].value == "乙"


def test_a_workbook_that_would_lose_parts_says_so(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "月报.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表")
        for i, row in enumerate(report_rows(BAD)):
            sheet.write_row(i, 0, row)
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=表!$B$3:$B$3"})
        sheet.insert_chart("G2", chart)
        sheet.merge_range("B3:C3", -3)
    texts = texts_of(give_back(path, make_report()))
    assert any("图表" in text and "以原文件为准" in text for text in texts)


def test_a_large_file_gives_its_bad_rows_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 60 rows, the 41st (line 43) is bad; it stands in line 2 of the extract, one column to the right."""
    monkeypatch.setattr(copies, "MAX_CELLS", 100)
    rows = [["甲局" if i == 0 else f"单位{i}", str(i), "0", "1%"] for i in range(60)]
    rows[40][1] = "坏"
    names = {row[0]: row[0] for row in rows}
    path = write_csv(tmp_path / "月报.csv", report_rows(*rows))
    checked = check(path, make_report(), unit_names=names)
    assert checked.rows_quarantined == 1
    case = make_case(path, make_report(), findings=checked.findings, held=checked.quarantine)
    back = openpyxl.load_workbook(io.BytesIO(make_giveback(case).content))
    sheet = back["问题行"]
    assert [c.value for c in sheet[1]][:3] == ["原行号", "责任单位", "办件量（件）"]
    assert [c.value for c in sheet[2]] == [43, "单位40", "坏", "0", "1%"]
    assert fill_of(sheet["C2"]) == RED
    assert sheet.max_row == 2
    texts = texts_of(back)
    assert "B43" in texts
    assert any("只列出有问题的行" in text for text in texts)


def test_a_file_that_breaks_every_writer_still_gets_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_xlsx(tmp_path / "月报.xlsx", report_rows(BAD))
    case = make_case(path, make_report())
    path.write_bytes(b"PK\x03\x04 broken since")
    back = openpyxl.load_workbook(io.BytesIO(make_giveback(case).content))
    assert back.sheetnames == ["需要处理"]
    assert any("请对照自己留存的原文件更正" in t or "没有附上原内容" in t for t in texts_of(back))
    assert any("应不小于 0" in text for text in texts_of(back))


def test_an_original_that_costs_too_much_gives_the_list_alone(tmp_path: Path) -> None:
    """The same case within the limits has its sheet; 3,000 rows take longer than one look."""
    many = [[f"第{number}局", 10, 8, "80%"] for number in range(3000)]
    case = make_case(write_xlsx(tmp_path / "月报.xlsx", report_rows(*many, BAD)), make_report())
    settings = Settings(home=tmp_path)
    whole, alone = (make_safely(case, settings.model_copy(update={"check_seconds": s})) for s in (60, 0))
    names = [openpyxl.load_workbook(io.BytesIO(made.content)).sheetnames for made in (whole, alone)]
    assert names == [["需要处理", "Sheet1"], ["需要处理"]]
    assert whole.name == alone.name == "月报_批注.xlsx"
