"""Rules of what people enter: a deliverable with its evidence, and events that have to happen in every window."""

from __future__ import annotations

import numpy as np

from etl.judge.case import Case
from etl.judge.exact import Bools, Ratios
from etl.judge.frame import Columns
from etl.judge.reasons import CODE_OF, MET, MISSED, NOT_DUE, WAITING
from etl.judge.settled import Verdicts

PENDING = CODE_OF["manual_pending"]


def _reopen(verdicts: Verdicts, where: Bools) -> Bools:
    """Rows for which nothing was entered and of which something can be said all the same; they have no value."""
    rows = where & (verdicts.reason == PENDING)
    verdicts.status[rows] = WAITING
    verdicts.valid = verdicts.valid | rows
    verdicts.has_value = verdicts.has_value & ~rows
    return rows


def judge_milestone(case: Case, columns: Columns, verdicts: Verdicts) -> None:
    """Met as soon as it is confirmed with evidence by `due`; a later confirmation stays late.

    `numerator` counts the confirmations up to `due`, `open_numerator` those after it.
    """
    _reopen(verdicts, np.ones(len(columns), dtype=bool))
    verdicts.has_value[:] = False
    due = case.target.due
    is_over = np.full(len(columns), due is not None and case.as_of > due)
    verdicts.settle(np.asarray(columns.numerator > 0, dtype=bool), MET, "confirmed")
    verdicts.settle(is_over & np.asarray(columns.open_numerator > 0, dtype=bool), MISSED, "late")
    verdicts.settle(is_over, MISSED, "no_evidence")
    verdicts.settle(verdicts.waiting, NOT_DUE, "before_due")


def judge_cadence(case: Case, columns: Columns, verdicts: Verdicts) -> None:
    """Enough events in every window; one that is not over yet (`has_open`: not answered for) can be made up.

    As at a due day, what is judged on the last day of a window is judged at its end.
    """
    is_over = (columns.ends <= case.as_of.toordinal()) & ~columns.has_open
    _reopen(verdicts, ~is_over)
    verdicts.value = Ratios.of(columns.numerator, columns.denominator).scaled(case.gauge.factor)
    within = verdicts.value.satisfies(case.comparator, case.goal)
    if case.is_ceiling:
        verdicts.settle(~within, MISSED, "not_satisfied")
        verdicts.settle(is_over, MET, "satisfied")
    else:
        verdicts.settle(within & verdicts.has_value, MET, "satisfied")
        verdicts.settle(is_over, MISSED, "too_few")
    verdicts.settle(verdicts.waiting, NOT_DUE, "before_due")
