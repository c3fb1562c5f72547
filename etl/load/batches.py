"""What load reads and writes in PostgreSQL: the batch, its place in the order of arrival, the dirty chunks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, RowMapping, func, select, update
from sqlalchemy.dialects.postgresql import insert

from etl.core.context import Context
from etl.core.lake import LakeError
from schemas.settings import Settings
from schemas.warehouse.dialect import advisory_lock
from schemas.warehouse.tables import batches, dirty


@dataclass(frozen=True)
class Batch:
    """One accepted file. `period` is the file's own (`2023-03`), None where its rows span several."""

    batch_id: str
    source: str
    status: str
    period: str | None
    landed_at: dt.datetime
    correction_of: str | None = None

    def staged_file(self, settings: Settings) -> Path:
        """The accepted rows that check has written."""
        return settings.landing / self.source / self.batch_id / "accepted.parquet"


def read_batch(engine: Engine, batch_id: str) -> Batch:
    """The batch as it is now.

    Raises:
        LakeError: where there is no such batch, or it has no source.
    """
    query = select(batches).where(batches.c.batch_id == batch_id)
    with engine.connect() as connection:
        row = connection.execute(query).mappings().one_or_none()
    if row is None or row["source"] is None:
        raise LakeError(f"没有可入湖的批次 {batch_id}")
    return _make(row)


def accepted_batches(engine: Engine, source: str | None = None) -> list[Batch]:
    """All accepted batches in the order in which they are loaded: by arrival, then by file name."""
    query = (
        select(batches)
        .where(batches.c.status == "accepted", batches.c.source.is_not(None))
        .order_by(batches.c.landed_at, batches.c.file_name, batches.c.batch_id)
    )
    if source is not None:
        query = query.where(batches.c.source == source)
    with engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
    return [_make(row) for row in rows]


def _make(row: RowMapping) -> Batch:
    names = ("batch_id", "source", "status", "period", "landed_at", "correction_of")
    return Batch(*(row[name] for name in names))


def landed_after(engine: Engine, batch: Batch) -> frozenset[str]:
    """Batches of the same source that speak later, whatever became of them.

    A correction speaks with the voice of the file that it corrects, only a little later than that.
    """
    root = batches.alias("root")
    query = (
        select(
            batches.c.batch_id, batches.c.landed_at, func.coalesce(root.c.landed_at, batches.c.landed_at).label("at")
        )
        .join(root, root.c.batch_id == batches.c.correction_of, isouter=True)
        .where(batches.c.source == batch.source)
    )
    with engine.connect() as connection:
        order = {row.batch_id: (row.at, row.landed_at) for row in connection.execute(query)}
    mine = order[batch.batch_id]
    return frozenset(other for other, place in order.items() if place > mine and other != batch.batch_id)


def mark_dirty(engine: Engine, batch: Batch, touched: Sequence[str]) -> None:
    """Write the touched chunks in a transaction of their own, before the lake changes."""
    with engine.begin() as connection:
        _upsert_dirty(connection, batch, touched)


def settle_batch(ctx: Context, batch: Batch, touched: Sequence[str]) -> None:
    """The batch is in the lake: dirty marks again, and its status, in one transaction.

    Again, because a compute run may have followed the first marks while the lake still held the old rows.
    """
    with ctx.engine.begin() as connection:
        _upsert_dirty(connection, batch, touched)
        # one number line for all sources, without gaps or doubles
        advisory_lock(connection, "load:order")
        last = connection.execute(select(func.coalesce(func.max(batches.c.load_order), 0))).scalar_one()
        connection.execute(
            update(batches)
            .where(batches.c.batch_id == batch.batch_id)
            .values(status="loaded", loaded_at=ctx.now(), load_order=last + 1)
        )


def _upsert_dirty(connection: Connection, batch: Batch, touched: Sequence[str]) -> None:
    if not touched:
        return
    common = {"source": batch.source, "batch_id": batch.batch_id, "since": func.clock_timestamp()}
    statement = insert(dirty).values([{**common, "month": month} for month in touched])
    # `since` moves on, so that compute clears only the very mark that it has followed
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[dirty.c.source, dirty.c.month, dirty.c.batch_id], set_={"since": func.clock_timestamp()}
        )
    )
