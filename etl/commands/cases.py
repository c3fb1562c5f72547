"""cases: single cases as an indicator counts them, with their deadlines."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated, Any

import typer

from etl.by_hand_template import neutralise
from etl.commands.output import DayOption, JsonFlag, parse_day, print_json, print_line, print_table, to_json
from etl.core.session import open_session
from schemas.models.registry import Registry
from schemas.models.registry_checks import limit_of
from schemas.settings import get_settings

SHOWN = 50
HEADERS = ("编号", "单位", "起算", "办结", "最后一天", "按时", "中止", "说明")


def cases(
    indicator: Annotated[str, typer.Argument(help="逐件计时的指标编号，如 bid_deposits_on_time")],
    limit: Annotated[str | None, typer.Option("--limit", help='时限，如 "5 workday"；默认用指标或目标自己的')] = None,
    decided: Annotated[str | None, typer.Option("--decided", help="只列某月计入的件，如 2023-12")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="写成 CSV 文件")] = None,
    as_of: DayOption = None,
    as_json: JsonFlag = False,
) -> None:
    """逐件列出：起算、办结、到期、是否按时、用时，以及在哪个文件哪一行。"""
    from etl.compute.case_list import COLUMNS, list_cases

    with open_session(get_settings(), trigger="cli:cases", as_of=parse_day(as_of)) as ctx:
        if indicator not in ctx.registry.indicators:
            raise typer.BadParameter(f"没有指标 {indicator!r}；用 bizenv targets --json 查 indicator 一栏")
        try:
            chosen = limit or _limit_in(ctx.registry, indicator)
            rows = list_cases(ctx, ctx.registry.indicators[indicator], chosen, decided=decided)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
    if out is not None:
        _write(out, COLUMNS, rows)
    if as_json:
        print_json(rows)
        return
    if out is not None:
        print_line(f"已写出 {len(rows)} 件：{out}")
        return
    print_table("逐件", HEADERS, [_line(row) for row in rows[:SHOWN]])
    if len(rows) > SHOWN:
        print_line(f"共 {len(rows)} 件，只列出前 {SHOWN} 件；全部请用 --out 文件.csv 或 --json")


def _limit_in(registry: Registry, indicator: str) -> str | None:
    """The limit that a target brings, where the indicator has none: the one of all targets, else it has to be said."""
    clock = registry.indicators[indicator].clock
    if clock is None or clock.limit or clock.limit_by or clock.deadline_from:
        return None
    targets = [t for pack in registry.plans.values() for t in pack.targets if t.indicator == indicator]
    limits = sorted({limit_of(target) for target in targets if target.kind == "each_case"})
    if len(limits) > 1:
        raise ValueError(f"这个指标有多个时限（{'、'.join(limits)}），请用 --limit 指明一个")
    return limits[0] if limits else None


def _line(row: dict[str, Any]) -> tuple[str, ...]:
    kept = "按时" if row["kept"] else "超时" if row["late"] else "未定"
    note = {"end_before_start": "办结早于起算", "precision_too_coarse": "只有日期，无法判断", "no_deadline": "没有期限"}
    word = note.get(row["reason"], row["reason"] or "")
    word = "已剔除" if row["excluded"] else word
    shown = (row["case"], row["unit"], row["start"], row["end"], row["deadline"] or row["deadline_date"])
    return (*("" if v is None else str(v) for v in shown), kept, "是" if row["suspended"] else "", word)


def _write(path: Path, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    """A CSV that Excel opens in Chinese (with a byte order mark); nothing in it is run as a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([neutralise(v) if isinstance(v, str) else to_json(v) for v in row.values()])
