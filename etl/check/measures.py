"""Units of measure as they stand in brackets and unit lines: `人民币万元`, `单位：元`, `万人次`, `元/人`.

What matters is whether two of them are the same size: 元 read as 万元 is wrong ten thousand times over.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_SIZES = {"": 0, "十": 1, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "十亿": 9, "万亿": 12}
_SIZE = "|".join(sorted(filter(None, _SIZES), key=len, reverse=True))
_MONEY = "元|美元|欧元|港元|港币|日元|英镑|澳元"
_FIXED = (
    *("件", "项", "户", "人", "个", "家", "宗", "笔"),
    *("天", "日", "工作日", "小时", "分钟", "月", "%", "‰", "百分点", "小数"),
    *("kwh", "kw", "千瓦时", "千瓦", "吨", "公斤", "亩", "公顷", "平方米", "平方公里", "立方米"),
)
"""Of these, one never stands for another."""
_LOOSE = (
    "次",
    "人次",
    "件次",
    "户次",
    "户数",
    "人数",
    "件数",
    "批",
    "批次",
    "张",
    "份",
    "条",
    "起",
    "例",
    "辆",
    "套",
    "台",
)
"""Words for counting that people mix; only their size says that two are not the same."""
_BASE = "|".join(map(re.escape, sorted((*_MONEY.split("|"), *_FIXED, *_LOOSE), key=len, reverse=True)))
_SPELLED = {
    "百分比": "%",
    "个百分点": "百分点",
    "人民币": "元",
    "rmb": "元",
    "cny": "元",
    "¥": "元",
    "万kwh": "万千瓦时",
}
_BASES = {"kwh": "千瓦时", "kw": "千瓦", "港币": "港元"}
_CURRENCY = re.compile(r"人民币|rmb|cny|¥")
_LABEL = re.compile(r"^(?:计量|金额|货币|计价)?单位:?")
_MEASURE = re.compile(rf"({_SIZE})?({_BASE})?(?:[/每](.+))?")
_SEPARATORS = re.compile(r"[,、;+]|和|及")
_UNIT_LINE = re.compile(r"单\s*位\s*[:(\s]\s*\(?([^():]+)")
_APART = re.compile(rf"({_SIZE})\s+(?={_MONEY})")
_PARTS = re.compile(r"[,、;+\s]+|和|及")
_BEHIND = re.compile(rf"(.+?)[/:,-]((?:{_SIZE})?(?:{_MONEY}|%|件|项|户|人|人次))")


@dataclass(frozen=True)
class Measure:
    """`size`: power of ten; `base`: what is counted, empty for 万 alone; `per`: 人 in 元/人."""

    size: int
    base: str
    per: str = ""

    @property
    def is_money(self) -> bool:
        return self.base in _MONEY.split("|")


def read_measure(text: str) -> Measure | None:
    """A unit of measure; None where the text is none. Of several in one bracket (`万元，含税`) the first counts.

    Args:
        text: folded (half width, no blanks, lower case).
    """
    for part in _SEPARATORS.split(_LABEL.sub("", text)):
        plain = _SPELLED.get(part) or _CURRENCY.sub("", part)
        found = _MEASURE.fullmatch(plain) if plain else None
        if found and (found[1] or found[2]):
            base = found[2] or ""
            return Measure(_SIZES[found[1] or ""], _BASES.get(base, base), found[3] or "")
    return None


def units_differ(one: str, other: str) -> bool:
    """Whether both are units of measure, and not the same one."""
    first, second = read_measure(one), read_measure(other)
    return one != other and first is not None and second is not None and measures_differ(first, second)


def measures_differ(one: Measure, other: Measure) -> bool:
    if (one.size, one.per) != (other.size, other.per):
        return True
    bases = {one.base, other.base}
    return len(bases) > 1 and not bases & {"", *_LOOSE}


def find_stated(title: str) -> list[str]:
    """The units that a line above the table states (`单位：件、万元`), folded."""
    plain = _APART.sub(r"\1", unicodedata.normalize("NFKC", title).lower())
    parts = [part for found in _UNIT_LINE.findall(plain) for part in _PARTS.split(found)]
    return [part for part in parts if read_measure(part) is not None]


def split_behind(folded: str) -> tuple[str, str] | None:
    """`金额/万元` as name and unit: people write the unit behind a stroke where others use brackets."""
    found = _BEHIND.fullmatch(folded)
    return (found[1], found[2]) if found else None
