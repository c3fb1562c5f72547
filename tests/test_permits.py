"""Permits with registers of suspensions and exclusions, exactly as docs/packs.md shows them, through `bizenv run`.

Working days around May Day 2023: 29 April to 3 May off, 23 April and 6 May worked. Every verdict is worked out by hand.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.settings import Settings, inherited_environment

PAGE = Path(__file__).resolve().parents[1] / "docs" / "packs.md"
FILES = ("contracts/permit_cases.yml", "contracts/case_stops.yml", "contracts/case_exclusions.yml")
PLAN = {
    "plans/permits/plan.yml": """
id: permits
name_zh: 许可办理
name_en: Permits
jurisdiction: 某区
document: {number: "-", title: 许可办理约定, issuer: 测试}
from: 2023-04-01
until: 2023-12-31
basis: local
coordinator: 局营商办
""",
    "plans/permits/units.yml": """
- {id: 局营商办, name_en: Office}
- {id: 局政务服务办, name_en: Service Office}
""",
    "plans/permits/targets.yml": """
- {id: in-time, clause: 一, name_zh: 许可按时办结, name_en: Permits in time, area: 许可, kind: standing,
   comparator: ">=", value: 90, unit: "%", basis: local, lead_units: [局政务服务办], indicator: permits_in_time}
- {id: mean-days, clause: 二, name_zh: 许可平均用时, name_en: Mean days, area: 许可, kind: average_case,
   comparator: "<=", value: 5, unit: workday, basis: local, lead_units: [局政务服务办], indicator: permit_days}
""",
    "indicators/permit_days.yml": """
id: permit_days
name_zh: 许可平均用时
name_en: Mean working days of permits
family: permits
source: permit_cases
form: case_mean
unit: workday
decimals: 1
direction: lower_is_better
clock: {start: accepted_at, earliest: [finished_at]}
minimum_n: 1
missing: skip
note: 从受理到办结
""",
}
HEADER = (
    "办件编号 收件时间 补正通知时间 受理时间 办结时间 撤回时间 中止日期 恢复日期 中止原因 "
    "延长天数 批准延长日期 承诺办结时间 事项类别 窗口"
)
CASES = {
    # accepted Mon 24 April, 5 working days: 25 26 27 28 April, 4 May; finished on the last day
    "A1": {"收件时间": "2023-04-24 09:00", "受理时间": "2023-04-24 10:00", "办结时间": "2023-05-04 16:00"},
    # the same, finished a day later: late in May
    "A2": {"收件时间": "2023-04-24 09:00", "受理时间": "2023-04-24 10:00", "办结时间": "2023-05-05 09:00"},
    # suspended 26 April to 5 May for an inspection: counted 25 26 April, then 6 (Saturday, worked), 8, 9 May
    "A3": {"收件时间": "2023-04-24 09:00", "受理时间": "2023-04-24 10:00", "办结时间": "2023-05-09 09:00",
           "中止日期": "2023-04-26", "恢复日期": "2023-05-05", "中止原因": "现场检验"},
    # the same for a reason that no law names: nothing is taken out, so it is late, on 4 May
    "A4": {"收件时间": "2023-04-24 09:00", "受理时间": "2023-04-24 10:00", "办结时间": "2023-05-09 09:00",
           "中止日期": "2023-04-26", "恢复日期": "2023-05-05", "中止原因": "经办人休假"},
    # suspended in the register: a hearing, the same days
    "A5": {"收件时间": "2023-04-24 09:00", "受理时间": "2023-04-24 10:00", "办结时间": "2023-05-09 09:00"},
    # late by far, but taken out by the register of exclusions
    "A6": {"收件时间": "2023-04-24 09:00", "受理时间": "2023-04-24 10:00", "办结时间": "2023-05-30 09:00"},
    # nobody asked for corrections in time: it runs from the receipt on 4 May, until the 10th (6 May is worked)
    "A7": {"收件时间": "2023-05-04 09:00", "受理时间": "2023-05-18 10:00", "办结时间": "2023-05-19 09:00"},
    # 3 days more, signed on the last day, 4 May: 5, 6, 8 May
    "A8": {"收件时间": "2023-04-24 09:00", "受理时间": "2023-04-24 10:00", "办结时间": "2023-05-08 17:00",
           "延长天数": "3", "批准延长日期": "2023-05-04"},
    # the file's own deadline decides: one hour late
    "A9": {"收件时间": "2023-05-08 09:00", "受理时间": "2023-05-08 10:00", "办结时间": "2023-05-09 13:00",
           "承诺办结时间": "2023-05-09 12:00"},
    # withdrawn within the limit
    "B1": {"收件时间": "2023-05-08 09:00", "受理时间": "2023-05-08 10:00", "撤回时间": "2023-05-09 13:00"},
    # open and suspended: never late, never decided
    "B2": {"收件时间": "2023-05-08 09:00", "受理时间": "2023-05-08 10:00", "中止日期": "2023-05-10",
           "中止原因": "专家评审"},
    # finished before it was accepted: kept back by the check
    "B3": {"收件时间": "2023-05-08 09:00", "受理时间": "2023-05-09 10:00", "办结时间": "2023-05-08 13:00"},
}  # fmt: skip


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(rows)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, module_database_url: str) -> Settings:
    pack = tmp_path_factory.mktemp("pack")
    shown = dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL))
    wanted = {name: shown[name] for name in (*FILES, "indicators/permits_in_time.yml")}
    for name, text in (wanted | PLAN).items():
        (pack / name).parent.mkdir(parents=True, exist_ok=True)
        (pack / name).write_text(text, encoding="utf-8")
    made = Settings(
        home=tmp_path_factory.mktemp("permits") / "home", database_url=module_database_url, schemas=(pack,), smtp_port=1
    )
    made.make_home()
    header = HEADER.split()
    rows = [[number, *(cells.get(name, {"事项类别": "一般", "窗口": "1号"}.get(name, "")) for name in header[1:])]
            for number, cells in CASES.items()]  # fmt: skip
    write(made.inbox / "许可办件明细.csv", [header, *rows])
    write(
        made.inbox / "中止登记2023年4月.csv",
        [["办件编号", "中止日期", "恢复日期", "中止原因"], ["A5", "2023-04-26", "2023-05-05", "听证"]],
    )
    write(
        made.inbox / "不纳入考核2023年5月.csv",
        [["办件编号", "剔除原因", "批准人", "批准日期", "有效期至"],
         ["A6", "申请人不配合", "张某", "2023-05-31", "2023-07-31"]],
    )  # fmt: skip
    bizenv(made, "run", "--as-of", "2023-06-15")
    return made


def bizenv(settings: Settings, *arguments: str) -> list[dict]:
    command = [sys.executable, "-m", "etl.cli", *arguments, "--json"]
    environment = {**inherited_environment(), **settings.child_environment()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_each_case_is_what_the_law_makes_of_it(office: Settings) -> None:
    cases = {case["case"]: case for case in bizenv(office, "cases", "permits_in_time", "--as-of", "2023-06-15")}
    told = {number: (case["deadline_date"], case["kept"], case["late"]) for number, case in cases.items()}
    assert told == {
        "A1": ("2023-05-04", True, False),
        "A2": ("2023-05-04", False, True),
        "A3": ("2023-05-09", True, False),
        "A4": ("2023-05-04", False, True),
        "A5": ("2023-05-09", True, False),
        "A6": ("2023-05-04", False, True),
        "A7": ("2023-05-10", False, True),
        "A8": ("2023-05-08", True, False),
        "A9": ("2023-05-09", False, True),
        "B1": ("2023-05-15", True, False),
        "B2": (None, False, False),
    }
    assert cases["A4"]["abuse"] == "reason"
    assert cases["A6"]["excluded"]
    assert cases["B2"]["suspended"]
    assert cases["A9"]["own_deadline_date"] == "2023-05-15"  # our own count beside the file's deadline
    # A3 from 25 April to 9 May: 25 26 27 28 April, 4 5 6 8 9 May are 9; 27 28 April, 4 5 May are suspended
    assert cases["A3"]["elapsed"] == 5


def test_the_share_is_shown_with_and_without_what_the_register_takes_out(office: Settings) -> None:
    """Decided in May: A1 A3 A5 A8 B1 in time, A2 A4 A7 A9 late; with A6 it would be 5 of 10."""
    verdicts = bizenv(office, "verdicts", "--plan", "permits", "--unit", "self")
    may = next(v for v in verdicts if v["target"] == "in-time" and v["period"] == "2023-05")
    assert (may["status"], may["numerator"], may["n"]) == ("missed", 5, 9)
    assert (may["marks"]["excluded"], float(may["marks"]["with_excluded"])) == (1, 50.0)


def test_the_mean_leaves_out_suspended_time(office: Settings) -> None:
    """Working days from acceptance to the end: A1 5, A2 6, A3 5, A4 9, A5 5, A7 1, A8 8, A9 1, B1 1: 41 of 9 cases."""
    verdicts = bizenv(office, "verdicts", "--plan", "permits", "--unit", "self")
    may = next(v for v in verdicts if v["target"] == "mean-days" and v["period"] == "2023-05")
    assert (may["numerator"], may["n"]) == (41, 9)


def test_an_exclusion_ends_with_its_approval(office: Settings) -> None:
    """On 1 August the approval has run out: A6 counts again, and May is 5 of 10."""
    later = bizenv(office, "verdicts", "--plan", "permits", "--unit", "self", "--as-of", "2023-08-01")
    may = next(v for v in later if v["target"] == "in-time" and v["period"] == "2023-05")
    assert (may["numerator"], may["n"]) == (5, 10)
    assert "excluded" not in may["marks"]
