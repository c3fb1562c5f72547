"""Verdicts of what people enter: milestones, events in windows, ranks and grades."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from examples.answers.answer import Answer
from examples.answers.judge import LIGHTS, WARNINGS, carry_lights
from examples.district.entries import Entry
from examples.district.key.readings import SELF
from examples.district.key.rules import Moment, Verdict, missed
from examples.district.pack import Target
from examples.district.spans import Span, list_spans, span_of


def stands(entries: Sequence[Entry], target: Target) -> list[Entry]:
    """The rows of one target as they stand: the later file wins for the same period and day, held rows are nothing."""
    merged: dict[tuple[str | None, dt.date | None], Entry] = {}
    for entry in sorted((e for e in entries if e.target == target.id and not e.is_held), key=lambda e: e.file):
        merged[entry.period, entry.day] = entry
    return list(merged.values())


def make_answer(target: Target, span: Span, verdict: Verdict, value: int | None = None) -> Answer:
    """The verdict; an entry is no sample, so there is no `n`."""
    status, reason = verdict
    light = "yellow" if reason == "strive" else LIGHTS[status]
    row = Answer(target.id, SELF, span.label, status, reason, light)
    if value is None:
        return row
    return replace(row, value=Fraction(value), numerator=Fraction(value), denominator=Fraction(1))


def answer_milestone(target: Target, entries: Sequence[Entry], as_of: dt.date) -> list[Answer]:
    """One row, in the month of the due day: confirmed with evidence by then, later, or not at all."""
    due = target.due or as_of
    days = [entry.day for entry in entries if entry.confirmed and entry.evidence and entry.day]
    span = span_of(due, "month")
    in_time = [day for day in days if day <= due]
    if in_time:
        return [make_answer(target, span, ("met", "confirmed"))]
    # the due day ends at midnight: on it the deliverable is still open
    if as_of <= due:
        return [make_answer(target, span, ("not_due", "before_due"))]
    verdict = missed(target, "late" if days else "no_evidence")
    return [make_answer(target, span, verdict)]


def count_events(entries: Sequence[Entry], span: Span) -> int | None:
    """How many events were entered for the window; None where nothing was."""
    mine = [e for e in entries if e.period == span.label or (e.period is None and e.day and span.holds(e.day))]
    if not mine:
        return None
    return sum(1 if entry.value is None else entry.value for entry in mine)


def answer_cadence(target: Target, entries: Sequence[Entry], as_of: dt.date) -> list[Answer]:
    """One row a window that has begun: enough, too few, not over yet, or nothing entered."""
    end = min(as_of, target.due or as_of)
    answers = []
    for span in list_spans(target.start, end, str(target.every), whole=False):
        count = count_events(entries, span)
        answers.append(make_answer(target, span, judge_window(target, span, count, as_of), count))
    return carry_into_open(carry_lights(answers))


def carry_into_open(answers: list[Answer]) -> list[Answer]:
    """The window that is still open says nothing yet: the warning of the one before it stands."""
    if len(answers) < 2 or answers[-1].status != "not_due" or answers[-2].light not in WARNINGS:
        return answers
    before, last = answers[-2:]
    return [*answers[:-1], replace(last, light=before.light, carried_from=before.carried_from or before.period)]


def judge_window(target: Target, span: Span, count: int | None, as_of: dt.date) -> Verdict:
    if count is not None and target.satisfied_by(Fraction(count)):
        return "met", "satisfied"
    if as_of < span.last:
        return "not_due", "before_due"
    return ("no_data", "manual_pending") if count is None else missed(target, "too_few")


def answer_rank(target: Target, entries: Sequence[Entry], as_of: dt.date) -> list[Answer]:
    """One row a period entered; at the due day the period that holds it decides, and silence is no answer."""
    due = target.due or as_of
    answers: dict[str, Answer] = {}
    for entry in entries:
        place = target.scale.index(entry.grade) + 1 if entry.grade else int(entry.value or 0)
        span = span_of(dt.date(int(str(entry.period)[:4]), int(str(entry.period)[5:7]), 1), "month")
        answers[span.label] = make_answer(target, span, judge_rank(target, span, place, as_of), place)
    last = span_of(min(as_of, due), "month")
    if last.label not in answers and (due <= as_of or not answers):
        answers[last.label] = make_answer(target, last, ("no_data", "manual_pending"))
    return carry_lights([answers[label] for label in sorted(answers)])


def judge_rank(target: Target, span: Span, place: int, as_of: dt.date) -> Verdict:
    if target.satisfied_by(Fraction(place)):
        return "met", "satisfied"
    return missed(target, "not_reached") if Moment(target, span, as_of).is_due else ("not_due", "before_due")


def answer_by_hand(target: Target, entries: Sequence[Entry], as_of: dt.date) -> list[Answer]:
    """The verdicts of one target without an indicator; none is owed before the first day of its window."""
    if as_of < target.start:
        return []
    mine = stands(entries, target)
    answer = {"milestone": answer_milestone, "cadence": answer_cadence, "rank": answer_rank}
    return answer[target.kind](target, mine, as_of)
