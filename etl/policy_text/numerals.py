"""Numbers as policy texts write them: 95.5, 1,200, 5.9万, 二十, 三分之一, 半."""

from __future__ import annotations

import re
from decimal import Decimal

_DIGIT = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "双": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_ARABIC = re.compile(r"(\d+(?:,\d{3})*(?:\.\d+)?)\s?((?:[百千万亿](?![伏瓦米克里]))*)")
_HAN = re.compile(r"[零〇一二两三四五六七八九十百千万亿]+")
_TENTHS = re.compile(r"(\d+(?:\.\d+)?|[一二两三四五六七八九十])成")
_FRACTION = re.compile(
    r"([一二两三四五六七八九十百千万]+)分之([零〇一二两三四五六七八九十百]+)(?:点([零〇一二三四五六七八九]+))?"
)


def parse_number(text: str) -> Decimal | None:
    """The first number of a phrase (narrow text), 万 and 亿 turned out; None where there is none."""
    if text.startswith(("半", "一半")) or "过半" in text:
        return Decimal("0.5")
    if tenths := _TENTHS.search(text):
        return 10 * Decimal(tenths[1] if tenths[1][0].isdecimal() else parse_han(tenths[1]))
    if fraction := _FRACTION.search(text):
        return _of_fraction(fraction)
    if arabic := _ARABIC.search(text):
        value = Decimal(arabic[1].replace(",", ""))
        for char in arabic[2]:
            value *= _SMALL.get(char) or _LARGE[char]
        return value.to_integral_value() if value == value.to_integral_value() else value
    if han := _HAN.search(text):
        return Decimal(parse_han(han[0]))
    return None


def parse_han(text: str) -> int:
    """A Chinese numeral: 二十三, 一千五百, 三万, 二〇二五."""
    if not any(char in _SMALL or char in _LARGE for char in text):
        return int("".join(str(_DIGIT[char]) for char in text))
    total = section = digit = 0
    for char in text:
        if char == "亿":
            total, section, digit = ((total + section + digit) or 1) * _LARGE[char], 0, 0
        elif char == "万":
            total, section, digit = total + ((section + digit) or 1) * _LARGE[char], 0, 0
        elif char in _SMALL:
            section, digit = section + (digit or 1) * _SMALL[char], 0
        else:
            digit = _DIGIT[char]
    return total + section + digit


def _of_fraction(match: re.Match[str]) -> Decimal:
    """百分之X as percentage points, any other fraction as a share of one."""
    top = Decimal(parse_han(match[2]))
    if match[3]:
        top += Decimal("0." + "".join(str(_DIGIT[char]) for char in match[3]))
    bottom = parse_han(match[1]) if match[1] != "百" else 100
    return top if bottom == 100 else top / bottom
