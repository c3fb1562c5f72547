"""Prepares what goes back to senders: one row of `giveback` a checked batch, with the workbook where it may be kept.

The row is what mails and the board work from; neither of them reads files. Preparing again changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from etl.core.context import Context
from etl.giveback.case import Case, case_of_batch
from etl.giveback.first_sheet import describe_due, describe_outcome
from etl.giveback.sandboxed import make_safely
from schemas.models.finding import Finding, Level
from schemas.warehouse.tables import batches, giveback

MAX_BYTES = 10 << 20
KEPT_DAYS = 90
LISTED = 50
"""A mail lists so many problems; the workbook has all of them."""

_COMMAND = "请用命令 bizenv giveback {batch} 生成"
_TOO_LARGE = f"批注文件超过 {MAX_BYTES >> 20} MB，{_COMMAND}"
_PERSONAL = f"含个人信息，看板不提供下载；{_COMMAND}后只发还报送单位"
_EXPIRED = f"批注已超过 {KEPT_DAYS} 天，不再保留；如原文件还在，{_COMMAND}"


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content: bytes


def prepare(ctx: Context, source: str | None = None) -> list[str]:
    """Prepare all checked batches (of one source) that have no row yet, and let go of workbooks kept long enough.

    Returns:
        Ids of the batches that ask something of their sender.
    """
    asking = []
    for batch_id, corrected in _find_unprepared(ctx, source):
        if _write(ctx, case_of_batch(ctx, batch_id)):
            asking.append(batch_id)
        if corrected is not None:  # less is left to do there
            prepare_again(ctx, corrected)
    _expire(ctx)
    return asking


def prepare_again(ctx: Context, batch_id: str) -> None:
    """After a new check of a batch: what was prepared no longer holds."""
    with ctx.engine.begin() as connection:
        connection.execute(delete(giveback).where(giveback.c.batch_id == batch_id))
    _write(ctx, case_of_batch(ctx, batch_id))


def _find_unprepared(ctx: Context, source: str | None) -> list[tuple[str, str | None]]:
    """Batches without a row, each with the batch that it corrects."""
    since = ctx.now() - dt.timedelta(days=KEPT_DAYS)
    query = (
        select(batches.c.batch_id, batches.c.correction_of)
        .join(giveback, giveback.c.batch_id == batches.c.batch_id, isouter=True)
        .where(giveback.c.batch_id.is_(None), batches.c.status != "landed", batches.c.landed_at >= since)
        .order_by(batches.c.landed_at, batches.c.batch_id)
    )
    with ctx.engine.connect() as connection:
        rows = connection.execute(query if source is None else query.where(batches.c.source == source))
        return [(row.batch_id, row.correction_of) for row in rows]


def _write(ctx: Context, case: Case) -> bool:
    row: dict[str, Any] = {"batch_id": case.batch_id, "made_at": ctx.now(), "asks": case.needs_work, "page": {}}
    if case.needs_work:
        row |= {"page": describe(case), **_content_of(ctx, case)}
    with ctx.engine.begin() as connection:
        connection.execute(insert(giveback).values(row).on_conflict_do_nothing())
    return case.needs_work


def _content_of(ctx: Context, case: Case) -> dict[str, Any]:
    """The workbook, or the word why it is not kept here."""
    if case.contract is not None and case.contract.has_personal:
        return {"word": _PERSONAL.format(batch=case.batch_id)}
    if not case.path.is_file():
        return {"word": _EXPIRED.format(batch=case.batch_id)}
    made = make_safely(case, ctx.settings)
    if len(made.content) > MAX_BYTES:
        return {"word": _TOO_LARGE.format(batch=case.batch_id)}
    return {"file_name": made.name, "content": made.content}


def describe(case: Case) -> dict[str, Any]:
    """What the mail says: complete without the workbook, persons masked."""
    ordered = sorted(case.tasks, key=lambda f: (f.level is Level.NOTE, f.sheet or "", f.line or 0))
    return {
        "file": case.file_name,
        "source": case.contract.name_zh if case.contract else None,
        "owner": case.contract.owner if case.contract else None,
        "plans": list(case.contract.plans) if case.contract else [],
        "personal": bool(case.contract and case.contract.has_personal),
        "period": case.period,
        "refused": case.status == "refused",
        "outcome": describe_outcome(case),
        "due": describe_due(case),
        "held": case.rows_quarantined if case.status in ("accepted", "loaded") else 0,
        "tasks": [_task(finding) for finding in ordered[:LISTED]],
        "more": sum(f.count for f in ordered[LISTED:]),
    }


def _task(finding: Finding) -> dict[str, str]:
    sheet = f"工作表“{finding.sheet}”，" if finding.sheet else ""
    if finding.cell:
        place = f"{sheet}单元格 {finding.cell}"
    elif finding.line:
        place = f"{sheet}第 {finding.line} 行"
    else:
        place = "整份文件"
    return {"place": place, "message": finding.message, "todo": finding.todo}


def _expire(ctx: Context) -> None:
    old = giveback.c.made_at < ctx.now() - dt.timedelta(days=KEPT_DAYS)
    with ctx.engine.begin() as connection:
        gone = connection.execute(select(giveback.c.batch_id).where(old, giveback.c.content.is_not(None))).scalars()
        _forget(connection, list(gone))


def _forget(connection: Any, batch_ids: Iterable[str]) -> None:
    for batch_id in batch_ids:
        word = _EXPIRED.format(batch=batch_id)
        change = update(giveback).where(giveback.c.batch_id == batch_id)
        connection.execute(change.values(content=None, file_name=None, word=word))


def find_attachment(ctx: Context, batch_id: str, address: str) -> Attachment | None:
    """The workbook that goes with the mail about a batch: the one kept, else made from the original where it is.

    One with persons in it goes to its sender alone, never to the office that passes the mail on.
    """
    query = select(giveback.c.file_name, giveback.c.content, giveback.c.page).where(giveback.c.batch_id == batch_id)
    with ctx.engine.connect() as connection:
        kept = connection.execute(query).one_or_none()
    if kept is not None and kept.content is not None:
        return Attachment(kept.file_name, bytes(kept.content))
    if kept is None or (kept.page.get("personal") and address == ctx.settings.office_mailbox):
        return None
    case = case_of_batch(ctx, batch_id)
    made = make_safely(case, ctx.settings) if case.path.is_file() else None
    return Attachment(made.name, made.content) if made and len(made.content) <= MAX_BYTES else None
