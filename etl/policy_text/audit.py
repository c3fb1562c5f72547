"""The audit: every quantified phrase of a text beside what a pack makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from etl.policy_text.match import Alignment, align_places
from etl.policy_text.phrases import Phrase, find_phrases
from etl.policy_text.text import PolicyText
from schemas.models.place import Place
from schemas.models.registry import Pack


@dataclass(frozen=True)
class Entry:
    """One phrase of the text and one of its owners. A phrase with several owners has several entries."""

    phrase: str
    line: int
    offset: int
    target: str | None = None
    """Id of the target, task, mechanism or fact."""
    reason: str | None = None
    """Why it is skipped."""
    moved_from: str | None = None
    """The place in the pack, where the text has it elsewhere now."""


@dataclass(frozen=True)
class Stale:
    """A place of the pack that the text does not have."""

    phrase: str
    line: int
    offset: int
    owner: str


@dataclass(frozen=True)
class Audit:
    """What `bizenv plan audit` tells."""

    tracked: tuple[Entry, ...]
    facts: tuple[Entry, ...]
    skipped: tuple[Entry, ...]
    missing: tuple[Entry, ...]
    stale: tuple[Stale, ...]
    changed: bool | None
    """The text is not the one in which the places were counted; None: the pack does not say."""
    phrases: int
    """How many phrases the text has."""


def audit_pack(pack: Pack, text: PolicyText) -> Audit:
    """Lay the places of a pack over the phrases of a text.

    Args:
        pack: its targets (tasks are among them as milestones), mechanisms, facts and skips name places.
        text: the document's text, perhaps another copy of it: shifted or re-wrapped lines are found again.
    """
    tracked = list(_tracked_places(pack))
    facts = [(place, fact.id) for fact in pack.facts for place in fact.places]
    places = [*(p for p, _ in tracked), *(p for p, _ in facts), *(skip.at for skip in pack.skipped)]
    phrases = find_phrases(text)
    aligned = align_places(places, phrases, text)
    wanted = pack.plan.document.text_sha256
    skips = (_entry(aligned, skip.at, reason=skip.reason) for skip in pack.skipped)
    return Audit(
        tracked=_in_order(_entry(aligned, place, target=owner) for place, owner in tracked),
        facts=_in_order(_entry(aligned, place, target=owner) for place, owner in facts),
        skipped=_in_order(skips),
        missing=tuple(Entry(phrase.phrase, phrase.line, phrase.offset) for phrase in aligned.new),
        stale=tuple(_stale(pack, aligned.stale, [*tracked, *facts])),
        changed=None if wanted is None else wanted != text.sha256,
        phrases=len(phrases),
    )


def _tracked_places(pack: Pack) -> Iterator[tuple[Place, str]]:
    """Targets, tasks (also the ongoing ones, which are no milestones) and mechanisms, each with its places."""
    milestones = {target.id for target in pack.targets if target.is_task}
    ongoing = (task for task in pack.tasks if task.id not in milestones)
    for owner in (*pack.targets, *ongoing, *pack.mechanisms):
        for place in owner.places:
            yield place, owner.id


def _entry(aligned: Alignment, place: Place, *, target: str | None = None, reason: str | None = None) -> Entry | None:
    phrase = aligned.found.get(str(place))
    if phrase is None:
        return None
    moved = None if str(phrase) == str(place) else str(place)
    return Entry(phrase.phrase, phrase.line, phrase.offset, target, reason, moved)


def _in_order(entries: Iterable[Entry | None]) -> tuple[Entry, ...]:
    return tuple(sorted((e for e in entries if e), key=lambda e: (e.line, e.offset)))


def _stale(pack: Pack, places: Iterable[Place], owned: Iterable[tuple[Place, str]]) -> Iterator[Stale]:
    owners: dict[str, list[str]] = {}
    for place, owner in owned:
        owners.setdefault(str(place), []).append(owner)
    for skip in pack.skipped:
        owners.setdefault(str(skip.at), []).append("skipped.yml")
    for place in places:
        for owner in owners[str(place)]:
            yield Stale(place.phrase, place.line, place.offset, owner)


def surroundings(text: PolicyText, phrase: Entry | Phrase, width: int = 12) -> str:
    """The phrase in 【】 with some characters of its line around it."""
    line = text.lines[phrase.line - 1]
    start, end = phrase.offset, phrase.offset + len(phrase.phrase)
    if line[start:end] != phrase.phrase:  # goes on in the next line
        end = len(line)
    before, after = line[max(0, start - width) : start], line[end : end + width]
    return f"{before}【{phrase.phrase}】{after}"
