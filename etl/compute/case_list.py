"""Single cases as an indicator counts them: deadline, kept or late, time taken, and where the row stands."""

from __future__ import annotations

import datetime as dt

import ibis

from etl.compute.case_events import case_key
from etl.compute.case_parts import CaseSource
from etl.compute.cases import add_elapsed, elapsed_divisor, judged_cases
from etl.compute.expressions import TableExpr
from etl.compute.look import lake_table
from etl.compute.stage import contracts_of
from etl.compute.stopped_cases import add_stopped
from etl.compute.values import Computation
from etl.core.context import Context
from etl.core.lake import ensure_table, open_lake
from schemas.models.case_keys import show_key
from schemas.models.indicator import CASE_FORMS, Indicator

COLUMNS = (
    *("case", "unit", "start", "end", "deadline_date", "deadline", "own_deadline_date", "kept", "late", "decided_on"),
    *("suspended", "excluded", "reversed", "reason", "abuse", "elapsed", "batch_id", "sheet", "line"),
)
"""Of each case. `kept` and `late` are both false while it is undecided; `reason` says why nothing can be said."""


def list_cases(ctx: Context, indicator: Indicator, limit: str | None, *, decided: str | None = None) -> list[dict]:
    """The cases of an indicator over a clock, by start.

    Args:
        ctx: `as_of` is the today that they are seen from.
        indicator: of a form with a clock.
        limit: where the target brings it; None: the clock's own.
        decided: only those decided in this month (`2023-03`).

    Raises:
        ValueError: an indicator without a clock.
    """
    if indicator.form not in CASE_FORMS or indicator.clock is None:
        raise ValueError(f"指标 {indicator.id} 不是逐件计时的指标")
    contract = ctx.registry.contracts[indicator.source]
    with open_lake(ctx.settings) as lake:
        backend = ibis.duckdb.from_connection(lake)
        for needed in contracts_of(ctx, [contract.id]):
            ensure_table(lake, needed)
        computation = Computation(backend, ctx.registry, as_of=ctx.as_of)
        table, calendar = lake_table(backend, contract), computation.calendar_of(contract)
        source = CaseSource(table, indicator, contract, calendar, ctx.as_of, computation.registers_of(contract))
        cases = source.cases(case=case_key(table, contract))
        cases = add_stopped(cases, indicator.clock, limit, calendar, as_of=ctx.as_of)
        cases = add_elapsed(cases, indicator.clock, contract, calendar)
        cases = cases.mutate(span=ibis.ifelse(cases.end_at.notnull(), cases.span, ibis.null("int64")))
        judged = judged_cases(cases, indicator.clock, limit, calendar, as_of=ctx.as_of)
        if decided:
            judged = judged.filter(judged.decided_on.cast("date").strftime("%Y-%m") == decided)
        rows = _shown(judged).order_by("start", "line").to_pyarrow().to_pylist()
    divisor = elapsed_divisor(indicator.clock, calendar)
    return [{name: _plain(row, name, divisor) for name in COLUMNS} for row in rows]


def _shown(table: TableExpr) -> TableExpr:
    reason = ibis.cases(
        (table.is_reversed, "end_before_start"),
        (table.is_coarse, "precision_too_coarse"),
        (table.is_blind, "calendar_not_published"),
        (~table.has_deadline, "no_deadline"),
        else_=ibis.null("string"),
    )
    excluded = table.excluded if "excluded" in table.columns else ibis.literal(False)
    return table.select(
        *("case", "unit", "batch_id", "sheet", "line", "abuse", "decided_on", "deadline_date"),
        start=table.start_at,
        start_coarse=table.start_coarse,
        end=table.end_at,
        end_coarse=table.end_coarse,
        deadline=table.deadline_at,
        own_deadline_date=table.own_date,
        kept=table.is_kept & ~table.is_coarse,
        late=table.is_late & ~table.is_coarse,
        suspended=table.is_suspended,
        excluded=excluded,
        reversed=table.is_reversed,
        reason=reason,
        elapsed=table.span,
    )


def _plain(row: dict, name: str, divisor: int) -> object:
    """A person in the key is masked; a date without a time is shown as one; elapsed time in the unit of the measure."""
    value = row[name]
    if name in ("start", "end") and value is not None and row[f"{name}_coarse"]:
        return value.date()
    if name == "case":
        return show_key(row["case"])
    if name == "elapsed" and value is not None:
        return value if divisor == 1 else value / divisor
    return value.replace(microsecond=0) if isinstance(value, dt.datetime) else value
