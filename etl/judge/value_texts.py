"""What stands in the places of a template: periods, numbers, goals and distances of columns, as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from etl.judge.case import Case
from etl.judge.exact import Ints, Ratios
from etl.judge.frame import Columns, Objects
from etl.judge.marks import late_cases
from etl.judge.reasons import MET
from etl.judge.settled import VALUE_PLACES, Verdicts
from etl.judge.templates import LAST_YEAR_PACE, LOST_PACE, PACE, POOLED, Filling, fill
from etl.judge.words import exact_text, number_texts, show_comparator, show_day, show_period, unit_word
from schemas.models.plan import Kind

_EVERY = {
    "week": ("每周", "week"),
    "ten_days": ("每旬", "ten days"),
    "month": ("每月", "month"),
    "two_months": ("每两个月", "two months"),
    "quarter": ("每季度", "quarter"),
    "half_year": ("每半年", "half-year"),
    "year": ("每年", "year"),
}

_FEWER = {False: ("少于", "fewer"), True: ("多于", "more")}


@dataclass(frozen=True)
class Texts:
    """The texts of one target in one language; `gap` is the distance from the goal in units of 10**-10."""

    case: Case
    columns: Columns
    verdicts: Verdicts
    gap: Ints
    english: bool

    def fillings(self) -> Mapping[str, Filling]:
        target = self.case.target
        due = "" if target.due is None else f"{target.due}" if self.english else f"{show_day(target.due)}前"
        return {
            "name": lambda _: target.name_en if self.english else target.name_zh,
            "period": lambda rows: self.periods()[self.columns.period[rows]],
            "period_end": lambda rows: np.array([f"{p.end}" for p in self.columns.periods], object)[
                self.columns.period[rows]
            ],
            "span": self._span,
            "value": self._value,
            "goal": lambda _: self._goal(),
            "gap": self._gap,
            "short": self._short,
            "fewer": lambda _: _FEWER[self.case.is_ceiling][self.english],
            "due": lambda _: due,
            "due_day": lambda _: show_day(target.due) if target.due else "",
            "pace": self._pace,
            "open": self._open,
            "n": lambda rows: self.verdicts.n[rows].astype(str).astype(object),
            "late": lambda rows: late_cases(self.verdicts)[rows].astype(str).astype(object),
            "limit": lambda _: exact_text(target.value or 0) + unit_word(target.unit, english=self.english),
            "ending": self._ending,
        }

    def periods(self) -> Objects:
        return np.array([p.text if self.english else show_period(p) for p in self.columns.periods], dtype=object)

    def _span(self, rows: Ints) -> Objects:
        """The period, or the run of pooled ones."""
        text = self.periods()[self.columns.period[rows]]
        run = self.verdicts.pooled[rows]
        pooled = np.flatnonzero(run > 0)
        if len(pooled):
            first = self.periods()[self.columns.period[rows[pooled] - run[pooled] + 1]]
            parts = {"first": lambda _: first, "period": lambda _: text[pooled]}
            text[pooled] = fill(POOLED[self.english], parts, pooled)
        return text

    def _numbers(self, units: Ints, goal: Fraction) -> Objects:
        return number_texts(units, VALUE_PLACES, self.case.gauge.decimals, goal=goal)

    def _value(self, rows: Ints) -> Objects:
        points = self.verdicts.points[rows]
        if self.case.gauge.grades:
            words = np.array(["", *self.case.gauge.grades], dtype=object)
            return _quoted(words[np.clip(points // 10**VALUE_PLACES, 0, len(words) - 1).astype(np.int64)], self.english)
        return self._measured(self._numbers(points, self.case.goal))

    def _measured(self, numbers: Any) -> Any:
        """Numbers with what they are counted in."""
        target = self.case.target
        if target.kind is Kind.CADENCE:
            return numbers + ("" if self.english else " 次")
        if target.unit == "rank":
            return "No. " + numbers if self.english else "第 " + numbers + " 名"
        return numbers + unit_word("%" if self.case.is_share else target.unit, english=self.english)

    def _goal(self) -> str:
        target, value = self.case.target, exact_text(self.case.goal)
        if target.unit == "grade":
            return _goal_grade(self.case, self.english)
        if target.unit == "rank" and target.comparator == "<=":
            return f"top {value}" if self.english else f"前 {value} 名"
        if target.kind is Kind.CADENCE and target.every:
            every = _EVERY[target.every][self.english]
            sign = show_comparator(target.comparator)
            return f"{sign} {value} in every {every}" if self.english else f"{every} {sign} {value} 次"
        return f"{show_comparator(target.comparator)} {value}{unit_word(target.unit, english=self.english)}"

    def _short(self, rows: Ints) -> Objects:
        """On which side of the goal the value is, and how far: a ceiling is exceeded; of a rank places are wanting."""
        over = self.case.is_ceiling and self.case.target.unit != "rank"
        if self.english:
            return self._gap(rows) + (" over" if over else " short")
        return ("超出 " if over else "还差 ") + self._gap(rows)

    def _gap(self, rows: Ints) -> Objects:
        """A distance: per cent become percentage points, places and grades are counted."""
        numbers = self._numbers(np.abs(self.gap[rows]), Fraction(0))
        target = self.case.target
        if target.kind is Kind.CADENCE:
            return numbers + ("" if self.english else " 次")
        if target.unit == "%":
            return numbers + (" percentage points" if self.english else " 个百分点")
        if target.unit in ("rank", "grade"):
            places = {"rank": (" 位", " places"), "grade": (" 档", " grades")}
            return numbers + places[target.unit][self.english]
        return numbers + unit_word(target.unit, english=self.english)

    def _pace(self, rows: Ints) -> Objects:
        """Progress and time share; a row that is on its way, or behind or ahead of it, has both."""
        parts: dict[str, Filling] = {
            "progress": lambda _: self._shares(self.verdicts.progress, rows),
            "share": lambda _: self._shares(self.verdicts.time_share, rows),
        }
        text = fill(PACE[self.english], parts, rows)
        instead, lost = self.verdicts.marked("pace")[rows], ~self.verdicts.has_progress[rows]
        for where, words in ((instead, LAST_YEAR_PACE), (lost, LOST_PACE)):
            text = np.where(where, fill(words[self.english], parts, rows), text) if where.any() else text
        return text

    def _shares(self, shares: Ratios, rows: Ints) -> Objects:
        return number_texts(shares.take(rows).rounded(3), 1, 1) + "%"

    def _open(self, rows: Ints) -> Objects:
        parts = Ratios.of(self.columns.open_numerator[rows], self.columns.open_denominator[rows])
        value = parts.scaled(self.case.gauge.factor).rounded(VALUE_PLACES)
        return self._measured(self._numbers(value, self.case.goal))

    def _ending(self, rows: Ints) -> Objects:
        short = "要求每件按时" if self.case.target.required_share == 100 else "未达到要求"
        return np.where(self.verdicts.status[rows] == MET, "达到要求", short).astype(object)


def _quoted(words: Objects, english: bool) -> Objects:
    return '"' + words + '"' if english else "“" + words + "”"


def _goal_grade(case: Case, english: bool) -> str:
    """`最高档“优异”`, `不低于“良好”`: the word of the grade, not its place."""
    grade, scale = case.target.grade or "", case.gauge.grades
    if scale and grade == scale[-1]:
        return f'the top grade "{grade}"' if english else f"最高档“{grade}”"
    sign = {
        ">=": ("不低于", "at least "),
        ">": ("高于", "above "),
        "<=": ("不高于", "at most "),
        "<": ("低于", "below "),
    }
    zh, en = sign.get(case.target.comparator, ("", ""))
    return f'{en}"{grade}"' if english else f"{zh}“{grade}”"
