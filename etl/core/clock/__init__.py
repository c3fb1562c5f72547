"""The legal clock: working days, limits, deadlines, suspensions (semantics, section 1).

Everything here is pure: calendars, limits and today are handed in. `judge_limit` judges one case with all that can
happen to it; `frames` does the same for whole columns of cases to which nothing happened.
"""

from etl.core.clock.case_terms import ClockRules, Extension, Light, LimitResult
from etl.core.clock.deadline_json import deadline_json
from etl.core.clock.deadlines import ClockAbuse, Deadline, deadline_of
from etl.core.clock.elapsed import Measure, elapsed_between, measure_of
from etl.core.clock.limits import Limit, Moment
from etl.core.clock.suspensions import Suspension, parse_suspension
from etl.core.clock.verdict import judge_limit
from etl.core.clock.workdays import CalendarNotPublished, WorkCalendar

__all__ = [
    "CalendarNotPublished",
    "ClockAbuse",
    "ClockRules",
    "Deadline",
    "Extension",
    "Light",
    "Limit",
    "LimitResult",
    "Measure",
    "Moment",
    "Suspension",
    "WorkCalendar",
    "deadline_json",
    "deadline_of",
    "elapsed_between",
    "judge_limit",
    "measure_of",
    "parse_suspension",
]
