"""The story of each target: how its indicator moves from period to period. Chance with a name moves single counts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from examples.district.pack import Pack, Target

STORIES = {
    "standing": ("shock", "dip", "slide", "good", "edge", "small", "zero", "stuck"),
    "by_deadline": ("climb", "stuck", "edge", "slide", "small", "zero", "good"),
    "coverage": ("climb", "stuck", "zero", "edge", "good"),
    "cumulative": ("good", "stuck", "edge", "climb"),
    "each_case": ("dip", "good", "stuck", "edge"),
    "average_case": ("climb", "slide"),
    "reduction": ("climb", "slide", "stuck"),
    "growth": ("climb",),
    "cadence": ("good", "stuck"),
}
LONGEST_STORY = 14
"""Months that a story takes; plans of several years go on at its last level."""
BAD_MONTHS = (2, 5, 8, 11)


@dataclass(frozen=True)
class Beat:
    """Where a story stands: the period's place in it (0 to 1), its number from 0, and whether it is the last one."""

    share: Fraction
    number: int
    is_last: bool


def open_stream(*topic: object) -> random.Random:
    """A repeatable stream of chance for the topic, the same on every machine."""
    return random.Random(":".join(map(str, topic)))  # noqa: S311 - a simulation, no secret


def story_of(pack: Pack, target: Target) -> str:
    """The story of the target: its place among those of its kind, from a start that depends on the plan."""
    told = STORIES[target.kind]
    alike = [other.id for other in pack.targets if other.kind == target.kind and other.indicator]
    shift = 0 if pack.id.startswith("wanli") else len(pack.id)
    return told[(alike.index(target.id) + shift) % len(told)]


@cache
def leading_target(pack_id: str, indicator: str) -> str:
    """The target whose story an indicator tells: the one that is due last."""
    from examples.district.pack import load_pack

    last = max(load_pack(pack_id).targets_of(indicator), key=lambda t: (not t.acceptance, str(t.due or "9"), t.id))
    return last.id


def lead_of(pack: Pack, indicator: str) -> Target:
    name = leading_target(pack.id, indicator)
    return next(target for target in pack.targets if target.id == name)


def gap_of(target: Target) -> Fraction:
    """How far away from the target's value a story begins."""
    if target.kind in ("reduction", "growth"):
        return max(target.value, Fraction(12))
    if target.unit == "%":
        return Fraction(12)
    return max(target.value / 4, Fraction(3, 2))


def baseline_value(pack: Pack, target: Target) -> Fraction | None:
    """The base date's figure: of the document, else what the office of the simulation enters."""
    if target.baseline is not None:
        return target.baseline
    if target.kind in ("reduction", "growth"):
        return Fraction(open_stream("base", pack.id, target.id).randint(40, 80))
    if target.kind == "by_deadline" and target.indicator:
        return shift_value(target, -gap_of(target), is_higher=is_higher_better(target))
    return None


def is_higher_better(target: Target) -> bool:
    return target.comparator in (">=", ">", "==")


def shift_value(target: Target, better: Fraction, *, is_higher: bool) -> Fraction:
    """The target's value moved by `better` to its good side, within what a value can be."""
    moved = target.value + (better if is_higher else -better)
    return min(max(moved, Fraction(0)), Fraction(100)) if target.unit == "%" else max(moved, Fraction(0))


def tell(story: str, beat: Beat, gap: Fraction) -> Fraction:
    """How much better than the target's value the story has it at `beat`; negative is worse."""
    wave = Fraction(beat.number % 3 - 1, 4)
    return {
        "climb": gap * (beat.share * Fraction(3, 2) - 1) + wave,
        "small": gap * (beat.share * Fraction(3, 2) - 1) + wave,
        "zero": gap * (beat.share * Fraction(3, 2) - 1) + wave,
        "stuck": -gap * Fraction(2, 3) + wave,
        "edge": Fraction(0),
        "slide": gap * (Fraction(1, 2) - beat.share * Fraction(3, 5)),
        "good": gap / 3 + wave,
        "dip": gap / 3 + wave if beat.number not in BAD_MONTHS else -gap / 4,
        "shock": gap * Fraction(3, 5) + wave / 3 if not beat.is_last else gap / 5,
    }[story]


def value_at(pack: Pack, target: Target, beat: Beat) -> Fraction:
    """The indicator's value that the story of the target asks for, in the indicator's own unit."""
    better = tell(story_of(pack, target), beat, gap_of(target))
    if target.kind not in ("reduction", "growth"):
        return shift_value(target, better, is_higher=is_higher_better(target))
    change = (target.value + better) / 100
    base = baseline_value(pack, target) or Fraction(1)
    return max(base * (1 - change if target.kind == "reduction" else 1 + change), Fraction(0))


def beat_of(number: int, total: int, *, last: int) -> Beat:
    """The beat of the period with this number, of `total` that the story takes; `last` is the last one simulated."""
    return Beat(Fraction(min(number, total - 1), max(1, total - 1)), number, number == last)


def pick(chance: random.Random, choices: Sequence[str]) -> str:
    return choices[chance.randrange(len(choices))]
