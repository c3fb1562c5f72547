"""Placeholder sources and indicators, so that a skeleton loads before a person has said where its figures come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from etl.policy_text.measures import Measure
from schemas.models.plan import Kind

_FORM = {Kind.EACH_CASE: "case_share", Kind.AVERAGE_CASE: "case_mean", Kind.CUMULATIVE: "count"}
_SPOKEN = {"%": "pct", "CNY": "cny"}
_MEASURE = {"day": "calendar_days", "month": "calendar_days", "year": "calendar_days", "workday": "workdays"}
_FAMILY = "reports"
_TODO_NOTE = "TODO 占位：请换成真实的来源和口径"


def placeholder_of(measure: Measure, prefix: str) -> str:
    """Id of the placeholder indicator that fits a measure."""
    form = _FORM.get(measure.kind, "ratio")
    if form == "case_share":
        return f"{prefix}_todo_on_time"
    if measure.kind in (Kind.REDUCTION, Kind.GROWTH):
        return f"{prefix}_todo_level_{'down' if measure.kind is Kind.REDUCTION else 'up'}"
    side = "low" if measure.comparator.startswith("<") else "high"
    return f"{prefix}_todo_{form}_{_SPOKEN.get(measure.unit, measure.unit)}_{side}"


def placeholder_sources(
    used: Sequence[tuple[str, dict[str, Any]]], *, plan: str, prefix: str, owner: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """File name and content of the placeholder contracts and indicators that the targets use."""
    if not used:
        return
    yield f"contracts/{prefix}_todo_report.yml", _report(prefix, plan, owner)
    if any(target["kind"] in (Kind.EACH_CASE, Kind.AVERAGE_CASE) for _, target in used):
        yield f"contracts/{prefix}_todo_cases.yml", _cases(prefix, plan, owner)
    for name, target in dict(used).items():
        yield f"indicators/{name}.yml", _indicator(name, target, prefix)


def _indicator(name: str, target: dict[str, Any], prefix: str) -> dict[str, Any]:
    kind = Kind(target["kind"])
    form = _FORM.get(kind, "ratio")
    by_level = kind in (Kind.REDUCTION, Kind.GROWTH)
    unit = "%" if form == "case_share" else "count" if by_level else target["unit"]
    low = kind is Kind.REDUCTION or (form != "case_share" and target["comparator"].startswith("<"))
    common = {
        "id": name,
        "name_zh": "TODO 占位指标",
        "name_en": "TODO placeholder",
        "family": _FAMILY,
        "source": f"{prefix}_todo_{'cases' if form.startswith('case') else 'report'}",
        "form": form,
        "unit": unit,
        "decimals": 2,
        "direction": "lower_is_better" if low else "higher_is_better",
    }
    return {**common, **_parts(form, target["unit"]), "missing": "fail", "note": f"{_TODO_NOTE}（{name}）"}


def _parts(form: str, unit: str) -> dict[str, Any]:
    if form == "count":
        return {"numerator": {"sum": "numerator"}}
    if form == "ratio":
        return {"numerator": {"sum": "numerator"}, "denominator": {"sum": "denominator"}}
    clock = {"start": "accepted_at", "earliest": ["finished_at"]}
    return {"clock": {**clock, "measure": _MEASURE.get(unit, "hours")} if form == "case_mean" else clock}


def _report(prefix: str, plan: str, owner: str) -> dict[str, Any]:
    numbers = [("numerator", "分子"), ("denominator", "分母")]
    columns = [{"name": name, "header": header, "type": "integer", "minimum": 0} for name, header in numbers]
    return {
        **_common(f"{prefix}_todo_report", plan, owner, kind="report"),
        "columns": [{"name": "unit", "header": "单位", "type": "unit"}, *columns],
        "key": ["unit"],
        "resend": "replace",
    }


def _cases(prefix: str, plan: str, owner: str) -> dict[str, Any]:
    times = [("accepted_at", "受理时间", True), ("finished_at", "办结时间", False)]
    columns = [{"name": n, "header": h, "type": "datetime", "required": r} for n, h, r in times]
    return {
        **_common(f"{prefix}_todo_cases", plan, owner, kind="cases"),
        "columns": [{"name": "case_id", "header": "办件编号", "type": "id"}, *columns],
        "key": ["case_id"],
        "received": "accepted_at",
        "resend": "merge",
    }


def _common(name: str, plan: str, owner: str, *, kind: str) -> dict[str, Any]:
    return {
        "id": name,
        "name_zh": "TODO 占位来源",
        "name_en": "TODO placeholder",
        "owner": owner,
        "plans": [plan],
        "kind": kind,
        "files": [f"*{name}*"],
        "period": {"grain": "month", "read_from": ["filename"]},
        "due": {"days": 10},
    }
