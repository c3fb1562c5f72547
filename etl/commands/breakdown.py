"""breakdown: a number over cases by the words of a column, with what chance allows."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy import select

from etl.commands.output import JsonFlag, print_json, print_line, print_table
from etl.core.session import open_session
from schemas.models.indicator import Indicator
from schemas.settings import get_settings
from schemas.warehouse.case_tables import breakdowns


def breakdown(
    indicator: Annotated[str, typer.Argument(help="指标编号；其定义里有 by（按哪些列看）")],
    by: Annotated[str | None, typer.Option("--by", help="只看其中一列，如 department")] = None,
    period: Annotated[str | None, typer.Option("--period", help="月份，如 2023-03")] = None,
    as_json: JsonFlag = False,
) -> None:
    """按窗口、事项、渠道等分开看同一个指标，并标出哪些差别超出偶然波动。"""
    with open_session(get_settings(), trigger="cli:breakdown") as ctx:
        found = ctx.registry.indicators.get(indicator)
        if found is None or not found.by:
            having = sorted(name for name, each in ctx.registry.indicators.items() if each.by)
            raise typer.BadParameter(f"指标 {indicator!r} 没有按列分开；有的是：{'、'.join(having) or '（无）'}")
        query = select(breakdowns).where(breakdowns.c.indicator == indicator)
        query = query.where(breakdowns.c.by == by) if by else query
        query = query.where(breakdowns.c.period == period) if period else query
        with ctx.engine.connect() as connection:
            rows = connection.execute(query.order_by("variant", "by", "period", "word")).mappings().all()
    documents = [_document(dict(row), found) for row in rows]
    if as_json:
        print_json(documents)
        return
    if not documents:
        print_line("还没有数：请先运行 bizenv run，或换一个月份")
        return
    print_table(found.name_zh, ("列", "分组", "月份", "数值", "件数", "与全体相比"), [_line(d) for d in documents])


def _document(row: dict[str, Any], indicator: Indicator) -> dict[str, Any]:
    """Numbers in the unit of the indicator; `signal`: `above` or `below` what chance allows, or null."""
    factor = float(indicator.factor if indicator.factor is not None else 100 if indicator.unit == "%" else 1)
    share = float(row["numerator"] / row["denominator"])
    signal = None
    if row["funnel_low"] is not None:
        signal = "above" if share > row["funnel_high"] else "below" if share < row["funnel_low"] else None
    scaled = {
        name: None if row[name] is None else row[name] * factor for name in ("low", "high", "funnel_low", "funnel_high")
    }
    kept = {
        name: row[name] for name in ("indicator", "variant", "by", "word", "period", "numerator", "denominator", "n")
    }
    return {**kept, "value": share * factor, "unit": indicator.unit, **scaled, "signal": signal}


def _line(document: dict[str, Any]) -> tuple[str, ...]:
    words = {"above": "高于偶然波动", "below": "低于偶然波动", None: "属偶然波动"}
    told = words[document["signal"]] if document["funnel_low"] is not None else "—"
    value = f"{document['value']:.1f}{document['unit']}"
    return document["by"], document["word"] or "（空）", document["period"], value, str(document["n"]), told
