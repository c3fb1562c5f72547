"""The day that a date phrase sets: 2023年底前, 三季度末, 6月30日前, 上半年."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from etl.policy_text.numerals import parse_han
from etl.policy_text.text import narrow

_YEAR = re.compile(r"(?:(?:19|20)\d\d\s?[-–—~至]\s?)?((?:19|20)\d\d)(?=\s?[年\-/.]|$)")
_DAY = re.compile(r"(\d{1,2})\s?[-/.月]\s?(\d{1,2})")
_MONTH = re.compile(r"(\d{1,2}|十[一二]|[一二三四五六七八九十])\s?月")
_QUARTER = re.compile(r"([一二三四1-4])\s?季度")


def last_day(phrase: str, year: int | None) -> dt.date | None:
    """The last day that a date phrase allows.

    Args:
        phrase: as the finder reports it.
        year: the year meant where the phrase names none; None: then such a phrase has no day.
    """
    text = narrow(phrase)
    named = _YEAR.search(text)
    year = int(named[1]) if named else year
    if year is None or text.endswith(("以来", "以后", "之后", "起")):
        return None
    rest = text[named.end() :] if named else text
    if day := _DAY.search(rest):
        return _day(year, int(day[1]), int(day[2]))
    if month := _MONTH.search(rest):
        return _end_of_month(year, _number(month[1]))
    quarters = _QUARTER.findall(rest)
    if quarters:
        return _end_of_month(year, 3 * _number(quarters[-1]))
    return _end_of_month(year, 6 if "上半年" in rest else 12)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else parse_han(text)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _end_of_month(year: int, month: int) -> dt.date | None:
    return dt.date(year, month, calendar.monthrange(year, month)[1]) if 1 <= month <= 12 else None
