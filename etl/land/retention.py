"""Originals do not lie here for ever where the office says so: they are the one place that holds persons in clear."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from etl.core.context import Context
from etl.core.outcomes import record
from etl.land.landing import ARCHIVES
from schemas.warehouse.tables import batches

_UNFINISHED = ("landed", "accepted")


def forget_originals(ctx: Context) -> int:
    """Delete originals that landed more than `landing_days` ago and wait for nothing; how many they were.

    Batches, findings and accepted rows stay. A batch whose original is gone cannot be checked again.
    """
    days = ctx.settings.landing_days
    if days is None:
        return 0
    before = ctx.now() - dt.timedelta(days=days)
    old = [path for path in (*_find_batches(ctx, before), *_find_archives(ctx, before)) if path.is_file()]
    if not old:
        return 0
    with record(ctx, "land", "landing") as outcome:
        for path in old:
            path.unlink(missing_ok=True)
        outcome.counts["deleted"] = len(old)
        outcome.message = f"已按保存期限（{days} 天）删除 {len(old)} 份原件"
    return len(old)


def _find_batches(ctx: Context, before: dt.datetime) -> Iterator[Path]:
    query = select(batches.c.landing_path).where(
        batches.c.landed_at < before, batches.c.status.not_in(_UNFINISHED), batches.c.landing_path.is_not(None)
    )
    with ctx.engine.connect() as connection:
        for name in connection.execute(query).scalars():
            yield ctx.settings.home / name


def _find_archives(ctx: Context, before: dt.datetime) -> Iterator[Path]:
    """Archives are no batches of their own; the time of their copy is that of their landing."""
    for path in sorted((ctx.settings.landing / ARCHIVES).glob("*/original*")):
        if path.lstat().st_mtime < before.timestamp():
            yield path
