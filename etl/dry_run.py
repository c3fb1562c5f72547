"""The pipeline without writing: judge at another day, or see what one more file would change.

Reads the lake and the warehouse; nothing it does can be seen by anybody else.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import ibis

from etl.check.checked import Checked
from etl.check.reader import read_file
from etl.check.request import make_request
from etl.check.surroundings import find_history
from etl.compute.by_hand import read_entries, tell_all
from etl.compute.expressions import TableExpr
from etl.compute.grid import ValueRow
from etl.compute.look import lake_table
from etl.compute.measures import list_measures
from etl.compute.submissions import Answer, read_submissions
from etl.compute.values import Computation, Rows
from etl.core.by_hand import ByHandCatalogue, by_hand_contracts
from etl.core.context import Context
from etl.core.lake import ensure_table, open_lake
from etl.core.repeats import mark_repeats
from etl.core.verdicts import VerdictRow
from etl.judge.frame import Value
from etl.judge.stage import judge_all
from schemas.models.contract import Contract

DRY_BATCH = "dry-run"


@dataclass(frozen=True)
class LightChange:
    """A light that the file would change."""

    plan: str
    target: str
    unit: str
    period: str
    before: str | None
    after: str
    sentence: str


@dataclass(frozen=True)
class DryRun:
    """How the file was read, its findings, and the lights that would change."""

    checked: Checked
    changes: tuple[LightChange, ...]


def judge_at(ctx: Context) -> list[VerdictRow]:
    """All verdicts at `ctx.as_of` from what is in the lake now; nothing is recorded."""
    with _lake_rows(ctx) as (backend, rows_of):
        return _judge(ctx, backend, rows_of)


def try_file(ctx: Context, path: Path, contract: Contract) -> DryRun:
    """Read, check, compute and judge as if `path` had come in for `contract`.

    Returns:
        The check's result, and the current lights that would differ.
    """
    with tempfile.TemporaryDirectory(prefix="bizenv-check-") as folder:
        staged = Path(folder) / "accepted.parquet"
        request = make_request(ctx, contract, path, file_name=path.name, staged=staged, batch_id=DRY_BATCH)
        checked = read_file(request, ctx.settings)
        history = find_history(ctx, contract, checked, batch_id=DRY_BATCH)
        if history is not None:
            checked = read_file(replace(request, history=history), ctx.settings)
        with _lake_rows(ctx) as (backend, rows_of):
            before = _judge(ctx, backend, rows_of)
            rows_of = {**rows_of, contract.id: _with_file(backend, rows_of[contract.id], checked, staged)}
            after = _judge(ctx, backend, rows_of)
    return DryRun(checked, tuple(_compare(before, after)))


@contextmanager
def _lake_rows(ctx: Context) -> Iterator[tuple[ibis.BaseBackend, dict[str, Rows]]]:
    with open_lake(ctx.settings) as lake, ctx.engine.connect() as connection:
        backend = ibis.duckdb.from_connection(lake)
        rows_of = {}
        for contract in ctx.registry.contracts.values():
            ensure_table(lake, contract)
            rows_of[contract.id] = Rows(lake_table(backend, contract), read_submissions(connection, contract))
        yield backend, rows_of


def _judge(ctx: Context, backend: ibis.BaseBackend, rows_of: Mapping[str, Rows]) -> list[VerdictRow]:
    computation = Computation(backend, ctx.registry, as_of=ctx.as_of)
    known = {}
    for measure in list_measures(ctx.registry):
        rows = computation.values_of(measure, rows_of[measure.indicator.source])
        known[measure.key] = [_value(row) for row in rows]
    catalogue = ByHandCatalogue.of(ctx.registry)
    entries = [e for c in by_hand_contracts(ctx.registry) for e in read_entries(rows_of[c.id].table, c)]
    for key, told in tell_all(catalogue, entries, as_of=ctx.as_of).items() if by_hand_contracts(ctx.registry) else ():
        known[catalogue.targets[key].indicator, ""] = [_value(item.row) for item in told]
    return judge_all(ctx.registry, known, as_of=ctx.as_of)


def _value(row: ValueRow) -> Value:
    """The row as judge reads it from the warehouse."""
    return Value(
        row.unit,
        row.period,
        row.state,
        row.numerator,
        row.denominator,
        row.n,
        row.open_numerator,
        row.open_denominator,
        row.batches,
        extra=row.extra,
    )


def _with_file(backend: ibis.BaseBackend, rows: Rows, checked: Checked, staged: Path) -> Rows:
    """The source's rows as load would leave them, and its answers as check would leave them."""
    contract = rows.submissions.contract
    status = "loaded" if checked.status == "accepted" else checked.status
    answer = Answer(DRY_BATCH, status, checked.covers or ((checked.period,) if checked.period else ()))
    held = {**rows.submissions.held_units, DRY_BATCH: frozenset(q.unit for q in checked.quarantine if q.unit)}
    submissions = replace(rows.submissions, answers=(*rows.submissions.answers, answer), held_units=held)
    if checked.status != "accepted" or not staged.is_file():
        return Rows(rows.table, submissions)
    merged = _merge(rows.table, backend.read_parquet(str(staged)), contract, checked)
    return Rows(mark_repeats(merged, contract), submissions)


def _merge(table: TableExpr, incoming: TableExpr, contract: Contract, checked: Checked) -> TableExpr:
    names = [name for name in table.columns if name in incoming.columns]
    old, new = table.select(names), incoming.select(names)
    new = new.cast({name: old.schema()[name] for name in names})
    if contract.kind == "report" and contract.resend == "replace":
        old = old.filter(~old.period.isin([checked.period, *checked.covers]))
    elif contract.resend == "replace":
        return new
    else:
        keys = dict.fromkeys((*contract.key, *(["period"] if contract.kind == "report" else [])))
        # two empty cells of an open key are the same key
        same = [old[k].identical_to(new[k]) if k in contract.open_key else old[k] == new[k] for k in keys]
        old = old.anti_join(new, same)
    return old.union(new)


def _compare(before: list[VerdictRow], after: list[VerdictRow]) -> Iterator[LightChange]:
    lights = {(row.plan, row.target, row.unit): row for row in before if row.is_current}
    for row in (row for row in after if row.is_current):
        old = lights.get((row.plan, row.target, row.unit))
        if old is None or (old.light, old.status) != (row.light, row.status):
            yield LightChange(
                row.plan, row.target, row.unit, row.period, old.light if old else None, row.light, row.sentence
            )
