"""Finds the places of a pack again in a text whose lines have moved, and tells apart what is new."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.policy_text.phrases import Phrase
from etl.policy_text.text import PolicyText, narrow
from schemas.models.place import Place

_PAIR, _EXACT, _NEIGHBOUR = 10_000, 2, 1


@dataclass(frozen=True)
class Alignment:
    """`found` leads from each place that the text has to its phrase; the rest is `stale` here and `new` there."""

    found: dict[str, Phrase]
    stale: tuple[Place, ...]
    new: tuple[Phrase, ...]


def align_places(places: Sequence[Place], phrases: Sequence[Phrase], text: PolicyText) -> Alignment:
    """Pair the pack's places with the phrases of a text, in the order of both.

    It is the longest common subsequence over the phrases' texts. Among equally long ones the one with more exact
    places wins, then the one with more neighbours at their old distance. A place whose phrase the finder does not
    report (a person saw more) is looked up in the text itself; what it reports inside such a place is not new.
    """
    ordered = sorted({str(place): place for place in places}.values(), key=lambda p: (p.line, p.offset))
    candidates = sorted([*phrases, *_seen_by_people(ordered, phrases, text)], key=lambda p: (p.start, -p.end))
    pairs = _pair(ordered, candidates)
    used = {j for _, j in pairs}
    covered = {at for j in used for at in range(candidates[j].start, candidates[j].end)}
    reported = set(phrases)
    return Alignment(
        {str(ordered[i]): candidates[j] for i, j in pairs},
        tuple(place for i, place in enumerate(ordered) if i not in {i for i, _ in pairs}),
        tuple(p for j, p in enumerate(candidates) if j not in used and p in reported and p.start not in covered),
    )


def _seen_by_people(places: Sequence[Place], phrases: Sequence[Phrase], text: PolicyText) -> list[Phrase]:
    """Occurrences of the wordings that the finder reports nowhere."""
    known = {_key(phrase.phrase) for phrase in phrases}
    found: list[Phrase] = []
    for wording in {place.phrase for place in places if _key(place.phrase) not in known}:
        for match in re.finditer(re.escape(wording), text.flow.text):
            line, offset = text.flow.places[match.start()]
            found.append(Phrase(line, offset, wording, "reference", match.start()))
    return found


def _key(phrase: str) -> str:
    return "".join(narrow(phrase).split())


def _pair(places: Sequence[Place], phrases: Sequence[Phrase]) -> list[tuple[int, int]]:
    """Indices of the pairs: those at the start that are exact, then by dynamic programming."""
    same = 0
    while same < min(len(places), len(phrases)) and _is_exact(places[same], phrases[same]):
        same += 1
    head = [(i, i) for i in range(same)]
    return head + [(i + same, j + same) for i, j in _best_path(places[same:], phrases[same:])]


def _is_exact(place: Place, phrase: Phrase) -> bool:
    return str(place) == str(phrase)


def _best_path(places: Sequence[Place], phrases: Sequence[Phrase]) -> list[tuple[int, int]]:
    """Two tables: `best[i][j]` the best score of the first i and j, `ends[i][j]` of those that end with a pair."""
    rows, columns = len(places), len(phrases)
    left, right = [_key(p.phrase) for p in places], [_key(p.phrase) for p in phrases]
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    ends = [[-1] * (columns + 1) for _ in range(rows + 1)]
    for i in range(1, rows + 1):
        row, above, wanted = best[i], best[i - 1], left[i - 1]
        for j in range(1, columns + 1):
            score = above[j] if above[j] > row[j - 1] else row[j - 1]
            if wanted == right[j - 1]:
                ends[i][j] = _pair_score(places, phrases, best, ends, i, j)
                score = max(score, ends[i][j])
            row[j] = score
    return _walk_back(places, phrases, best, ends)


def _pair_score(
    places: Sequence[Place], phrases: Sequence[Phrase], best: list[list[int]], ends: list[list[int]], i: int, j: int
) -> int:
    """Score of the paths that end with the pair (i-1, j-1)."""
    base = _PAIR + (_EXACT if _is_exact(places[i - 1], phrases[j - 1]) else 0)
    return base + max(best[i - 1][j - 1], _after_neighbour(places, phrases, ends, i, j))


def _after_neighbour(places: Sequence[Place], phrases: Sequence[Phrase], ends: list[list[int]], i: int, j: int) -> int:
    """Score before the pair where the pair before it stands at the same distance here and there, else -1."""
    if i < 2 or j < 2 or ends[i - 1][j - 1] < 0:
        return -1
    return ends[i - 1][j - 1] + _NEIGHBOUR if _step(places, i) == _step(phrases, j) else -1


def _step(items: Sequence[Place] | Sequence[Phrase], index: int) -> tuple[int, int]:
    """Lines down, then characters on (from the start of the line, where it is another one)."""
    before, here = items[index - 2], items[index - 1]
    lines = here.line - before.line
    return lines, here.offset - (before.offset if lines == 0 else 0)


def _walk_back(
    places: Sequence[Place], phrases: Sequence[Phrase], best: list[list[int]], ends: list[list[int]]
) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    i, j = len(places), len(phrases)
    must_pair = False
    while i and j:
        if must_pair or best[i][j] == ends[i][j]:
            pairs.append((i - 1, j - 1))
            must_pair = _after_neighbour(places, phrases, ends, i, j) > best[i - 1][j - 1]
            i, j = i - 1, j - 1
        elif best[i][j] == best[i - 1][j]:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]
