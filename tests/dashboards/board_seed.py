"""A realistic published set, written with plain inserts: ten targets, six months, three reporting units.

All numbers are made up here; what tests expect of them is worked out by hand beside each.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, insert, text, update

from schemas.warehouse import tables as t

PLAN, SET_ID, AS_OF = "plan-2023", 12, dt.date(2023, 6, 30)
AT = dt.datetime(2023, 6, 30, 6, 5, tzinfo=dt.UTC)
BATCH = "ab12cd34ef56"
UNITS = ("市监局", "税务局", "行政审批局")


def month_end(period: str) -> dt.date:
    year, month = int(period[:4]), int(period[5:7])
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def target_row(rank: int, name: str, area: str, **content: Any) -> dict[str, Any]:
    base = {"plan": PLAN, "clause": f"一({'一二三四五六七八九十'[rank - 1]})", "name_zh": name, "area": area}
    base |= {"kind": "standing", "comparator": ">=", "value": 96, "unit": "%", "strength": "must", "basis": "policy"}
    base |= {"lead_units": ["市监局"], "support_units": ["税务局"], "control": "own", "note": ""}
    key = content.pop("id")
    names = {"id": key, "name_en": f"Target {key}"}
    return {"plan": PLAN, "target": key, "rank": rank, "version": "v1", "content": {**base, **names, **content}}


TARGETS = [
    target_row(1, "群众诉求办理满意率", "政务服务满意度", id="satisfaction"),
    target_row(2, "企业开办半日办结率", "开办企业", id="half-day", value=95, stretch=98, basis="interpretation"),
    target_row(3, "企业开办平均办理时间", "开办企业", id="mean-time", kind="average_case", comparator="<=", value=0.5,
               unit="workday", basis="local"),
    target_row(4, "投标保证金按期退还", "招标投标", id="deposit", kind="each_case", comparator="<=", value=5,
               unit="workday"),
    target_row(5, "新引进项目数", "招商引资", id="projects", kind="cumulative", value=41, unit="count",
               due="2023-12-31"),
    target_row(6, "其中重点项目数", "招商引资", id="key-projects", kind="cumulative", value=20, unit="count",
               strength="strive", due="2023-06-30"),
    target_row(7, "全年纳税时间", "纳税", id="tax-hours", kind="by_deadline", comparator="<=", value=70, unit="hour",
               due="2023-12-31", lead_units=["税务局"]),
    target_row(8, "线上办电率", "获得电力", id="power", value=95, control="shared"),
    target_row(9, "电子化招标率", "招标投标", id="e-tender", value=99),
    target_row(10, "公布中介服务清单", "政务服务满意度", id="list", kind="milestone", value=1, unit="count",
               due="2023-06-30"),
]  # fmt: skip


def verdict_row(
    target: str, period: str, status: str, reason: str, *, promises: Sequence[dict[str, Any]] = TARGETS, **more: Any
) -> dict[str, Any]:
    """One row of `verdicts`; the promise is copied from the catalogue as the judge does."""
    promise = next(row["content"] for row in promises if row["target"] == target)
    light = {"met": "green", "at_risk": "yellow", "missed": "red", "not_due": "neutral", "no_data": "grey"}[status]
    row: dict[str, Any] = {
        "plan": promise["plan"], "target": target, "unit": "self", "period": period, "period_end": month_end(period),
        "is_current": period == "2023-06", "status": status, "reason": reason, "light": light, "exceeded": False,
        "value": None, "numerator": None, "denominator": None, "n": None, "low": None, "high": None,
        "comparator": promise["comparator"], "target_value": Decimal(str(promise["value"])),
        "target_unit": promise["unit"], "stretch": promise.get("stretch"), "gap": None, "projected": None,
        "progress": None, "time_share": None, "sentence": f"{promise['name_zh']}：{period} 的结论。",
        "sentence_en": f"{target}: verdict of {period}.", "clause": promise["clause"],
        "due": dt.date.fromisoformat(promise["due"]) if "due" in promise else None, "basis": promise["basis"],
        "strength": promise["strength"], "control": promise["control"], "carried_from": None, "pooled": None,
        "marks": {}, "batches": [BATCH], "versions": {"target": "v1", "indicator": "3f2a", "calendar": "9c01"},
        "content_hash": f"{target}/{period}", "set_from": 1, "set_to": None, "recorded_from": AT,
    }  # fmt: skip
    return {**row, **more}


def share(numerator: int, denominator: int) -> dict[str, Any]:
    value = (Decimal(numerator) * 100 / Decimal(denominator)).quantize(Decimal("0.0000000001"))
    margin = Decimal("1.5")
    low, high = max(value - margin, Decimal(0)), min(value + margin, Decimal(100))
    return {
        "value": value,
        "numerator": numerator,
        "denominator": denominator,
        "n": denominator,
        "low": low,
        "high": high,
    }


def _satisfaction() -> list[dict[str, Any]]:
    """97.1, 96.8, 96.2, a gap, 95.995 (not 96), 92.3; one unit keeps its red through silence."""
    rows = [
        verdict_row("satisfaction", f"2023-0{m}", "met", "satisfied", **share(n, 1000))
        for m, n in ((1, 971), (2, 968), (3, 962))
    ]
    rows.append(verdict_row("satisfaction", "2023-04", "no_data", "not_reported"))
    rows.append(verdict_row("satisfaction", "2023-05", "missed", "not_satisfied", **share(19199, 20000)))
    told = "6 月满意率 92.3%，低于 96% 的标准 3.7 个百分点，连续两个月未达标。"
    now = {**share(923, 1000), "gap": Decimal("-3.7"), "sentence": told, "sentence_en": "92.3 % in June, below 96 %."}
    rows.append(verdict_row("satisfaction", "2023-06", "missed", "not_satisfied", **now))
    silent = {"unit": "市监局", "light": "red", "carried_from": "2023-05", "batches": []}
    rows.append(
        verdict_row(
            "satisfaction", "2023-05", "missed", "not_satisfied", unit="市监局", is_current=False, **share(90, 100)
        )
    )
    rows.append(verdict_row("satisfaction", "2023-06", "no_data", "unchanged_copy", **silent))
    rows.append(verdict_row("satisfaction", "2023-06", "met", "satisfied", unit="税务局", **share(490, 500)))
    return rows


def verdict_rows() -> list[dict[str, Any]]:
    """The standing rows of set 12: lights of `self` are red 3, yellow 3, green 2, neutral 1, grey 1."""
    each = {"value": Decimal("98.2142857143"), "numerator": 55, "denominator": 56, "n": 56, "gap": Decimal("-1.79")}
    each["marks"] = {"value_unit": "%", "required_share": "100", "late": 1}
    rows = _satisfaction()
    for month, number in enumerate((940, 946, 951, 957, 969, 984), start=1):
        done = {"exceeded": month == 6, **share(number, 1000)}
        status = ("not_due", "before_due") if month < 3 else ("met", "satisfied")
        rows.append(verdict_row("half-day", f"2023-0{month}", *status, **done))
    mean = {"value": Decimal("0.46"), "numerator": 46, "denominator": 100, "n": 100}
    rows.append(verdict_row("mean-time", "2023-05", "met", "satisfied", **mean))
    rows.append(verdict_row("mean-time", "2023-06", "at_risk", "open_cases", **mean))
    rows.append(verdict_row("deposit", "2023-06", "missed", "late_cases", **each))
    pace = {"value": 15, "progress": Decimal("0.3659"), "time_share": Decimal("0.4918"), "projected": Decimal("30.5")}
    rows.append(verdict_row("projects", "2023-06", "at_risk", "behind_path", **pace))
    rows.append(verdict_row("key-projects", "2023-06", "missed", "strive", value=7, light="yellow"))
    rows.append(verdict_row("tax-hours", "2023-06", "not_due", "before_due", value=Decimal("74.5"), n=12))
    rows.append(verdict_row("power", "2023-06", "no_data", "sample_too_small", n=3))
    rows.append(verdict_row("e-tender", "2023-05", "missed", "not_satisfied", **share(97, 100)))
    rows.append(
        verdict_row("e-tender", "2023-06", "no_data", "not_reported", light="red", carried_from="2023-05", batches=[])
    )
    rows.append(verdict_row("list", "2023-06", "met", "satisfied", value=1))
    return rows


def seed_catalogue(connection: Connection) -> None:
    document = {"number": "示例〔2023〕1号", "title": "示例区优化营商环境方案", "issuer": "示例区管理局"}
    content = {"id": PLAN, "name_zh": "示例区 2023 年优化营商环境方案", "name_en": "Sample district plan 2023"}
    content |= {"jurisdiction": "示例区", "document": document, "units": {unit: f"Unit {unit}" for unit in UNITS}}
    content |= {"sources": {"hotline": {"name_zh": "诉求办理台账", "name_en": "Hotline cases", "owner": "市监局"}}}
    connection.execute(insert(t.plans).values(plan=PLAN, content=content))
    connection.execute(insert(t.targets), TARGETS)
    note = {"basis_note": "平均时长按办结件计算"}
    definition = {"kind": "target", "name": f"{PLAN}/mean-time", "version": "v1", "content": note}
    connection.execute(insert(t.definitions).values(definition))


def seed_files(connection: Connection) -> None:
    """One loaded file with an evidence row's batch, one refused; findings, a row kept back, a mail, outcomes."""
    base = {"source": "hotline", "size_bytes": 9000, "landing_path": "x", "landed_at": AT, "covers": ["2023-06"]}
    lines = {"header": 1, "section": 0, "subtotal": 1, "note": 2, "blank": 0, "data": 1003}
    good = {
        "batch_id": BATCH,
        "file_name": "诉求办理6月.xlsx",
        "sha256": "1" * 64,
        "status": "loaded",
        "period": "2023-06",
    }
    good |= {"rows_accepted": 1000, "rows_quarantined": 3, "lines": lines, "message": None, "todo": None}
    bad = {"batch_id": "ff00ff00ff00", "file_name": "保证金台账.xls", "sha256": "2" * 64, "status": "refused"}
    bad |= {"period": None, "rows_accepted": None, "rows_quarantined": None, "lines": None}
    bad |= {"message": "文件有密码，打不开。", "todo": "请取消密码后重新导出。"}
    connection.execute(insert(t.batches), [{**base, **good}, {**base, **bad}])
    back = {"batch_id": BATCH, "made_at": base["landed_at"], "asks": True, "file_name": "批注.xlsx"}
    connection.execute(insert(t.giveback).values(**back, content=b"PK annotated"))
    finding = {
        "batch_id": BATCH,
        "code": "VALUE.RANGE",
        "level": "quarantine",
        "message": "满意度“105”不在 0 到 100 之间",
    }
    finding |= {"todo": "请核对后重新报送这一行", "sheet": "Sheet1", "line": 14, "cell": "D14", "rows": 1}
    connection.execute(insert(t.findings).values(finding))
    kept = {
        "batch_id": BATCH,
        "sheet": "Sheet1",
        "line": 14,
        "source": "hotline",
        "unit": "市监局",
        "period": "2023-06",
    }
    kept |= {"codes": ["VALUE.RANGE"], "content": {"办理单位": "市监局", "满意度": "105"}}
    connection.execute(insert(t.quarantine).values(kept))
    mail = {"set_id": SET_ID, "run_id": "r12", "recipient_unit": "市监局", "address": "a@localhost", "message_id": "m1"}
    mail |= {"subject": "群众诉求办理满意率转红", "body_text": "…", "body_html": "…", "state": "sent", "sent_at": AT}
    connection.execute(insert(t.mails).values(mail))
    connection.execute(insert(t.runs).values(run_id="r12", trigger="demo", as_of=AS_OF, started_at=AT, finished_at=AT))
    outcome = {"run_id": "r12", "started_at": AT, "finished_at": AT}
    done = {
        "stage": "publish",
        "subject": "set:plan-2023",
        "status": "done",
        "message": None,
        "counts": {"verdicts": 26},
    }
    refused = {"stage": "land", "subject": "保证金台账.xls", "status": "refused", "message": "文件有密码", "counts": {}}
    computed = {"stage": "compute", "subject": "hotline", "status": "done", "message": None, "counts": {"values": 6}}
    opened = {"stage": "land", "subject": "6月.zip", "status": "done", "message": None}
    opened |= {"counts": {"archive": "ab12", "members": ["6月.csv"]}}
    connection.execute(insert(t.outcomes), [{**outcome, **row} for row in (done, refused, computed, opened)])


def seed(engine: Engine, *, clock: dt.date | None = AS_OF) -> None:
    """Set 12 as published, set 11 before it, and the files behind them; the home's clock stands at `clock`."""
    with engine.begin() as connection:
        connection.execute(insert(t.home).values(id=1, clock=clock, clock_source="demo", simulated=True))
        seed_catalogue(connection)
        seed_files(connection)
        sets = [(11, dt.date(2023, 5, 31)), (SET_ID, AS_OF)]
        for set_id, as_of in sets:
            publish(connection, set_id, as_of)
        rows = verdict_rows()
        connection.execute(insert(t.verdicts), rows)
        ids = {tuple(r[:4]): r.id for r in connection.execute(
            text("select target, unit, period, is_current, id from verdicts"))}  # fmt: skip
        red = ids["satisfaction", "self", "2023-06", True]
        cells = [{"column": "score", "header": "满意度", "cell": "D27", "text": "40"}]
        cells.append({"column": "unit", "header": "办理单位", "cell": "B27", "text": "市监局"})
        evidence = {"batch_id": BATCH, "file_name": "诉求办理6月.xlsx", "sheet": "Sheet1", "line": 27, "cells": cells}
        connection.execute(insert(t.evidence).values(verdict_id=red, rank=1, note="不满意", **evidence))
        changed = {"set_id": SET_ID, "kind": "light", "plan": PLAN, "unit": "self", "period": "2023-06"}
        change = {"target": "satisfaction", "light_before": "yellow", "light_after": "red", "verdict_id": red}
        better = {"target": "half-day", "light_before": "neutral", "light_after": "green", "verdict_id": red}
        after = [{**c, **changed, "status_after": "missed"} for c in (change, better)]
        connection.execute(insert(t.changes), after)


def publish(connection: Connection, set_id: int, as_of: dt.date, *, state: str = "published") -> None:
    row = {"set_id": set_id, "state": state, "as_of": as_of, "run_id": f"r{set_id}", "published_at": AT}
    statement = insert(t.publications).values(**row, verdict_count=26, changed_count=2, digest=f"d{set_id}")
    connection.execute(statement)


def publish_next(engine: Engine, *, state: str = "published") -> None:
    """Set 13: the deposits are back to green; listeners are told as publish tells them."""
    with engine.begin() as connection:
        publish(connection, 13, AS_OF, state=state)
        v = t.verdicts
        old = (v.c.target == "deposit") & v.c.set_to.is_(None)
        connection.execute(update(v).where(old).values(set_to=13))
        new = {"set_from": 13, "value": Decimal(100), "numerator": 56, "denominator": 56, "n": 56}
        new["marks"] = {"value_unit": "%", "required_share": "100", "late": 0}
        connection.execute(insert(v).values(verdict_row("deposit", "2023-06", "met", "satisfied", **new)))
        change = {"plan": PLAN, "target": "deposit", "unit": "self", "period": "2023-06", "verdict_id": 1}
        change |= {"set_id": 13, "kind": "light", "light_before": "red", "light_after": "green"}
        connection.execute(insert(t.changes).values(**change, status_after="met"))
        connection.execute(text("select pg_notify('bizenv_set', '13')"))
