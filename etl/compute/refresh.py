"""Brings the kept parts of measures up to date: only stale chunks are read, all of a measure in one query a form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from etl.compute.chunks import in_chunks
from etl.compute.expressions import TableExpr
from etl.compute.history import read_dirty
from etl.compute.lake_facts import (
    count_units,
    earliest,
    event_columns,
    find_coming,
    first_coming,
    list_chunks,
    next_of_register,
)
from etl.compute.look import Look
from etl.compute.measures import Measure
from etl.compute.part_rows import PartRow
from etl.compute.part_store import (
    MeasureKey,
    forget_measures,
    read_chunks,
    read_known,
    same_parts,
    units_key,
    write_chunks,
)
from etl.compute.stale import Known, Need, Newest, stale_chunks, still_holds
from etl.compute.versions import engine_version
from etl.core.context import Context
from schemas.models.contract import Contract


@dataclass
class Refreshed:
    """Chunks computed, and those of them that were kept as valid and yet were wrong: `indicator variant chunk`."""

    chunks: int = 0
    mended: list[str] = field(default_factory=list)

    def add(self, other: Refreshed) -> None:
        self.chunks += other.chunks
        self.mended += other.mended


@dataclass(frozen=True)
class Task:
    """What has to be computed of one source: stale chunks by measure (`units`: of the reporting units)."""

    contract: Contract
    present: frozenset[str]
    needs: Mapping[MeasureKey, Need]
    known: Mapping[MeasureKey, Mapping[str, Known]]
    stale: Mapping[MeasureKey, Sequence[str]]

    @property
    def chunks(self) -> set[str]:
        return {chunk for chunks in self.stale.values() for chunk in chunks}


def plan_task(
    ctx: Context,
    look: Look,
    contract: Contract,
    measures: Sequence[Measure],
    *,
    everything: bool,
    only: Collection[str] | None = None,
) -> Task:
    """The stale chunks of the measures over one source; `only`: among these."""
    with ctx.engine.connect() as connection:
        known = read_known(connection, [contract.id])
    present = list_chunks(look.lake, contract)
    needs = {m.key: Need(contract.id, _versions(look, m, contract), contract.registers) for m in measures}
    if contract.unit_column is not None:
        versions = {"contract": contract.content_hash(), "engine": engine_version()}
        needs[units_key(contract.id)] = Need(contract.id, versions)
    run_id = ctx.run_id if everything else None
    stale = {
        key: stale_chunks(need, present, known.get(key, {}), look.newest, as_of=ctx.as_of, run_id=run_id)
        for key, need in needs.items()
    }
    if only is not None:
        stale = {key: [chunk for chunk in chunks if chunk in only] for key, chunks in stale.items()}
    return Task(contract, frozenset(present), needs, known, stale)


def _versions(look: Look, measure: Measure, contract: Contract) -> dict[str, str]:
    more = {"engine": engine_version(), "kinds": "open" if measure.with_open else ""}
    return {**look.computation.versions_of(measure), **more}


def refresh(ctx: Context, look: Look, task: Task, measures: Iterable[Measure]) -> Refreshed:
    """Compute what is stale and keep it; one transaction a measure."""
    done = Refreshed()
    if units := task.stale.get(units_key(task.contract.id)):
        rows = count_units(_cut(look, task, units), task.contract)
        done.add(_keep(ctx, look, task, units_key(task.contract.id), rows, {}))
    measures = [measure for measure in measures if task.stale[measure.key]]
    coming, everywhere = _find_coming(ctx, look, task, measures)
    for measure in measures:
        parts = look.computation.parts_of(measure, _cut(look, task, task.stale[measure.key]))
        columns = event_columns(measure.indicator, task.contract)
        wakes = {
            chunk: earliest(everywhere, parts.wakes.get(chunk), first_coming(coming.get(chunk, {}), columns))
            for chunk in task.stale[measure.key]
        }
        done.add(_keep(ctx, look, task, measure.key, parts.rows, wakes))
    return done


def _cut(look: Look, task: Task, chunks: Collection[str]) -> TableExpr:
    """The rows of these chunks; no filter where they are all that there are."""
    return in_chunks(look.table(task.contract), task.contract, None if task.present <= set(chunks) else chunks)


def _find_coming(
    ctx: Context, look: Look, task: Task, measures: Iterable[Measure]
) -> tuple[dict[str, dict[str, dt.date]], dt.date | None]:
    """Days to look again because of dates of the cases, by chunk, and because of registers; asked once a source."""
    asked = [measure for measure in measures if measure.indicator.clock]
    if not asked:
        return {}, None
    chunks = {chunk for measure in asked for chunk in task.stale[measure.key]}
    columns = sorted({name for measure in asked for name in event_columns(measure.indicator, task.contract)})
    registers = (ctx.registry.contracts[source] for source in task.contract.registers)
    next_days = (next_of_register(look.table(other), other, as_of=ctx.as_of) for other in registers)
    return find_coming(_cut(look, task, chunks), columns, as_of=ctx.as_of), earliest(*next_days)


def _keep(
    ctx: Context,
    look: Look,
    task: Task,
    key: MeasureKey,
    rows: Mapping[str, Sequence[PartRow]],
    wakes: Mapping[str, dt.date | None],
) -> Refreshed:
    need, chunks = task.needs[key], task.stale[key]
    fresh = {
        chunk: Known(need.versions, ctx.as_of, wakes.get(chunk), look.snapshot, look.newest.of(need, chunk), ctx.run_id)
        for chunk in chunks
    }
    with ctx.engine.begin() as connection:
        mended = _find_mended(ctx, look, task, key, rows, connection=connection)
        write_chunks(connection, key, task.contract.id, fresh, rows)
    return Refreshed(len(chunks), [" ".join((*key, chunk)) for chunk in mended])


def _find_mended(
    ctx: Context,
    look: Look,
    task: Task,
    key: MeasureKey,
    rows: Mapping[str, Sequence[PartRow]],
    *,
    connection: Connection,
) -> list[str]:
    """Chunks whose kept parts should have been right by all we know, and were not."""
    need, known = task.needs[key], task.known.get(key, {})
    # a file that came between the marks and the snapshot has left a mark since: that is no fault
    since = Newest(read_dirty(connection)) if known else look.newest
    valid = [
        chunk
        for chunk in task.stale[key]
        if chunk in known and still_holds(known[chunk], need, since.of(need, chunk), as_of=ctx.as_of)
    ]
    if not valid:
        return []
    kept = read_chunks(connection, key, valid)
    return [chunk for chunk in valid if not same_parts(kept.get(chunk, ()), rows.get(chunk, ()))]


def forget_others(ctx: Context, contract: Contract, measures: Iterable[Measure]) -> None:
    """Take off parts of measures over this source that no target asks for any more."""
    kept = [units_key(contract.id), *(measure.key for measure in measures)]
    with ctx.engine.begin() as connection:
        forget_measures(connection, kept, [contract.id])
