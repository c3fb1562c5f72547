"""What viewers asked for on the board, carried out through the same pipeline and answered in the same row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import or_, select, update

from etl import pipeline
from etl.core.context import Context
from etl.core.outcomes import record
from schemas.warehouse.tables import requests

ABANDONED = dt.timedelta(minutes=15)
"""A request that somebody took and did not answer for so long is taken again: its process has died."""

Answer = dict[str, Any]


def _run(ctx: Context, _payload: dict[str, Any]) -> Answer:
    report = pipeline.run(ctx)
    published = report.published
    return {
        "landed": report.landed,
        "checked": report.checked,
        "set_id": published.set_id if published else None,
        "message": f"处理新文件 {report.landed} 个"
        + ("，已发布新版结论" if published and published.set_id else "，结论没有变化"),
    }


KINDS: dict[str, Callable[[Context, dict[str, Any]], Answer]] = {"run": _run}
"""Kind of request -> what carries it out."""


def answer_requests(ctx: Context) -> int:
    """Carry out all waiting requests, oldest first.

    Requests of the same kind and payload that wait together are carried out once and all answered.

    Returns:
        How many requests were answered.
    """
    taken = _take(ctx)
    groups: dict[tuple[str, str], list[Any]] = {}
    for row in taken:
        groups.setdefault((row.kind, repr(sorted(row.payload.items()))), []).append(row)
    for (kind, _), rows in groups.items():
        ids = [row.id for row in rows]
        with record(ctx, "request", f"{kind}:{ids[0]}") as outcome:
            outcome.counts["requests"] = len(ids)
            _answer(ctx, ids, kind, rows[0].payload)
    return len(taken)


def _take(ctx: Context) -> list[Any]:
    waiting = or_(
        requests.c.state == "waiting",
        (requests.c.state == "working") & (requests.c.handled_at < ctx.now() - ABANDONED),
    )
    with ctx.engine.begin() as connection:
        query = select(requests).where(waiting).order_by(requests.c.id).with_for_update(skip_locked=True)
        rows = list(connection.execute(query).all())
        ids = [row.id for row in rows]
        connection.execute(update(requests).where(requests.c.id.in_(ids)).values(state="working", handled_at=ctx.now()))
    return rows


def _answer(ctx: Context, ids: list[int], kind: str, payload: dict[str, Any]) -> None:
    """Write the answer; a fault of the system is written too and goes on upwards."""
    carry_out = KINDS.get(kind)
    if carry_out is None:
        _write(ctx, ids, "failed", {"message": f"系统不认识的请求：{kind}"})
        return
    try:
        answer = carry_out(ctx, payload)
    except Exception:
        _write(ctx, ids, "failed", {"message": "系统故障，未能完成；管理员可在数据页的运行记录中查看原因"})
        raise
    _write(ctx, ids, "done", answer)


def _write(ctx: Context, ids: list[int], state: str, result: Answer) -> None:
    with ctx.engine.begin() as connection:
        change = update(requests).where(requests.c.id.in_(ids))
        connection.execute(change.values(state=state, result=result, handled_at=ctx.now()))
