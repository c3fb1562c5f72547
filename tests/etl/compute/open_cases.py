"""A city whose counters have cases: a home, its export files, and runs at any moment."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from etl import pipeline
from etl.core.context import Context, open_context
from schemas.models.plan import Contact
from schemas.models.registry import Registry, load_registry
from schemas.settings import REPO, Settings

PACK = REPO / "tests" / "packs" / "open_cases"
HEADERS = ("办件编号", "承办单位", "窗口", "受理时间", "首次联系时间", "办结时间", "中止日期", "恢复日期")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def load_city() -> Registry:
    whole = load_registry([REPO / "schemas", PACK])
    return replace(
        replace(whole, active=("window-city",)).in_use(),
        contacts=(
            Contact(unit="市规划局", address="plan@example.org"),
            Contact(unit="市大厅", address="hall@example.org"),
        ),
    )


def local(text: str) -> dt.datetime:
    """`2023-03-06 10:15` by the clock of the city."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def run_at(settings: Settings, engine, registry: Registry, text: str, run_id: str | None = None) -> Context:
    """The context of a run at an instant (`2023-03-06 10:15`), or on a day that somebody set (`2023-03-06`)."""
    if len(text) == 10:
        day, at = dt.date.fromisoformat(text), local(f"{text} 09:00")
        return open_context(settings, engine, as_of=day, registry=registry, now=lambda: at, run_id=run_id)
    return open_context(settings, engine, registry=registry, now=lambda: local(text), run_id=run_id)


def write_cases(folder: Path, name: str, rows: Iterable[Sequence[str]]) -> None:
    """One export file, dropped into the inbox."""
    with (folder / name).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows([*row, *[""] * (len(HEADERS) - len(row))] for row in rows)


def take_in(ctx: Context) -> None:
    """Land, check and load what waits; no values, no verdicts."""
    pipeline.land(ctx)
    checked = pipeline.check(ctx)
    assert [c.status for c in checked] == ["accepted"], [(c.status, c.message, c.findings) for c in checked]
    pipeline.load(ctx)
