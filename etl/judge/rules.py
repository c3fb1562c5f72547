"""One rule a kind of target (semantics, section 2): each settles the waiting rows of one target."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from etl.judge.case import Case
from etl.judge.exact import Bools, Ratios, running_sum, times
from etl.judge.frame import Columns
from etl.judge.path import Starts, behind_rows, fill_pace, lost_rows
from etl.judge.reasons import AT_RISK, MET, MISSED, NOT_DUE
from etl.judge.rules_by_hand import judge_cadence, judge_milestone
from etl.judge.settled import Verdicts
from etl.judge.small_numbers import pool_small, silence_empty
from etl.judge.xmr import Chart
from schemas.models.plan import Kind


def measure(case: Case, verdicts: Verdicts) -> None:
    """The judged value, in the unit of the goal."""
    factor = Fraction(100) if case.is_share else case.gauge.factor
    verdicts.value = Ratios.of(verdicts.numerator, verdicts.denominator).scaled(factor)


def within_rows(case: Case, verdicts: Verdicts) -> Bools:
    """Valid rows whose judged value satisfies the comparator."""
    return verdicts.valid & verdicts.value.satisfies(case.comparator, case.goal)


def deciding_rows(case: Case, columns: Columns) -> Bools:
    """Rows of the period that holds `due`, once `due` has come."""
    due = case.target.due
    if due is None or case.as_of < due:
        return np.zeros(len(columns), dtype=bool)
    return (columns.starts <= due.toordinal()) & (due.toordinal() <= columns.ends)


def _prepare(case: Case, columns: Columns, verdicts: Verdicts) -> None:
    """Nothing to divide by, then small numbers; counts have no small sample."""
    silence_empty(columns, verdicts)
    if not case.gauge.is_count:
        pool_small(columns, verdicts, minimum_n=case.gauge.minimum_n, adds_up=case.gauge.adds_up)
    measure(case, verdicts)


def judge_each_case(case: Case, columns: Columns, verdicts: Verdicts) -> None:
    """The share of decided cases within the limit reaches the required share; one late case is a breach."""
    silence_empty(columns, verdicts)
    measure(case, verdicts)
    verdicts.settle(within_rows(case, verdicts), MET, "satisfied")
    verdicts.settle(verdicts.waiting, MISSED, "late_cases")


def judge_average_case(case: Case, columns: Columns, verdicts: Verdicts) -> None:
    """The mean is within the limit; where the mean with open cases is not, the row is at risk."""
    _prepare(case, columns, verdicts)
    within = within_rows(case, verdicts)
    with_open = Ratios.of(columns.open_numerator, columns.open_denominator).scaled(case.gauge.factor)
    fails = columns.has_open & (verdicts.pooled == 0) & ~with_open.satisfies(case.comparator, case.goal)
    verdicts.settle(within & fails, AT_RISK, "open_cases")
    verdicts.settle(within, MET, "satisfied")
    verdicts.settle(verdicts.waiting, MISSED, "over_limit")


def judge_standing(case: Case, columns: Columns, verdicts: Verdicts) -> None:
    """Satisfied in every period from `from` on; satisfied but heading for a miss is at risk."""
    _prepare(case, columns, verdicts)
    within = within_rows(case, verdicts)
    if case.comparator != "==":
        chart = Chart.of(verdicts.points, columns.unit, verdicts.valid)
        outside = chart.outside(high=case.is_ceiling)
        heading = chart.crosses_next(case.comparator, case.goal)
        for found, reason in ((outside, "early_warning_xmr"), (heading, "early_warning_trend")):
            rows = np.zeros(len(columns), dtype=bool)
            rows[chart.rows[found]] = True
            verdicts.settle(within & rows, AT_RISK, reason)
    _settle_standing(within, verdicts)


def _settle_standing(within: Bools, verdicts: Verdicts) -> None:
    verdicts.settle(within, MET, "satisfied")
    verdicts.settle(verdicts.waiting, MISSED, "not_satisfied")


def judge_by_deadline(case: Case, columns: Columns, verdicts: Verdicts) -> None:
    """Satisfied at `due`; before that judged against the way from its baseline. Coverage is never pooled."""
    if case.target.kind is Kind.COVERAGE:
        silence_empty(columns, verdicts)
        measure(case, verdicts)
    else:
        _prepare(case, columns, verdicts)
    starts = Starts.of(case, columns)
    verdicts.mark("definition_changed", starts.old & verdicts.valid, value=True)
    _settle_by_deadline(case, columns, verdicts, starts)


def _settle_by_deadline(case: Case, columns: Columns, verdicts: Verdicts, starts: Starts) -> None:
    within, due = within_rows(case, verdicts), case.target.due
    if due is None:
        _settle_standing(within, verdicts)
        return
    after = columns.starts > due.toordinal()
    verdicts.settle(within, MET, "satisfied")
    verdicts.settle(after, MISSED, "not_satisfied")
    verdicts.settle(deciding_rows(case, columns), MISSED, "not_reached")
    _settle_pace(case, columns, verdicts, starts, ~after)


def _settle_pace(case: Case, columns: Columns, verdicts: Verdicts, starts: Starts, where: Bools) -> None:
    """Behind the way or off what its start had: at risk. On it: met. Without one nothing can be said before `due`."""
    if not case.target.acceptance:
        verdicts.settle(where & lost_rows(case, starts), AT_RISK, "behind_path")
        fill_pace(case, columns, verdicts, starts, where)
    if verdicts.has_pace.any():
        is_spent = case.target.kind is Kind.CUMULATIVE and case.is_ceiling
        reason = "over_pace" if is_spent else "behind_path"
        verdicts.settle(behind_rows(case, verdicts, starts), AT_RISK, reason)
        verdicts.settle(verdicts.has_progress, MET, "on_path")
    verdicts.settle(verdicts.waiting, NOT_DUE, "before_due")


def judge_cumulative(case: Case, columns: Columns, verdicts: Verdicts) -> None:
    """The sum from `from` to `due`; before due judged on pace. What is already reached cannot be lost.

    Rows without an answer of their own still hold what others told of them.
    """
    verdicts.numerator = running_sum(columns.numerator, columns.first)
    verdicts.n = running_sum(columns.n, columns.first)
    verdicts.denominator = np.full(len(columns), columns.scale, dtype=np.int64)
    measure(case, verdicts)
    starts = Starts.zero(len(columns))
    if not case.is_ceiling:
        _settle_by_deadline(case, columns, verdicts, starts)
        return
    verdicts.settle(~within_rows(case, verdicts), MISSED, "over_limit")
    verdicts.settle(deciding_rows(case, columns), MET, "satisfied")
    _settle_pace(case, columns, verdicts, starts, np.ones(len(columns), dtype=bool))


def judge_change(case: Case, columns: Columns, verdicts: Verdicts) -> None:
    """`reduction`: (baseline - actual) / baseline; `growth`: (actual - base) / base; both in per cent.

    A baseline of 0 is none: nothing can be divided by it. One of another definition cannot be compared with.
    """
    _prepare(case, columns, verdicts)
    starts = Starts.of(case, columns)
    verdicts.silence(verdicts.valid & starts.old, "definition_changed")
    verdicts.silence(verdicts.valid & ~(starts.has & np.asarray(starts.value.num != 0, dtype=bool)), "baseline_missing")
    sign = -1 if case.target.kind is Kind.REDUCTION else 1
    base = starts.value
    change = verdicts.value.minus(base).over(base).scaled(Fraction(100 * sign))
    _keep_parts(case, verdicts, base, sign)
    verdicts.value = change
    _settle_by_deadline(case, columns, verdicts, Starts.zero(len(columns)))


def _keep_parts(case: Case, verdicts: Verdicts, base: Ratios, sign: int) -> None:
    """The parts behind a change: what it moved by, over the baseline, both times the denominator of the value."""
    factor = case.gauge.factor
    scale = int(np.lcm.reduce(base.den.astype(object))) if len(base) else 1
    whole = times(base.num, scale // base.den)
    actual = times(verdicts.numerator, factor.numerator * scale)
    before = times(times(verdicts.denominator, whole), factor.denominator)
    verdicts.numerator = (actual - before) * sign
    verdicts.denominator = before
    verdicts.scale *= factor.denominator * scale


def judge_rank(case: Case, columns: Columns, verdicts: Verdicts) -> None:
    """Judged at `due` where there is one (met before as soon as reached), else in every period."""
    measure(case, verdicts)
    _settle_by_deadline(case, columns, verdicts, Starts.none(len(columns)))


RULES: dict[Kind, Callable[[Case, Columns, Verdicts], None]] = {
    Kind.STANDING: judge_standing,
    Kind.BY_DEADLINE: judge_by_deadline,
    Kind.COVERAGE: judge_by_deadline,
    Kind.CUMULATIVE: judge_cumulative,
    Kind.EACH_CASE: judge_each_case,
    Kind.AVERAGE_CASE: judge_average_case,
    Kind.REDUCTION: judge_change,
    Kind.GROWTH: judge_change,
    Kind.RANK: judge_rank,
    Kind.MILESTONE: judge_milestone,
    Kind.CADENCE: judge_cadence,
}
