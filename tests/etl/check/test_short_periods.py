"""Ten days, weeks and merged months in titles, file names, columns and headers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from etl.check.periods import find_periods, read_heading, read_period
from schemas.models.contract import Contract
from tests.etl.check.files import check, make_cases, make_report, report_rows, write_csv, write_xlsx
from tests.etl.check.test_layouts import rows_of


@pytest.mark.parametrize(
    ("text", "grain", "expected"),
    [
        ("2023年3月上旬办件周报", "ten_days", ["2023-03-T1"]),
        ("2023年12月下旬", "ten_days", ["2023-12-T3"]),
        ("2023-03-T2", "ten_days", ["2023-03-T2"]),
        ("2023年3月11日至20日", "ten_days", ["2023-03-T2"]),
        ("2023年2月21日—2月28日", "ten_days", ["2023-02-T3"]),
        ("2023年2月21日—2月27日", "ten_days", []),
        ("2023年3月", "ten_days", []),
        ("二〇二三年三月中旬", "ten_days", ["2023-03-T2"]),
        ("2023年第10周", "week", ["2023-W10"]),
        ("2023年第十周工作周报", "week", ["2023-W10"]),
        ("2023年第二十一周", "week", ["2023-W21"]),
        ("2023年3月6日至3月12日", "week", ["2023-W10"]),  # Monday to Sunday
        ("2023.3.6-2023.3.12", "week", ["2023-W10"]),
        ("2022年12月26日至2023年1月1日", "week", ["2022-W52"]),
        ("2023年3月5日至3月11日", "week", []),  # Sunday to Saturday is no week of the calendar
        ("2020年第53周", "week", ["2020-W53"]),
        ("2023年第53周", "week", []),  # 2023 has 52
        ("2023年3月第2周", "week", []),  # of which calendar nobody says
        ("2023年上半年", "half", ["2023-H1"]),
    ],
)
def test_what_a_text_names(text: str, grain: Any, expected: list[str]) -> None:
    assert find_periods(text, grain) == expected


@pytest.mark.parametrize(
    ("text", "grain", "expected"),
    [
        ("3月上旬", "ten_days", "2023-03-T1"),
        ("2022年3月下旬", "ten_days", "2022-03-T3"),
        ("第10周", "week", "2023-W10"),
        ("第10周同比", "week", None),
        ("下半年", "half", "2023-H2"),
        ("1-2月", "month", "2023-01..02"),
    ],
)
def test_what_a_header_cell_is(text: str, grain: str, expected: str | None) -> None:
    assert read_heading(text, grain, "2023") == expected


def test_a_date_stands_for_the_week_or_the_ten_days_that_hold_it() -> None:
    assert read_period("2023-03-12", "week") == "2023-W10"
    assert read_period("2023-03-31", "ten_days") == "2023-03-T3"


@pytest.mark.parametrize(
    ("grain", "title", "expected"),
    [
        ("ten_days", "2023年3月上旬", "2023-03-T1"),
        ("week", "2023年第10周", "2023-W10"),
        ("half", "2023年上半年", "2023-H1"),
    ],
)
@pytest.mark.parametrize("place", ["title", "filename"])
def test_a_file_of_a_short_period(tmp_path: Path, grain: str, title: str, expected: str, place: str) -> None:
    contract = make_report(period={"grain": grain, "read_from": ["title", "filename"]}, rules=[])
    names = (title, "月报") if place == "title" else ("情况统计", f"月报{title}")
    path = write_xlsx(tmp_path / f"{names[1]}.xlsx", report_rows(["甲局", 5, 0, None], title=names[0]))
    found = check(path, contract, staged=tmp_path / "accepted.parquet")
    assert (found.period, found.covers, found.findings) == (expected, (expected,), ())
    assert rows_of(tmp_path / "accepted.parquet", "period") == [(expected,)]


def test_a_file_without_its_week_is_told_how_to_write_it(tmp_path: Path) -> None:
    contract = make_report(period={"grain": "week", "read_from": ["title"]}, rules=[])
    found = check(write_xlsx(tmp_path / "月报.xlsx", report_rows(["甲局", 5, 0, None], title="2023年3月")), contract)
    assert found.code == "FILE.PERIOD"
    assert "2023年第10周" in str(found.todo)


def make_column(grain: str, **changes: Any) -> Contract:
    columns = [
        {"name": "when", "header": "期别", "type": "period"},
        *(c.model_dump() for c in make_report().columns[:2]),
    ]
    period = {"grain": grain, "read_from": ["column"], "column": "when"}
    return make_report(**{"columns": columns, "period": period, "key": ["unit", "when"], "rules": [], **changes})


@pytest.mark.parametrize(
    ("grain", "cells", "expected"),
    [
        ("ten_days", ["3月上旬", "2023年3月中旬", "2023-03-T3"], ["2023-03-T1", "2023-03-T2", "2023-03-T3"]),
        ("week", ["第9周", "2023-W10", "2023/3/13"], ["2023-W09", "2023-W10", None]),
        ("month", ["1-2月", "3月", "2022年4月"], ["2023-01..02", "2023-03", "2022-04"]),
        ("half", ["上半年", "2022年下半年", "全年"], ["2023-H1", "2022-H2", None]),
    ],
)
def test_a_column_of_periods_takes_the_year_of_its_table(
    tmp_path: Path, grain: str, cells: list[str], expected: list[str | None]
) -> None:
    rows = [["2023年统计"], ["期别", "责任单位", "办件量（件）"], *([cell, "甲局", 1] for cell in cells)]
    found = check(write_csv(tmp_path / "月报.csv", rows), make_column(grain), staged=tmp_path / "accepted.parquet")
    assert rows_of(tmp_path / "accepted.parquet", "when") == [(text,) for text in expected if text]
    held = [f"A{line}" for line, text in enumerate(expected, start=3) if text is None]
    assert [(f.code, f.cell) for f in found.findings] == [("VALUE.UNREADABLE", cell) for cell in held]


def test_without_a_year_anywhere_a_cell_is_not_read(tmp_path: Path) -> None:
    rows = [["期别", "责任单位", "办件量（件）"], ["3月上旬", "甲局", 1], ["2023年3月中旬", "甲局", 1]]
    found = check(write_csv(tmp_path / "月报.csv", rows), make_column("ten_days"))
    assert [(f.code, f.cell) for f in found.findings] == [("VALUE.UNREADABLE", "A2")]


@pytest.mark.parametrize(
    ("grain", "header", "expected"),
    [
        ("ten_days", ["上旬", "中旬", "下旬"], ["2023-03-T1", "2023-03-T2", "2023-03-T3"]),
        ("week", ["第9周", "第10周", "第11周"], ["2023-W09", "2023-W10", "2023-W11"]),
    ],
)
def test_short_periods_in_the_header(tmp_path: Path, grain: str, header: list[str], expected: list[str]) -> None:
    contract = make_column(grain, wide={"across": "when", "values": ["total"]})
    group = ["", "3月" if grain == "ten_days" else "周次", "", ""]
    rows = [["2023年统计"], group, ["责任单位", *header], ["甲局", 1, 2, 3]]
    found = check(write_csv(tmp_path / "月报.csv", rows), contract, staged=tmp_path / "accepted.parquet")
    assert found.findings == ()
    assert rows_of(tmp_path / "accepted.parquet", "when", "total") == list(zip(expected, [1, 2, 3], strict=True))


def test_what_has_no_short_periods() -> None:
    with pytest.raises(ValidationError, match="cases are counted by month"):
        make_cases(period={"grain": "week", "read_from": ["filename"]})
    rule = {"kind": "reconcile", "code": "R", "mine": {"column": "total"}, "source": "cases", "theirs": {}}
    with pytest.raises(ValidationError, match="weeks and ten days have no period"):
        make_column("week", rules=[{**rule, "message": "不一致", "todo": "请核对"}])
