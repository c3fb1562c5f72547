"""The day that a date phrase sets: 2023年底前, 三季度末, 6月30日前, 上半年."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from etl.policy_text.numerals import parse_han
from etl.policy_text.text import narrow

_YEAR = re.compile(r"(?:(?:19|20)\d\d\s?[-–—~至]\s?)?((?:19|20)\d\d)(?=\s?[年\-/.]|$)")
_OTHER_YEAR = re.compile(r"(二[〇○零][一二三四五六七八九〇○零]{2})\s?年|(?<!\d)([12]\d)\s?年")
_LATER = (("后年", 2), ("明年", 1), ("来年", 1), ("次年", 1), ("翌年", 1))
_DAY = re.compile(
    r"(\d{1,2})\s?[-/.]\s?(\d{1,2})(?!\s?月|\d)|"
    r"(\d{1,2}|[一二三四五六七八九十]+)\s?月份?\s?(\d{1,2}|[一二三四五六七八九十]+)(?!\s?月|\d)"
)
_MONTH = re.compile(r"(\d{1,2}|十[一二]|[一二三四五六七八九十])\s?月")
_QUARTER = re.compile(r"([一二三四1-4])\s?季度|Q([1-4])")


def last_day(phrase: str, year: int | None) -> dt.date | None:
    """The last day that a date phrase allows.

    Args:
        phrase: as the finder reports it.
        year: the year meant where the phrase names none; None: then such a phrase has no day.
    """
    text = narrow(phrase)
    year, rest = _year_of(text, year)
    if year is None or text.endswith(("以来", "以后", "之后", "起")) or text.startswith(("上年", "去年")):
        return None
    if day := _DAY.search(rest):
        return _day(year, _number(day[1] or day[3]), _number(day[2] or day[4]))
    if months := _MONTH.findall(rest):
        return _end_of_month(year, _number(months[-1]))
    if quarters := _QUARTER.findall(rest):
        return _end_of_month(year, 3 * _number("".join(quarters[-1])))
    if "年中" in rest:
        return _end_of_month(year, 6)
    return _end_of_month(year, 6 if "上半年" in rest else 12)


def _year_of(text: str, year: int | None) -> tuple[int | None, str]:
    """The year that a phrase names (else the one meant, or the years after it), and the words after it."""
    if named := _YEAR.search(text):
        return int(named[1]), text[named.end() :]
    if named := _OTHER_YEAR.search(text):
        return parse_han(named[1]) if named[1] else 2000 + int(named[2]), text[named.end() :]
    later = next((years for word, years in _LATER if word in text), 0)
    return None if year is None else year + later, text


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else parse_han(text)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _end_of_month(year: int, month: int) -> dt.date | None:
    return dt.date(year, month, calendar.monthrange(year, month)[1]) if 1 <= month <= 12 else None
