"""What is noted beside a light: is the change real, can the process meet its target, is the value only rounded."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from etl.judge.case import Case
from etl.judge.exact import Bools, Ints, Ratios, as_ints
from etl.judge.frame import Columns, Objects
from etl.judge.settled import Verdicts
from etl.judge.words import decimal_texts, exact_text
from etl.judge.xmr import Chart
from schemas.models.plan import Kind

_CHARTED = {
    *(Kind.STANDING, Kind.BY_DEADLINE, Kind.COVERAGE, Kind.EACH_CASE, Kind.AVERAGE_CASE),
    *(Kind.REDUCTION, Kind.GROWTH),
}
"""Kinds whose values are points of a process; a running sum, a place or a deliverable is none."""
_CHANGES = (Kind.REDUCTION, Kind.GROWTH)


def note_marks(case: Case, columns: Columns, verdicts: Verdicts) -> None:
    """Add all marks that follow from the judged columns."""
    valid = verdicts.valid
    if case.target.acceptance:
        verdicts.mark("acceptance", np.ones(len(columns), dtype=bool), value=True)
    if case.target.kind in _CHARTED:
        _note_process(case, columns, verdicts)
    if case.is_share:
        verdicts.mark("value_unit", valid, "%")
        verdicts.mark("required_share", valid, exact_text(case.goal))
        verdicts.mark("late", valid, late_cases(verdicts))
    if (with_open := columns.has_open & valid).any() and case.target.kind is Kind.AVERAGE_CASE:
        open_value = Ratios.of(columns.open_numerator, columns.open_denominator).scaled(case.gauge.factor)
        verdicts.mark("with_open_cases", with_open, decimal_texts(open_value.rounded(10), 10))
    _note_beside(case, columns, verdicts)
    if case.gauge.is_rate and case.target.kind not in _CHANGES:
        verdicts.mark("rounding", valid & ~columns.has_n & _within_rounding(case, verdicts), value=True)
    if case.gauge.grades:
        _note_grades(case, verdicts)


def late_cases(verdicts: Verdicts) -> Objects:
    """How many of the decided cases were late."""
    return ((verdicts.denominator - verdicts.numerator) // verdicts.scale).astype(object)


def _note_beside(case: Case, columns: Columns, verdicts: Verdicts) -> None:
    """What the register of exclusions took out, with the value that would be without it; cases without a deadline."""
    named = columns.extra.astype(bool)
    if not named.any():
        return

    def numbers(name: str) -> Ints:
        return as_ints([int((extra or {}).get(name, 0)) for extra in columns.extra])

    for name in ("excluded", "undated"):
        counts = numbers(name)
        verdicts.mark(name, np.asarray(counts > 0, dtype=bool), counts.astype(object))
    numerator, denominator = numbers("excluded_numerator"), numbers("excluded_denominator")
    taken_out = named & verdicts.valid & (verdicts.pooled == 0) & np.asarray(denominator > 0, dtype=bool)
    if taken_out.any():
        whole = Ratios.of(
            columns.numerator + numerator * columns.scale, columns.denominator + denominator * columns.scale
        )
        texts = decimal_texts(whole.scaled(case.gauge.factor).rounded(10), 10)
        verdicts.mark("with_excluded", taken_out, texts)


def _within_rounding(case: Case, verdicts: Verdicts) -> Bools:
    """The exact value may lie on the other side of the goal: it is half a last digit away, or less."""
    half = Fraction(1, 2 * 10**case.gauge.decimals)
    return verdicts.value.satisfies(">=", case.goal - half) & verdicts.value.satisfies("<=", case.goal + half)


def _note_grades(case: Case, verdicts: Verdicts) -> None:
    """The words of the places on a scale of grades."""
    words = np.array([None, *case.gauge.grades], dtype=object)
    place = np.clip(verdicts.points // 10**10, 0, len(case.gauge.grades)).astype(np.int64)
    verdicts.mark("grade", verdicts.valid & verdicts.has_value, words[place])
    verdicts.mark("grade_wanted", np.ones(len(place), dtype=bool), case.target.grade)


def _note_process(case: Case, columns: Columns, verdicts: Verdicts) -> None:
    """`variation` and `assurance` (semantics 3.6), for points with enough history."""
    chart = Chart.of(verdicts.points, columns.unit, verdicts.valid)
    if not chart.is_long.any():
        return
    good_is_high = case.gauge.higher_is_better if case.comparator == "==" else not case.is_ceiling
    good, bad = (chart.special(high=high) for high in (good_is_high, not good_is_high))
    outside_bad = chart.outside(high=not good_is_high)
    words = np.where(bad & (outside_bad | ~good), "deterioration", np.where(good, "improvement", "common_cause"))
    _mark_points(verdicts, chart, "variation", words.astype(object))
    _mark_points(verdicts, chart, "assurance", _assurance(case, chart))


def _assurance(case: Case, chart: Chart) -> Objects:
    """Whether the natural limits lie on the good side of the goal, on the bad side, or around it."""
    is_rate = case.is_share or (case.gauge.is_rate and case.target.kind not in _CHANGES)
    low, high = chart.limits_against(case.goal, is_rate=is_rate)
    meets, misses = {
        ">=": (low >= 0, high < 0),
        ">": (low > 0, high <= 0),
        "<=": (high <= 0, low > 0),
        "<": (high < 0, low >= 0),
        "==": ((low == 0) & (high == 0), (low > 0) | (high < 0)),
    }[case.comparator]
    words = np.where(np.asarray(misses, dtype=bool), "consistently_misses", "hit_and_miss")
    return np.where(np.asarray(meets, dtype=bool), "consistently_meets", words).astype(object)


def _mark_points(verdicts: Verdicts, chart: Chart, name: str, words: Objects) -> None:
    column = np.full(len(verdicts.status), None, dtype=object)
    column[chart.rows] = words
    where = np.zeros(len(column), dtype=bool)
    where[chart.rows[chart.is_long]] = True
    verdicts.mark(name, where, column)
