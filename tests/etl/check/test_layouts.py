"""Tables that are not one row a line: periods in the header, sections, headers of several lines, two tables."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import xlsxwriter
from pydantic import ValidationError

from etl.commands.reading import describe_reading
from etl.core.cells import cells_of, headers_of
from schemas.models.contract import Contract
from schemas.models.finding import Level
from tests.etl.check.files import Row, check, codes_of, make_report, write_csv, write_xls, write_xlsx

MONTHS = ["2023-01", "2023-02", "2023-03"]


def make_wide(**changes: Any) -> Contract:
    """Cases handled a unit and month, one month a column."""
    data: dict[str, Any] = {
        "period": {"grain": "month", "read_from": ["column"], "column": "month"},
        "columns": [
            {"name": "unit", "header": "责任单位", "type": "unit"},
            {"name": "month", "header": "月份", "type": "period"},
            {"name": "total", "header": "办件量（件）", "type": "integer", "minimum": 0},
        ],
        "wide": {"across": "month", "values": ["total"]},
        "key": ["unit", "month"],
        "rules": [],
    }
    return make_report(**{**data, **changes})


def rows_of(path: Path, *names: str) -> list[tuple[Any, ...]]:
    table = pq.read_table(path).select(names)
    return [tuple(row[name] for name in names) for row in table.to_pylist()]


WIDE = [
    ["2023年办件统计表"],
    ["序号", "责任单位", "1月", "2月", "3月"],
    [1, "甲局", 10, 20, 30],
    [2, "乙局", 11, 21, 31],
]
MELTED = [
    *(("甲局", month, value) for month, value in zip(MONTHS, (10, 20, 30), strict=True)),
    *(("乙局", month, value) for month, value in zip(MONTHS, (11, 21, 31), strict=True)),
]


@pytest.mark.parametrize("write", [write_csv, write_xlsx, write_xls])
def test_periods_in_the_header_are_rows(tmp_path: Path, write: Any) -> None:
    staged = tmp_path / "accepted.parquet"
    found = check(write(tmp_path / "f", WIDE), make_wide(), name="月报.xlsx", staged=staged)
    assert (found.status, found.findings) == ("accepted", ())
    assert rows_of(staged, "unit", "month", "total") == MELTED
    assert rows_of(staged, "period", "line")[2:4] == [("2023-03", 3), ("2023-01", 4)]
    assert found.covers == tuple(MONTHS)
    assert (found.lines["data"], found.rows_accepted) == (2, 6)


@pytest.mark.parametrize(
    ("header", "grain", "periods"),
    [
        (["2023年1月", "2023年2月"], "month", ["2023-01", "2023-02"]),
        (["1-2月", "3月"], "month", ["2023-01..02", "2023-03"]),
        ([dt.date(2023, 1, 1), dt.date(2023, 2, 1)], "month", ["2023-01", "2023-02"]),
        (["一季度", "第二季度"], "quarter", ["2023-Q1", "2023-Q2"]),
        (["2022年第四季度", "2023Q1"], "quarter", ["2022-Q4", "2023-Q1"]),
        (["上半年", "下半年"], "half", ["2023-H1", "2023-H2"]),
        ([2022, "2021年"], "year", ["2022", "2021"]),
        (["办件量2023年1月", "2023年2月办件量（件）"], "month", ["2023-01", "2023-02"]),
    ],
)
def test_spellings_of_periods(tmp_path: Path, header: Row, grain: str, periods: list[str]) -> None:
    contract = make_wide(period={"grain": grain, "read_from": ["column"], "column": "month"})
    rows = [["2023年办件统计表"], ["责任单位", *header], ["甲局", 1, 2]]
    staged = tmp_path / "accepted.parquet"
    found = check(write_xlsx(tmp_path / "f.xlsx", rows), contract, staged=staged)
    assert found.status == "accepted", found.message
    assert rows_of(staged, "month", "total") == [(periods[0], 1), (periods[1], 2)]


def test_other_columns_are_no_periods(tmp_path: Path) -> None:
    rows = [["2023年"], ["责任单位", "1月", "1月同比", "合计", "备注"], ["甲局", 5, 6, 7, "x"]]
    found = check(write_csv(tmp_path / "f.csv", rows), make_wide())
    assert found.rows_accepted == 1
    assert [f.header for f in found.findings if f.code == "COLUMN.EXTRA"] == ["1月同比", "合计"]


def test_without_a_year_a_month_is_no_period(tmp_path: Path) -> None:
    found = check(write_csv(tmp_path / "f.csv", WIDE[1:]), make_wide(), name="月报.csv")
    assert (found.status, found.code) == ("refused", "TABLE.COLUMNS")
    assert "月份" in str(found.message)
    assert check(write_csv(tmp_path / "g.csv", WIDE[1:]), make_wide(), name="2023年月报.csv").rows_accepted == 6


def test_bad_cells_are_shown_where_they_stand(tmp_path: Path) -> None:
    rows = [*WIDE[:3], [2, "乙局", "约二十", 21, -4], [3, "丁局", 1, 2, 3]]
    staged = tmp_path / "accepted.parquet"
    found = check(write_xlsx(tmp_path / "f.xlsx", rows), make_wide(), name="月报.xlsx", staged=staged)
    told = {(f.code, f.cell, f.header, f.line, f.value) for f in found.findings}
    assert told == {
        ("VALUE.UNREADABLE", "C4", "1月", 4, "约二十"),
        ("VALUE.RANGE", "E4", "3月", 4, "-4"),
        ("UNIT.UNKNOWN", "B5", "责任单位", 5, "丁局"),
    }
    assert len(found.findings) == len(told)  # the unit of a line is told once, not once a month
    assert rows_of(staged, "unit", "month") == [*(("甲局", month) for month in MONTHS), ("乙局", "2023-02")]
    held = {row.line: row for row in found.quarantine}
    assert held[4].content == {"责任单位": "乙局", "1月": "约二十", "3月": "-4"}
    assert (held[4].period, held[4].unit, found.rows_quarantined) == (None, "乙局", 2)
    assert found.reading["wide_rows"] == {"accepted": 4, "held": 5, "empty": 0}


def test_an_empty_cell_is_a_gap_only_where_others_have_figures(tmp_path: Path) -> None:
    rows = [*WIDE[:2], [1, "甲局", 10, 20, ""], [2, "乙局", 11, "", ""]]
    found = check(write_csv(tmp_path / "f.csv", rows), make_wide(), name="月报.csv")
    assert [(f.code, f.cell) for f in found.findings] == [("VALUE.MISSING", "D4")]
    assert found.reading["wide_rows"] == {"accepted": 3, "held": 1, "empty": 2}
    assert found.covers == ("2023-01", "2023-02")


def test_a_repeated_line_is_held_back_whole(tmp_path: Path) -> None:
    rows = [*WIDE, [3, "甲局", 10, 20, 30]]
    staged = tmp_path / "accepted.parquet"
    found = check(write_csv(tmp_path / "f.csv", rows), make_wide(), name="月报.csv", staged=staged)
    assert set(codes_of(found)) == {"ROW.DUPLICATE"}
    assert "第 5 行与第 3 行完全相同" in found.findings[0].message
    assert ([row.line for row in found.quarantine], rows_of(staged, "unit", "month", "total")) == ([5], MELTED)


def test_the_cell_of_a_row_is_found_again(tmp_path: Path) -> None:
    contract = make_wide()
    reading = check(write_csv(tmp_path / "f.csv", WIDE), contract, name="月报.csv").reading
    assert cells_of(reading, contract, 4, across="2023-03") == {"unit": "B4", "month": "E2", "total": "E4"}
    assert headers_of(reading, contract, across="2023-03")["total"] == "3月"


def test_units_in_the_header(tmp_path: Path) -> None:
    columns = [
        {"name": "unit", "header": "责任单位", "type": "unit"},
        {"name": "item", "header": "事项", "type": "text"},
        {"name": "total", "header": "办件量", "type": "integer"},
    ]
    contract = make_report(
        columns=columns, key=["unit", "item"], rules=[], wide={"across": "unit", "values": ["total"]}
    )
    rows = [["2023年3月统计表"], ["事项", "甲", "乙局", "不明局", "备注"], ["登记", 1, 2, 3, ""]]
    staged = tmp_path / "accepted.parquet"
    found = check(write_csv(tmp_path / "f.csv", rows), contract, staged=staged)
    assert rows_of(staged, "unit", "item", "total", "period") == [
        ("甲局", "登记", 1, "2023-03"),
        ("乙局", "登记", 2, "2023-03"),
    ]
    assert [(f.code, f.cell, f.value) for f in found.findings] == [("UNIT.UNKNOWN", "D2", "不明局")]
    assert cells_of(found.reading, contract, 3, across="甲局")["total"] == "B3"


def test_periods_with_several_columns_each_under_merged_groups(tmp_path: Path) -> None:
    columns = [
        {"name": "unit", "header": "责任单位", "type": "unit"},
        {"name": "quarter", "header": "季度", "type": "period"},
        {"name": "total", "header": "办件量（件）", "type": "integer"},
        {"name": "online", "header": "网办量", "type": "integer"},
    ]
    pair = {"kind": "pair", "code": "ONLINE_ABOVE_TOTAL", "left": "online", "op": "<=", "right": "total"}
    contract = make_report(
        columns=columns,
        key=["unit", "quarter"],
        period={"grain": "quarter", "read_from": ["column"], "column": "quarter"},
        wide={"across": "quarter", "values": ["total", "online"]},
        rules=[{**pair, "message": "网办量多于办件量", "todo": "请核对"}],
    )
    path = tmp_path / "f.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:I1", "办件情况统计表")
        sheet.merge_range("A2:A4", "责任单位")
        sheet.merge_range("B2:E2", "2022年")
        sheet.merge_range("F2:I2", "2023年")
        for left, quarter in ((1, "一季度"), (3, "二季度"), (5, "一季度"), (7, "二季度")):
            sheet.merge_range(2, left, 2, left + 1, quarter)
            sheet.write_row(3, left, ["办件量", "网办量"])
        sheet.write_row(4, 0, ["甲局", 8, 1, 7, 2, 6, 3, 5, 9])
    staged = tmp_path / "accepted.parquet"
    found = check(path, contract, staged=staged)
    assert rows_of(staged, "quarter", "total", "online") == [("2022-Q1", 8, 1), ("2022-Q2", 7, 2), ("2023-Q1", 6, 3)]
    assert [(f.code, f.cell) for f in found.findings] == [("ONLINE_ABOVE_TOTAL", "H5")]
    assert "2023年二季度网办量」为 9" in found.findings[0].message
    assert (found.lines["header"], found.lines["note"]) == (3, 1)


RUNNING = [["2023年累计"], ["责任单位", "1-2月", "1-3月累计", "4月", "上半年"]]


def test_sums_since_january_are_kept_under_the_periods_they_end_with(tmp_path: Path) -> None:
    contract = make_wide(wide={"across": "month", "values": ["total"], "cumulative": "year"})
    rows = [*RUNNING, ["甲局", 10, 25, 45, 100]]
    staged = tmp_path / "accepted.parquet"
    found = check(write_csv(tmp_path / "f.csv", rows), contract, staged=staged)
    assert found.findings == ()
    assert rows_of(staged, "month", "total") == [
        ("2023-01..02", 10),
        ("2023-03", 25),
        ("2023-04", 45),
        ("2023-05..06", 100),
    ]


def test_a_sum_that_falls_and_a_sum_that_lacks_its_predecessor(tmp_path: Path) -> None:
    contract = make_wide(
        columns=[c.model_dump() | {"minimum": None, "required": False} for c in make_wide().columns],
        wide={"across": "month", "values": ["total"], "cumulative": "year"},
    )
    rows = [*RUNNING, ["甲局", 10, 4, 9, 20], ["乙局", 10, "", 9, 20]]
    staged = tmp_path / "accepted.parquet"
    found = check(write_csv(tmp_path / "f.csv", rows), contract, staged=staged)
    told = [(f.code, f.cell, f.value) for f in found.findings]
    assert told == [("VALUE.CUMULATIVE_DROP", "C3", "4"), ("VALUE.CUMULATIVE_GAP", "D4", "9")]
    assert [f.level for f in found.findings] == [Level.NOTE, Level.NOTE]
    assert rows_of(staged, "month", "total")[4:] == [("2023-01..02", 10), ("2023-04", 9), ("2023-05..06", 20)]


def test_running_quarters(tmp_path: Path) -> None:
    contract = make_wide(
        period={"grain": "quarter", "read_from": ["column"], "column": "month"},
        wide={"across": "month", "values": ["total"], "cumulative": "year"},
    )
    rows = [["2023年"], ["责任单位", "一季度", "上半年", "前三季度"], ["甲局", 10, 25, 45]]
    staged = tmp_path / "accepted.parquet"
    check(write_csv(tmp_path / "f.csv", rows), contract, staged=staged)
    assert rows_of(staged, "month", "total") == [("2023-Q1", 10), ("2023-Q2", 25), ("2023-Q3", 45)]


@pytest.mark.parametrize(
    "changes",
    [
        {"key": ["unit"]},
        {"key": ["unit", "month", "total"]},
        {"wide": {"across": "month", "values": ["month"]}},
        {"wide": {"across": "nothing", "values": ["total"]}},
        {"period": {"grain": "month", "read_from": ["title"]}},
        {"section": {"column": "total"}},
        {"rules": [{"kind": "total", "code": "T", "columns": ["unit"], "message": "m", "todo": "t"}]},
    ],
)
def test_contracts_that_contradict_themselves(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make_wide(**changes)


def make_sectioned(**changes: Any) -> Contract:
    """A monthly report whose units stand below the names of their areas."""
    columns = [
        {"name": "area", "header": "片区", "type": "text"},
        {"name": "unit", "header": "责任单位", "type": "unit"},
        {"name": "total", "header": "办件量", "type": "integer"},
    ]
    return make_report(**{"columns": columns, "section": {"column": "area"}, "rules": [], **changes})


SECTIONED = [
    ["2023年3月统计表"],
    ["责任单位", "办件量"],
    ["（一）东片（2家）", ""],
    ["甲局", 1],
    ["乙局", 2],
    ["二、西片（共1家）", ""],
    ["丙局", 3],
]


def test_sections_are_a_column_of_their_rows(tmp_path: Path) -> None:
    staged = tmp_path / "accepted.parquet"
    found = check(write_csv(tmp_path / "f.csv", SECTIONED), make_sectioned(), staged=staged)
    assert (found.status, found.findings) == ("accepted", ())
    assert rows_of(staged, "area", "unit", "line") == [("东片", "甲局", 4), ("东片", "乙局", 5), ("西片", "丙局", 7)]
    assert (found.lines["section"], found.lines["data"]) == (2, 3)
    assert found.reading["sections"][1] == {"line": 6, "name": "西片", "rows": 1}


def test_a_heading_with_another_count_than_its_rows(tmp_path: Path) -> None:
    found = check(write_csv(tmp_path / "f.csv", SECTIONED[:-3] + SECTIONED[-2:]), make_sectioned())
    assert [(f.code, f.cell, f.line) for f in found.findings] == [("SECTION.COUNT", "A3", 3)]
    assert "写明 2，其下有 1 行" in found.findings[0].message


def test_where_every_heading_counts_a_lone_cell_is_a_row(tmp_path: Path) -> None:
    rows = [*SECTIONED[:4], ["乙局", ""], *SECTIONED[5:]]
    found = check(write_csv(tmp_path / "f.csv", rows), make_sectioned(section={"column": "area", "counted": True}))
    assert [(f.code, f.cell) for f in found.findings] == [("VALUE.MISSING", "B5")]
    assert found.lines["section"] == 2


def test_sections_as_units_of_a_repeated_row(tmp_path: Path) -> None:
    columns = [
        {"name": "unit", "header": "责任单位", "type": "unit"},
        {"name": "item", "header": "事项", "type": "text"},
        {"name": "total", "header": "办件量", "type": "integer"},
    ]
    contract = make_report(columns=columns, key=["unit", "item"], section={"column": "unit"}, rules=[])
    rows = [["2023年3月"], ["事项", "办件量"], ["甲"], ["登记", 1], ["登记", 2], ["乙局"], ["登记", 1]]
    staged = tmp_path / "accepted.parquet"
    found = check(write_csv(tmp_path / "f.csv", rows), contract, staged=staged)
    assert codes_of(found) == ["ROW.CONFLICT", "ROW.CONFLICT"]
    assert {row.unit for row in found.quarantine} == {"甲局"}
    assert rows_of(staged, "unit", "item", "total") == [("乙局", "登记", 1)]


def test_the_official_list_of_universities(shared: Path, tmp_path: Path) -> None:
    columns = [
        {"name": "province", "header": "省份", "type": "text"},
        {"name": "name", "header": "学校名称", "type": "text"},
        {"name": "code", "header": "学校标识码", "type": "id"},
    ]
    contract = make_report(
        columns=columns,
        key=["code"],
        unit_column=None,
        rules=[],
        period={"grain": "year", "read_from": ["filename"]},
        section={"column": "province", "counted": True},
        ignore=["序号", "主管部门", "所在地", "办学层次", "备注"],
    )
    path, staged = shared / "data" / "universities" / "全国普通高等学校名单.xls", tmp_path / "accepted.parquet"
    found = check(path, contract, name="全国普通高等学校名单2017年.xls", staged=staged)
    assert (found.status, found.findings, found.rows_accepted) == ("accepted", (), 2631)
    assert (found.lines["section"], found.lines["data"]) == (31, 2631)
    rows = rows_of(staged, "province", "code")
    # the first two digits behind the level of an institution's code are its province (GB/T 2260)
    assert len({province for province, _ in rows}) == len({code[2:4] for _, code in rows}) == 31
    assert len({(province, code[2:4]) for province, code in rows}) == 31
    assert rows.count(("北京市", "4111010001")) == 1


@pytest.mark.parametrize("line", [1, 2, 15, 29, 30])
def test_a_header_in_any_of_the_first_lines(tmp_path: Path, line: int) -> None:
    above: list[Row] = [["说明"]] * (line - 1)
    rows = [*above, ["责任单位", "", "办件量", "网办量", "", "网办率"], ["甲局", "", 5, 4]]
    found = check(write_xlsx(tmp_path / "f.xlsx", rows), make_report(rules=[]), name="2023年3月.xlsx")
    assert (found.status, found.reading["header_line"]) == ("accepted", line)


def test_a_header_below_the_first_thirty_lines_is_none(tmp_path: Path) -> None:
    rows = [*([["说明"]] * 30), ["责任单位", "办件量", "网办量", "网办率"], ["甲局", 5, 4]]
    assert check(write_xlsx(tmp_path / "f.xlsx", rows), make_report(), name="2023年3月.xlsx").code == "TABLE.NOT_FOUND"


BESIDE = [
    ["2023年3月统计表"],
    ["责任单位", "办件量", "网办量", "网办率", "", "责任单位", "投诉量"],
    ["甲局", 5, 4, "80%", "", "甲局", 1],
    ["", "", "", "", "", "乙局", 2],
    ["合计", 5, 4, "", "", "合计", 9],
]


def test_another_table_beside_it_is_not_read(tmp_path: Path) -> None:
    staged = tmp_path / "accepted.parquet"
    found = check(write_csv(tmp_path / "f.csv", BESIDE), make_report(), staged=staged)
    assert rows_of(staged, "unit", "total") == [("甲局", 5)]
    assert [f.header for f in found.findings if f.code == "COLUMN.EXTRA"] == ["责任单位", "投诉量"]
    assert set(codes_of(found)) == {"COLUMN.EXTRA"}
    assert (found.lines["data"], found.lines["blank"], found.lines["subtotal"]) == (1, 1, 1)


def test_two_whole_tables_side_by_side_are_refused(tmp_path: Path) -> None:
    head = ["责任单位", "办件量", "网办量", "网办率"]
    rows = [["2023年3月统计表"], [*head, "", *head], ["甲局", 5, 4, "80%", "", "乙局", 3, 2]]
    found = check(write_csv(tmp_path / "f.csv", rows), make_report())
    assert found.code == "TABLE.SEVERAL"
    assert "A–D 列、F–I 列" in str(found.message)


def test_figures_keep_their_decimals(tmp_path: Path) -> None:
    columns = [c.model_dump() | ({"type": "decimal"} if c.name == "total" else {}) for c in make_wide().columns]
    rows = [["2023年"], ["责任单位", "1月", "2月"], ["甲局", "0.10", "1,234.567"]]
    staged = tmp_path / "accepted.parquet"
    check(write_csv(tmp_path / "f.csv", rows), make_wide(columns=columns), staged=staged)
    assert [row[0] for row in rows_of(staged, "total")] == [Decimal("0.1"), Decimal("1234.567")]


OTHER = [["2023年2月投诉情况"], ["责任单位", "投诉来源", "投诉量"], ["甲局", "热线", 1], ["乙局", "来信", 2]]
OWN = [["2023年3月统计表"], ["责任单位", "办件量", "网办量", "网办率"], ["甲局", 5, 4, "80%"], ["乙局", 2, 1, "50%"]]


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
@pytest.mark.parametrize("title", [OTHER[:1], []])
def test_another_table_below_is_not_read(tmp_path: Path, write: Any, title: list[Row]) -> None:
    staged = tmp_path / "accepted.parquet"
    rows = [*OWN, [""], *title, *OTHER[1:], ["合计", "", 3], [""], ["注：略"]]
    found = check(write(tmp_path / "f", rows), make_report(), staged=staged, name="f.xlsx")
    assert rows_of(staged, "unit", "total") == [("甲局", 5), ("乙局", 2)]
    assert (codes_of(found), found.period, found.lines["data"]) == (["TABLE.OTHER"], "2023-03", 2)
    assert f"第 6–{len(rows)} 行是另一张表（表头：责任单位、投诉来源、投诉量）" in found.findings[0].message


def test_another_table_above_is_not_read_and_gives_no_period(tmp_path: Path) -> None:
    found = check(write_csv(tmp_path / "f.csv", [*OTHER, [""], *OWN]), make_report())
    assert (codes_of(found), found.period, found.lines["data"]) == (["TABLE.OTHER"], "2023-03", 2)
    assert "第 1–4 行" in found.findings[0].message


def test_words_after_a_gap_are_bad_rows_and_no_table(tmp_path: Path) -> None:
    rows = [*OWN, [""], ["丙局", "不详", "不详", ""], ["甲", 1, 1, ""]]
    found = check(write_csv(tmp_path / "f.csv", rows), make_report(key=["unit", "total"]))
    assert codes_of(found) == ["VALUE.UNREADABLE", "VALUE.UNREADABLE"]
    assert found.lines["data"] == 4


def test_rows_go_on_after_a_gap_and_a_repeated_header(tmp_path: Path) -> None:
    rows = [*OWN[:3], [""], OWN[0], OWN[1], OWN[3]]
    found = check(write_csv(tmp_path / "f.csv", rows), make_report())
    assert (found.status, found.findings, found.rows_accepted) == ("accepted", (), 2)


def test_the_same_table_for_two_periods_is_refused(tmp_path: Path) -> None:
    rows = [*OWN, [""], ["2023年2月统计表"], *OWN[1:]]
    found = check(write_csv(tmp_path / "f.csv", rows), make_report())
    assert (found.status, found.code) == ("refused", "TABLE.SEVERAL")
    assert "第 7 行又是同一张表的表头，标题写的所属期不同（2023-02、2023-03）" in str(found.message)


def test_how_a_file_was_taken_is_told_in_words(tmp_path: Path) -> None:
    found = check(write_csv(tmp_path / "f.csv", [*WIDE, ["合计", "", 21, 41, 61], ["注：略"]]), make_wide())
    assert list(describe_reading(found.reading, found.lines)) == [
        "文件：表头到第 2 行为止；表头 1 行，数据 2 行，合计 1 行，说明 2 行，共 6 行",
        "读取的列：责任单位（B 列）",
        "数值列：1月（C 列，2023-01）、2月（D 列，2023-02）、3月（E 列，2023-03）",
        "数值列的单元格：6 个计入，0 个未计入，0 个为空",
    ]
    found = check(write_csv(tmp_path / "g.csv", SECTIONED), make_sectioned())
    assert "分组标题：东片（第 3 行，2 行数据）、西片（第 6 行，1 行数据）" in list(
        describe_reading(found.reading, found.lines)
    )


@pytest.mark.parametrize("line", [2, 4])
def test_the_first_or_the_last_line_of_a_header_can_be_pinned(tmp_path: Path, line: int) -> None:
    """Both headers fit; the pinned one is taken, whichever of its lines is named."""
    rows = [
        *(["2023年"], ["责任单位", "一季度", ""], ["", "1月", "3月"], ["", "办件量", "办件量"], ["甲局", 1, 2]),
        *([""], ["责任单位", "2023年2月", "2023年4月", "2023年5月"], ["乙局", 3, 4, 5]),
    ]
    staged = tmp_path / "accepted.parquet"
    refused = check(write_csv(tmp_path / "f.csv", rows), make_wide())
    assert (refused.code, refused.message) == ("TABLE.SEVERAL", "第 4 行和第 7 行的表头都像要报的表")
    pinned = make_wide(table={"header_line": line})
    found = check(write_csv(tmp_path / "f.csv", rows), pinned, staged=staged)
    assert found.reading["header_line"] == 4
    assert rows_of(staged, "unit", "month", "total")[:2] == [("甲局", "2023-01", 1), ("甲局", "2023-03", 2)]


def test_columns_may_change_places_and_new_ones_come(tmp_path: Path) -> None:
    rows = [["2023年3月"], ["新列", "网办率", "办件量", "责任单位", "网办量"], ["x", "80%", 5, "甲局", 4]]
    staged = tmp_path / "accepted.parquet"
    found = check(write_csv(tmp_path / "f.csv", rows), make_report(), staged=staged)
    assert rows_of(staged, "unit", "total", "online") == [("甲局", 5, 4)]
    assert [(f.code, f.header) for f in found.findings] == [("COLUMN.EXTRA", "新列")]


def test_a_renamed_column_of_a_wide_table_is_proposed(tmp_path: Path) -> None:
    rows = [["2023年"], ["责任单位名称", "1月", "2月"], ["甲局", 5, 4]]
    found = check(write_csv(tmp_path / "f.csv", rows), make_wide())
    assert (found.code, [f.code for f in found.findings]) == ("TABLE.COLUMNS", ["TABLE.COLUMNS", "COLUMN.RENAMED"])
    assert found.reading["proposals"][0]["column"] == "unit"


@pytest.mark.parametrize("title", ["指标：办件量(万件)", "办件量（万件）"])
def test_the_unit_in_the_title_is_held_against_a_wide_table(tmp_path: Path, title: str) -> None:
    rows = [["2023年"], [title], *WIDE[1:]]
    found = check(write_csv(tmp_path / "f.csv", rows), make_wide())
    assert (found.code, "「万件」" in str(found.message)) == ("TABLE.UNIT", True)
    rows[1] = ["指标：办件量(件)"]
    assert check(write_csv(tmp_path / "g.csv", rows), make_wide()).status == "accepted"
