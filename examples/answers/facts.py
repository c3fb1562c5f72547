"""Cases as facts: on which day each one counts, for whom, and how much."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from examples.answers.inbox import Values
from examples.calendar2023 import (
    DAY_SECONDS,
    elapse_office_seconds,
    elapse_workdays,
    step_office_seconds,
    step_workdays,
)
from examples.submissions import Cell


@dataclass(frozen=True)
class Fact:
    """A case that counts on `day` with `amount`: 1 or 0 for kept or late, the working days it took, 1 for a count."""

    unit: str
    day: dt.date
    amount: Fraction


@dataclass(frozen=True)
class Stay:
    """How long a case was open, for the mean beside the mean."""

    start: dt.date
    end: dt.date | None


def as_moment(value: Cell) -> dt.datetime | None:
    return value if isinstance(value, dt.datetime) else None


def as_day(value: Cell) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else None


def need_day(value: Cell) -> dt.date:
    """The day of an event that every accepted row has."""
    day = as_day(value)
    if day is None:
        raise ValueError(f"a date was expected, {value!r} found")
    return day


def decide_by_day(unit: str, start: dt.date, end: dt.date | None, limit: int, *, as_of: dt.date) -> list[Fact]:
    """The fact of a case with a limit of whole working days; none while it is undecided.

    It is decided at the earlier of its end and its deadline: on time on the day of its end, late on its last day.
    """
    deadline = step_workdays(start, limit)
    if end is not None and end <= deadline:
        return [Fact(unit, end, Fraction(1))]
    return [Fact(unit, deadline, Fraction(0))] if deadline <= as_of else []


def decide_startup(case: Values, *, as_of: dt.date) -> list[Fact]:
    """Half a working day: 210 office minutes from the receipt, or from the next opening."""
    unit, start, end = str(case["受理单位"]), as_moment(case["受理时间"]), as_moment(case["办结时间"])
    if start is None:
        raise ValueError(f"case without a time of receipt: {case}")
    deadline = step_office_seconds(start, DAY_SECONDS // 2)
    if end is not None and end <= deadline:
        return [Fact(unit, end.date(), Fraction(1))]
    return [Fact(unit, deadline.date(), Fraction(0))] if deadline.date() <= as_of else []


def measure_startup(case: Values, *, as_of: dt.date) -> list[Fact]:
    """Office time from receipt to end in working days, to the second; counted where the case ended."""
    del as_of
    start, end = as_moment(case["受理时间"]), as_moment(case["办结时间"])
    if start is None or end is None:
        return []
    days = Fraction(elapse_office_seconds(start, end), DAY_SECONDS)
    return [Fact(str(case["受理单位"]), end.date(), days)]


def measure_refund(case: Values, *, as_of: dt.date) -> list[Fact]:
    """Working days of a class-1 or class-2 refund, counted where it ended."""
    del as_of
    start, end = need_day(case["受理日期"]), as_day(case["办结日期"])
    if case["企业类别"] not in ("一类", "二类") or end is None:
        return []
    return [Fact("", end, Fraction(elapse_workdays(start, end)))]


def decide_deposit(case: Values, *, as_of: dt.date) -> list[Fact]:
    """Returned when principal and interest both are; award candidates are outside the promise."""
    if case["是否中标候选人"] == "是":
        return []
    principal, interest = as_day(case["本金退付日期"]), as_day(case["利息退付日期"])
    end = max(principal, interest) if principal and interest else None
    return decide_by_day("", need_day(case["中标公示发出日期"]), end, 5, as_of=as_of)


def count_project(case: Values, *, as_of: dt.date) -> list[Fact]:
    del as_of
    return [Fact("", need_day(case["引进日期"]), Fraction(1))]


def count_key_project(case: Values, *, as_of: dt.date) -> list[Fact]:
    return count_project(case, as_of=as_of) if case["是否重点产业项目"] == "是" else []


def decide_complaint(case: Values, event: str, limit: int, *, as_of: dt.date) -> list[Fact]:
    """From the receipt to `event`; the day of receipt does not count, whatever the hour."""
    start = need_day(case["受理时间"])
    return decide_by_day(str(case["责任单位"]), start, as_day(case[event]), limit, as_of=as_of)


def decide_contact(case: Values, *, as_of: dt.date) -> list[Fact]:
    return decide_complaint(case, "首次电话联系时间", 1, as_of=as_of)


def decide_ordinary(case: Values, *, as_of: dt.date) -> list[Fact]:
    return decide_complaint(case, "办结时间", 5, as_of=as_of) if case["问题类型"] == "一般问题" else []


def decide_hard(case: Values, *, as_of: dt.date) -> list[Fact]:
    return decide_complaint(case, "答复时间", 10, as_of=as_of) if case["问题类型"] == "疑难问题" else []


FACTS: Mapping[str, Callable[..., list[Fact]]] = {
    "startup-half-day-rate": decide_startup,
    "startup-time": measure_startup,
    "export-refund-days": measure_refund,
    "bid-deposit-refund": decide_deposit,
    "industrial-projects": count_project,
    "key-industrial-projects": count_key_project,
    "complaint-contact": decide_contact,
    "complaint-ordinary": decide_ordinary,
    "complaint-hard": decide_hard,
}


def list_stays(cases: Sequence[Values]) -> list[Stay]:
    """The class-1 and class-2 refunds as stays."""
    return [
        Stay(need_day(case["受理日期"]), as_day(case["办结日期"]))
        for case in cases
        if case["企业类别"] in ("一类", "二类")
    ]
