"""Sums since January over several files: single periods from the lake, gaps and falls as remarks, late files mend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis
import pytest
from pydantic import ValidationError
from sqlalchemy import Engine, delete, select

from etl.check.periods import find_sum_periods
from etl.check.stage import check_waiting
from etl.core.lake import open_lake
from etl.core.singles import single_periods
from etl.dry_run import try_file
from etl.land import land_inbox
from etl.pipeline import load
from schemas.models.contract import Contract
from schemas.settings import Settings
from schemas.warehouse.tables import dirty
from tests.etl.check.files import check, codes_of, make_report, report_rows, write_csv, write_xlsx
from tests.etl.check.test_rules_stage import TEXT, Desk, open_desk


def make_sums(**changes: Any) -> Contract:
    return make_report(**{"cumulative": ["total"], "rules": [], **changes})


def single(desk: Desk, contract: Contract) -> list[tuple[str, str, int | None]]:
    """(unit, period, figure) as compute reads them from the lake."""
    with open_lake(desk.ctx.settings) as lake:
        table = ibis.duckdb.from_connection(lake).table(contract.id, database=("lake", "main"))
        rows = single_periods(table, contract).order_by("unit", "period")
        return [
            (r["unit"], r["period"], r["total"])
            for r in rows.select("unit", "period", "total").to_pyarrow().to_pylist()
        ]


def send(desk: Desk, title: str, *rows: list[Any], name: str = "") -> None:
    desk.put(f"月报{name or title}.xlsx", report_rows(*rows, title=title))
    land_inbox(desk.ctx)
    check_waiting(desk.ctx)
    load(desk.ctx)


def test_each_month_is_its_sum_less_the_one_before(settings: Settings, engine: Engine) -> None:
    """10, 25, 45 since January are 10, 15 and 20; January and February are one."""
    contract = make_sums()
    desk = open_desk(settings, engine, contract)
    for title, sums in (
        ("2023年1-2月", (10, 1)),
        ("2023年1-3月", (25, 1)),
        ("2023年上半年", (70, 9)),
        ("2023年4月", (45, 4)),
    ):
        send(desk, title, ["甲局", sums[0], 0, None], ["乙局", sums[1], 0, None])
    expected = [("2023-01..02", 10), ("2023-03", 15), ("2023-04", 20), ("2023-06", None)]
    assert single(desk, contract)[4:] == [("甲局", *one) for one in expected]
    assert single(desk, contract)[:4] == [
        ("乙局", "2023-01..02", 1),
        ("乙局", "2023-03", 0),
        ("乙局", "2023-04", 3),
        ("乙局", "2023-06", None),
    ]
    assert desk.found() == [("2023-06", "VALUE.CUMULATIVE_GAP", "B3"), ("2023-06", "VALUE.CUMULATIVE_GAP", "B4")]


def test_a_late_file_gives_the_month_after_it_its_figure_and_takes_the_remark_back(
    settings: Settings, engine: Engine
) -> None:
    contract = make_sums()
    desk = open_desk(settings, engine, contract)
    send(desk, "2023年1月", ["甲局", 10, 0, None])
    send(desk, "2023年3月", ["甲局", 30, 0, None])
    assert single(desk, contract) == [("甲局", "2023-01", 10), ("甲局", "2023-03", None)]
    assert desk.found() == [("2023-03", "VALUE.CUMULATIVE_GAP", "B3")]
    send(desk, "2023年2月", ["甲局", 18, 0, None])
    assert single(desk, contract) == [("甲局", "2023-01", 10), ("甲局", "2023-02", 8), ("甲局", "2023-03", 12)]
    assert desk.found() == []
    send(desk, "2023年2月", ["甲局", 33, 0, None], name="更正")  # more than March: told to the one who comes later
    assert single(desk, contract)[1:] == [("甲局", "2023-02", 23), ("甲局", "2023-03", None)]  # minimum: 0
    assert desk.found() == [("2023-02", "VALUE.CUMULATIVE_DROP", "B3")]
    send(desk, "2023年2月", ["乙局", 1, 0, None], name="再更正")  # 甲局 has gone from February: March lacks it again
    assert single(desk, contract)[-2:] == [("甲局", "2023-01", 10), ("甲局", "2023-03", None)]
    codes = {(period, code) for period, code, _ in desk.found()}
    assert codes == {
        ("2023-02", "VALUE.CUMULATIVE_DROP"),
        ("2023-02", "VALUE.CUMULATIVE_GAP"),
        ("2023-03", "VALUE.CUMULATIVE_GAP"),
    }


@pytest.mark.parametrize("loaded", [False, True])
def test_files_that_come_together_and_a_dry_run_say_the_same(
    settings: Settings, engine: Engine, tmp_path: Path, loaded: bool
) -> None:
    contract = make_sums(columns=[{**c.model_dump(), "minimum": None} for c in make_report().columns])
    desk = open_desk(settings, engine, contract)
    desk.put("月报3.xlsx", report_rows(["甲局", 7, 0, None], title="2023年3月"))
    desk.put("月报1.xlsx", report_rows(["甲局", 10, 0, None], title="2023年1-2月"))
    land_inbox(desk.ctx)
    check_waiting(desk.ctx)
    assert desk.found() == [("2023-03", "VALUE.CUMULATIVE_DROP", "B3")]
    assert (desk.reading("2023-03")["history"]["periods"], desk.reading("2023-03")["history"]["rows"]) == (
        ["2023-01..02"],
        1,
    )
    if loaded:
        load(desk.ctx)
        assert single(desk, contract) == [("甲局", "2023-01..02", 10), ("甲局", "2023-03", -3)]
    path = write_xlsx(tmp_path / "月报4.xlsx", report_rows(["甲局", 6, 0, None], title="2023年4月"))
    done = try_file(desk.ctx, path, contract).checked
    assert [(f.code, f.cell) for f in done.findings] == [("VALUE.CUMULATIVE_DROP", "B3")]
    assert "累计为 6，与 2023-03 的累计数相比" in done.findings[0].message


def test_a_wide_file_of_the_second_half_goes_on_from_the_first(settings: Settings, engine: Engine) -> None:
    columns = [
        {"name": "unit", "header": "责任单位", "type": "unit"},
        {"name": "month", "header": "月份", "type": "period"},
        {"name": "total", "header": "办件量", "type": "integer", "minimum": 0},
    ]
    contract = make_report(
        columns=columns,
        key=["unit", "month"],
        rules=[],
        period={"grain": "month", "read_from": ["column"], "column": "month"},
        wide={"across": "month", "values": ["total"], "cumulative": "year"},
    )
    desk = open_desk(settings, engine, contract)

    def send_wide(name: str, *rows: list[Any]) -> None:
        desk.put(f"月报{name}.xlsx", [["2023年累计"], *rows])
        land_inbox(desk.ctx)
        check_waiting(desk.ctx)
        load(desk.ctx)

    send_wide("下", ["责任单位", "1-4月", "1-6月"], ["甲局", 40, 60])
    assert single(desk, contract) == [("甲局", "2023-04", None), ("甲局", "2023-05..06", 20)]
    assert desk.found()[0][1:] == ("VALUE.CUMULATIVE_GAP", "B3")
    send_wide("上", ["责任单位", "1-2月", "1-3月"], ["甲局", 10, 25])
    assert single(desk, contract) == [
        ("甲局", "2023-01..02", 10),
        ("甲局", "2023-03", 15),
        ("甲局", "2023-04", 15),
        ("甲局", "2023-05..06", 20),
    ]
    assert desk.found() == []


def test_a_late_sum_marks_the_rest_of_its_year_for_compute(settings: Settings, engine: Engine) -> None:
    desk = open_desk(settings, engine, make_sums())
    for title in ("2022年12月", "2023年1月", "2023年3月", "2023年5月"):
        send(desk, title, ["甲局", 10, 0, None])
    with engine.begin() as connection:
        connection.execute(delete(dirty))
    send(desk, "2023年2月", ["甲局", 12, 0, None])
    with engine.connect() as connection:
        marked = set(connection.execute(select(dirty.c.month)).scalars())
    assert marked == {"2023-02", "2023-03", "2023-05"}


def test_january_alone_and_then_january_and_february(settings: Settings, engine: Engine) -> None:
    """The merged months less January are February, not both again."""
    contract = make_sums()
    desk = open_desk(settings, engine, contract)
    send(desk, "2023年1月", ["甲局", 4, 0, None])
    send(desk, "2023年1-2月", ["甲局", 10, 0, None])
    assert single(desk, contract) == [("甲局", "2023-01", 4), ("甲局", "2023-02", 6)]
    assert desk.found() == []


def test_sums_in_the_rows_of_one_file(tmp_path: Path) -> None:
    """A column names the periods; the rows before are history for those after them."""
    columns = [{"name": "month", "header": "月份", "type": "period"}, *(c.model_dump() for c in make_report().columns)]
    contract = make_sums(
        columns=columns, key=["unit", "month"], period={"grain": "month", "read_from": ["column"], "column": "month"}
    )
    header = ["月份", "责任单位", "办件量（件）", "网办量", "网办率"]
    rows = [["2023年1-3月", "甲局", 9, 0, ""], ["2023年1-2月", "甲局", 10, 0, ""], ["2023年1-5月", "甲局", 20, 0, ""]]
    found = check(write_csv(tmp_path / "月报.csv", [header, *rows]), contract)
    assert [(f.code, f.cell) for f in found.findings] == [
        ("VALUE.CUMULATIVE_DROP", "C2"),
        ("VALUE.CUMULATIVE_GAP", "C4"),
    ]
    assert found.covers == ("2023-01", "2023-02", "2023-03", "2023-05")


def test_sums_of_an_unknown_past_are_remarked_not_held(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "月报.xlsx", report_rows(["甲局", 5, 0, None]))
    found = check(path, make_sums())
    assert (codes_of(found), found.rows_accepted) == (["VALUE.CUMULATIVE_GAP"], 1)
    january = write_xlsx(tmp_path / "月报1.xlsx", report_rows(["甲局", 5, 0, None], title="2023年1月"))
    assert codes_of(check(january, make_sums())) == []


@pytest.mark.parametrize(
    ("text", "grain", "expected"),
    [
        ("2023年1-3月", "month", ["2023-03"]),
        ("2023年1—2月", "month", ["2023-01..02"]),
        ("2023年前三季度", "month", ["2023-09"]),
        ("2023年一季度", "month", ["2023-03"]),
        ("2023年全年", "month", ["2023-12"]),
        ("2023年3月", "month", ["2023-03"]),
        ("2023年2-3月", "month", ["2023-02..03"]),
        ("2023年上半年", "quarter", ["2023-Q2"]),
        ("2023年1-9月", "quarter", ["2023-Q3"]),
        ("2023年第二季度", "quarter", ["2023-Q2"]),
        ("2023年1-4月", "quarter", []),
        ("2023年1-12月", "half", ["2023-H2"]),
        ("二〇二三年一至三月", "month", []),
    ],
)
def test_the_period_that_a_sum_ends_with(text: str, grain: str, expected: list[str]) -> None:
    assert find_sum_periods(text, grain) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"cumulative": ["rate"]},
        {"cumulative": ["unit"]},
        {"cumulative": ["nothing"]},
        {"period": {"grain": "year", "read_from": ["title"]}},
        {"rules": [{"kind": "plausible", "code": "ODD", "columns": ["total"], **TEXT}]},
    ],
)
def test_contracts_whose_sums_cannot_be_taken_apart(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make_sums(**changes)
