"""What check reads and writes in PostgreSQL: batches, findings, quarantine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from etl.check.checked import Checked
from etl.check.corrections import MarkedRow, settle_rows
from etl.core.context import Context
from schemas.models.contract import Contract
from schemas.warehouse.tables import batches, dirty, findings, quarantine

_INSERT_SIZE = 5_000
_ANSWERS_WITHOUT_ROWS = ("refused", "empty", "unchanged")


@dataclass(frozen=True)
class LandedBatch:
    """One landed file."""

    batch_id: str
    source: str
    file_name: str
    path: Path
    status: str
    correction_of: str | None = None
    period: str | None = None


def read_batch(ctx: Context, batch_id: str) -> LandedBatch:
    """One batch of any status.

    Raises:
        LookupError: there is none of this id.
    """
    query = select(batches).where(batches.c.batch_id == batch_id)
    with ctx.engine.connect() as connection:
        row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise LookupError(f"没有批次 {batch_id}")
    return _make_batch(ctx, row)


def find_waiting(ctx: Context, source: str | None) -> list[LandedBatch]:
    """Landed batches that no check has seen, in the order of arrival."""
    query = select(batches).where(batches.c.status == "landed").order_by(batches.c.landed_at, batches.c.batch_id)
    if source is not None:
        query = query.where(batches.c.source == source)
    with ctx.engine.connect() as connection:
        return [_make_batch(ctx, row) for row in connection.execute(query).mappings()]


def _make_batch(ctx: Context, row: Mapping[Any, Any]) -> LandedBatch:
    path = ctx.settings.landing / row["source"] / row["batch_id"] / Path(row["landing_path"]).name
    return LandedBatch(
        row["batch_id"], row["source"], row["file_name"], path, row["status"], row["correction_of"], row["period"]
    )


def write_details(
    engine: Engine, batch: LandedBatch, checked: Checked, contract: Contract, marked: Sequence[MarkedRow] = ()
) -> None:
    """Findings and held rows of a batch, rewritten in one transaction; the batch itself stays as it is."""
    with engine.begin() as connection:
        for table in (findings, quarantine):
            connection.execute(delete(table).where(table.c.batch_id == batch.batch_id))
        _insert(connection, findings, [_finding_row(batch, finding) for finding in checked.findings])
        if batch.correction_of is None:
            _insert(connection, quarantine, [_held_row(batch, row) for row in checked.quarantine])
        elif checked.status == "accepted":  # rows that are still bad stay where they are, with their new problems
            settle_rows(connection, checked, marked, contract, batch=batch.batch_id, original=batch.correction_of)


def _insert(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    for start in range(0, len(rows), _INSERT_SIZE):
        connection.execute(insert(table), list(rows[start : start + _INSERT_SIZE]))


def _finding_row(batch: LandedBatch, finding: Any) -> dict[str, Any]:
    row = finding.model_dump()
    return {
        "batch_id": batch.batch_id,
        "column_name": row.pop("column"),
        "rows": row.pop("count"),
        "level": str(row.pop("level")),
        **row,
    }


def _held_row(batch: LandedBatch, row: Any) -> dict[str, Any]:
    return {
        "batch_id": batch.batch_id,
        "source": batch.source,
        "sheet": row.sheet,
        "line": row.line,
        "unit": row.unit,
        "period": row.period,
        "codes": list(row.codes),
        "content": dict(row.content),
    }


def write_batch(ctx: Context, batch: LandedBatch, checked: Checked, contract: Contract) -> None:
    """What became of the batch; from here on load sees it."""
    row = {
        "status": checked.status,
        "correction_of": batch.correction_of,
        "code": checked.code,
        "message": checked.message,
        "todo": checked.todo,
        "period": checked.period,
        "covers": list(checked.covers),
        "reading": dict(checked.reading),
        "lines": dict(checked.lines),
        "rows_accepted": checked.rows_accepted,
        "rows_quarantined": checked.rows_quarantined,
        "content_hash": checked.content_hash,
        "contract_version": contract.content_hash(),
        "checked_at": ctx.now(),
    }
    with ctx.engine.begin() as connection:
        connection.execute(update(batches).where(batches.c.batch_id == batch.batch_id).values(row))
        if checked.status in _ANSWERS_WITHOUT_ROWS:
            _mark_dirty(connection, batch, checked)


def _mark_dirty(connection: Connection, batch: LandedBatch, checked: Checked) -> None:
    """Compute has to follow a bad answer too: it is the reason why a period has no value."""
    since = {"since": func.clock_timestamp()}  # of one clock with those of load, which are compared
    for period in checked.covers or ("",):
        mark = {"source": batch.source, "month": period, "batch_id": batch.batch_id, **since}
        keys = ["source", "month", "batch_id"]
        connection.execute(upsert(dirty).values(mark).on_conflict_do_update(index_elements=keys, set_=since))


def find_same_table(ctx: Context, batch: LandedBatch, checked: Checked, *, newest_only: bool = False) -> str | None:
    """File name of an earlier batch of the same source and period(s) with the same rows.

    Args:
        ctx: the run.
        batch: the batch in hand.
        checked: what was read of it.
        newest_only: look at the newest usable batch alone: said, taken back and said again is no repetition.
    """
    others = (
        batches.c.source == batch.source,
        batches.c.batch_id != batch.batch_id,
        batches.c.correction_of.is_(None),
    )
    usable = batches.c.status.in_(("accepted", "loaded", "unchanged"))
    newest = select(func.max(batches.c.landed_at)).where(*others, usable).scalar_subquery()
    query = (
        select(batches.c.file_name)
        .where(
            *others,
            batches.c.content_hash == checked.content_hash,
            batches.c.period.is_not_distinct_from(checked.period),
            batches.c.covers == list(checked.covers),
            usable,
            *((batches.c.landed_at == newest,) if newest_only else ()),
        )
        .order_by(batches.c.landed_at)
        .limit(1)
    )
    with ctx.engine.connect() as connection:
        return connection.execute(query).scalar_one_or_none()


def find_content_hash(ctx: Context, source: str, period: str) -> str | None:
    """Content of the newest usable batch of a period."""
    query = (
        select(batches.c.content_hash)
        .where(
            batches.c.source == source,
            batches.c.period == period,
            batches.c.correction_of.is_(None),
            batches.c.status.in_(("accepted", "loaded", "unchanged")),
        )
        .order_by(batches.c.landed_at.desc(), batches.c.batch_id.desc())
        .limit(1)
    )
    with ctx.engine.connect() as connection:
        return connection.execute(query).scalar_one_or_none()
