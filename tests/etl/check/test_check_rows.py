"""Rows: planted defects are held and nothing else, messages say what to do, lines always add up."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.check.lines import AccountingError, LineKind, LineSorter
from etl.check.source import open_source
from etl.check.table import Table, find_table
from tests.etl.check.files import (
    CASE_HEADER,
    REPORT_HEADER,
    check,
    codes_of,
    make_cases,
    make_report,
    report_rows,
    write_csv,
    write_xlsx,
)

DEFECTS = {
    "VALUE.UNREADABLE": lambda row: [*row[:2], "2023年13月5日", *row[3:]],
    "VALUE.MISSING": lambda row: [*row[:2], "", *row[3:]],
    "ENDED_BEFORE": lambda row: [*row[:3], "2023/2/1 8:00:00", row[4]],
    "NO_END": lambda row: [*row[:3], "", "办结"],
    "VALUE.NOT_ALLOWED": lambda row: [*row[:4], "退回"],
    "ROW.SHIFTED": lambda row: [*row, "多一格"],
}


def make_case_rows(count: int) -> list[list[str]]:
    start = dt.datetime(2023, 3, 1, 9)
    rows = []
    for i in range(count):
        opened = start + dt.timedelta(minutes=7 * i)
        rows.append(
            [f"{36010300000000000 + i}", f"申请人{i}", f"{opened:%Y/%m/%d %H:%M:%S}", f"{opened:%Y-%m-%d}", "办结"]
        )
    return rows


def test_planted_defects_are_held_and_nothing_else(tmp_path: Path) -> None:
    rows = make_case_rows(60_000)  # three blocks
    chosen = random.Random(5).sample(range(len(rows)), 120)
    planted = {place: list(DEFECTS)[i % len(DEFECTS)] for i, place in enumerate(chosen)}
    for place, code in planted.items():
        rows[place] = DEFECTS[code](rows[place])
    staged = tmp_path / "accepted.parquet"
    path = write_csv(tmp_path / "办件明细_202303.csv", [CASE_HEADER, *rows], encoding="gbk")
    result = check(path, make_cases(), staged=staged, batch_id="b1")
    assert {row.line: row.codes for row in result.quarantine} == {p + 2: (c,) for p, c in planted.items()}
    kept = pq.read_table(staged)
    assert kept["case_id"].to_pylist() == [row[0] for i, row in enumerate(rows) if i not in planted]
    assert kept["line"].to_pylist() == [i + 2 for i in range(len(rows)) if i not in planted]
    assert set(kept["finished_at_date_only"].to_pylist()) == {True}
    assert (result.rows_accepted, result.rows_quarantined) == (59_880, 120)


def test_the_staged_file_has_the_promised_types(tmp_path: Path) -> None:
    staged = tmp_path / "accepted.parquet"
    check(write_xlsx(tmp_path / "x.xlsx", report_rows(["甲局", 10, 8, "80.25%"])), make_report(), staged=staged)
    schema = {field.name: str(field.type) for field in pq.read_schema(staged)}
    assert schema == {
        **{"unit": "string", "total": "int64", "online": "int64", "rate": "decimal128(12, 6)"},
        **{"line": "int32", "sheet": "string", "batch_id": "string", "period": "string"},
        "cell_words": "string",
    }
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_words_for_numbers_in_several_columns(tmp_path: Path) -> None:
    """Rows without any such word, with one in each of two columns, with one."""
    staged = tmp_path / "accepted.parquet"
    rows = report_rows(["甲局", 10, 8, "80%"], ["乙局", "—", "—", ""], ["丙局", 4, "—", ""])
    open_columns = [column.model_copy(update={"required": False}) for column in make_report().columns]
    contract = make_report(tokens={"—": "missing"}).model_copy(update={"columns": tuple(open_columns)})
    check(write_xlsx(tmp_path / "x.xlsx", rows), contract, staged=staged)
    told = [None, "total=—:missing online=—:missing", "online=—:missing"]
    assert pq.read_table(staged)["cell_words"].to_pylist() == told


def test_a_signature_is_a_note_where_only_the_first_column_is_required(tmp_path: Path) -> None:
    columns = [c.model_copy(update={"required": c.name == "unit"}) for c in make_report().columns]
    contract = make_report().model_copy(update={"columns": tuple(columns)})
    rows = report_rows(["甲局", 10, 8, "80%"], ["审核科", 4, "", ""], ["填表人：李某  联系电话：0000", "", "", ""])
    result = check(write_xlsx(tmp_path / "x.xlsx", rows), contract)
    assert (result.lines["data"], result.lines["note"]) == (2, 2)  # an office whose name begins like one is data


def test_lines_of_a_messy_sheet(tmp_path: Path) -> None:
    rows = [
        ["2023年3月办件统计表"],
        ["填报单位：甲局", "", "", "单位：件"],
        [],
        ["序号", *REPORT_HEADER],
        ["一、市直部门"],
        [1, "甲局", "1,200", "９００", "75%"],
        ["小 计", "", 1200, 900],
        [],
        ["序号", *REPORT_HEADER],
        ["（二）县区"],
        [2, "乙局", 10, 5, "50%"],
        [3],
        ["", "合计", 1210, 905],
        ["注：本表数据来自系统。"],
        [4, "丙局", 7, 7, "100%"],
        ["制表人：张三", "", "审核：李四"],
    ]
    result = check(write_xlsx(tmp_path / "月报.xlsx", rows), make_report())
    expected = {"header": 2, "section": 2, "subtotal": 2, "note": 5, "blank": 2, "data": 3, "total": 16}
    assert result.lines == expected
    assert result.rows_accepted == 3
    # 1,200 + 10 + 7 is not the 1,210 of the total row: the file itself forgot the row after its footer.
    assert codes_of(result) == ["TOTAL_ROW", "TOTAL_ROW"]


def test_messages_name_cell_value_and_cure(tmp_path: Path) -> None:
    rows = report_rows(["甲局", -3, -5, None], ["乙局", 2, 3, None])
    findings = check(write_xlsx(tmp_path / "月报.xlsx", rows), make_report()).findings
    assert findings[0].message == "第 3 行「办件量（件）」为 -3，应不小于 0"
    assert findings[0].todo == "请更正该单元格后重新报送整份文件"
    assert findings[-1].message == "第 4 行：网办量多于办件量（「网办量」为 3，「办件量（件）」为 2）"


def test_personal_data_never_leave_the_original(tmp_path: Path) -> None:
    row = ["A1", "张三丰", "昨天", "", "在办"]
    result = check(write_csv(tmp_path / "办件明细202303.csv", [CASE_HEADER, row]), make_cases())
    assert result.quarantine[0].content == {"办件编号": "A1", "申请人": "***", "受理时间": "昨天", "状态": "在办"}
    assert "张三丰" not in str(result)


def test_merged_names_stand_for_their_lines_and_merged_numbers_do_not(tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "m.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["办件编号", "申请人", "受理时间", "办结时间", "状态"])
        for line in (1, 2):
            sheet.write_row(line, 0, [f"A{line}", "", "2023-03-05"])
        sheet.merge_range(1, 4, 2, 4, "在办")
        sheet.merge_range(1, 3, 2, 3, 45000)
    result = check(tmp_path / "m.xlsx", make_cases(), name="办件明细202303.xlsx", staged=tmp_path / "a.parquet")
    table = pq.read_table(tmp_path / "a.parquet")
    assert table["state"].to_pylist() == ["在办", "在办"]
    assert table["finished_at"].to_pylist() == [dt.datetime(2023, 3, 15), None]
    assert result.rows_quarantined == 0


def test_a_rule_that_cannot_run_is_not_the_senders_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import expectations.frame as frame

    def fail(*_: object) -> object:
        raise KeyError("broken")

    monkeypatch.setattr(frame._Reader, "_pair", fail)
    result = check(write_xlsx(tmp_path / "月报.xlsx", report_rows(["甲局", 1, 5, None])), make_report())
    assert (result.status, result.code, result.rows_accepted) == ("accepted", "RULE.COULD_NOT_RUN", 1)
    assert [(f.code, str(f.level)) for f in result.findings] == [("RULE.COULD_NOT_RUN", "system")]


def test_many_findings_are_counted_not_listed(tmp_path: Path) -> None:
    rows = [[f"A{i}", "", "2023-03-05", "", "退件"] for i in range(1_500)]
    result = check(write_csv(tmp_path / "办件明细202303.csv", [CASE_HEADER, *rows]), make_cases())
    assert len(result.findings) == 1_001
    assert (result.findings[-1].count, result.findings[-1].line) == (500, None)
    assert result.rows_quarantined == 1_500


def test_content_hash_ignores_order_place_and_period_only(tmp_path: Path) -> None:
    def hash_of(*rows: list[Any], title: str = "2023年3月") -> str | None:
        return check(write_xlsx(tmp_path / "x.xlsx", report_rows(*rows, title=title)), make_report()).content_hash

    one, two = ["甲局", 10, 8, "80%"], ["乙局", 5, 5, None]
    same = hash_of(one, two)
    assert same == hash_of(two, [], one, title="2023年4月")
    assert len({same, hash_of(one), hash_of(one, ["乙局", 5, 5, 0]), hash_of(one, ["乙局", 5, 4, None])}) == 4


CELL = st.sampled_from(
    [
        "",
        "甲局",
        "合计",
        "小计",
        "注：说明",
        "一、直属",
        "12",
        "３",
        "x",
        "责任单位",
        "办件量（件）",
        "网办量",
        "2023年3月",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.lists(st.lists(CELL, min_size=1, max_size=6), max_size=25), top=st.integers(0, 3))
def test_every_line_has_exactly_one_kind(body: list[list[str]], top: int, tmp_path: Path) -> None:
    rows = [["说明"]] * top + [REPORT_HEADER, *body]
    table = find_table(open_source_of(write_csv(tmp_path / "x.csv", rows)), make_report())
    if not isinstance(table, Table):
        return
    sorter = LineSorter(table, make_report())
    data = 0
    for block in table.grid.blocks(table.first_line, table.width):
        data += int((sorter.sort(block) == LineKind.DATA).sum())
    counts = sorter.close()
    assert counts["total"] == sum(n for kind, n in counts.items() if kind != "total") == len(rows)
    assert counts["data"] == data


def open_source_of(path: Path) -> Any:
    source = open_source(path)
    return source.grids  # type: ignore[union-attr]


def test_the_accounts_are_guarded(tmp_path: Path) -> None:
    table = find_table(
        open_source_of(write_xlsx(tmp_path / "月报.xlsx", report_rows(["甲局", 1, 1, None]))), make_report()
    )
    assert isinstance(table, Table)
    sorter = LineSorter(table, make_report())
    sorter.last_line += 1
    with pytest.raises(AccountingError):
        sorter.close()
    block = next(table.grid.blocks(table.first_line, table.width))
    with pytest.raises(AccountingError):
        sorter.sort(block)
