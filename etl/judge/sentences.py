"""One sentence a verdict in two languages, made for whole columns at once from templates and the texts of numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from etl.judge.case import Case
from etl.judge.exact import Bools, Ints
from etl.judge.frame import Columns, Objects
from etl.judge.marks import late_cases
from etl.judge.reasons import REASONS
from etl.judge.settled import Verdicts
from etl.judge.templates import (
    CASES_ALL,
    CASES_HEAD,
    CASES_LATE,
    EVENT_HEAD,
    EVENT_TAIL,
    HEAD,
    HELD,
    OPEN_WINDOW,
    SILENCE,
    SUM_HEAD,
    TAIL,
    WHOLE,
    Words,
    fill,
)
from etl.judge.value_texts import Texts
from schemas.models.plan import Kind


def write_sentences(case: Case, columns: Columns, verdicts: Verdicts, gap: Ints, *, english: bool = False) -> Objects:
    """The sentence of every row.

    Args:
        case: whose verdicts they are.
        columns: their periods.
        verdicts: the settled rows.
        gap: distance from the goal in units of 10**-10.
        english: else Chinese.
    """
    writer = _Writer(Texts(case, columns, verdicts, gap, english))
    out = np.empty(len(columns), dtype=object)
    for code in np.unique(verdicts.reason):
        rows = np.flatnonzero(verdicts.reason == code)
        out[rows] = writer.write(REASONS[code], rows)
    held = np.flatnonzero(verdicts.marked("held"))
    out[held] = out[held] + HELD[english]
    return out


@dataclass(frozen=True)
class _Writer:
    texts: Texts

    def write(self, reason: str, rows: Ints) -> Objects:
        """Sentences of rows that share a reason."""
        if reason in SILENCE:
            return self._silence(reason, rows)
        if self.texts.case.is_share:
            return self._cases(rows)
        kind = self.texts.case.target.kind
        if kind is Kind.MILESTONE:
            return self._fill(WHOLE[reason], rows)
        is_cadence = kind is Kind.CADENCE
        head = EVENT_HEAD if is_cadence else SUM_HEAD if kind is Kind.CUMULATIVE else HEAD
        tail = EVENT_TAIL.get(reason, TAIL[reason]) if is_cadence else TAIL[reason]
        between, end = ("; ", ".") if self.texts.english else ("，", "。")
        text = self._fill(head, rows) + between + self._fill(tail, rows) + end
        empty = ~self.texts.verdicts.has_value[rows]
        if empty.any():
            text[empty] = self._fill(OPEN_WINDOW, rows[empty])
        return text

    def _fill(self, words: Words, rows: Ints) -> Objects:
        return fill(words[self.texts.english], self.texts.fillings(), rows)

    def _silence(self, reason: str, rows: Ints) -> Objects:
        words = SILENCE[reason][self.texts.english]
        end = "." if self.texts.english else "。"
        between = ": " if self.texts.english else ""
        return self.texts.periods()[self.texts.columns.period[rows]] + f"{between}{words}{end}"

    def _cases(self, rows: Ints) -> Objects:
        late = late_cases(self.texts.verdicts)[rows] != 0
        tail = np.empty(len(rows), dtype=object)
        for words, chosen in ((CASES_ALL, ~late), (CASES_LATE, late)):
            where: Bools = np.asarray(chosen, dtype=bool)
            tail[where] = self._fill(words, rows[where])
        return self._fill(CASES_HEAD, rows) + tail
