"""What the scan misses and makes up, measured against the finished catalogues of the shipped plans.

Needs the documents' texts (a folder `shared/policy` beside the repository); a text belongs to the plan that names its
checksum. Nothing is learned from the packs, but the rules were tuned on what they missed in these texts: the invented
texts of `tests/etl/policy_text` show how they fare on others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.figure import Figure
from etl.policy_text.scan import Candidate, scan_text
from etl.policy_text.text import PolicyText
from schemas.models.place import Place
from schemas.models.plan import Kind, Target
from schemas.models.registry import Pack, load_registry
from schemas.settings import REPO

TEXTS = REPO.parent / "shared" / "policy"
AIM_MISSED, AIM_WRONG = 30.0, 40.0


@dataclass(frozen=True)
class Score:
    """Counts of one plan (or of all): targets and candidates, how many are right, and how many are found at all."""

    targets: int
    candidates: int
    recalled: int
    touched: int
    right: int
    placed: int

    def __add__(self, other: Score) -> Score:
        return Score(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))


def score_scan(pack: Pack, candidates: Sequence[Candidate]) -> Score:
    """Compare candidates with a pack.

    A candidate is right where a place of a target (or of a dated task) overlaps one of its own and comparator, value
    and unit agree. Recall is over targets.yml alone; dated tasks count as right for precision.
    """
    own = [t for t in pack.targets if not t.is_task and t.places]
    dated = [t for t in pack.targets if t.is_task]
    return Score(
        targets=len(own),
        candidates=len(candidates),
        recalled=sum(any(_agrees(t, c) for c in candidates) for t in own),
        touched=sum(any(_meets(t, c) for c in candidates) for t in own),
        right=sum(any(_agrees(t, c) for t in (*own, *dated)) for c in candidates),
        placed=sum(any(_meets(t, c) for t in (*own, *dated)) for c in candidates),
    )


def _agrees(target: Target, candidate: Candidate) -> bool:
    if not _meets(target, candidate):
        return False
    measure = candidate.measure
    if measure.unit == "grade" or target.unit == "grade":
        return measure.unit == target.unit and candidate.phrases[0].phrase in (target.grade or "")
    if Kind.MILESTONE in (measure.kind, target.kind):
        return measure.kind is target.kind
    wanted = (target.comparator, target.value, target.unit)
    return wanted == (measure.comparator, measure.value, measure.unit)


def _meets(target: Target, candidate: Candidate) -> bool:
    own = [(p.line, p.offset, p.offset + len(p.phrase)) for p in candidate.phrases]
    return any(_overlap(place, line, start, end) for place in target.places for line, start, end in own)


def _overlap(place: Place, line: int, start: int, end: int) -> bool:
    return place.line == line and place.offset < end and start < place.offset + len(place.phrase)


def measure() -> list[Figure]:
    """Two figures a plan and two in sum, in per cent; empty where the texts are not here."""
    packs = load_registry([REPO / "schemas"]).plans
    texts = {text.sha256: text for text in map(PolicyText.read, _files())}
    scores: dict[str, Score] = {}
    for plan, pack in packs.items():
        text = texts.get(pack.plan.document.text_sha256 or "")
        if text is not None:
            scores[plan] = score_scan(pack, scan_text(text, year=pack.plan.start.year).candidates)
    if not scores:
        print(f"plan-scan: no texts in {TEXTS}, nothing measured")
        return []
    scores["all plans"] = sum(scores.values(), Score(0, 0, 0, 0, 0, 0))
    return [figure for name, score in scores.items() for figure in _figures(name, score)]


def _files() -> list[Path]:
    return sorted(TEXTS.glob("*.txt")) if TEXTS.is_dir() else []


def _figures(name: str, score: Score) -> list[Figure]:
    missed = 100 - 100 * score.recalled / max(score.targets, 1)
    wrong = 100 - 100 * score.right / max(score.candidates, 1)
    of_targets = {"targets": score.targets, "right": score.recalled, "found at all": score.touched}
    of_candidates = {"candidates": score.candidates, "right": score.right, "at a tracked place": score.placed}
    return [
        Figure(f"plan scan, {name}: targets missed", missed, AIM_MISSED, "%", of_targets, ""),
        Figure(f"plan scan, {name}: candidates wrong", wrong, AIM_WRONG, "%", of_candidates, ""),
    ]
