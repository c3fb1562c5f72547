"""case-lights: the open cases, their lights, and how much time is left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from etl.commands.output import DayOption, JsonFlag, PlanOption, parse_day, print_json, print_line, print_table
from etl.commands.results import check_plan
from etl.core.case_light_rows import CaseLight, KnownClock, now_of, read_clocks, read_counts, read_lights
from etl.core.case_words import LIGHT_WORDS, say_deadline, say_left, say_remarks
from etl.core.context import Context
from etl.core.session import open_session
from schemas.models.case_keys import show_key
from schemas.settings import get_settings
from schemas.warehouse.case_tables import LIGHTS

SHOWN = 200
"""Rows printed for people at most; `--json` has all."""


def case_lights(
    plan: PlanOption = None,
    unit: Annotated[str | None, typer.Option("--unit", help="承办单位")] = None,
    window: Annotated[str | None, typer.Option("--window", help="窗口")] = None,
    light: Annotated[
        str | None, typer.Option("--light", help="只列一种灯：red、yellow、green、suspended、none")
    ] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="先按现在的时间刷新灯号")] = False,
    as_of: DayOption = None,
    as_json: JsonFlag = False,
) -> None:
    """在办件灯号：每个在办件的期限、剩余时间和出处。"""
    from etl import pipeline

    if light is not None and light not in LIGHTS:
        raise typer.BadParameter(f"没有灯号 {light!r}；可用：{'、'.join(LIGHTS)}")
    with open_session(get_settings(), trigger="cli:case-lights", as_of=parse_day(as_of)) as ctx:
        check_plan(ctx.registry, plan)
        if refresh:
            pipeline.light_cases(ctx)
        with ctx.engine.connect() as connection:
            clocks, counts = read_clocks(connection), read_counts(connection)
            wanted = (light,) if light else ()
            rows = read_lights(connection, plan=plan, unit=unit, window=window, lights=wanted)
        document = describe(ctx, clocks, [c for c in counts if plan in (None, c["plan"])], rows)
    print_json(document) if as_json else print_lights(document)


def describe(
    ctx: Context, clocks: Sequence[KnownClock], counts: Sequence[dict[str, Any]], rows: Sequence[CaseLight]
) -> dict[str, Any]:
    """What `--json` prints (stable keys; more may be added)."""
    known = {(clock.plan, clock.clock): clock for clock in clocks}
    nows = {source: now_of(ctx, source) for source in {row.source for row in rows}}
    return {
        "as_of": ctx.as_of,
        "lit_at": max((clock.lit_at for clock in clocks), default=None),
        "counts": counts,
        "cases": [case_json(row, known.get((row.plan, row.clock)), nows[row.source]) for row in rows],
    }


def case_json(row: CaseLight, clock: KnownClock | None, now: dt.datetime) -> dict[str, Any]:
    left = row.left(now)
    return {
        **{"plan": row.plan, "clock": row.clock, "source": row.source, "case": show_key(row.case_key)},
        **{"light": row.light, "reason": row.reason, "since": row.light_since, "limit": row.limit_text},
        **{"deadline_date": row.deadline_date, "deadline": row.deadline_at},
        **{"left_days": left.days if left else None, "left_minutes": left.minutes if left else None},
        **{"started": row.started_at, "age_days": row.age_days(now.date()), "suspended_since": row.suspended_since},
        **{"clock_abuse": row.abuse.split(",") if row.abuse else [], "unit": row.unit, "window": row.window_name},
        **{
            "name_zh": clock.content["name_zh"] if clock else None,
            "clause": clock.content["clause"] if clock else None,
        },
        **{"file": row.file_name, "sheet": row.sheet or None, "line": row.line, "batch": row.batch_id},
        "left_zh": say_left(left),
    }


def print_lights(document: dict[str, Any]) -> None:
    lit_at = document["lit_at"]
    if lit_at is None:
        print_line("还没有在办件灯号：请先运行 bizenv compute，或加 --refresh。")
        return
    halls = [c for c in document["counts"] if c["clock"] == "" and c["level"] == "hall"]
    for hall in halls:
        told = "，".join(f"{LIGHT_WORDS[light]} {hall[light]} 件" for light in LIGHTS if hall[light])
        print_line(f"{hall['plan']}：{told}")
    rows = document["cases"]
    shown = [
        (
            *(LIGHT_WORDS[r["light"]], r["case"], r["unit"], r["window"], r["name_zh"], say_deadline(r), r["left_zh"]),
            f"{r['file']} {r['sheet'] or ''} 第 {r['line']} 行".replace("  ", " "),
            say_remarks(r["reason"], r["clock_abuse"]),
        )
        for r in rows[:SHOWN]
    ]
    heads = ("灯", "办件", "单位", "窗口", "时限", "期限", "剩余", "出处", "说明")
    print_table("在办件", heads, shown)
    if len(rows) > SHOWN:
        print_line(f"另有 {len(rows) - SHOWN} 件未列出；加 --light、--unit、--window 缩小范围，或用 --json。")
