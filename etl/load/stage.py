"""The stage `load`: one accepted batch into the lake, exactly once, under the lock of its table.

Order of the steps, so that a crash at any point is mended by running again:
1. the touched chunks are marked dirty (a superset does no harm),
2. rows and ledger entry change in one transaction of the lake,
3. dirty marks again and `status = loaded`, in one transaction of PostgreSQL.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import duckdb
from duckdb import DuckDBPyConnection
from sqlalchemy.exc import SQLAlchemyError

from etl.core.context import Context
from etl.core.lake import LakeError, ensure_table, open_lake
from etl.core.outcomes import record
from etl.core.secret import SecretError, open_key
from etl.load import batches, ledger, replace
from etl.load.batches import Batch
from etl.load.case_history import ensure_history, keep_history, note_vanished
from etl.load.staged import StagedFileError, open_staged, stamp_of
from schemas.models.contract import Contract
from schemas.warehouse.dialect import holding_lock

_FAULTS = (duckdb.Error, SQLAlchemyError, OSError, LakeError, StagedFileError, SecretError)

_MEMORY = "1GB"
"""Of DuckDB: memory does not grow with the file; what does not fit is put into the tmp folder of the home."""


@dataclass(frozen=True)
class Loaded:
    """What became of one batch.

    Attributes:
        rows: rows that it brought into the lake (0 where it was there already).
        periods: the chunks marked dirty: periods of a report, months received of cases.
        replaced: rows of earlier batches that gave way.
        superseded: rows that stayed out because a file that landed later had already answered for them.
        already: it was loaded before, nothing was done.
    """

    batch_id: str
    source: str
    rows: int
    periods: tuple[str, ...]
    replaced: int = 0
    superseded: int = 0
    already: bool = False


def load_accepted(ctx: Context, source: str | None = None) -> list[Loaded]:
    """Load all accepted batches (of one source) in the order of their arrival; one outcome row each.

    A batch that fails does not stop those after it.

    Raises:
        ExceptionGroup: at the end, the faults of the system that single batches met.
    """
    waiting = batches.accepted_batches(ctx.engine, source)
    if not waiting:
        return []
    loaded: list[Loaded] = []
    faults: list[Exception] = []
    with open_lake(ctx.settings, url=ctx.engine.url) as connection:
        connection.execute(f"SET memory_limit = '{_MEMORY}'")
        for batch in waiting:
            try:
                loaded.append(_load_recorded(ctx, connection, batch))
            except _FAULTS as error:
                faults.append(error)
    if faults:
        raise ExceptionGroup(f"{len(faults)} 个批次未能入湖", faults)
    return loaded


def load_batch(ctx: Context, connection: DuckDBPyConnection, batch_id: str) -> Loaded:
    """Load one accepted batch; a batch that is in the lake already stays as it is.

    Args:
        ctx: the run.
        connection: from `open_lake`, outside a transaction.
        batch_id: of a batch whose status is `accepted` (or `loaded`).

    Raises:
        LakeError: the batch cannot be loaded (unknown, refused, no contract, table of another shape).
        StagedFileError: its staged file is not what check promised.
        SecretError: it holds persons, and the home has not the key of those in the lake.
    """
    source = batches.read_batch(ctx.engine, batch_id).source
    contract = ctx.registry.contracts.get(source)
    if contract is None:
        raise LakeError(f"批次 {batch_id} 的来源「{source}」没有契约，请恢复该契约后再入湖")
    if contract.has_personal:
        open_key(ctx.settings, ctx.engine)  # persons of another key would be strangers to those in the lake
    with holding_lock(ctx.engine, f"lake:{contract.id}"):
        batch = batches.read_batch(ctx.engine, batch_id)
        if batch.status == "loaded":
            return Loaded(batch_id, source, 0, (), already=True)
        if batch.status != "accepted":
            raise LakeError(f"批次 {batch_id} 的状态是 {batch.status}，只有通过检查的批次才能入湖")
        if batch.correction_of and batches.read_batch(ctx.engine, batch.correction_of).status != "loaded":
            raise LakeError(f"批次 {batch_id} 更正的原批次 {batch.correction_of} 还没有入湖，请先入湖原批次")
        ledger.ensure_ledger(connection, ctx.engine)
        ensure_table(connection, contract)
        ensure_history(connection, contract)
        entry = _find_or_write(ctx, connection, contract, batch)
        if entry.periods or entry.rows:
            note_vanished(ctx, connection, contract, batch_id)
        batches.settle_batch(ctx, batch, entry.touched)
    return Loaded(batch_id, source, entry.rows, entry.touched, entry.replaced, entry.superseded)


def _load_recorded(ctx: Context, connection: DuckDBPyConnection, batch: Batch) -> Loaded:
    with record(ctx, "load", batch.batch_id, batch.source) as outcome:
        done = load_batch(ctx, connection, batch.batch_id)
        outcome.counts.update(rows=done.rows, replaced=done.replaced, superseded=done.superseded)
        outcome.counts["periods"] = list(done.periods)
        if done.already:
            outcome.skip("LOAD.ALREADY", "该批次已经入湖，未重复写入")
        elif done.superseded:
            outcome.code = "LOAD.SUPERSEDED"
            outcome.message = f"有 {done.superseded} 行未入湖：后到的文件已报送同一内容，以后到的为准"
    return done


def _find_or_write(ctx: Context, connection: DuckDBPyConnection, contract: Contract, batch: Batch) -> ledger.Entry:
    """The ledger's entry of this very staged file, or the load itself."""
    stamp = stamp_of(batch.staged_file(ctx.settings))
    entries = ledger.entries_of(connection, batch.source)
    mine = [entry for entry in entries if entry.batch_id == batch.batch_id]
    if mine and mine[-1].stamp == stamp:
        return mine[-1]
    connection.execute("BEGIN")
    try:
        entry = _write_rows(ctx, connection, contract, batch, entries=entries, stamp=stamp)
        connection.execute("COMMIT")
    except BaseException:
        # a failed COMMIT has ended the transaction itself
        with contextlib.suppress(duckdb.Error):
            connection.execute("ROLLBACK")
        raise
    return entry


def _write_rows(
    ctx: Context,
    connection: DuckDBPyConnection,
    contract: Contract,
    batch: Batch,
    *,
    entries: list[ledger.Entry],
    stamp: str,
) -> ledger.Entry:
    """Everything inside the transaction, and the dirty marks just before its commit."""
    staged_rows = open_staged(connection, batch.staged_file(ctx.settings), contract)
    periods = _own_periods(connection, contract, batch)
    later = batches.landed_after(ctx.engine, batch)
    newer = [entry for entry in entries if entry.batch_id in later]
    again = any(entry.batch_id == batch.batch_id for entry in entries)
    correction = batch.correction_of is not None
    scope = replace.decide_scope(contract, periods=periods, newer=newer, correction=correction)
    replace.make_incoming(connection, scope)
    replace.make_gone(connection, contract, scope, batch_id=batch.batch_id)
    touched = tuple(sorted({*replace.touched_chunks(connection, contract), *periods}))
    months = replace.prune(connection, contract)
    keep_history(connection, contract, scope, batch_id=batch.batch_id, months=months)
    replaced = replace.delete_gone(connection, contract, scope, batch_id=batch.batch_id, again=again)
    rows = replace.insert_incoming(connection, contract)
    entry = ledger.Entry(
        number=len(entries) + 1,
        batch_id=batch.batch_id,
        source=batch.source,
        stamp=stamp,
        rows=rows,
        replaced=replaced,
        superseded=staged_rows - rows,
        periods=periods,
        touched=touched,
    )
    ledger.add_entry(connection, entry)
    batches.mark_dirty(ctx.engine, batch, touched)
    return entry


def _own_periods(connection: DuckDBPyConnection, contract: Contract, batch: Batch) -> tuple[str, ...]:
    """Periods that a report answers for: the file's own, also when it has no row, and those of its rows."""
    if contract.kind == "cases" or batch.correction_of is not None:
        return ()
    rows = connection.execute("SELECT DISTINCT period FROM staged").fetchall()
    return tuple(sorted({row[0] for row in rows} | ({batch.period} if batch.period else set())))
