"""What came in: the state of every period of a source, and its rows as they stand after all files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from examples.districts import Source
from examples.periods import Period
from examples.submissions import Cell, Submission

Values = Mapping[str, Cell]


@dataclass(frozen=True)
class Inbox:
    """One source's files.

    Attributes:
        states: for each period that has a verdict, in order, why it has no data; None where it has.
        accepted: for each period the accepted file that stands (the last one sent).
    """

    source: Source
    periods: tuple[Period, ...]
    states: Mapping[str, str | None]
    accepted: Mapping[str, Submission]


def state_of(sent: Sequence[Submission], standing: Submission | None, before: Submission | None) -> str | None:
    """Why a period has no data; None where it has."""
    if standing is None:
        return "failed_check" if sent else "not_reported"
    if not standing.rows:
        return "reported_empty"
    if standing.source.kind == "report" and before and list_figures(standing) == list_figures(before):
        return "unchanged_copy"
    return None


def list_figures(submission: Submission) -> list[Values]:
    """The table's values without the column that names the period."""
    return [{k: v for k, v in row.values.items() if k != "统计月份"} for row in submission.rows]


def open_inbox(
    source: Source, periods: Sequence[Period], submissions: Sequence[Submission], *, as_of: dt.date
) -> Inbox:
    """Sort the source's files by period and settle the state of each."""
    mine = sorted((s for s in submissions if s.source.id == source.id), key=lambda s: s.sent)
    accepted = {s.period.label: s for s in mine if s.is_accepted}
    states: dict[str, str | None] = {}
    kept: list[Period] = []
    before: Submission | None = None
    for period in periods:
        sent = [s for s in mine if s.period.label == period.label]
        standing = accepted.get(period.label)
        if sent or as_of >= period.owed_on:
            states[period.label] = state_of(sent, standing, before)
            kept.append(period)
        before = standing
    return Inbox(source, tuple(kept), states, accepted)


def merge_cases(inbox: Inbox) -> list[Values]:
    """Every case as the last export that knew it told it; rows kept out by a check tell nothing."""
    merged: dict[tuple[Cell, ...], Values] = {}
    for period in inbox.periods:
        submission = inbox.accepted.get(period.label)
        for row in submission.good_rows if submission else ():
            merged[tuple(row.values[column] for column in inbox.source.key)] = row.values
    return list(merged.values())


def find_first_periods(inbox: Inbox) -> dict[str, str]:
    """For each unit the first period in whose accepted file it appears; a report's units are there from the start."""
    if inbox.source.kind == "report":
        return dict.fromkeys(inbox.source.units, inbox.periods[0].label) if inbox.periods else {}
    first: dict[str, str] = {}
    for period in inbox.periods:
        submission = inbox.accepted.get(period.label)
        for row in submission.good_rows if submission else ():
            first.setdefault(str(row.values[str(inbox.source.unit_column)]), period.label)
    return first
