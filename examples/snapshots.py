"""From the truth to what a department can write down at the end of a month."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping

from examples.districts import SOURCES, Source
from examples.periods import Period
from examples.submissions import Cell, Row, Submission
from examples.truth.cases import Case, draw_projects, draw_refunds, draw_startups
from examples.truth.draws import open_stream
from examples.truth.promises import draw_complaints, draw_deposits
from examples.truth.reports import DRAW_REPORT

DRAW_CASES: Mapping[str, Callable[[random.Random], list[Case]]] = {
    "startup_cases": draw_startups,
    "export_refunds": draw_refunds,
    "bid_deposits": draw_deposits,
    "investment_projects": draw_projects,
    "complaints": draw_complaints,
}
WHOLE_LISTS = ("investment_projects",)
"""Sources whose every export is the whole list since January."""
EMPTY_EXPORTS = {"export_refunds": ("2023-08",)}
"""Exports that came out empty; the next one catches up on their cases."""


def date_of(value: Cell) -> dt.date | None:
    """The calendar day of an event cell; None where the event has not happened."""
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else None


def blank_future(source: Source, case: Case, cutoff: dt.date) -> dict[str, Cell]:
    """The case as it stood at the end of `cutoff`: later events are empty, the state follows from them."""
    values = dict(case)
    for event in source.events:
        day = date_of(values[event])
        values[event] = values[event] if day and day <= cutoff else None
    if "状态" in source.headers:
        values["状态"] = "在办" if values["办结时间"] is None else "办结"
    return values


def find_reach(source: Source, period: Period, periods: tuple[Period, ...]) -> dt.date:
    """The first day whose events the period's export shows: earlier where the export before came out empty."""
    index = periods.index(period)
    if source.id in WHOLE_LISTS:
        return periods[0].first
    while index > 0 and periods[index - 1].label in EMPTY_EXPORTS.get(source.id, ()):
        index -= 1
    return periods[index].first


def export_cases(source: Source, cases: list[Case], period: Period, *, periods: tuple[Period, ...]) -> tuple[Row, ...]:
    """The cases received in the period and the earlier ones with an event in it."""
    if period.label in EMPTY_EXPORTS.get(source.id, ()):
        return ()
    since = find_reach(source, period, periods)
    rows = []
    for case in cases:
        days = [date_of(case[event]) for event in source.events]
        if any(day and since <= day <= period.last for day in days):
            rows.append(Row(blank_future(source, case, period.last)))
    # A case is in the list only once it has been received.
    return tuple(row for row in rows if row.values[source.events[0]] is not None)


def pick_sending_day(period: Period, *, seed: int, source: Source) -> dt.date:
    """The day on which the department sends its file, within the reporting days."""
    chance = open_stream(seed, "sent", source.id, period.label)
    return period.last + dt.timedelta(days=chance.randint(2, 8))


def collect_submissions(source: Source, periods: tuple[Period, ...], *, seed: int) -> list[Submission]:
    """One sound submission of the source for each period, before anything goes wrong.

    Sending days lie after the end of the period, so those of the last period lie after the simulation's `as_of`.
    """
    cases = DRAW_CASES[source.id](open_stream(seed, source.id)) if source.kind == "cases" else []
    submissions = []
    for period in periods:
        if source.kind == "cases":
            rows = export_cases(source, cases, period, periods=periods)
        else:
            rows = DRAW_REPORT[source.id](open_stream(seed, source.id, period.label), period)
        sent = pick_sending_day(period, seed=seed, source=source)
        submissions.append(Submission(source, period, source.name_file(period), sent, rows))
    return submissions


def collect_all(months: int, *, seed: int) -> list[Submission]:
    """Every source's submissions for the periods that are complete after `months` months."""
    return [
        submission
        for source in SOURCES
        for submission in collect_submissions(source, source.list_periods(months), seed=seed)
    ]
