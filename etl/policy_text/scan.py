"""The scan: candidates for targets from a text that nobody has catalogued, by rules alone. A person finishes them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from etl.policy_text.clauses import Clause, clause_at, find_clauses
from etl.policy_text.drafts import read_drafts
from etl.policy_text.measures import Measure
from etl.policy_text.phrases import Phrase, find_phrases
from etl.policy_text.sentences import SENTENCE_END, Sentence
from etl.policy_text.tables import find_rows, units_at
from etl.policy_text.text import Flow, PolicyText

_KINDS = "方案|意见|规划|要点|计划|措施|办法"
_QUOTED_TITLE = re.compile(rf"《([^《》\n]{{4,60}}(?:{_KINDS}))》")
_TITLE_LINE = re.compile(rf"^\s*([^《》。,;:\n]{{4,60}}(?:{_KINDS}))\s*$", re.MULTILINE)
_AREA = 16
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=\s?年|-\d)")


@dataclass(frozen=True)
class Candidate:
    """One proposed target. `name` and `kind` are guesses; `phrases` are its places, the figure first."""

    clause: str
    area: str
    name: str
    measure: Measure
    stretch: Decimal | None
    due: dt.date | None
    phrases: tuple[Phrase, ...]
    lead_units: tuple[str, ...]
    support_units: tuple[str, ...]


@dataclass(frozen=True)
class Scan:
    """Candidates, and the phrases that are none of them, in the order of the text."""

    title: str
    year: int | None
    candidates: tuple[Candidate, ...]
    others: tuple[Phrase, ...]
    units: tuple[str, ...]


def scan_text(text: PolicyText, *, year: int | None = None) -> Scan:
    """Propose targets.

    Args:
        text: the document.
        year: the plan's year, for dates that name none; unset: the first year in the title or the opening lines.
    """
    flow = text.flow
    phrases = find_phrases(text)
    clauses = find_clauses(flow)
    title = find_title(text)
    year = year or _find_year(title, flow)
    candidates = list(_candidates(flow, clauses, phrases, year))
    used = {phrase for candidate in candidates for phrase in candidate.phrases}
    named = [*clauses, *find_rows(flow.narrow)]
    units = dict.fromkeys(name for place in named for name in (*place.lead_units, *place.support_units))
    return Scan(title, year, tuple(candidates), tuple(p for p in phrases if p not in used), tuple(units))


def find_title(text: PolicyText) -> str:
    """What the opening calls the document; empty where it names no kind of document."""
    found = _TITLE_LINE.search("\n".join(text.lines[:8])) or _QUOTED_TITLE.search(text.flow.text[:1000])
    found = found or _TITLE_LINE.search("\n".join(text.lines[:40]))
    return found[1].strip() if found else ""


def _find_year(title: str, flow: Flow) -> int | None:
    found = _YEAR.search(title) or _YEAR.search(flow.narrow[:1000])
    return int(found[1]) if found else None


def _candidates(
    flow: Flow, clauses: Sequence[Clause], phrases: Sequence[Phrase], year: int | None
) -> Iterator[Candidate]:
    """Of each sentence; a line 完成时限 gives a milestone only to a clause that has nothing else."""
    filled: set[int] = set()
    rows = find_rows(flow.narrow)
    for group in _by_sentence(flow, phrases):
        clause = clause_at(clauses, group[0].start)
        sentence = Sentence(flow, clause, group, year)
        for draft in read_drafts(sentence, is_filled=clause.start in filled):
            filled.add(clause.start)
            area = next((title for title in reversed(clause.titles) if 0 < len(title) <= _AREA), "")
            responsible = units_at(rows, group[0].start) or clause.responsible
            yield Candidate(clause.path, area, *draft, *responsible)


def _by_sentence(flow: Flow, phrases: Sequence[Phrase]) -> Iterator[list[Phrase]]:
    """The phrases of each sentence that has some."""
    group: list[Phrase] = []
    for phrase in phrases:
        if group and SENTENCE_END.search(flow.narrow, group[-1].end, phrase.start):
            yield group
            group = []
        group.append(phrase)
    if group:
        yield group
