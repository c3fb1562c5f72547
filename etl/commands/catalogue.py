"""targets: what the plans promise, the other parts of their documents, and plans side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from etl.commands.output import JsonFlag, PlanOption, print_json, print_line, print_table
from etl.core.comparison import compare_family, family_rows
from etl.core.target_rows import PARTS, part_rows, target_rows
from schemas.models.registry import Registry, load_registry
from schemas.models.unit_words import UNIT_WORDS_ZH
from schemas.settings import get_settings

LIST_FAMILIES = "list"
"""`--compare` without a family."""

KIND_WORDS = {
    **{"standing": "持续保持", "by_deadline": "限期达到", "cumulative": "累计完成", "each_case": "逐件按期"},
    **{"average_case": "平均时长", "reduction": "比基期压减", "growth": "比基期增长", "rank": "外部评价位次"},
    **{"milestone": "交付事项", "cadence": "按频次开展", "coverage": "全覆盖"},
}
EVERY_WORDS = {
    **{"week": "每周", "ten_days": "每旬", "month": "每月", "two_months": "每两个月"},
    **{"quarter": "每季度", "half_year": "每半年", "year": "每年"},
}
BASIS_WORDS = {"policy": "原文", "interpretation": "解读", "local": "本地约定"}
COMPARATORS = {">=": "≥", "<=": "≤", "==": "＝", ">": "＞", "<": "＜"}


def complete_arguments(arguments: Sequence[str]) -> list[str]:
    """`--compare` may stand without a family, which the option parser cannot express."""
    following = [*arguments[1:], "-"]
    pairs = zip(arguments, following, strict=True)
    bare = [[word, LIST_FAMILIES] if word == "--compare" and after.startswith("-") else [word] for word, after in pairs]
    return [word for words in bare for word in words]


def check_known_plan(registry: Registry, plan: str | None) -> None:
    """All plans that are written down can be listed, also those that this office does not use."""
    if plan is not None and plan not in registry.plans:
        raise typer.BadParameter(f"没有方案 {plan!r}；现有：{'、'.join(sorted(registry.plans))}")


def targets(
    plan: PlanOption = None,
    facts: Annotated[bool, typer.Option("--facts", help="列出文件报告的已达成情况")] = False,
    tasks: Annotated[bool, typer.Option("--tasks", help="列出任务（交付物和分季度步骤）")] = False,
    mechanisms: Annotated[bool, typer.Option("--mechanisms", help="列出工作机制")] = False,
    skipped: Annotated[bool, typer.Option("--skipped", help="列出说明不跟踪的数量词")] = False,
    no_tasks: Annotated[bool, typer.Option("--no-tasks", help="目标清单里不含任务")] = False,
    compare: Annotated[
        str | None,
        typer.Option(
            "--compare",
            help="各方案对照：指标族编号；不写编号则列出全部指标族",
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """目标清单：每一条目标、限定它的条款、负责单位；也可列出文件的其他部分，或对照各方案。"""
    registry = load_registry(get_settings().schema_folders)
    check_known_plan(registry, plan)
    parts = [name for name, wanted in zip(PARTS, (facts, tasks, mechanisms, skipped), strict=True) if wanted]
    if len(parts) + (compare is not None) > 1:
        raise typer.BadParameter("--facts、--tasks、--mechanisms、--skipped、--compare 一次只用一个")
    if compare is not None:
        show_comparison(registry, compare, as_json)
        return
    names = [name for name in sorted(registry.plans) if plan in (None, name)]
    if parts:
        rows = [row for name in names for row in part_rows(registry.plans[name], parts[0])]
        print_json(rows) if as_json else _PRINT_PART[parts[0]](rows)
        return
    rows = [row for name in names for row in target_rows(registry, name, tasks=not no_tasks)]
    print_json(rows) if as_json else print_targets(rows, registry)


def wanted(row: Mapping[str, Any]) -> str:
    """What a target asks for, in words: `≥ 96%，力争 98%`, `每两个月至少 1 次`, `等次 ≥ 优异`."""
    sign = COMPARATORS[row["comparator"]]
    if row["kind"] == "milestone":
        return "完成"
    if row["kind"] == "cadence":
        return f"{EVERY_WORDS[row['every']]} {sign} {row['value']} 次" + ("（任意时段）" if _is_rolling(row) else "")
    if row["unit"] == "grade":
        return f"等次 {sign} {row['grade']}"
    unit = UNIT_WORDS_ZH.get(row["unit"], f" {row['unit']}")
    stretch = f"，力争 {row['stretch']}{unit}" if row.get("stretch") is not None else ""
    share = row.get("required_share", 100)
    some = f"（{share}% 的件）" if row["kind"] == "each_case" and share != 100 else ""
    return f"{sign} {row['value']}{unit}{stretch}{some}"


def _is_rolling(row: Mapping[str, Any]) -> bool:
    return row["window"] == "rolling"


def _due(row: Mapping[str, Any]) -> str:
    until = row["due"] or "方案期内"
    return f"{until}（发文前已到期，只验收一次）" if row["acceptance"] else until


def print_targets(rows: list[dict[str, Any]], registry: Registry) -> None:
    """The catalogue; where no source counts, people enter."""
    names = {name: indicator.name_zh for name, indicator in registry.indicators.items()}
    shown = [
        (
            *(r["id"], r["clause"], r["name_zh"], wanted(r), _due(r), "、".join(r["lead_units"])),
            names[r["indicator"]] if r["indicator"] else "人工填报",
        )
        for r in rows
    ]
    print_table("目标清单", ("目标", "条款", "名称", "要求", "期限", "牵头单位", "数据来源"), shown)


def print_facts(rows: list[dict[str, Any]]) -> None:
    shown = [(r["id"], r["clause"], r["name_zh"], _figure(r), r["at"], r["family"]) for r in rows]
    print_table("文件报告的已达成情况", ("编号", "条款", "名称", "数值", "时间", "指标族"), shown)


def _figure(row: Mapping[str, Any]) -> str:
    sign = "" if row["comparator"] == "==" else f"{COMPARATORS[row['comparator']]} "
    return f"{sign}{row['value']}{UNIT_WORDS_ZH.get(row['unit'], row['unit'])}"


def print_tasks(rows: list[dict[str, Any]]) -> None:
    shown = [
        (r["id"], r["clause"], r["name_zh"], r["quarter"], r["last_day"] or "长期", "、".join(r["lead_units"]))
        for r in rows
    ]
    print_table("任务", ("编号", "条款", "名称", "季度", "截止", "牵头单位"), shown)


def print_mechanisms(rows: list[dict[str, Any]]) -> None:
    shown = [
        (
            *(r["id"], r["clause"], r["name_zh"], EVERY_WORDS.get(r["every"], "")),
            "；".join(f"{s['name_zh']} {s['limit'] or ''}".strip() for s in r["stages"]),
            "、".join(r["targets"]),
        )
        for r in rows
    ]
    print_table("工作机制", ("编号", "条款", "名称", "周期", "环节与时限", "对应目标"), shown)


def print_skipped(rows: list[dict[str, Any]]) -> None:
    shown = [(f"{r['line']}:{r['offset']}", r["phrase"], r["reason"]) for r in rows]
    print_table("不跟踪的数量词", ("位置", "词语", "理由"), shown)


_PRINT_PART = {"facts": print_facts, "tasks": print_tasks, "mechanisms": print_mechanisms, "skipped": print_skipped}


def show_comparison(registry: Registry, family: str, as_json: bool) -> None:
    """Plans side by side in one family, or the families themselves."""
    if family == LIST_FAMILIES:
        rows = family_rows(registry)
        print_json(rows) if as_json else print_families(rows)
        return
    if family not in registry.families:
        known = "、".join(registry.families)
        raise typer.BadParameter(f"没有指标族 {family!r}；现有：{known}（--compare 不写编号可看说明）")
    found = compare_family(registry, family)
    print_json(found) if as_json else print_comparison(found)


def print_families(rows: list[dict[str, Any]]) -> None:
    shown = [
        (r["id"], r["name_zh"], r["indicators"], r["targets"], r["facts"], "、".join(r["plans"]), r["note_zh"])
        for r in rows
    ]
    print_table("指标族", ("编号", "名称", "指标", "目标", "事实", "方案", "说明"), shown)


def print_comparison(found: dict[str, Any]) -> None:
    """One table an indicator: what is not the same thing is not in the same table."""
    print_line(f"{found['family']['name_zh']}：{found['family']['note_zh']}")
    for member in found["indicators"]:
        title = f"{member['name_zh']}（{member['id']}）口径：{member['note'] or member['name_zh']}"
        shown = [
            (
                *(r["plan"], r["name_zh"], wanted(r), f"{r['from']} 起", _due(r)),
                *("力争" if r["strength"] == "strive" else "必须", BASIS_WORDS[r["basis"]], KIND_WORDS[r["kind"]]),
                r["clause"],
            )
            for r in member["targets"]
        ]
        print_table(title, ("方案", "目标", "要求", "起", "期限", "力度", "依据", "类型", "条款"), shown)
    if found["facts"]:
        shown = [(r["plan"], r["name_zh"], _figure(r), r["at"], r["clause"], r["note"]) for r in found["facts"]]
        print_table("文件报告的已达成情况", ("方案", "名称", "数值", "时间", "条款", "说明"), shown)
