"""Looks up the deciding rows of verdicts that are about to be published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import ibis

from etl.compute.by_hand_stage import find_entry_evidence
from etl.compute.evidence import find_evidence
from etl.compute.evidence_places import Wanted
from etl.compute.look import lake_table
from etl.compute.measures import list_measures, measure_key
from etl.compute.submissions import read_submissions
from etl.compute.values import Computation, Rows
from etl.core.by_hand import is_by_hand
from etl.core.context import Context
from etl.core.lake import open_lake
from etl.core.periods import parse_period, periods_between, previous_period
from etl.core.verdicts import EvidenceRow, VerdictRow
from schemas.models.plan import Kind, Target

VerdictKey = tuple[str, str, str, str]


def find_row_evidence(
    ctx: Context, rows: Sequence[VerdictRow]
) -> dict[tuple[str, str, str, str], tuple[EvidenceRow, ...]]:
    """Deciding rows of verdicts that have a value (and of those kept silent by their check)."""
    by_measure: dict[tuple[str, str], list[tuple[VerdictRow, Wanted]]] = defaultdict(list)
    entered: list[VerdictRow] = []
    for row in rows:
        target = next(t for t in ctx.registry.plans[row.plan].targets if t.id == row.target)
        if is_by_hand(target):
            entered.append(row)
        elif target.indicator is not None and row.status != "no_data":
            by_measure[measure_key(target)].append((row, _wanted(row, target)))
    if not by_measure and not entered:
        return {}
    measures = {measure.key: measure for measure in list_measures(ctx.registry)}
    found: dict[VerdictKey, tuple[EvidenceRow, ...]] = {}
    with open_lake(ctx.settings, read_only=True) as lake, ctx.engine.connect() as connection:
        backend = ibis.duckdb.from_connection(lake)
        computation = Computation(backend, ctx.registry, as_of=ctx.as_of)
        for key, items in by_measure.items():
            contract = ctx.registry.contracts[measures[key].indicator.source]
            rows_of = Rows(lake_table(backend, contract), read_submissions(connection, contract))
            wanted = {want for _, want in items}
            evidence = find_evidence(computation, measures[key], rows_of, wanted, connection=connection)
            found |= {row.key: evidence[want] for row, want in items}
        found |= find_entry_evidence(ctx, entered, lake=lake, backend=backend, connection=connection)
    return found


def _wanted(row: VerdictRow, target: Target) -> Wanted:
    """The periods that a verdict rests on: its own, the pooled run, or everything since `from`."""
    last = parse_period(row.period)
    periods = {last.text}
    if target.kind is Kind.CUMULATIVE and target.start:
        periods = {p.text for p in periods_between(target.start, last.end, "month")}
    step = last
    for _ in range((row.pooled or 1) - 1):
        step = previous_period(step)
        periods.add(step.text)
    return Wanted(row.unit, frozenset(periods))
