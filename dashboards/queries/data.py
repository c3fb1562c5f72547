"""Rows of the data page: what came in, what was found, what was kept back, what was mailed, what ran."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, Select, func, select

from schemas.warehouse import tables as t

LIMIT = 2000
"""Rows shown at most, the newest; the page says when there are more."""

Statement = Select[*tuple[Any, ...]]
Rows = list[dict[str, Any]]


def _batches() -> Statement:
    b, g = t.batches.c, t.giveback.c
    columns = (b.file_name, b.source, b.period, b.covers, b.status, b.message, b.todo, b.rows_accepted)
    more = (b.rows_quarantined, b.lines, b.landed_at, b.checked_at, b.loaded_at, b.batch_id)
    back = (g.asks, g.word, g.content.is_not(None).label("has_giveback"))
    joined = select(*columns, *more, *back).join_from(t.batches, t.giveback, g.batch_id == b.batch_id, isouter=True)
    return joined.order_by(b.landed_at.desc(), b.batch_id)


def _findings() -> Statement:
    f, b = t.findings.c, t.batches.c
    columns = (b.file_name, b.source, f.level, f.message, f.todo, f.sheet, f.line, f.cell, f.header, f.value, f.rows)
    return select(*columns).join(t.batches, b.batch_id == f.batch_id).order_by(f.id.desc())


def _quarantine() -> Statement:
    q, b = t.quarantine.c, t.batches.c
    columns = (b.file_name, q.source, q.period, q.unit, q.sheet, q.line, q.content, q.batch_id, q.state, q.changes)
    f = t.findings.c
    why = select(func.string_agg(f.message.distinct(), "；")).where(
        f.batch_id == q.batch_id, func.coalesce(f.sheet, "") == q.sheet, f.line == q.line, f.level == "quarantine"
    )
    joined = select(*columns, why.scalar_subquery().label("why")).join(t.batches, b.batch_id == q.batch_id)
    return joined.order_by(b.landed_at.desc(), q.sheet, q.line)


def _mails() -> Statement:
    m = t.mails.c
    columns = (m.subject, m.recipient_unit, m.address, m.state, m.attempts, m.created_at, m.sent_at, m.set_id)
    return select(*columns).order_by(m.id.desc())


def _runs() -> Statement:
    o, r, b = t.outcomes.c, t.runs.c, t.batches.c
    columns = (
        b.file_name,
        o.finished_at,
        o.stage,
        o.subject,
        o.source,
        o.status,
        o.message,
        o.counts,
        r.as_of,
        o.run_id,
    )
    joined = select(*columns).join_from(t.outcomes, t.runs, r.run_id == o.run_id, isouter=True)
    joined = joined.join(t.batches, b.batch_id == o.subject, isouter=True)
    return joined.order_by(o.id.desc())


_QUERIES: dict[str, Callable[[], Statement]] = {
    "batches": _batches,
    "findings": _findings,
    "quarantine": _quarantine,
    "mails": _mails,
    "runs": _runs,
}


def read_section(engine: Engine, section: str) -> tuple[Rows, bool]:
    """The newest rows of a section as plain dicts, and whether there are more than are shown."""
    with engine.connect() as connection:
        found = connection.execute(_QUERIES[section]().limit(LIMIT + 1)).mappings()
        rows = [dict(row) for row in found]
    return rows[:LIMIT], len(rows) > LIMIT


def read_giveback(engine: Engine, batch_id: str) -> tuple[str, bytes] | None:
    """Name and bytes of the annotated workbook of a batch; None where none is kept."""
    g = t.giveback.c
    query = select(g.file_name, g.content).where(g.batch_id == batch_id, g.content.is_not(None))
    with engine.connect() as connection:
        row = connection.execute(query).one_or_none()
    return (row.file_name, bytes(row.content)) if row else None
