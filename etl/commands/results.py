"""targets, verdicts, explain, deadline: what is promised, what came of it, and why."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import typer

from etl.commands.output import (
    DayOption,
    JsonFlag,
    PlanOption,
    parse_day,
    print_json,
    print_line,
    print_table,
    show_light,
    to_json,
)
from etl.core.context import Context
from etl.core.session import open_session
from etl.core.target_rows import target_rows
from etl.core.verdict_history import KnownVerdict, find_set, read_evidence, read_set
from etl.core.verdicts import VerdictRow
from schemas.models.office import plans_of
from schemas.models.registry import Registry
from schemas.settings import get_settings

UnitOption = Annotated[str | None, typer.Option("--unit", help="单位；self 为全区汇总")]


def check_plan(registry: Registry, plan: str | None) -> None:
    if plan is not None and plan not in registry.plans:
        listed = "、".join(sorted(registry.plans))
        raise typer.BadParameter(
            f"没有启用方案 {plan!r}；启用的有：{listed}。要启用它，写进本目录 schemas/office.yml 的 plans"
            if plan in plans_of(get_settings().schema_folders)
            else f"没有方案 {plan!r}；现有：{listed}"
        )


def verdict_json(row: VerdictRow, *, as_of: dt.date, age_days: int | None) -> dict[str, Any]:
    """A row of `bizenv verdicts --json` (stable keys; more may be added)."""
    names = (
        *("plan", "target", "unit", "period", "status", "reason", "light", "exceeded", "value", "numerator"),
        *("denominator", "n", "comparator", "target_value", "target_unit", "stretch", "gap", "projected"),
        *("sentence", "clause", "due", "basis", "strength", "control", "carried_from", "pooled", "versions"),
        *("is_current", "low", "high", "progress", "time_share", "marks", "batches"),
    )
    return {**{name: getattr(row, name) for name in names}, "as_of": as_of, "age_days": age_days}


def verdicts(
    plan: PlanOption = None,
    as_of: DayOption = None,
    known_on: Annotated[str | None, typer.Option("--known-on", help="当时（这一天结束时）已发布的结论")] = None,
    unit: UnitOption = None,
    current: Annotated[bool, typer.Option("--current", help="只列当前的灯")] = False,
    as_json: JsonFlag = False,
) -> None:
    """结论：每条目标、单位、时期的状态、原因和灯。"""
    day, known_day = parse_day(as_of), parse_day(known_on)
    if day and known_day:
        raise typer.BadParameter("--as-of 和 --known-on 只能用一个")
    with open_session(get_settings(), trigger="cli:verdicts", as_of=day) as ctx:
        check_plan(ctx.registry, plan)
        rows = _verdict_rows(ctx, plan=plan, unit=unit, day=day, known_on=known_day)
    rows = [row for row in rows if row["is_current"]] if current else rows
    if as_json:
        print_json(rows)
        return
    shown = [
        (r["target"], r["unit"], r["period"], show_light(r["light"], r["carried_from"]), r["sentence"]) for r in rows
    ]
    print_table("结论", ("目标", "单位", "时期", "灯", "说明"), shown)


def _verdict_rows(
    ctx: Context, *, plan: str | None, unit: str | None, day: dt.date | None, known_on: dt.date | None
) -> list[dict[str, Any]]:
    with ctx.engine.connect() as connection:
        published = find_set(connection, known_on=known_on)
        if day is None or (published and published.as_of == day):
            found = read_set(connection, known_on=known_on, plan=plan, unit=unit)
            return [verdict_json(k.row, as_of=k.as_of, age_days=k.age_days) for k in found]
    from etl.dry_run import judge_at

    rows = [r for r in judge_at(ctx) if plan in (None, r.plan) and unit in (None, r.unit)]
    return [verdict_json(row, as_of=ctx.as_of, age_days=_age(row, rows, ctx.as_of)) for row in rows]


def _age(row: VerdictRow, rows: list[VerdictRow], as_of: dt.date) -> int | None:
    if row.carried_from is None:
        return None
    key = (row.plan, row.target, row.unit, row.carried_from)
    return next(((as_of - other.period_end).days for other in rows if other.key == key), None)


def explain(
    target: Annotated[str, typer.Argument(help="目标编号，如 online-items 或 wanli-2023/online-items")],
    period: Annotated[str, typer.Option("--period", help="时期，如 2023-03")],
    plan: PlanOption = None,
    unit: Annotated[str, typer.Option("--unit", help="单位；self 为全区汇总")] = "self",
    as_json: JsonFlag = False,
) -> None:
    """为什么是这盏灯：从结论到数值、到行、到文件的工作表和单元格。"""
    wanted_plan, _, name = target.rpartition("/")
    with open_session(get_settings(), trigger="cli:explain") as ctx, ctx.engine.connect() as connection:
        found = [
            known
            for known in read_set(connection, plan=wanted_plan or plan, target=name, unit=unit)
            if known.row.period == period
        ]
        if not found:
            raise typer.BadParameter(f"没有 {target} 在 {period} 对 {unit} 的结论；可用 bizenv verdicts 查看已有的结论")
        if len(found) > 1:
            raise typer.BadParameter(f"多个方案都有 {name}，请写成 方案/目标")
        document = _explanation(ctx, found[0], list(read_evidence(connection, found[0].verdict_id)))
    if as_json:
        print_json(document)
    else:
        _print_explanation(document)


def _explanation(ctx: Context, known: KnownVerdict, evidence: list[Any]) -> dict[str, Any]:
    row = known.row
    pack = ctx.registry.plans.get(row.plan)
    target = next((t for t in pack.targets if t.id == row.target), None) if pack else None
    return {
        "verdict": verdict_json(row, as_of=known.as_of, age_days=known.age_days),
        "set_id": known.set_id,
        "target": next((r for r in target_rows(ctx.registry, row.plan) if r["id"] == row.target), None),
        "document": pack.plan.document if pack else None,
        "indicator": ctx.registry.indicators[target.indicator] if target and target.indicator else None,
        "versions": row.versions,
        "evidence": evidence,
    }


def _print_explanation(document: dict[str, Any]) -> None:
    verdict, target = document["verdict"], document["target"]
    print_line(f"{show_light(verdict['light'], verdict['carried_from'])}  {verdict['sentence']}")
    if target and document["document"]:
        print_line(
            f"谁定的标准：《{document['document'].title}》 {target['clause']}；{target['basis_note'] or '原文如此'}"
        )
    if document["indicator"]:
        print_line(
            f"怎么算的：{document['indicator'].name_zh}（{document['indicator'].note or '分子合计 ÷ 分母合计'}）"
        )
    print_line(f"数值：{to_json(verdict['numerator'])} / {to_json(verdict['denominator'])}，n = {verdict['n']}")
    rows = [
        (e.file_name, e.sheet, e.line, "；".join(f"{c['header']}[{c['cell']}]={c['text']}" for c in e.cells), e.note)
        for e in document["evidence"]
    ]
    print_table("依据（最多 200 行）", ("文件", "工作表", "行", "单元格", "说明"), rows)
