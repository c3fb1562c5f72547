"""The check stage: landed batches in, accepted files, findings and quarantine out, one outcome row each.

Order of writing, so that a crash at any point is mended by doing it again: findings and quarantine first, then the
accepted file under its name, then the status of the batch. Load looks only at the status.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import duckdb
import pyarrow as pa

from etl.check.checked import Checked
from etl.check.corrections import MarkedRow, without_rows
from etl.check.periods import period_before
from etl.check.reader import read_file
from etl.check.references import find_referred
from etl.check.request import CheckRequest, make_request
from etl.check.sandboxed_marks import read_marked
from etl.check.store import (
    LandedBatch,
    find_content_hash,
    find_same_table,
    find_waiting,
    read_batch,
    write_batch,
    write_details,
)
from etl.check.surroundings import find_history
from etl.core.context import Context
from etl.core.outcomes import Outcome, record
from schemas.models.contract import Contract
from schemas.models.finding import Finding, Level
from schemas.warehouse.dialect import holding_lock

_FAULTS = (OSError, RuntimeError, LookupError, MemoryError, duckdb.Error, pa.ArrowException)
ACCEPTED_FILE = "accepted.parquet"
_PART = "accepted.parquet.part"


@dataclass(frozen=True)
class _Read:
    """A batch whose file has been read; nothing is written yet but the accepted rows under a working name."""

    batch: LandedBatch
    checked: Checked
    request: CheckRequest
    marked: Sequence[MarkedRow] = ()


def check_batch(ctx: Context, batch_id: str) -> Checked:
    """Check one landed batch, again if it was checked before and is not in the lake.

    Raises:
        LookupError: no such batch, or no contract of its source.
        ValueError: the batch is in the lake already.
    """
    batch = read_batch(ctx, batch_id)
    with holding_lock(ctx.engine, f"check:{batch.source}"):
        batch = read_batch(ctx, batch_id)
        if batch.status == "loaded":
            raise ValueError(f"批次 {batch_id} 已经入湖，不能重新检查")
        return _settle(ctx, _read(ctx, batch))


def check_waiting(ctx: Context, source: str | None = None) -> dict[str, Checked]:
    """Check all landed batches, of one source or of all.

    A source's batches are settled in the order of their periods, so that March is compared with February even where
    its file came first.

    Returns:
        batch id -> result, in the order in which they were settled.

    Raises:
        ExceptionGroup: at the end, the faults of the system over single files, each with its `failed` outcome.
    """
    settled: dict[str, Checked] = {}
    faults: list[Exception] = []
    for name in _order_sources(ctx, {batch.source for batch in find_waiting(ctx, source)}):
        with holding_lock(ctx.engine, f"check:{name}"):
            reads = [read for batch in find_waiting(ctx, name) if (read := _try_read(ctx, batch, faults))]
            for read in sorted(reads, key=lambda r: r.checked.period or ""):
                settled[read.batch.batch_id] = _settle(ctx, read)
    if faults:
        raise ExceptionGroup(f"{len(faults)} 个文件未能检查，其一：{faults[0]}", faults)
    return settled


def _order_sources(ctx: Context, waiting: set[str]) -> list[str]:
    """By name, but what others refer to comes before them, so that rows which came together find each other."""
    known = ctx.registry.contracts
    referred = {name: find_referred(known[name]) & waiting if name in known else set[str]() for name in sorted(waiting)}
    try:
        return list(TopologicalSorter(referred).static_order())
    except CycleError:  # two sources that name each other: neither can be the first
        return sorted(waiting)


def _try_read(ctx: Context, batch: LandedBatch, faults: list[Exception]) -> _Read | None:
    """A fault of the system over one file is recorded and does not stop the files after it."""
    try:
        return _read(ctx, batch)
    except _FAULTS as error:
        faults.append(error)
        with contextlib.suppress(type(error)), record(ctx, "check", batch.batch_id, batch.source):
            raise
        return None


def _contract_of(ctx: Context, batch: LandedBatch) -> Contract:
    if batch.source not in ctx.registry.contracts:
        raise LookupError(f"没有来源「{batch.source}」的约定（contracts/{batch.source}.yml）")
    return ctx.registry.contracts[batch.source]


def _read(ctx: Context, batch: LandedBatch) -> _Read:
    contract = _contract_of(ctx, batch)
    staged = batch.path.with_name(_PART)
    request = make_request(ctx, contract, batch.path, file_name=batch.file_name, staged=staged, batch_id=batch.batch_id)
    marked = read_marked(batch.path, contract, ctx.settings) if batch.correction_of else []
    if not any(row.changed for row in marked):  # nobody wrote into the sheet of rows: the file itself was mended
        return _Read(replace(batch, correction_of=None), read_file(request, ctx.settings), request)
    original = read_batch(ctx, str(batch.correction_of))
    request = replace(request, corrected=True, given_period=original.period)
    return _Read(batch, without_rows(read_file(request, ctx.settings), staged), request, marked)


def _read_with_history(ctx: Context, read: _Read) -> Checked:
    """The file once more, now that its period is known, held against the periods before it; most have no such rule."""
    request = read.request
    history = find_history(ctx, request.contract, read.checked, batch_id=read.batch.batch_id)
    if history is None:
        return read.checked
    checked = read_file(replace(request, history=history), ctx.settings)
    return without_rows(checked, request.staged) if request.corrected and request.staged else checked


def _settle(ctx: Context, read: _Read) -> Checked:
    """Compare with earlier batches, write everything, one outcome."""
    batch, contract = read.batch, _contract_of(ctx, read.batch)
    with record(ctx, "check", batch.batch_id, batch.source) as outcome:
        checked = _read_with_history(ctx, read)
        checked = checked if batch.correction_of else _compare(ctx, batch, checked, contract)
        write_details(ctx.engine, batch, checked, contract, read.marked)
        _show_accepted(batch.path, visible=checked.status == "accepted")
        write_batch(ctx, batch, checked, contract)
        _fill_outcome(outcome, checked)
    return checked


def _compare(ctx: Context, batch: LandedBatch, checked: Checked, contract: Contract) -> Checked:
    if checked.status != "accepted" or checked.content_hash is None:
        return checked
    earlier = find_same_table(ctx, batch, checked, newest_only=contract.is_by_hand)
    if earlier is not None:
        message = f"与此前报送的「{earlier}」数据完全相同，未重复计入"
        return _set_aside(checked, "duplicate", "FILE.SAME_TABLE", message, "无需处理")
    if contract.kind != "report" or checked.period is None or _is_zero_report(checked, contract):
        return checked
    before = period_before(checked.period, contract.period.grain)
    if find_content_hash(ctx, batch.source, before) == checked.content_hash:
        message = f"数据与上一期（{before}）完全相同，疑为未更新"
        return _set_aside(checked, "unchanged", "FILE.UNCHANGED", message, "请核实本期数据后重新报送")
    return checked


def _is_zero_report(checked: Checked, contract: Contract) -> bool:
    """All zero, period after period, is a lawful answer where the contract allows it; so are sums that do not grow."""
    return contract.zero_report and bool(checked.reading.get("all_zero") or contract.running_columns)


def _set_aside(checked: Checked, status: str, code: str, message: str, todo: str) -> Checked:
    note = Finding(code=code, level=Level.NOTE, message=message, todo=todo)
    return replace(checked, status=status, code=code, message=message, todo=todo, findings=(*checked.findings, note))


def _show_accepted(original: Path, *, visible: bool) -> None:
    """Give the accepted rows their name, or take them away where the file is not accepted (any more)."""
    part, shown = original.with_name(_PART), original.with_name(ACCEPTED_FILE)
    if visible:
        part.replace(shown)
    else:
        part.unlink(missing_ok=True)
        shown.unlink(missing_ok=True)
    _sync_folder(original.parent)


def _sync_folder(folder: Path) -> None:
    """A rename is durable once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _fill_outcome(outcome: Outcome, checked: Checked) -> None:
    outcome.counts.update(
        accepted=checked.rows_accepted, quarantined=checked.rows_quarantined, findings=len(checked.findings)
    )
    if reader := checked.reading.get("reader"):
        outcome.counts["reader"] = reader
    if checked.status == "refused":
        outcome.refuse(checked.code or "", checked.message or "")
    elif checked.status != "accepted":
        outcome.skip(checked.code or "", checked.message or "")
    else:
        outcome.code, outcome.message = checked.code, checked.message
