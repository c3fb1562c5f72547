"""The lines of the office's own copy of a policy text in which each target stands, for the board to quote."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from etl.policy_text.clauses import Clause, clause_at, find_clauses
from etl.policy_text.match import align_places
from etl.policy_text.phrases import find_phrases
from etl.policy_text.text import HARD_END, Flow, PolicyText, UnreadableTextError, narrow
from schemas.models.place import Place
from schemas.models.plan import Plan
from schemas.models.registry import Pack

LONGEST = 900
"""Characters of a paragraph that are kept around its marked phrases."""
Span = tuple[int, int]


def text_name(plan: Plan) -> str:
    """Where the copy is looked for: `document.text` of the plan, else `texts/<plan>.txt`."""
    return plan.document.text or f"texts/{plan.id}.txt"


def quote_clauses(pack: Pack, folders: Sequence[Path]) -> dict[str, Any]:
    """What the copy says at the places of each target.

    Args:
        pack: its targets, tasks among them, name their places.
        folders: where a relative name is looked for, in this order.

    Returns:
        `state` (`ok`; `no_text`: the office has no copy; `missing`: the plan names one that is not there;
        `unreadable`), `name` as it was looked for, `is_same` (the copy is the one in which the places were counted)
        and `targets`: target id -> quotes of `line`, `clause`, `title`, `text` and `marks` (spans in `text`).
    """
    name = text_name(pack.plan)
    path = next((p for p in (folder / name for folder in folders) if p.is_file()), None)
    if path is None:
        return _without("missing" if pack.plan.document.text else "no_text", name)
    try:
        copy = PolicyText.read(path)
    except (UnreadableTextError, OSError):
        return _without("unreadable", name)
    is_same = pack.plan.document.text_sha256 == copy.sha256
    spans = _spans_as_counted(pack, copy) if is_same else _spans_found_again(pack, copy)
    quoted = _Quoted(copy)
    found = {
        target.id: quoted.at([spans[p] for p in map(str, target.places) if p in spans]) or quoted.under(target.clause)
        for target in pack.targets
    }
    return {"state": "ok", "name": name, "is_same": is_same, "targets": {k: v for k, v in found.items() if v}}


def _without(state: str, name: str) -> dict[str, Any]:
    return {"state": state, "name": name, "is_same": None, "targets": {}}


def _places(pack: Pack) -> list[Place]:
    return [place for target in pack.targets for place in target.places]


def _spans_as_counted(pack: Pack, copy: PolicyText) -> dict[str, Span]:
    """Place -> its span in the flow; one that does not hold its phrase is left out."""
    found: dict[str, Span] = {}
    for place in _places(pack):
        start = bisect_left(copy.flow.places, (place.line, place.offset))
        end = start + len(place.phrase)
        if narrow(copy.flow.text[start:end]) == narrow(place.phrase):
            found[str(place)] = (start, end)
    return found


def _spans_found_again(pack: Pack, copy: PolicyText) -> Mapping[str, Span]:
    """Another copy of the text: its lines are moved or wrapped otherwise."""
    found = align_places(_places(pack), find_phrases(copy), copy).found
    return {place: (phrase.start, phrase.end) for place, phrase in found.items()}


class _Quoted:
    """Paragraphs of one text with the clause above each."""

    def __init__(self, copy: PolicyText) -> None:
        self._flow: Flow = copy.flow
        self._clauses: list[Clause] = find_clauses(copy.flow)
        self._ends = [i for i, char in enumerate(self._flow.text) if char == HARD_END]

    def at(self, spans: Sequence[Span]) -> list[dict[str, Any]]:
        """One quote a paragraph, in the order of the text."""
        paragraphs: dict[Span, list[Span]] = {}
        for span in sorted(set(spans)):
            paragraphs.setdefault(self._paragraph(span[0]), []).append(span)
        return list(self._quotes(paragraphs))

    def under(self, path: str) -> list[dict[str, Any]]:
        """The clause of that number, for a target that no phrase stands for; nothing where the text has none."""
        clause = next((c for c in self._clauses if c.path == narrow(path).strip()), None)
        if clause is None:
            return []
        text, _ = _cut(self._flow.text[clause.start : clause.end].strip(), [])
        return [{"line": self._flow.places[clause.start][0], **_head(clause), "text": text, "marks": []}]

    def _paragraph(self, position: int) -> Span:
        index = bisect_left(self._ends, position)
        start = self._ends[index - 1] + 1 if index else 0
        return start, self._ends[index] if index < len(self._ends) else len(self._flow.text)

    def _quotes(self, paragraphs: Mapping[Span, Sequence[Span]]) -> Iterator[dict[str, Any]]:
        for (start, end), spans in paragraphs.items():
            clause = clause_at(self._clauses, spans[0][0])
            text, marks = _cut(self._flow.text[start:end], [(a - start, b - start) for a, b in spans])
            yield {
                "line": self._flow.places[spans[0][0]][0],
                **_head(clause),
                "text": text,
                "marks": [list(mark) for mark in marks],
            }


def _head(clause: Clause) -> dict[str, str]:
    return {"clause": clause.path, "title": " · ".join(title for title in clause.titles if title)}


def _cut(text: str, marks: Sequence[Span]) -> tuple[str, list[Span]]:
    """The paragraph, or so much of a very long one as stands around its marks; `…` where something is left out."""
    lead = len(text) - len(text.lstrip())
    around = (marks[0][0] - LONGEST // 2, marks[-1][1] + LONGEST // 2) if marks else (0, LONGEST)
    first, last = max(lead, around[0]), min(len(text.rstrip()), around[1])
    if len(text) <= LONGEST:
        first, last = lead, len(text.rstrip())
    before, after = "…" if first > lead else "", "…" if last < len(text.rstrip()) else ""
    move = len(before) - first
    return f"{before}{text[first:last]}{after}", [(a + move, b + move) for a, b in marks]
