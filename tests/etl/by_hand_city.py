"""The small city whose targets are all entered by hand, and files as people send them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from schemas.models.registry import Registry, load_registry
from schemas.settings import REPO

PACK = REPO / "tests" / "packs" / "by_hand"
PLAN = "hand-city"
HEADER = (
    "方案编号",
    "目标编号",
    "单位",
    "所属期",
    "日期",
    "数值",
    "等次",
    "是否确认",
    "佐证",
    "来源",
    "填报人",
    "备注",
)
FIELDS = ("plan", "target", "unit", "period", "day", "value", "grade", "confirmed", "evidence", "source", "by", "note")


def load_city(folder: Path) -> Registry:
    """The city with the built-in source of entries and calendar, and no other plan."""
    shutil.copytree(PACK, folder, dirs_exist_ok=True)
    (folder / "calendars").mkdir(exist_ok=True)
    shutil.copy(REPO / "schemas" / "contracts" / "manual.yml", folder / "contracts")
    shutil.copy(REPO / "schemas" / "calendars" / "cn.yml", folder / "calendars")
    return load_registry([folder])


def entry(target: str, **cells: Any) -> list[Any]:
    """One row of a file, its cells by name."""
    row = {"plan": PLAN, "target": target, "by": "王某某", **cells}
    return [row.get(name, "") for name in FIELDS]


def write_entries(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("填报")
        for i, row in enumerate((HEADER, *rows)):
            sheet.write_row(i, 0, row)
    return path
