"""From a sentence to drafts of targets: value, stretch, due day, name, places."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from etl.policy_text.dates import last_day
from etl.policy_text.measures import Measure, strength_of
from etl.policy_text.names import name_after, name_before, name_of_step
from etl.policy_text.phrases import Phrase, find_phrases
from etl.policy_text.readings import count_of_cadence, measure_at
from etl.policy_text.sentences import Sentence
from etl.policy_text.text import narrow
from schemas.models.plan import BY_HAND, Kind

_LIST = re.compile(r"\s*[、和及]\s*")
_DEADLINE = re.compile(r"[底末前内]$|季度|上半年")


class Draft(NamedTuple):
    """What a sentence gives for one candidate."""

    name: str
    measure: Measure
    stretch: Decimal | None
    due: dt.date | None
    phrases: tuple[Phrase, ...]


def read_drafts(sentence: Sentence, *, is_filled: bool = False) -> Iterator[Draft]:
    """Drafts from left to right.

    Args:
        sentence: it has one phrase or more.
        is_filled: the clause has candidates already, so its line 完成时限 adds none.
    """
    if sentence.looks_back:
        return
    drafts = [draft for index in range(len(sentence.phrases)) if (draft := _draft(sentence, index))]
    drafts = _fold(sentence, _join_coverage(sentence, _spread(sentence, drafts)))
    drafts = [*_steps(sentence, drafts), *drafts]
    if not drafts and not (is_filled and sentence.is_field):
        drafts = [step for step in [_milestone(sentence)] if step]
    yield from drafts


def _draft(sentence: Sentence, index: int) -> Draft | None:
    phrase = sentence.phrases[index]
    measure = measure_at(sentence, index)
    if measure is None or sentence.is_done(phrase):
        return None
    date = sentence.date_for(index)
    due = last_day(date.phrase, sentence.year) if date else _due_of_clause(sentence)
    places = (phrase, count_of_cadence(sentence, index), date)
    return Draft(name_before(sentence.around(phrase)), measure, None, due, tuple(p for p in places if p))


def _due_of_clause(sentence: Sentence) -> dt.date | None:
    days = (last_day(p.phrase, sentence.year) for p in find_phrases(sentence.clause.due) if p.kind == "date")
    return next((day for day in days if day), None)


def _steps(sentence: Sentence, drafts: list[Draft]) -> Iterator[Draft]:
    """What a date with a deed of its own promises beside the figures: 6月底前完成改造, 申请率不低于85%."""
    figures = [draft.phrases[0] for draft in drafts]
    for date in (p for p in sentence.phrases if sentence.sets_day(p) and _DEADLINE.search(narrow(p.phrase))):
        later = [figure for figure in figures if figure.start > date.start]
        if later and all(sentence.is_step(date, figure) for figure in later):
            yield _step(sentence, date)


def _milestone(sentence: Sentence) -> Draft | None:
    """A dated sentence without a figure."""
    for date in (p for p in sentence.phrases if sentence.sets_day(p)):
        if _DEADLINE.search(narrow(date.phrase)) or sentence.around(date).before.rstrip().endswith("到"):
            return _step(sentence, date)
    return None


def _step(sentence: Sentence, date: Phrase) -> Draft:
    around = sentence.around(date)
    measure = Measure("==", Decimal(1), "count", Kind.MILESTONE, strength_of("", around))
    name = sentence.clause.title[:14] if sentence.is_field else name_of_step(around)
    return Draft(name, measure, None, last_day(date.phrase, sentence.year), (date,))


def _spread(sentence: Sentence, drafts: list[Draft]) -> list[Draft]:
    """A list shares the words around it: 压减到5个、7个、10个工作日以内 are three limits in working days."""
    for index in range(len(drafts) - 2, -1, -1):
        here, last = drafts[index], drafts[index + 1]
        if _LIST.fullmatch(sentence.between(here.phrases[0], last.phrases[0])):
            unit = last.measure.unit if here.measure.unit == "count" else here.measure.unit
            drafts[index] = here._replace(measure=replace(last.measure, value=here.measure.value, unit=unit))
    for index in range(1, len(drafts)):
        before, here = drafts[index - 1], drafts[index]
        if _LIST.fullmatch(sentence.between(before.phrases[0], here.phrases[0])):
            drafts[index] = here._replace(name=before.name)
    return drafts


def _join_coverage(sentence: Sentence, drafts: list[Draft]) -> list[Draft]:
    """所有事项全程网办 is one promise, 全流程电子化率99% too: the word of coverage goes with the share beside it."""
    joined: list[Draft] = []
    for draft in drafts:
        last = joined[-1] if joined else None
        if last and _is_one_share(sentence, last, draft):
            keep, give = (last, draft) if draft.measure.kind is Kind.COVERAGE else (draft, last)
            joined[-1] = keep._replace(phrases=(*keep.phrases, give.phrases[0]))
        else:
            joined.append(draft)
    return joined


def _is_one_share(sentence: Sentence, first: Draft, second: Draft) -> bool:
    kinds = (first.measure.kind, second.measure.kind)
    if Kind.COVERAGE not in kinds or {first.measure.unit, second.measure.unit} != {"%"}:
        return False
    return not re.search(r"[,、“”]", sentence.between(first.phrases[0], second.phrases[0]))


def _fold(sentence: Sentence, drafts: list[Draft]) -> list[Draft]:
    """X, 力争Y: the second is the stretch of the first. A figure without a name has that of the one before."""
    folded: list[Draft] = []
    for draft in drafts:
        last = folded[-1] if folded else None
        if last and not draft.name and _is_stretch(last, draft):
            folded[-1] = last._replace(stretch=draft.measure.value, phrases=(*last.phrases, draft.phrases[0]))
            continue
        named = draft.name or name_after(sentence.around(draft.phrases[0])) or (last.name if last else "")
        folded.append(draft._replace(name=named or draft.phrases[0].phrase))
    return folded


def _is_stretch(first: Draft, second: Draft) -> bool:
    same = (first.measure.unit, first.due) == (second.measure.unit, second.due)
    if not same or second.measure.strength != "strive" or first.measure.kind in BY_HAND:
        return False
    value, more = first.measure.value, second.measure.value
    if value is None or more is None:
        return False
    return more > value if first.measure.comparator in (">", ">=") else more < value
