"""The land stage. Order: the original is kept, then the batch is written, only then the file leaves the inbox.

A crash at any point leaves the file in the inbox, and doing it again changes nothing that was done.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from etl.core.context import Context
from etl.core.correction_mark import find_sheet_mark
from etl.core.outcomes import Outcome, record
from etl.land.archives import UnusableArchiveError
from etl.land.inbox import UNKNOWN, Waiting, find_waiting
from etl.land.opening import is_archive, unpack
from etl.land.originals import Fingerprint, StillChangingError, keep_original, read_fingerprint, remove_landed
from schemas.warehouse.dialect import advisory_lock
from schemas.warehouse.tables import batches

ARCHIVES = "_archives"
"""Folder of the landing zone for archives, which belong to no source; their members are batches of their own."""


def land_inbox(ctx: Context, *, files: Sequence[Path] | None = None, stable_seconds: float = 0) -> list[str]:
    """Land what waits in the inbox.

    Args:
        ctx: the run.
        files: only these files of the inbox; None: all.
        stable_seconds: leave files that changed more recently than this.

    Returns:
        Ids of the batches that are new (or newly clear) and wait for their check, in the order of landing.

    Raises:
        ValueError: a file outside the inbox.
    """
    wanted = None if files is None else {_place_in_inbox(ctx, file) for file in files}
    landed: list[str] = []
    refusals: dict[Path, UnusableArchiveError] = {}
    for waiting in _find(ctx, stable_seconds, wanted):
        if refusal := _try_archive(ctx, waiting):
            refusals[waiting.path] = refusal
    # What came out of archives is there now; where only some files are wanted, it waits for the next look.
    for waiting in _find(ctx, stable_seconds, wanted):
        batch_id = _land_file(ctx, waiting, refusals.get(waiting.path))
        if batch_id is not None:
            landed.append(batch_id)
    return landed


def _find(ctx: Context, stable_seconds: float, wanted: Container[Path] | None) -> list[Waiting]:
    """The file that was written last stands where two speak of the same period, whatever their names."""
    inbox, contracts = ctx.settings.inbox, ctx.registry.contracts
    found = find_waiting(inbox, contracts, stable_seconds=stable_seconds, now=ctx.now())
    chosen = [waiting for waiting in found if wanted is None or waiting.path in wanted]
    return sorted(chosen, key=lambda file: (file.modified, file.path))


def _try_archive(ctx: Context, waiting: Waiting) -> UnusableArchiveError | None:
    try:
        return _open_archive(ctx, waiting) if is_archive(waiting.path, ctx.settings) else None
    except UnusableArchiveError as unusable:
        return unusable


def _open_archive(ctx: Context, waiting: Waiting) -> UnusableArchiveError | None:
    """Members into the inbox, the archive into the landing zone; why it cannot be used, where it cannot."""
    with record(ctx, "land", waiting.name) as outcome:
        try:
            fingerprint = read_fingerprint(waiting.path)
            keep_original(waiting.path, ctx.settings.landing / ARCHIVES / fingerprint.batch_id, fingerprint)
            names = unpack(waiting.path, ctx.settings)
        except StillChangingError:
            outcome.skip("FILE.CHANGING", f"「{waiting.name}」还在写入，下次再取")
            return None
        except UnusableArchiveError as unusable:
            outcome.skip(unusable.code, unusable.message)
            return unusable
        outcome.message = f"压缩包「{waiting.name}」已展开为 {len(names)} 个文件，分别处理"
        outcome.counts.update(archive=fingerprint.batch_id, members=names)
        remove_landed(waiting.path, size=waiting.size, modified=waiting.modified)
    return None


def _place_in_inbox(ctx: Context, file: Path) -> Path:
    path = ctx.settings.inbox / file
    if ".." in path.parts or not path.is_relative_to(ctx.settings.inbox):
        raise ValueError(f"不是收件箱中的文件：{file}")
    return path


def _land_file(ctx: Context, waiting: Waiting, unusable: UnusableArchiveError | None = None) -> str | None:
    """One file, one outcome; the id where a batch now waits for its check."""
    source = waiting.sources[0] if len(waiting.sources) == 1 else None
    with record(ctx, "land", waiting.name, source) as outcome:
        try:
            fingerprint = read_fingerprint(waiting.path)
            outcome.counts["bytes"] = fingerprint.size
            batch_id = _settle(ctx, waiting, fingerprint, outcome, unusable)
        except StillChangingError:
            outcome.skip("FILE.CHANGING", f"「{waiting.name}」还在写入，下次再取")
            return None
        remove_landed(waiting.path, size=waiting.size, modified=waiting.modified)
    return batch_id


def _settle(
    ctx: Context, waiting: Waiting, fingerprint: Fingerprint, outcome: Outcome, unusable: UnusableArchiveError | None
) -> str | None:
    with ctx.engine.begin() as connection:
        # Two landings of the same bytes at once: the second sees the batch of the first.
        advisory_lock(connection, f"land:{fingerprint.sha256}")
        original = _find_original(connection, waiting.path)
        if original is not None:  # its mark says whose it is, whatever it is called
            waiting = replace(waiting, sources=(original.source,))
        query = select(batches).where(batches.c.sha256 == fingerprint.sha256)
        before = connection.execute(query).mappings().one_or_none()
        source = waiting.sources[0] if len(waiting.sources) == 1 else UNKNOWN
        if before is not None and not (before["source"] == UNKNOWN and source != UNKNOWN):
            _repeat(outcome, before, waiting)
            return None
        kept = keep_original(waiting.path, ctx.settings.landing / source / fingerprint.batch_id, fingerprint)
        row = _make_row(ctx, waiting, fingerprint, source, kept)
        row["correction_of"] = original.batch_id if original is not None else None
        if unusable:
            row |= {"status": "refused", **asdict(unusable)}
        _write(connection, row, replaces=before is not None)
    if row["status"] == "refused":
        outcome.refuse(row["code"], row["message"])
        return None
    outcome.counts["batch"] = fingerprint.batch_id
    return fingerprint.batch_id


def _find_original(connection: Connection, path: Path) -> Any:
    """The batch whose rows a workbook says it corrects; None for any other file, or where nobody knows that batch."""
    mark = find_sheet_mark(path)
    if mark is None:
        return None
    root = func.coalesce(batches.c.correction_of, batches.c.batch_id)
    found = connection.execute(select(root).where(batches.c.batch_id == mark)).scalar_one_or_none()
    query = select(batches.c.batch_id, batches.c.source).where(batches.c.batch_id == found, batches.c.source != UNKNOWN)
    return connection.execute(query).one_or_none() if found else None


def _repeat(outcome: Outcome, before: Any, waiting: Waiting) -> None:
    """The same bytes again. Empty files are all alike: each is refused for itself."""
    if before["size_bytes"] == 0:
        outcome.refuse("FILE.EMPTY", f"「{waiting.name}」是空文件（0 字节）")
        return
    day = f"{before['landed_at']:%Y-%m-%d}"
    message = f"「{waiting.name}」与 {day} 收到的「{before['file_name']}」内容完全相同，未重复接收"
    if before["status"] == "refused":
        message += f"；该文件此前已退回：{before['message']}"
    outcome.skip("FILE.DUPLICATE", message)
    outcome.counts["first_batch"] = before["batch_id"]


def _make_row(ctx: Context, waiting: Waiting, fingerprint: Fingerprint, source: str, kept: Path) -> dict[str, Any]:
    row: dict[str, Any] = {
        "batch_id": fingerprint.batch_id,
        "source": source,
        "file_name": waiting.name,
        "sha256": fingerprint.sha256,
        "size_bytes": fingerprint.size,
        "landing_path": str(kept.relative_to(ctx.settings.home)),
        "landed_at": ctx.now(),
        "status": "landed",
        "code": None,
        "message": None,
        "todo": None,
    }
    return row | _find_refusal(ctx, waiting, fingerprint)


def _find_refusal(ctx: Context, waiting: Waiting, fingerprint: Fingerprint) -> dict[str, str]:
    name = waiting.name
    if fingerprint.size == 0:
        message, todo = f"「{name}」是空文件（0 字节）", "请重新导出后报送"
        return {"status": "refused", "code": "FILE.EMPTY", "message": message, "todo": todo}
    if not waiting.sources:
        message = f"「{name}」不属于任何约定报送的表"
        todo = "请按约定的文件名报送，或放入对应来源的文件夹；如为新报表，请联系营商办登记"
        return {"status": "refused", "code": "FILE.NO_CONTRACT", "message": message, "todo": todo}
    if len(waiting.sources) > 1:
        names = "、".join(ctx.registry.contracts[source].name_zh for source in waiting.sources)
        message, todo = f"「{name}」的文件名同时符合：{names}", "请放入对应来源的文件夹，或改用约定的文件名后报送"
        return {"status": "refused", "code": "FILE.AMBIGUOUS", "message": message, "todo": todo}
    return {}


def _write(connection: Connection, row: dict[str, Any], *, replaces: bool) -> None:
    if replaces:
        connection.execute(update(batches).where(batches.c.sha256 == row["sha256"]).values(row))
    else:
        connection.execute(insert(batches).values(row))
