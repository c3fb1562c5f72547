"""Targets, indicators and values written by hand, and what the engine says of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from etl.core.clock import WorkCalendar
from etl.core.verdicts import VerdictRow
from etl.judge.case import Baseline, Case, Gauge
from etl.judge.frame import Columns, Value
from etl.judge.pending import fill_pending
from etl.judge.stage import SELF, judge_columns
from etl.judge.windows import gather_windows, select_window
from schemas.models.calendar import CalendarSpec
from schemas.models.indicator import Indicator
from schemas.models.plan import Kind, Plan, Target

CALENDAR = WorkCalendar.from_spec(CalendarSpec(id="cn", name_zh="cn"))
PLAN = Plan.model_validate(
    {
        "id": "p",
        "name_zh": "方案",
        "name_en": "Plan",
        "jurisdiction": "甲区",
        "document": {"number": "1", "title": "方案", "issuer": "甲区"},
        "from": "2023-01-01",
        "until": "2023-12-31",
        "coordinator": "营商办",
    }
)
GRADES = ("一般", "良好", "优异")


def make_target(**changes: object) -> Target:
    base = {
        "id": "t",
        "clause": "1",
        "name_zh": "甲",
        "name_en": "A",
        "area": "a",
        "kind": "by_deadline",
        "comparator": ">=",
        "value": 96,
        "unit": "%",
        "from": "2023-01-01",
        "due": "2023-12-31",
        "lead_units": ["u"],
        "indicator": "i",
    }
    return Target.model_validate({**base, **changes})


def make_indicator(form: str = "ratio", **changes: object) -> Indicator:
    base = {
        "id": "i",
        "name_zh": "甲",
        "name_en": "A",
        "family": "f",
        "source": "s",
        "form": form,
        "unit": "%",
        "decimals": 1,
        "direction": "higher_is_better",
        "numerator": {},
        "denominator": {},
        "clock": {"start": "a", "earliest": ["b"]},
        "missing": "skip",
    }
    return Indicator.model_validate({**base, **changes})


def value(period: str, numerator: object, denominator: object = None, n: int | None = 100, **more: object) -> Value:
    unit, state = str(more.pop("unit", "self")), str(more.pop("state", "ok"))
    parts = [None if part is None else Decimal(str(part)) for part in (numerator, denominator)]
    return Value(unit, period, state, parts[0], parts[1], n, **more)  # type: ignore[arg-type]


def judge_rows(
    target: Target,
    values: Sequence[Value],
    *,
    as_of: str = "2023-12-31",
    base: object = None,
    base_version: int = 0,
    bases: Mapping[str | None, object] | None = None,
    siblings: Sequence[Target] = (),
    wholes: frozenset[str] = SELF,
    **ind: object,
) -> list[VerdictRow]:
    """All verdicts of a target, through the same steps as the stage takes."""
    given = {None: base} if base is not None else bases or {}
    starts = {unit: Baseline(Fraction(str(start)), base_version) for unit, start in given.items()}
    day = dt.date.fromisoformat(as_of)
    gauge = Gauge.of(make_indicator(str(ind.pop("form", "ratio")), **ind)) if target.indicator else Gauge(grades=GRADES)
    if target.unit != "grade" and not target.indicator:
        gauge = Gauge()
    columns = Columns.of(values)
    case = Case(target, gauge, CALENDAR, day, {} if target.kind is Kind.CUMULATIVE else starts, columns)
    chosen = select_window(columns, target, siblings, wholes)
    if target.kind is Kind.CADENCE and target.indicator:
        chosen = gather_windows(chosen, target)
    chosen = fill_pending(chosen, target, PLAN, as_of=day)
    return list(judge_columns(case, "p", chosen, {}).rows())


def run_rule(target: Target, values: Sequence[Value], **options: object) -> list[tuple]:
    """(period, status, reason, light, carried_from) of each row."""
    rows = judge_rows(target, values, **options)  # type: ignore[arg-type]
    return [(row.period, row.status, row.reason, row.light, row.carried_from) for row in rows]
