"""Drafts for tables whose header holds values, and for headings between the rows: each reads its own sample whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from etl.check.checking import check_file
from etl.scaffold.contracts import Draft, draft_contract
from tests.etl.check.files import AS_OF, write_csv, write_xlsx
from tests.etl.check.test_layouts import rows_of

UNITS = {"甲局": "甲局", "乙局": "乙局", "丙局": "丙局"}


def draft(path: Path) -> Draft:
    return draft_contract(path, "sample_source", plan="wanli-2023", unit_names=UNITS)


def read(path: Path, made: Draft, *columns: str) -> list[tuple[Any, ...]]:
    staged = path.with_name("accepted.parquet")
    check_file(path, made.contract, file_name=path.name, unit_names=UNITS, as_of=AS_OF, staged=staged)
    return rows_of(staged, *columns)


def test_months_in_the_header(tmp_path: Path) -> None:
    rows = [
        ["2023年各月办件量"],
        ["责任单位", "1月", "2月", "3月", "备注"],
        ["甲局", 1, 2, "—", ""],
        ["乙局", 4, 5, 6, "迁址"],
    ]
    path = write_xlsx(tmp_path / "各月办件量.xlsx", rows)
    made = draft(path)
    assert made.contract.wide
    assert made.contract.wide.model_dump() == {
        "across": "across",
        "values": ("value",),
        "cumulative": None,
    }
    assert (made.contract.key, made.contract.period.grain, made.contract.ignore) == (
        ("unit", "across"),
        "month",
        ("备注",),
    )
    assert made.contract.column_by_name["value"].type == "integer"
    assert made.checked.reading["wide_rows"] == {"accepted": 6, "held": 0, "empty": 0}
    assert [row for row in read(path, made, "unit", "across", "value") if row[0] == "乙局"] == [
        ("乙局", "2023-01", 4),
        ("乙局", "2023-02", 5),
        ("乙局", "2023-03", 6),
    ]


def test_years_as_the_statistics_office_exports_them(tmp_path: Path) -> None:
    rows = [["地区", "2021年", "2020年", "2019年"], ["北京市", 1.5, 2.5, 3], ["上海市", 2, 3, 4]]
    path = write_csv(tmp_path / "分省年度数据.csv", rows)
    made = draft(path)
    assert (made.contract.period.grain, made.contract.column_by_name["value"].type) == ("year", "decimal")
    assert made.checked.rows_accepted == 6


def test_two_figures_below_each_quarter(tmp_path: Path) -> None:
    path = tmp_path / "季度.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:A2", "责任单位")
        for left, quarter in ((1, "2023年一季度"), (3, "2023年二季度")):
            sheet.merge_range(0, left, 0, left + 1, quarter)
            sheet.write_row(1, left, ["办件量", "满意率"])
        sheet.write_row(2, 0, ["甲局", 8, "98%", 7, "99%"])
        sheet.write_row(3, 0, ["乙局", 6, "97%", 5, "96%"])
    made = draft(path)
    assert made.contract.wide
    assert made.contract.wide.values == ("value_1", "value_2")
    kinds = [(c.header, str(c.type)) for c in made.contract.columns]
    assert kinds == [("责任单位", "unit"), ("期间", "period"), ("办件量", "integer"), ("满意率", "percent")]
    assert [row[1:] for row in read(path, made, "unit", "across", "value_1")] == [
        ("2023-Q1", 8),
        ("2023-Q2", 7),
        ("2023-Q1", 6),
        ("2023-Q2", 5),
    ]


def test_sums_since_january(tmp_path: Path) -> None:
    rows = [["2023年累计"], ["责任单位", "1-2月", "1-3月", "1-4月"], ["甲局", 10, 25, 45]]
    made = draft(write_xlsx(tmp_path / "累计.xlsx", rows))
    assert made.contract.running_columns == ("value",)
    assert made.checked.findings == ()


def test_units_in_the_header(tmp_path: Path) -> None:
    rows = [["2023年3月事项数"], ["事项类别", "甲局", "乙局", "丙局"], ["许可", 1, 2, 3], ["给付", 4, 5, 6]]
    made = draft(write_xlsx(tmp_path / "事项数.xlsx", rows))
    assert (made.contract.unit_column, made.contract.reporters) == ("across", ("甲局", "乙局", "丙局"))
    assert (made.checked.rows_accepted, made.checked.period) == (6, "2023-03")


@pytest.mark.parametrize("counted", [True, False])
def test_headings_between_the_rows(tmp_path: Path, counted: bool) -> None:
    heads = ("北京市（2所）", "天津市（1所）") if counted else ("北京市", "天津市")
    rows = [
        ["2023年3月名单"],
        ["序号", "学校名称", "层次"],
        [heads[0]],
        [1, "甲校", "本科"],
        [2, "乙校", "专科"],
        [heads[1]],
        [3, "甲校", "本科"],
    ]
    path = write_xlsx(tmp_path / "名单.xlsx", rows)
    made = draft(path)
    assert made.contract.section
    assert (made.contract.section.column, made.contract.section.counted) == (
        "section",
        counted,
    )
    assert len(made.contract.key) == 2  # 甲校 stands in both
    assert "section" in made.contract.key
    assert made.checked.findings == ()
    assert read(path, made, "section") == [("北京市",), ("北京市",), ("天津市",)]


def test_this_year_and_the_last_beside_other_columns_are_no_wide_table(tmp_path: Path) -> None:
    header = ["责任单位", "事项", "级别", "2022年", "2023年"]
    made = draft(
        write_xlsx(
            tmp_path / "对比2023年3月.xlsx", [header, ["甲局", "许可", "区", 1, 2], ["乙局", "给付", "市", 3, 4]]
        )
    )
    assert made.contract.wide is None
    assert [c.header for c in made.contract.columns] == header


def test_a_row_of_figures_is_no_part_of_the_header(tmp_path: Path) -> None:
    """The line below the header is a row, also where its figures would tell the columns apart."""
    header = ["序号", "指标", "地区", "2021", "2020", "2019"]
    rows = [header, [1, "支出", "甲市", 1649.5, 1959.29, 2319.37], [2, "支出", "乙市", 3, 4, 5]]
    made = draft(write_xlsx(tmp_path / "分省.xlsx", rows))
    assert [c.header for c in made.contract.columns] == ["指标", "地区", "期间", "数值"]
    assert (made.checked.rows_accepted, made.checked.reading["header_line"]) == (6, 1)
