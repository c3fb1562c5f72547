"""What a heading between the rows says: `（一）北京市（92所）` is the name 北京市 and the count 92."""

from __future__ import annotations

import re
from dataclasses import dataclass

_COUNTED = re.compile(r"^(.+?)\s*[(（【\[]\s*共?\s*(\d+)\s*[一-鿿]{0,3}\s*[)）】\]]$", re.DOTALL)
_NUMBERED = re.compile(r"^[(（]?[一二三四五六七八九十]+[)）、.．]\s*")


@dataclass
class Section:
    """One heading; `count`: what it states, None where it states nothing; `rows`: the data lines below it."""

    line: int
    place: int
    text: str
    name: str
    count: int | None
    rows: int = 0


def states_count(text: str) -> bool:
    return _COUNTED.match(text) is not None


def read_section(line: int, place: int, text: str) -> Section:
    """`（一）北京市（92所）` at a line and sheet column: its name without number and count, and the count."""
    counted = _COUNTED.match(text)
    name = _NUMBERED.sub("", counted[1] if counted else text).strip().rstrip(":：")
    return Section(line, place, text, name, int(counted[2]) if counted else None)
