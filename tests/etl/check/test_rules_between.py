"""Rules that look beyond a row: other sources, other rows, earlier periods. Limits are worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from etl.check.checked import Checked
from etl.check.history import History
from etl.check.references import Known
from etl.check.usual import find_usual
from tests.etl.check.files import CASE_HEADER, check, make_cases, make_report, report_rows, write_csv, write_xlsx

TEXT = {"message": "与约定不符", "todo": "请核对"}
LIMITS = {"cutoff": Decimal("3.5"), "least_share": Decimal("0.2"), "at_least": 6}


def found(result: Checked) -> list[tuple[str, str | None, str]]:
    return [(f.code, f.cell, str(f.level)) for f in result.findings]


# --- what is usual -------------------------------------------------------------------------------------------------


def test_the_range_of_a_figure_by_hand() -> None:
    """Median of 10 12 14 16 18 20 is 15, distances 5 3 1 1 3 5, their median 3: 3.5 * 3 / 0.6745 = 15.567..."""
    usual = find_usual([20, 10, 14, 12, 18, 16], **LIMITS)
    assert usual is not None
    assert (usual.median, usual.high) == (15, 15 + Fraction(105000, 6745))
    assert usual.low == 0  # 15 - 15.567 is below what was ever seen to be possible
    assert [usual.holds(figure) for figure in (0, 30, 31, -1)] == [True, True, False, False]
    assert usual.show() == "近 6 期的中位数为 15，通常在 0 到 30.57 之间"


def test_where_most_figures_are_equal_the_mean_distance_stands_in() -> None:
    """Median 100, distances 0 0 0 0 0 60: MAD 0, mean 10, so 3.5 * 1.253314 * 10 = 43.86599 on each side."""
    usual = find_usual([100, 100, 100, 100, 100, 160], **LIMITS)
    assert usual is not None
    assert usual.high - 100 == Fraction("43.86599") == 100 - usual.low


def test_a_quiet_history_leaves_room_and_a_short_one_says_nothing() -> None:
    usual = find_usual([50] * 6, **LIMITS)
    assert usual is not None
    assert (usual.low, usual.high) == (40, 60)  # a fifth of the median
    assert find_usual([50] * 5, **LIMITS) is None


# --- plausible, carried, usual_rows --------------------------------------------------------------------------------

PLAUSIBLE = {"kind": "plausible", "code": "ODD", "columns": ["total"], **TEXT}


def make_history(before: str = "2023-07", **totals: list[int]) -> History:
    """Totals of each unit from January on; `online` is what was left at the end."""
    rows = [
        {"period": f"2023-{month:02d}", "unit": unit, "total": total, "online": total - 1}
        for unit, figures in totals.items()
        for month, total in enumerate(figures, start=1)
    ]
    return History(before, pa.Table.from_pylist(rows), {f"2023-{month:02d}": 2 for month in range(1, 7)})


def read(tmp_path: Path, rule: dict[str, Any], *rows: list[Any], title: str = "2023年7月", **told: Any) -> Checked:
    path = write_xlsx(tmp_path / "月报.xlsx", report_rows(*rows, title=title))
    return check(path, make_report(rules=[rule]), **told)


HISTORY = make_history(甲局=[10, 12, 14, 16, 18, 20], 乙局=[10, 12, 14, 16, 18])


@pytest.mark.parametrize("level", ["note", "quarantine"])
def test_a_figure_far_from_its_own_history(tmp_path: Path, level: str) -> None:
    """31 is above 30.57 for 甲局; 乙局 has five figures only, and is not judged."""
    rows = (["甲局", 31, 1, None], ["乙局", 3100, 1, None])
    result = read(tmp_path, {**PLAUSIBLE, "level": level}, *rows, history=HISTORY)
    assert found(result) == [("ODD", "B3", level)]
    said = "第 3 行：与约定不符（「办件量（件）」为 31）；近 6 期的中位数为 15，通常在 0 到 30.57 之间"
    assert result.findings[0].message == said
    held = 1 if level == "quarantine" else 0
    assert (result.rows_accepted, [row.line for row in result.quarantine]) == (2 - held, [3] * held)
    assert read(tmp_path, PLAUSIBLE, ["甲局", 30, 1, None], history=HISTORY).findings == ()


def test_the_history_that_was_used_is_told_and_nothing_is_said_without(tmp_path: Path) -> None:
    row = ["甲局", 31, 1, None]
    first, second = (read(tmp_path, PLAUSIBLE, row, history=HISTORY) for _ in range(2))
    assert first == second
    told = first.reading["history"]
    assert (told["before"], told["periods"][0], told["periods"][-1], told["rows"]) == (
        *("2023-07", "2023-01", "2023-06"),
        11,
    )
    other = make_history(甲局=[10, 12, 14, 16, 18, 21])
    assert read(tmp_path, PLAUSIBLE, row, history=other).reading["history"]["digest"] != told["digest"]
    bare = read(tmp_path, PLAUSIBLE, row)
    assert bare.findings == ()
    assert "history" not in bare.reading


def test_months_are_not_held_against_quarters_nor_against_what_came_later(tmp_path: Path) -> None:
    months = [{"period": f"2023-{m:02d}", "unit": "甲局", "total": 10, "online": 1} for m in range(7, 13)]
    quarters = [{"period": f"{y}-Q{q}", "unit": "甲局", "total": 10, "online": 1} for y in (2021, 2022) for q in (1, 2)]
    history = History("2023-07", pa.Table.from_pylist(months + quarters))
    assert read(tmp_path, PLAUSIBLE, ["甲局", 500, 1, None], history=history).findings == ()


CARRIED = {"kind": "carried", "code": "STOCK", "opening": "total", "closing": "online", **TEXT}


def test_the_opening_stock_is_the_closing_one_of_the_period_before(tmp_path: Path) -> None:
    """In June 甲局 closed with 19 and 乙局 has no row of June."""
    rows = (["甲局", 20, 5, None], ["乙局", 77, 5, None])
    result = read(tmp_path, CARRIED, *rows, history=HISTORY)
    assert found(result) == [("STOCK", "B3", "note")]
    assert result.findings[0].message.endswith("；上期（2023-06）「网办量」为 19")
    assert read(tmp_path, CARRIED, ["甲局", 19, 5, None], history=HISTORY).findings == ()


def test_where_no_row_has_a_period_before_the_file_says_so(tmp_path: Path) -> None:
    (finding,) = read(tmp_path, CARRIED, ["甲局", 20, 5, None]).findings
    assert (finding.code, str(finding.level)) == ("HISTORY.NOTHING_YET", "note")
    assert "还没有上一期的数据" in finding.message


def test_january_and_february_in_one_are_the_period_before_march(tmp_path: Path) -> None:
    row = {"period": "2023-01..02", "unit": "甲局", "total": 0, "online": 7}
    history = History("2023-03", pa.Table.from_pylist([row]))
    result = read(tmp_path, CARRIED, ["甲局", 8, 1, None], title="2023年3月", history=history)
    assert found(result) == [("STOCK", "B3", "note")]


def test_periods_within_one_file_follow_each_other(tmp_path: Path) -> None:
    columns = [
        {"name": "month", "header": "月份", "type": "period"},
        {"name": "opened", "header": "期初", "type": "integer"},
        {"name": "closed", "header": "期末", "type": "integer"},
    ]
    contract = make_report(
        columns=columns,
        key=["month"],
        unit_column=None,
        period={"grain": "month", "read_from": ["column"], "column": "month"},
        rules=[{"kind": "carried", "code": "STOCK", "opening": "opened", "closing": "closed", **TEXT}],
    )
    rows = [["月份", "期初", "期末"], ["2023-02", 5, 6], ["2023-01", 1, 5], ["2023-03", 7, 9]]
    result = check(write_xlsx(tmp_path / "月报.xlsx", rows), contract)
    assert found(result) == [("STOCK", "B4", "note")]  # March opens with 7, February closed with 6


@pytest.mark.parametrize(("count", "odd"), [(2, False), (3, True)])
def test_more_rows_than_usual(tmp_path: Path, count: int, odd: bool) -> None:
    """Two rows in each of six months: a fifth of two is 0.4, so that three are unusual."""
    rule = {"kind": "usual_rows", "code": "ROWS", "level": "refuse", **TEXT}
    rows = [[unit, 5, 5, None] for unit in ("甲局", "乙局", "丙局")[:count]]
    result = read(tmp_path, rule, *rows, history=HISTORY)
    assert (result.status, result.code) == (("refused", "ROWS") if odd else ("accepted", None))
    if odd:
        assert result.message == "与约定不符（共 3 行；近 6 期的中位数为 2，通常在 1.6 到 2.4 之间）"


# --- running numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["note", "quarantine"])
def test_running_numbers_have_no_gap(tmp_path: Path, level: str) -> None:
    rule = {"kind": "sequence", "code": "GAP", "column": "total", "level": level, **TEXT}
    rows = (["甲局", 3, 1, None], ["乙局", 2, 1, None], ["丙局", 5, 1, None])
    result = read(tmp_path, rule, *rows)
    assert found(result) == [("GAP", "B5", level)]
    assert result.findings[0].message == "第 5 行：与约定不符（「办件量（件）」为 5）；前一个号码是 3"
    assert [row.line for row in result.quarantine] == ([5] if level == "quarantine" else [])


def test_running_numbers_within_a_group(tmp_path: Path) -> None:
    columns = [
        {"name": "office", "header": "窗口", "type": "text"},
        {"name": "number", "header": "流水号", "type": "integer"},
    ]
    rule = {"kind": "sequence", "code": "GAP", "column": "number", "by": ["office"], **TEXT}
    contract = make_report(columns=columns, key=["office", "number"], unit_column=None, rules=[rule])
    rows = [["2023年7月", ""], ["窗口", "流水号"], ["东", 8], ["西", 1], ["东", 9], ["西", 2], ["西", 4]]
    result = check(write_xlsx(tmp_path / "月报.xlsx", rows), contract)
    assert [(f.cell, f.message) for f in result.findings] == [
        ("B7", "第 7 行：与约定不符（「流水号」为 4，「窗口」为 西）；前一个号码是 2")
    ]


# --- references ----------------------------------------------------------------------------------------------------

REFERENCE = {"kind": "reference", "code": "NOT_THERE", "column": "case_id", "source": "projects", "key": "id", **TEXT}
CASES = [[f"3601030000000000{i}", "", "2023/3/1 8:00:00", "2023/3/2 8:00:00", "办结"] for i in range(10, 14)]


@pytest.mark.parametrize("level", ["note", "quarantine"])
def test_a_cell_that_names_what_is_not_there(tmp_path: Path, level: str) -> None:
    path = write_csv(tmp_path / "办件明细_202303.csv", [CASE_HEADER, *CASES])
    known = Known("「项目库」", pa.array([row[0] for row in (CASES[0], CASES[1], CASES[3])]))
    result = check(path, make_cases(rules=[{**REFERENCE, "level": level}]), known={"NOT_THERE": known})
    assert found(result) == [("NOT_THERE", "A4", level)]
    assert result.findings[0].message == f"第 4 行：与约定不符（「办件编号」为 {CASES[2][0]}）"
    assert [row.line for row in result.quarantine] == ([4] if level == "quarantine" else [])
    assert result.reading["known"]["NOT_THERE"]["words"] == 3


def test_where_the_other_source_has_nothing_yet_the_file_says_so(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "办件明细_202303.csv", [CASE_HEADER, *CASES])
    result = check(path, make_cases(rules=[REFERENCE]), known={"NOT_THERE": Known("「项目库」", None)})
    assert found(result) == [("REFERENCE.NOTHING_YET", None, "note")]
    assert result.findings[0].message == "「办件编号」应在「项目库」中，但那里还没有数据，本次未核对"
    assert (result.rows_accepted, result.rows_quarantined) == (4, 0)
    with pytest.raises(ValueError, match="NOT_THERE"):
        check(path, make_cases(rules=[REFERENCE]))


def test_nobody_is_named_in_an_empty_cell(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "办件明细_202303.csv", [CASE_HEADER, [*CASES[0][:3], "", "在办"]])
    rule = {**REFERENCE, "column": "state"}
    known = {"NOT_THERE": Known("「项目库」", pa.array(["在办"]))}
    assert check(path, make_cases(rules=[rule]), known=known).findings == ()


def test_months_in_the_header_follow_each_other(tmp_path: Path) -> None:
    """Each cell is a row of its own: 31 in July is above 30.57, and only its cell is held."""
    contract = make_report(
        period={"grain": "month", "read_from": ["column"], "column": "month"},
        columns=[
            {"name": "unit", "header": "责任单位", "type": "unit"},
            {"name": "month", "header": "月份", "type": "period"},
            {"name": "total", "header": "办件量", "type": "integer"},
        ],
        wide={"across": "month", "values": ["total"]},
        key=["unit", "month"],
        rules=[{**PLAUSIBLE, "level": "quarantine"}],
    )
    months = [f"{month}月" for month in range(1, 8)]
    rows = [
        ["2023年"],
        ["责任单位", *months],
        ["甲局", 10, 12, 14, 16, 18, 20, 31],
        ["乙局", 10, 12, 14, 16, 18, 20, 30],
    ]
    result = check(write_xlsx(tmp_path / "月报.xlsx", rows), contract)
    assert found(result) == [("ODD", "H3", "quarantine")]
    assert (result.rows_accepted, [row.line for row in result.quarantine]) == (13, [3])
