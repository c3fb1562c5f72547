"""What every command prints: one JSON document with `--json`, else plain tables for people."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

JsonFlag = Annotated[bool, typer.Option("--json", help="只输出一份 JSON")]
PlanOption = Annotated[str | None, typer.Option("--plan", help="方案编号，如 wanli-2023")]
DayOption = Annotated[str | None, typer.Option("--as-of", help="以哪一天为“今天”，如 2023-12-31")]


def parse_day(text: str | None) -> dt.date | None:
    """A day of the command line; a wrong one is wrong usage."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"日期应写成 2023-12-31 的样子，现为 {text!r}") from error


def to_json(value: Any) -> Any:
    """Plain JSON: exact numbers as numbers, days as ISO text, dataclasses as objects."""
    if isinstance(value, Enum):
        return to_json(value.value)
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, (Decimal, Fraction)):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, BaseModel):
        return to_json(value.model_dump())
    if isinstance(value, Iterable):
        return [to_json(item) for item in value]
    raise TypeError(f"no JSON form of {type(value)}")


def print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(to_json(value), ensure_ascii=False, indent=1) + "\n")


def print_line(text: str) -> None:
    sys.stdout.write(text + "\n")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "") -> None:
    """A table; without rows the sentence `empty` in its place, where there is one."""
    rows = list(rows)
    if not rows and empty:
        print_line(empty)
        return
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    Console(file=sys.stdout, soft_wrap=False).print(table)


LIGHT_WORDS = {
    "green": "■ 绿 达标",
    "yellow": "▲ 黄 预警",
    "red": "● 红 未达标",
    "grey": "◆ 灰 无数据",
    "neutral": "◇ 未到期",
}


def show_light(light: str, carried_from: str | None) -> str:
    return LIGHT_WORDS[light] + (f"（沿用 {carried_from}）" if carried_from else "")
