"""The stage compute: follows what load changed (the dirty set), or everything where the day moved or `full` is set."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
from duckdb import DuckDBPyConnection
from sqlalchemy import select

from etl.compute.by_hand_stage import is_stale, record_entries
from etl.compute.dependents import registers_of, with_dependents
from etl.compute.expressions import TableExpr
from etl.compute.history import forget_dirty, last_as_of, read_dirty, record_values
from etl.compute.measures import Measure, list_measures
from etl.compute.submissions import read_submissions
from etl.compute.values import Computation, Rows
from etl.core.by_hand import by_hand_contracts
from etl.core.context import Context
from etl.core.lake import ensure_table, open_lake
from etl.core.outcomes import record
from schemas.models.contract import Contract
from schemas.warehouse.tables import dirty, values


@dataclass(frozen=True)
class Computed:
    """What one computation did."""

    measures: int
    values: int
    changed: int


def lake_table(backend: ibis.BaseBackend, contract: Contract) -> TableExpr:
    """The source's accepted rows as an expression."""
    return backend.table(contract.id, database=("lake", "main"))


def compute(ctx: Context, *, sources: list[str] | None = None) -> Computed:
    """Compute the measures over `sources` (all where None) and record what changed; clears their dirty marks."""
    with record(ctx, "compute", ",".join(sources) if sources else "all") as outcome:
        measures = list_measures(ctx.registry, sources)
        with ctx.engine.connect() as connection:
            marks = read_dirty(connection)
        with open_lake(ctx.settings) as lake:
            backend = ibis.duckdb.from_connection(lake)
            done = _compute_measures(ctx, lake, backend, measures)
            if sources is None or any(contract.id in sources for contract in by_hand_contracts(ctx.registry)):
                done = _add(done, *record_entries(ctx, lake, backend))
        followed = [mark for mark in marks if sources is None or mark[0] in sources]
        with ctx.engine.begin() as connection:
            forget_dirty(connection, followed)
        outcome.counts.update(measures=done.measures, values=done.values, changed=done.changed)
    return done


def _add(done: Computed, measures: int, values: int, changed: int) -> Computed:
    return Computed(done.measures + measures, done.values + values, done.changed + changed)


def _compute_measures(
    ctx: Context, lake: DuckDBPyConnection, backend: ibis.BaseBackend, measures: list[Measure]
) -> Computed:
    computation = Computation(backend, ctx.registry, as_of=ctx.as_of)
    rows_of: dict[str, Rows] = {}
    total = changed = 0
    for measure in measures:
        contract = ctx.registry.contracts[measure.indicator.source]
        if contract.id not in rows_of:
            for needed in (contract, *registers_of(contract, ctx.registry)):
                ensure_table(lake, needed)
            with ctx.engine.connect() as connection:
                submissions = read_submissions(connection, contract)
            rows_of[contract.id] = Rows(lake_table(backend, contract), submissions)
        values = computation.values_of(measure, rows_of[contract.id])
        versions = computation.versions_of(measure)
        with ctx.engine.begin() as connection:
            changed += record_values(connection, measure.key, values, versions, as_of=ctx.as_of)
        total += len(values)
    return Computed(len(measures), total, changed)


def affected_sources(ctx: Context) -> list[str] | None:
    """Sources whose values may be stale: rows or answers that changed; None (all of them) when the day moved.

    Batches that brought no rows (refused, empty, unchanged) leave a dirty mark too: their answer is a state.
    """
    with ctx.engine.connect() as connection:
        if last_as_of(connection) != ctx.as_of:
            return None
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
    return sorted(with_dependents(marked, ctx.registry) & set(ctx.registry.contracts))
