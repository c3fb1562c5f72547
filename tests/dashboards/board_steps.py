"""A second plan in use, with all that a document can say: phases, tasks, mechanisms, facts, what people enter.

All of it is made up; the expectations of the tests are worked out by hand beside each.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import Connection, insert, text

from schemas.warehouse import tables as t
from tests.dashboards import board_seed
from tests.dashboards.board_seed import BATCH, PLAN, month_end, share, target_row

OTHER, OTHER_UNITS = "plan-steps", ("营商办", "法院")
BASELINE = {"unit": None, "value": 70, "date": "2022-12-31", "source": "年报"}
LINEAR = {"form": "linear", "steps": [], "tolerance": 10}
LOCAL = {"basis": "interpretation", "basis_note": "原文没有写年份"}


def step_row(rank: int, name: str, due: str, **content: Any) -> dict[str, Any]:
    """A task: a milestone that people confirm."""
    base = {"kind": "milestone", "comparator": "==", "value": 1, "unit": "count", "is_task": True, "due": due}
    base |= {"lead_units": ["营商办"], "support_units": []}
    return other_row(rank, name, content.pop("area", "政务服务"), **{**base, **content})


def other_row(rank: int, name: str, area: str, **content: Any) -> dict[str, Any]:
    row = target_row(rank, name, area, **content)
    more = {"plan": OTHER, "clause": f"举措{rank}", "lead_units": content.get("lead_units", ["营商办"])}
    return {**row, "plan": OTHER, "content": {**row["content"], **more, "indicator": content.get("indicator")}}


OTHER_TARGETS = [
    other_row(1, "网办率（一期）", "政务服务", id="online-1", kind="by_deadline", value=80, series="online",
              due="2023-03-31", indicator="online", **{"from": "2023-01-01"}),
    other_row(2, "网办率（二期）", "政务服务", id="online-2", kind="by_deadline", value=90, series="online",
              due="2023-12-31", indicator="online", baselines=[BASELINE], path=LINEAR,
              **{"from": "2023-04-01"}, **LOCAL),
    other_row(3, "调度会议", "工作推进", id="meetings", kind="cadence", value=1, unit="count",
              every="two_months", **{"from": "2023-01-01"}),
    other_row(4, "省评价等次", "工作推进", id="grade", kind="rank", value=2, unit="grade", grade="优秀",
              scale="省评价", strength="strive", due="2023-12-31"),
    other_row(5, "民商事案件平均审理天数", "司法", id="trial", kind="average_case", comparator="<=", value=60,
              unit="day", control="external", indicator="trial", lead_units=["法院"]),
    other_row(6, "上一年承诺事项", "司法", id="old", kind="by_deadline", value=100, acceptance=True, due="2022-12-31",
              indicator="old"),
    step_row(7, "制定改革方案", "2023-03-31", id="step-plan"),
    step_row(8, "开通专窗", "2023-03-31", id="step-window"),
    step_row(9, "年度考评", "2023-12-31", id="step-review"),
    step_row(10, "公布审理流程", "2023-06-30", id="step-court", control="external", lead_units=["法院"], area="司法"),
]  # fmt: skip


verdict_row = partial(board_seed.verdict_row, promises=OTHER_TARGETS)


def other_rows() -> list[dict[str, Any]]:
    """Of `plan-steps`: own 1 yellow, 1 green, 2 neutral; the court's figure red; of its four steps one of each."""
    rows = [verdict_row("online-1", f"2023-0{m}", "met", "on_path", is_current=m == 3, **share(n, 100))
            for m, n in ((1, 74), (2, 78), (3, 82))]  # fmt: skip
    pace = {"progress": Decimal("0.6"), "time_share": Decimal("0.4"), "projected": Decimal(100)}
    rows.append(verdict_row("online-2", "2023-04", "met", "on_path", **share(79, 100), **pace))
    slow = {"progress": Decimal("0.5"), "time_share": Decimal("0.62"), "projected": Decimal("86.129")}
    rows.append(verdict_row("online-2", "2023-06", "at_risk", "behind_path", **share(80, 100), **slow))
    for period, last, status, reason, number in (
        ("2023-01..02", "2023-02", "met", "satisfied", 2),
        ("2023-03..04", "2023-04", "missed", "too_few", 0),
        ("2023-05..06", "2023-06", "not_due", "before_due", None),
    ):
        own = {"period_end": month_end(last), "is_current": last == "2023-06", "value": number}
        rows.append(verdict_row("meetings", last, status, reason, **own, n=number) | {"period": period})
    grade = {"is_current": True, "value": 1, "marks": {"grade": "良好", "grade_wanted": "优秀"}}
    rows.append(verdict_row("grade", "2022-12", "not_due", "before_due", **grade) | {"period": "2022"})
    rows.append(verdict_row("trial", "2023-06", "missed", "over_limit", value=Decimal("71.5"), n=40))
    rows.append(verdict_row("old", "2022-12", "met", "satisfied", is_current=True, **share(10, 10)))
    rows.append(verdict_row("step-plan", "2023-03", "met", "confirmed", is_current=True, n=1))
    rows.append(verdict_row("step-window", "2023-03", "missed", "no_evidence", is_current=True))
    rows.append(verdict_row("step-review", "2023-12", "not_due", "before_due", is_current=True))
    rows.append(verdict_row("step-court", "2023-06", "missed", "late", light="red", n=1))
    return rows


QUOTE = {
    "line": 17,
    "clause": "一(一)",
    "title": "提升服务 · 诉求办理",
    "text": "满意率保持在96%以上。",
    "marks": [[6, 11]],
}
STAGES = [
    {"name_zh": "联系企业", "name_en": "Contact", "limit": "2 hour", "basis": "local", "basis_note": "按工作时间计"}
]
STAGES.append({"name_zh": "办结", "name_en": "Closed", "limit": None, "basis": "policy", "basis_note": ""})


def _item(plan: str, key: str, name: str, **more: Any) -> dict[str, Any]:
    base = {"plan": plan, "id": key, "clause": "举措3", "name_zh": name, "name_en": f"Item {key}", "area": "政务服务"}
    return {**base, "lead_units": ["营商办"], "support_units": [], "note": "", "places": [], **more}


PARTS = {
    "facts": [_item(OTHER, "reached", "已建成站点", comparator=">=", value=120, unit="count", at="2022")],
    "tasks": [
        _item(OTHER, "step-plan", "制定改革方案", quarter="2023-Q1", first_day="2023-01-01", last_day="2023-03-31",
              ongoing=False),
        _item(OTHER, "step-daily", "常态化巡查", quarter=None, first_day=None, last_day=None, ongoing=True),
    ],
    "mechanisms": [
        _item(OTHER, "request", "企业诉求办理", kind="case_clock", every=None, stages=STAGES, basis="policy",
              basis_note="", targets=["meetings", "trial"]),
    ],
    "skipped": [{"plan": OTHER, "line": 7, "offset": 10, "phrase": "二十大", "reason": "会议名称"}],
}  # fmt: skip


FAMILY = {"id": "online", "name_zh": "网上办理", "name_en": "Online handling", "note_zh": "事项与件数不能比较。"}


def family_content() -> dict[str, Any]:
    """Two indicators that are not the same number, of a plan in use and of one that is not, and a fact beside."""
    here = OTHER_TARGETS[1]["content"]
    there = {**here, "plan": "far-2020", "id": "far-online", "name_zh": "远方网办率", "value": 75, "stretch": 85}
    member = {"source": "x", "form": "share", "unit": "%", "direction": "higher", "version": 1}
    cases = {
        **there,
        "id": "far-cases",
        "name_zh": "远方网上办结率",
        "indicator": "cases",
        "value": 60,
        "stretch": None,
    }
    return {
        "family": FAMILY,
        "indicators": [
            {"id": "online", "name_zh": "网办率", "name_en": "Items online", "note": "以事项为分母。", **member,
             "targets": [there, here]},
            {"id": "cases", "name_zh": "网上办结率", "name_en": "Cases online", "note": "以件数为分母。", **member,
             "targets": [cases]},
            {"id": "idle", "name_zh": "备用口径", "name_en": "Idle", "note": "无人采用。", **member, "targets": []},
        ],
        "facts": [{**PARTS["facts"][0], "units": []}],
        "plans": {
            OTHER: {"name_zh": "步骤区方案", "name_en": "Plan of steps", "jurisdiction": "步骤区"},
            "far-2020": {"name_zh": "远方市方案", "name_en": "Far plan", "jurisdiction": "远方市"},
        },
    }  # fmt: skip


def seed_other(connection: Connection) -> None:
    """A second plan in use, with everything that a document can say; call it after `seed`."""
    content = {"id": OTHER, "name_zh": "步骤区提升年方案", "name_en": "Plan of steps", "jurisdiction": "步骤区"}
    content |= {"document": {"number": "示例〔2023〕2号", "title": "提升年方案", "issuer": "步骤区"}}
    content |= {"units": {unit: f"Unit {unit}" for unit in OTHER_UNITS}, "scales": {"省评价": ["良好", "优秀"]}}
    connection.execute(insert(t.plans).values(plan=OTHER, content=content))
    connection.execute(insert(t.targets), OTHER_TARGETS)
    connection.execute(insert(t.verdicts), other_rows())
    empty = {"facts": [], "tasks": [], "mechanisms": [], "skipped": []}
    beside = [("parts", PLAN, empty), ("parts", OTHER, PARTS), ("family", "online", family_content())]
    beside.append(
        ("clauses", PLAN, {"state": "ok", "name": "c.txt", "is_same": True, "targets": {"satisfaction": [QUOTE]}})
    )
    beside.append(
        ("clauses", OTHER, {"state": "no_text", "name": "texts/plan-steps.txt", "is_same": None, "targets": {}})
    )
    rows = [{"kind": k, "name": n, "rank": rank, "content": c} for rank, (k, n, c) in enumerate(beside, start=1)]
    connection.execute(insert(t.catalogue), rows)
    entry = {"file_name": "人工填报.xlsx", "sheet": "填报", "line": 3, "batch_id": BATCH, "note": "2023-02-20"}
    cells = [{"column": "day", "header": "日期", "cell": "G3", "text": "2023-02-20"},
             {"column": "evidence", "header": "佐证", "cell": "K3", "text": "示例〔2023〕9号"},
             {"column": "entered_by", "header": "填报人", "cell": "M3", "text": "张三"}]  # fmt: skip
    for target, period in (("meetings", "2023-01..02"), ("step-plan", "2023-03")):
        found = "select id from verdicts where target = :target and period = :period"
        key = connection.execute(text(found), {"target": target, "period": period}).scalar_one()
        connection.execute(insert(t.evidence).values(verdict_id=key, rank=1, cells=cells, **entry))
