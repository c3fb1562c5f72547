"""The stage compute: follows what load changed (the dirty set), or everything where the day moved or `full` is set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from etl.compute.breakdowns import break_down, record_breakdowns
from etl.compute.by_hand_stage import is_stale, record_entries
from etl.compute.history import forget_dirty, last_as_of, record_values
from etl.compute.look import Look, open_look
from etl.compute.measures import Measure, list_measures
from etl.compute.part_store import read_first_units, read_merged
from etl.compute.refresh import forget_others, plan_task, refresh
from etl.compute.submissions import read_submissions
from etl.core.by_hand import by_hand_contracts
from etl.core.context import Context
from etl.core.outcomes import Outcome, record
from schemas.models.contract import Contract
from schemas.warehouse.tables import batches, dirty, values

UNANSWERED = ("landed", "accepted")
"""States of a batch that waits for its check or its load."""


@dataclass(frozen=True)
class Computed:
    """What one computation did. `chunks`: how many were computed anew; `mended`: those whose kept parts were wrong."""

    measures: int
    values: int
    changed: int
    chunks: int = 0
    mended: tuple[str, ...] = ()


def compute(ctx: Context, *, sources: list[str] | None = None, everything: bool = False) -> Computed:
    """Bring the values of the measures over `sources` (all where None) up to date and record what changed.

    Only chunks of rows that are stale are read; with `everything` all of them, and what was kept wrongly is told.
    Clears the dirty marks that were followed.
    """
    with record(ctx, "compute", ",".join(sources) if sources else "all") as outcome:
        by_source = group_by_source(list_measures(ctx.registry, sources))
        by_hand = by_hand_contracts(ctx.registry)
        with open_look(ctx, [*contracts_of(ctx, by_source), *by_hand]) as look:
            done = Computed(0, 0, 0)
            for source, measures in by_source.items():
                done = _add(done, _follow_source(ctx, look, source, measures, everything=everything))
            if sources is None or any(contract.id in sources for contract in by_hand):
                done = _add(done, Computed(*record_entries(ctx, look.lake, look.backend)))
        followed = [mark for mark in look.marks if sources is None or mark.source in sources]
        with ctx.engine.begin() as connection:
            forget_dirty(connection, followed)
        outcome.counts.update(measures=done.measures, values=done.values, changed=done.changed, chunks=done.chunks)
        if done.mended:
            tell_mended(outcome, done.mended)
    return done


def tell_mended(outcome: Outcome, mended: Sequence[str]) -> None:
    """A fault of ours that the reconcile has mended: it must not go unseen."""
    outcome.code = "COMPUTE.MENDED"
    shown = "；".join(mended[:5])
    outcome.message = f"全量核对更正了 {len(mended)} 处与原始数据不符的中间结果：{shown}；请把本条告知系统维护人员"
    outcome.counts["mended"] = list(mended[:200])


def _add(done: Computed, more: Computed) -> Computed:
    sums = (getattr(done, name) + getattr(more, name) for name in ("measures", "values", "changed", "chunks", "mended"))
    return Computed(*sums)


def contracts_of(ctx: Context, sources: Iterable[str]) -> list[Contract]:
    """The contracts of these sources and of the registers that they read."""
    found = [ctx.registry.contracts[source] for source in sources]
    found += [ctx.registry.contracts[source] for contract in tuple(found) for source in contract.registers]
    return list({contract.id: contract for contract in found}.values())


def group_by_source(measures: Iterable[Measure]) -> dict[str, list[Measure]]:
    found: dict[str, list[Measure]] = defaultdict(list)
    for measure in measures:
        found[measure.indicator.source].append(measure)
    return found


def _follow_source(ctx: Context, look: Look, source: str, measures: Sequence[Measure], *, everything: bool) -> Computed:
    """Parts from the lake where they are stale, then values from all parts that are kept."""
    contract = ctx.registry.contracts[source]
    task = plan_task(ctx, look, contract, measures, everything=everything)
    refreshed = refresh(ctx, look, task, measures)
    forget_others(ctx, contract, measures)
    with ctx.engine.connect() as connection:
        submissions, seen = read_submissions(connection, contract), read_first_units(connection, source)
    total = changed = 0
    for measure in measures:
        with ctx.engine.begin() as connection:
            parts = read_merged(connection, measure.key)
            values = look.computation.values_from(measure, parts, submissions, seen)
            versions = look.computation.versions_of(measure)
            changed += record_values(connection, measure.key, values, versions, as_of=ctx.as_of)
            if measure.indicator.by:
                shown = break_down(parts, is_share=measure.indicator.form == "case_share")
                record_breakdowns(connection, measure.key, shown)
        total += len(values)
    return Computed(len(measures), total, changed, refreshed.chunks, tuple(refreshed.mended))


def affected_sources(ctx: Context) -> list[str] | None:
    """Sources whose values may be stale: rows or answers that changed; None (all of them) when the day moved.

    Batches that brought no rows (refused, empty, unchanged) leave a dirty mark too: their answer is a state. A source
    in the middle of its files waits until all of them have their answer: a sum of half a year is no sum of a year,
    and a mail about it could not be taken back. Its last batch marks it again.
    """
    with ctx.engine.connect() as connection:
        on_the_way = set(connection.execute(select(batches.c.source).where(batches.c.status.in_(UNANSWERED))).scalars())
        if last_as_of(connection) != ctx.as_of:
            return sorted(set(ctx.registry.contracts) - on_the_way) if on_the_way else None
        marked = set(connection.execute(select(dirty.c.source).distinct()).scalars())
        stale = connection.execute(
            select(values.c.indicator, values.c.versions["indicator"].astext)
            .where(values.c.recorded_to.is_(None))
            .distinct()
        )
        versions = {(row[0], row[1]) for row in stale}
        if is_stale(connection, ctx):
            marked.update(contract.id for contract in by_hand_contracts(ctx.registry))
    known = {name for name, _ in versions}
    for measure in list_measures(ctx.registry):
        indicator = measure.indicator
        if indicator.id not in known or (indicator.id, indicator.content_hash()) not in versions:
            marked.add(indicator.source)
    return sorted((marked - on_the_way) & set(ctx.registry.contracts))
