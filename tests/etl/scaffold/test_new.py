"""A contract from a sample: it loads, reads that very sample, and what was guessed is what the sample shows."""

from __future__ import annotations

import datetime as dt
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from etl.scaffold.contracts import draft_contract
from etl.scaffold.files import ScaffoldError, write_promises
from etl.scaffold.packs import add_family, draft_indicator, draft_plan
from etl.scaffold.sample import SampleError
from schemas.models.contract import Contract
from schemas.models.registry import load_registry
from schemas.settings import REPO
from tests.etl.check.files import make_cases, make_report, write_csv, write_xls, write_xlsx

FOLDERS = (REPO / "schemas",)
REPORT = [
    ["湾里2023年3月窗口服务情况统计表"],
    ["单位：件"],
    ["序号", "责任单位", "办件量", "满意率", "平均用时", "备注"],
    [1, "局经发办", 12, "98.5%", 1.5, ""],
    [2, "局人社办", 7, "—", 2, "新开"],
    [3, "罗亭镇", 0, "100%", 0.5, ""],
    ["合计", "", 19, "", "", ""],
    ["填表人：某某"],
]
CASES = [
    ["办件编号", "申请人", "受理时间", "办结日期", "是否告知", "金额"],
    ["0001", "张三", "2023-03-01 09:00:05", "2023-03-03", "是", "-1.5"],
    ["0002", "李四", "2023-03-02 10:30:00", "", "否", "2"],
    ["0003", "张三", "2023-03-02 11:30:00", "2023-03-09", "是", "3"],
]


def types_of(contract: Contract) -> dict[str, str]:
    return {column.header: str(column.type) for column in contract.columns}


def test_a_report(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "窗口服务情况（2023年3月）.xlsx", REPORT)
    draft = draft_contract(path, "windows", plan="wanli-2023", unit_names={"罗亭镇": "罗亭镇"})
    contract = draft.contract
    assert types_of(contract) == {
        **{"责任单位": "unit", "办件量": "integer", "满意率": "percent", "平均用时": "decimal"},
    }
    assert (contract.kind, contract.key, contract.unit_column, contract.resend) == (
        "report",
        ("unit",),
        "unit",
        "replace",
    )
    assert contract.period.model_dump(exclude_none=True) == {"grain": "month", "read_from": ("title", "filename")}
    assert (contract.files, contract.ignore, contract.tokens) == (
        ("*窗口服务情况*",),
        ("序号", "备注"),
        {"—": "missing"},
    )
    assert contract.reporters == ("局经发办", "局人社办", "罗亭镇")
    assert contract.column_by_name["column_4"].required is False
    checked = draft.checked
    assert (checked.status, checked.rows_accepted, checked.rows_quarantined) == ("accepted", 3, 0)
    assert (checked.period, checked.lines["subtotal"], checked.lines["note"]) == ("2023-03", 1, 3)
    assert draft.text.count("TODO") > 8


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("热线12345工单台账2024年3月.xlsx", "*热线*工单台账*"),
        ("2024年3月 窗口_办件.xlsx", "*窗口*办件*"),
        ("窗口服务情况（2023年3月）.xlsx", "*窗口服务情况*"),
    ],
)
def test_the_pattern_of_file_names_knows_the_sample(tmp_path: Path, name: str, pattern: str) -> None:
    draft = draft_contract(write_xlsx(tmp_path / name, REPORT), "windows", plan="wanli-2023", unit_names={})
    assert draft.contract.files == (pattern,)
    assert fnmatchcase(name, pattern)


@pytest.mark.parametrize("ending", ["csv", "xls"])
def test_cases(tmp_path: Path, ending: str) -> None:
    write = {"csv": write_csv, "xls": write_xls}[ending]
    path = write(tmp_path / f"办件2023年第一季度.{ending}", CASES)
    draft = draft_contract(path, "cases", plan="wanli-2023", unit_names={})
    contract = draft.contract
    assert types_of(contract) == {
        **{"办件编号": "id", "申请人": "text", "受理时间": "datetime"},
        **{"办结日期": "date", "是否告知": "boolean", "金额": "decimal"},
    }
    assert (contract.kind, contract.key, contract.received, contract.resend) == (
        "cases",
        ("case_no",),
        "accepted_at",
        "merge",
    )
    assert contract.column_by_name["applicant"].personal
    assert contract.period.grain == "quarter"
    assert contract.column_by_name["column_6"].minimum is None  # -1.5 stands there
    assert (draft.checked.status, draft.checked.rows_accepted) == ("accepted", 3)


def test_a_key_of_two_columns_and_the_period_of_the_rows(tmp_path: Path) -> None:
    rows = [
        ["部门", "类别", "件数", "日期"],
        *[[u, k, 1, dt.date(2023, 3, 5)] for u in ("甲局", "乙局") for k in ("新办", "变更")],
    ]
    draft = draft_contract(write_xlsx(tmp_path / "台账.xlsx", rows), "ledger", plan="wanli-2023", unit_names={})
    assert draft.contract.key == ("unit", "column_2")
    assert draft.contract.period.read_from == ("rows",)
    assert draft.checked.rows_accepted == 4


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["部门", "件数"], ["甲局", 1]], "没有所属期"),
        ([["部门", "件数"]], "没有"),
        ([[1, 2], [3, 4]], "没有找到像表头"),
    ],
)
def test_what_cannot_be_drafted(tmp_path: Path, rows: list[Any], said: str) -> None:
    with pytest.raises(SampleError, match=said):
        draft_contract(write_xlsx(tmp_path / "表.xlsx", rows), "x", plan="wanli-2023", unit_names={})


def test_hostile_headers_and_names_stay_data(tmp_path: Path) -> None:
    """Quotes, braces and comment marks of the sample must not become YAML."""
    header = ['单位", x: {', "a: b # c", "!!python/object"]
    rows = [["2023年3月"], header, ["甲局", 1, 2], ["乙局", 3, 4]]
    path = write_xlsx(tmp_path / "'\"]{}#2023年3月.xlsx", rows)
    draft = draft_contract(path, "hostile", plan="wanli-2023", unit_names={})
    assert [c.header for c in draft.contract.columns] == [h.replace(" ", "") for h in header]


def test_the_drafts_load_with_everything_else(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "窗口服务情况（2023年3月）.xlsx", REPORT)
    draft = draft_contract(path, "windows", plan="wanli-2023", unit_names={})
    folder = tmp_path / "own"
    write_promises(FOLDERS, folder, {"contracts/windows.yml": draft.text})
    (folder / "families.yml").write_text(add_family("", "windows_rate"), encoding="utf-8")
    folders = (*FOLDERS, folder)
    write_promises(folders, folder, draft_indicator("windows_rate", load_registry(folders).contracts["windows"]))
    write_promises(folders, folder, draft_plan("next-2024", 2024))
    registry = load_registry(folders)
    assert registry.indicators["windows_rate"].form == "ratio"
    assert registry.plans["next-2024"].targets[0].due == dt.date(2024, 12, 31)
    with pytest.raises(ScaffoldError, match="已经存在"):
        write_promises(folders, folder, {"contracts/windows.yml": draft.text})


def test_promises_that_do_not_hold_are_taken_back(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="no source"):
        write_promises(FOLDERS, tmp_path, draft_indicator("lost_rate", make_report()))
    assert not list(tmp_path.rglob("*.yml"))


def test_forms_of_indicators() -> None:
    cases = yaml.safe_load(draft_indicator("x", make_cases())["indicators/x.yml"])
    assert cases["form"] == "case_share"
    assert cases["clock"] == {"start": "accepted_at", "earliest": ["finished_at"], "limit": "5 workday"}
    report = yaml.safe_load(draft_indicator("x", make_report())["indicators/x.yml"])
    assert (report["numerator"], report["denominator"]) == ({"sum": "online"}, {"sum": "total"})
