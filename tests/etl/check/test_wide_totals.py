"""Total row and total column of wide tables against their own cells; the figures are added up by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.models.contract import Contract
from tests.etl.check.files import check, codes_of, make_report, write_csv
from tests.etl.check.test_layouts import rows_of

COLUMNS = [
    {"name": "unit", "header": "责任单位", "type": "unit"},
    {"name": "month", "header": "月份", "type": "period"},
    {"name": "total", "header": "办件量", "type": "integer"},
]
TOTAL = {"kind": "total", "code": "SUMS", "columns": ["total"], "message": "合计不符", "todo": "请核对"}
HEADER = ["责任单位", "1月", "2月", "合计"]


def make_wide(**changes: Any) -> Contract:
    period = {"grain": "month", "read_from": ["column"], "column": "month"}
    wide = {"across": "month", "values": ["total"]}
    told = {"columns": COLUMNS, "key": ["unit", "month"], "period": period, "wide": wide, "rules": [TOTAL]}
    return make_report(**{**told, **changes})


def found(tmp_path: Path, rows: list[list[Any]], contract: Contract | None = None) -> list[tuple[str, str | None, str]]:
    checked = check(write_csv(tmp_path / "月报.csv", [["2023年统计"], *rows]), contract or make_wide())
    return [(f.code, f.cell, f.message) for f in checked.findings]


def test_totals_that_hold_are_silent(tmp_path: Path) -> None:
    rows = [HEADER, ["甲局", 1, 2, 3], ["乙局", 10, "20", 30], ["合计", 11, 22, 33]]
    assert found(tmp_path, rows) == []


def test_each_wrong_total_is_told_at_its_cell(tmp_path: Path) -> None:
    """The corner is the sum of sums and no column of its own; a part sum (小计) is no total."""
    rows = [HEADER, ["甲局", 1, 2, 4], ["小计", 9, 9, 9], ["乙局", 10, 20, 30], ["合计", 11, 23, 99]]
    assert found(tmp_path, rows) == [
        ("SUMS", "C6", "合计不符（「2月」合计行为 23，各行之和为 22）"),
        ("SUMS", "D3", "合计不符（第 3 行「合计」为 4，各列之和为 3）"),
    ]


def test_the_total_column_is_no_row(tmp_path: Path) -> None:
    staged = tmp_path / "accepted.parquet"
    path = write_csv(tmp_path / "月报.csv", [["2023年统计"], HEADER, ["甲局", 1, 2, 3]])
    checked = check(path, make_wide(), staged=staged)
    assert rows_of(staged, "month", "total") == [("2023-01", 1), ("2023-02", 2)]
    assert checked.reading["extra"] == []
    without = check(path, make_wide(rules=[]))
    assert codes_of(without) == ["COLUMN.EXTRA"]


def test_a_refusal_where_the_rule_says_so(tmp_path: Path) -> None:
    rows = [["2023年统计"], HEADER, ["甲局", 1, 2, 3], ["合计", 1, 1, 3]]
    checked = check(write_csv(tmp_path / "月报.csv", rows), make_wide(rules=[{**TOTAL, "level": "refuse"}]))
    assert (checked.status, checked.code) == ("refused", "SUMS")
    assert "「2月」合计行为 1，各行之和为 2" in str(checked.message)


def test_units_in_the_header_have_a_total_column_too(tmp_path: Path) -> None:
    columns = [{"name": "kind", "header": "类别", "type": "text"}, COLUMNS[0], COLUMNS[2]]
    contract = make_wide(
        columns=columns,
        key=["kind", "unit"],
        period={"grain": "month", "read_from": ["title"]},
        wide={"across": "unit", "values": ["total"]},
        unit_column="unit",
    )
    rows = [["2023年3月"], ["类别", "甲局", "乙局", "总计"], ["许可", 1, 2, 4], ["合计", 1, 3, 4]]
    checked = check(write_csv(tmp_path / "月报.csv", rows), contract, staged=tmp_path / "accepted.parquet")
    assert rows_of(tmp_path / "accepted.parquet", "unit", "total") == [("甲局", 1), ("乙局", 2)]
    assert [(f.code, f.cell) for f in checked.findings] == [("SUMS", "C4"), ("SUMS", "D3")]


def test_two_figures_have_each_their_totals(tmp_path: Path) -> None:
    columns = [*COLUMNS, {"name": "online", "header": "网办量", "type": "integer"}]
    contract = make_wide(
        columns=columns,
        wide={"across": "month", "values": ["total", "online"]},
        rules=[{**TOTAL, "columns": ["total", "online"]}],
    )
    rows = [
        ["责任单位", "1月", "", "2月", "", "合计", ""],
        ["", "办件量", "网办量", "办件量", "网办量", "办件量", "网办量"],
        ["甲局", 10, 1, 20, 2, 30, 4],
        ["合计", 10, 1, 20, 3, 30, 3],
    ]
    assert [place for _, place, _ in found(tmp_path, rows, contract)] == ["E5", "G4"]


def test_where_a_cell_is_unread_no_sum_is_known(tmp_path: Path) -> None:
    rows = [HEADER, ["甲局", 1, "二十?", 3], ["合计", 1, 1, 3]]
    assert [code for code, _, _ in found(tmp_path, rows)] == ["VALUE.UNREADABLE"]


def test_sums_since_january_have_a_total_row_but_no_total_column(tmp_path: Path) -> None:
    contract = make_wide(wide={"across": "month", "values": ["total"], "cumulative": "year"})
    rows = [HEADER, ["甲局", 1, 3, 3], ["乙局", 2, 5, 5], ["合计", 3, 9, 8]]
    assert [place for _, place, _ in found(tmp_path, rows, contract)] == ["C5"]


def test_a_total_rule_is_about_the_values() -> None:
    columns = [*COLUMNS, {"name": "staff", "header": "人数", "type": "integer"}]
    with pytest.raises(ValidationError, match="a total rule is about the columns of `values`"):
        make_wide(columns=columns, rules=[{**TOTAL, "columns": ["staff"]}])
