"""A few nouns from the words around a figure, as a first name for a person to replace."""

from __future__ import annotations

import re

from etl.policy_text.measures import Surroundings

MAX_LENGTH = 14
_STOPS = re.compile(r"[,。;:、“”\"'()《》\s]|[\d.]+[%‰]?")
_LEADING = re.compile(r"^(?:将|把|使|让|对|并|其中|实现|推动|确保|力争|争取|努力|全面|进一步|基本|推行|加快|做到)+")
_TRAILING = re.compile(
    r"(?:进一步|大幅|分别|平均|均|不低于|不少于|不超过|稳定|保持|稳固|巩固|压缩|压减|压降|缩短|精简|减少|降低|控制|提高|提升|增加|"
    r"达到|达|实现|完成|推出|覆盖|力争|占比为|建成|上线|至|到|为|在|应|须)+$"
)
_LINKS = re.compile(r"的|将|对于|对(?![接照标应口])|由|向|从|并")
_CARRY_ON = re.compile(r"^(?:力争|争取|努力|到|或|和|及|至|不|其中)*$")


def name_before(around: Surroundings) -> str:
    """The nouns before a figure; empty where its own part of the sentence has none."""
    parts = [part for part in _STOPS.split(around.before.rsplit(",", 1)[-1]) if part]
    cleaned = [_clean(part) for part in parts]
    words = [word for word in cleaned if len(word) >= 2 and not _CARRY_ON.match(word)]
    return words[-1] if words else ""


def name_after(around: Surroundings) -> str:
    """The nouns after a figure, where none stand before it."""
    part = _STOPS.split(around.after, maxsplit=1)[0]
    return _clean(part)[:MAX_LENGTH] if len(part) >= 2 else ""


def name_of_step(around: Surroundings) -> str:
    """The words after a date, else those before it."""
    parts = [part for part in _STOPS.split(around.after) if len(part) > 1]
    parts = parts or [part for part in _STOPS.split(around.before) if len(part) > 1]
    return parts[0][:MAX_LENGTH] if parts else ""


def _clean(part: str) -> str:
    word = _TRAILING.sub("", _LEADING.sub("", part))
    pieces = [piece for piece in _LINKS.split(word) if piece]
    while len(pieces) > 1 and len("".join(pieces[1:])) >= 4:
        pieces = pieces[1:]
    return "".join(pieces)[-MAX_LENGTH:]
