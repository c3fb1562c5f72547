"""Numbers as policy texts write them: 95.5, 1,200, 5.9万, 二十, 三分之一, 半."""

from __future__ import annotations

import re
from decimal import Decimal

_DIGIT = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2, "双": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_ARABIC = re.compile(
    r"(\d{1,3}(?:[,\u2009\u202f]\d{3}| 000)+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)\s?[余多]?((?:[百千万亿](?![伏瓦米克里]))*)"
)
_HAN = re.compile(r"([零〇○一二两三四五六七八九十百千万亿]+)(?:点([零一二三四五六七八九]+))?")
_TENTHS = re.compile(r"(\d+(?:\.\d+)?|[一二两三四五六七八九十])成([一二三四五六七八九]?)")
_HALF = re.compile(r"\D*?(?<![个天年])半")
_AND_A_HALF = re.compile(r"(?:个|天|年)半")
_PAIR = re.compile(r"([一二两三四五六七八九])[一二两三四五六七八九]")
_FRACTION = re.compile(
    r"([一二两三四五六七八九十百千万]+)分之([零〇一二两三四五六七八九十百]+)(?:点([零〇一二三四五六七八九]+))?"
)


def parse_number(text: str) -> Decimal | None:
    """The first number of a phrase (narrow text), 万 and 亿 turned out; None where there is none."""
    if _HALF.match(text):
        return Decimal("0.5")
    if tenths := _TENTHS.search(text):
        whole = Decimal(tenths[1] if tenths[1][0].isdecimal() else parse_han(tenths[1]))
        return 10 * whole + _DIGIT.get(tenths[2], 0)
    if fraction := _FRACTION.search(text):
        return _of_fraction(fraction)
    half = Decimal("0.5") if _AND_A_HALF.search(text) else Decimal(0)
    if arabic := _ARABIC.search(text):
        value = Decimal(re.sub(r"[^\d.]", "", arabic[1]))
        for char in arabic[2]:
            value *= _SMALL.get(char) or _LARGE[char]
        return half + (value.to_integral_value() if value == value.to_integral_value() else value)
    if han := _HAN.search(text):
        return half + parse_han(han[1]) + _after_point(han[2])
    return None


def parse_han(text: str) -> int:
    """A Chinese numeral: 二十三, 一千五百, 三万, 二〇二五; of two neighbours (一两, 三五) the first, as of 1-2."""
    if pair := _PAIR.fullmatch(text):
        return _DIGIT[pair[1]]
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


def _after_point(digits: str | None) -> Decimal:
    return Decimal("0." + "".join(str(_DIGIT[char]) for char in digits)) if digits else Decimal(0)


def _of_fraction(match: re.Match[str]) -> Decimal:
    """百分之X as percentage points, any other fraction as a share of one."""
    top = parse_han(match[2]) + _after_point(match[3])
    bottom = parse_han(match[1]) if match[1] != "百" else 100
    return top if bottom == 100 else top / bottom
