"""Rows that have to be there even where nobody has said anything yet."""

from __future__ import annotations

import datetime as dt

import numpy as np

from etl.core.by_hand import is_by_hand
from etl.core.periods import Period, period_of
from etl.judge.frame import Columns, Value
from etl.judge.windows import window_of
from schemas.models.plan import Kind, Plan, Target

_GRAINS = ("month", "quarter", "half", "year")


def fill_pending(columns: Columns, target: Target, plan: Plan, *, as_of: dt.date) -> Columns:
    """The columns, with a silent row where a verdict is owed and no value is there.

    Owed are: a verdict on what people enter, from the first day of its window; a rank at its due day; an acceptance
    target, which is judged at its due day and nowhere else.
    """
    if target.acceptance and target.due:
        columns = columns.take(np.flatnonzero(_holding(columns, target.due)))
        state = "manual_pending" if is_by_hand(target) else "not_reported"
        return columns if len(columns) else _silent(_month_or(target, target.due), state)
    if not is_by_hand(target) or (target.start and as_of < target.start):
        return columns
    if not len(columns):
        return _silent(_first_period(target, plan, as_of), "manual_pending")
    if target.kind is Kind.RANK and target.due and target.due <= as_of:
        return _with_due(columns, target.due)
    return columns


def _holding(columns: Columns, due: dt.date) -> np.ndarray:
    return (columns.starts <= due.toordinal()) & (due.toordinal() <= columns.ends)


def _silent(period: Period, state: str) -> Columns:
    return Columns.of([Value("self", period.text, state, None, None, None)])


def _month_or(target: Target, day: dt.date) -> Period:
    """The window of a cadence, else the month."""
    return window_of(day, target.every or "month")


def _first_period(target: Target, plan: Plan, as_of: dt.date) -> Period:
    if target.kind is Kind.MILESTONE and target.due:
        return period_of(target.due, "month")
    day = min(as_of, target.due or plan.until)
    return _month_or(target, day)


def _with_due(columns: Columns, due: dt.date) -> Columns:
    """A unit whose rank at the due day is not known is silent there, in periods like those that were entered."""
    held = _holding(columns, due)
    heard = set(columns.unit[held].tolist())
    lacking = [i for i in sorted(set(columns.unit.tolist())) if i not in heard]
    if not lacking:
        return columns
    grain = columns.periods[columns.period[-1]].grain
    period = period_of(due, grain if grain in _GRAINS else "month")
    silent = [Value(columns.unit_names[i], period.text, "manual_pending", None, None, None) for i in lacking]
    return Columns.of([*columns.values(), *silent])
