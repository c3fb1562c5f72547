"""Lines, sheets and titles as they stand around the rows of real tables: none of them becomes a row, none is lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
import xlwt

from etl.check.periods import find_periods
from tests.etl.check.files import check, codes_of, make_report, write_csv, write_html, write_xls, write_xlsx

TITLE = "2023年3月办件统计表"
HEADER = ["地区", "办件量（件）", "网办率"]
AREAS = make_report(
    columns=[
        {"name": "area", "header": "地区", "type": "text"},
        {"name": "total", "header": "办件量（件）", "type": "integer"},
        {"name": "rate", "header": "网办率", "type": "percent", "required": False},
    ],
    key=["area"],
    unit_column=None,
    rules=[],
)
ONE, TWO = ["甲区", 10, "80%"], ["乙区", 5, "100%"]


def read_areas(path: Path, *, name: str | None = None, codes: Sequence[str] = ()) -> list[tuple[str, int]]:
    staged = path.parent / "accepted.parquet"
    result = check(path, AREAS, staged=staged, name=name)
    assert codes_of(result) == list(codes)
    return [(row["area"], row["total"]) for row in pq.read_table(staged).to_pylist()]


FOOTERS = (
    *(
        "打印时间：2023-04-03 10:00",
        "制表：某人",
        "填报日期：2023-04-03",
        "联系人：某人",
        "联系电话：1234567",
        "（盖章）",
    ),
    *(
        "第1页，共2页",
        "第 1 页",
        "附注：无",
        "资料来源：某局",
        "来源：系统",
        "*注：见附件",
        "注1：见附件",
        "注 ：见附件",
    ),
    *(
        "※ 见附件",
        "指标解释：含网办",
        "分管领导签字：",
        "单位（盖章）：",
        "2023年4月3日",
        "备注:无",
        "单位负责人：  审核：",
    ),
)


@pytest.mark.parametrize("text", FOOTERS)
def test_footers_are_no_rows(text: str, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "月报.xlsx", [[TITLE], HEADER, ONE, TWO, [text]])
    assert read_areas(path) == [("甲区", 10), ("乙区", 5)]


@pytest.mark.parametrize(
    "line",
    [["填报人：某人", "联系电话：138", "填报日期：2023-4-3"], ["", "", "2023年4月3日"], ["", "2023年4月3日", ""]],
)
def test_signatures_below_several_columns_are_no_rows(line: list[str], tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "月报.xlsx", [[TITLE], HEADER, ONE, TWO, line])
    assert read_areas(path) == [("甲区", 10), ("乙区", 5)]


def test_a_row_whose_name_begins_like_a_footer_stays_a_row(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "月报.xlsx", [[TITLE], HEADER, ONE, ["填报大厅", 5, ""], ["审核科", 1, ""]])
    assert read_areas(path) == [("甲区", 10), ("填报大厅", 5), ("审核科", 1)]


TOTALS = (
    "合　计",
    "共计",
    "累计",
    "本年累计",
    "本页小计",
    "东片小计",
    "全市合计",
    "以上合计",
    "平均",
    "Total",
    "合计（件）",
)


@pytest.mark.parametrize("word", TOTALS)
def test_totals_anywhere_are_no_rows(word: str, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "月报.xlsx", [[TITLE], HEADER, ONE, [word, 15, "86%"], TWO])
    assert read_areas(path) == [("甲区", 10), ("乙区", 5)]


def test_what_may_be_counted_twice_is_read_and_told(tmp_path: Path) -> None:
    rows = [[TITLE], HEADER, ONE, ["　　其中：网上", 8, ""], ["东片合计", 10, ""], TWO]
    found = read_areas(write_xlsx(tmp_path / "月报.xlsx", rows), codes=["ROW.OVERLAPS"])
    assert found == [("甲区", 10), ("其中：网上", 8), ("东片合计", 10), ("乙区", 5)]


@pytest.mark.parametrize("write", [write_xlsx, write_csv])
def test_pages_with_title_unit_and_header_once_more(write: Any, tmp_path: Path) -> None:
    top = [[TITLE, "", ""], ["单位：件", "", "打印：系统"], HEADER]
    rows = [*top, ONE, ["第1页", "", ""], *top, TWO, ["第 2 页", "", ""]]
    assert read_areas(write(tmp_path / "月报.xlsx", rows)) == [("甲区", 10), ("乙区", 5)]


DAYS = (
    *("2023-03-01 至 2023-03-31", "统计期：2023年3月1日—3月31日", "2023.03.01-2023.03.31", "20230301-20230331"),
    *("2023-03-01 00:00:00 ~ 2023-03-31 23:59:59", "2023/03/01-2023/03/31 打印日期：2023-04-05", "2023年度3月份"),
    "所属期 2023-03-01",
)


@pytest.mark.parametrize("title", DAYS)
def test_days_that_span_a_month_name_it(title: str) -> None:
    assert find_periods(title, "month") == ["2023-03"]


@pytest.mark.parametrize(
    ("title", "grain", "expected"),
    [
        ("2023-01-01至2023-02-28", "month", ["2023-01..02"]),
        ("2023年1月1日至2023年6月30日", "half", ["2023-H1"]),
        ("2023-04-01~2023-06-30", "quarter", ["2023-Q2"]),
        ("2023年1月1日—12月31日", "year", ["2023"]),
        ("2023-03-01至2023-03-30", "month", []),
        ("2023-03-02至2023-03-31", "month", []),
        ("2022-12-01至2023-01-31", "month", []),
        ("制表日期 2023-03-01", "month", []),
    ],
)
def test_days_that_span_other_periods(title: str, grain: Any, expected: list[str]) -> None:
    assert find_periods(title, grain) == expected


def write_months(path: Path, titles: Sequence[str], sheets: Sequence[str]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, (title, name) in enumerate(zip(titles, sheets, strict=True), start=1):
        sheet = book.create_sheet(name)
        for row in [[title], HEADER, ["甲区", number, ""]]:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("titles", "sheets"),
    [
        (["办件表", "办件表", "办件表"], ["1月", "2月", "3月"]),
        (["2023年1月", "2023年2月", "2023年3月"], ["Sheet1", "Sheet2", "Sheet3"]),
    ],
)
def test_of_one_sheet_a_month_the_one_of_the_file_name_is_read(
    titles: list[str], sheets: list[str], tmp_path: Path
) -> None:
    path = write_months(tmp_path / "x.xlsx", titles, sheets)
    assert read_areas(path, name="月报（2023年2月）.xlsx", codes=["SHEET.OTHER"]) == [("甲区", 2)]
    assert check(path, AREAS, name="月报.xlsx").code == "TABLE.SEVERAL"


def test_a_sheet_that_says_no_period_leaves_a_doubt(tmp_path: Path) -> None:
    path = write_months(tmp_path / "x.xlsx", ["办件表", "办件表"], ["2月", "补报"])
    assert check(path, AREAS, name="月报（2023年2月）.xlsx").code == "TABLE.SEVERAL"


def test_a_page_that_broke_off_is_refused_wherever_it_did(tmp_path: Path) -> None:
    data = write_html(tmp_path / "whole.xls", [[TITLE], HEADER, ONE, TWO]).read_bytes()
    cut = tmp_path / "月报.xls"
    for tenth in range(1, 10):
        cut.write_bytes(data[: len(data) * tenth // 10])
        assert check(cut, AREAS).status == "refused"


def test_a_quotation_mark_that_nobody_closed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "月报.csv"
    path.write_text(f'{TITLE}\n地区,办件量（件）,网办率\n甲区,10,80%\n"乙区,5,100%\n丙区,6,100%\n', encoding="utf-8")
    assert check(path, AREAS).code == "FILE.UNREADABLE"
    path.write_text(f'{TITLE}\n地区,办件量（件）,网办率\n12"区,10,80%\n', encoding="utf-8")
    assert read_areas(path) == [('12"区', 10)]


def test_an_old_workbook_with_a_password_says_so(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "月报.xls", [[TITLE], HEADER, ONE])
    data = path.read_bytes()
    place = data.index(bytes.fromhex("42000200b004"))  # CODEPAGE becomes FILEPASS
    path.write_bytes(data[:place] + bytes.fromhex("2f000200") + data[place + 4 :])
    assert check(path, AREAS).code == "FILE.PASSWORD"


def test_no_nul_leaves_the_reader(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for line, row in enumerate([[TITLE], HEADER, ["甲\0区", 10, "80%"], ["乙区", "坏\0", ""]]):
        for column, value in enumerate(row):
            sheet.write(line, column, value)
    path = tmp_path / "月报.xls"
    book.save(str(path))
    assert read_areas(path, codes=["VALUE.UNREADABLE"]) == [("甲区", 10)]
    text = f"{TITLE}\n地区,办件量（件）,网办率\n" + "".join(f"区{i},1,\n" for i in range(9_000)) + "乙\0区,坏\0,\n\x1a"
    path.write_text(text, encoding="utf-8")
    (finding,) = check(path, AREAS).findings
    assert (finding.line, finding.value) == (9_003, "坏")
