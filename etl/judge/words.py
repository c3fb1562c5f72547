"""How numbers, units and periods read in sentences, in Chinese and English. Rounding here is for display only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import numpy as np

from etl.core.periods import Period
from etl.judge.exact import Ints
from etl.judge.frame import Objects
from schemas.models.unit_words import UNIT_WORDS_ZH

_UNIT_EN = {
    "%": "%",
    "workday": " working days",
    "day": " days",
    "month": " months",
    "year": " years",
    "hour": " hours",
    "minute": " minutes",
    "second": " seconds",
    "count": "",
    "CNY": " yuan",
    "per_10k_people": " per 10,000 people",
    "m2": " square metres",
    "km": " km",
    "rank": "",
    "grade": "",
}
_COMPARATOR = {">=": "≥", "<=": "≤", "==": "＝", ">": "＞", "<": "＜"}
_QUARTERS = "一二三四"
MOST_DECIMALS = 6
"""Digits are added up to here, until a value that misses its goal no longer looks like it."""


def unit_word(unit: str, *, english: bool = False) -> str:
    """What stands after a number."""
    words = _UNIT_EN if english else UNIT_WORDS_ZH
    return words.get(unit, f" {unit}")


def exact_text(value: Fraction | Decimal | int) -> str:
    """A finite number without trailing zeros: `96`, `0.5`."""
    exact = Fraction(value)
    return _plain(Decimal(exact.numerator) / Decimal(exact.denominator))


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimal_texts(units: Ints, places: int) -> Objects:
    """Numbers in units of 10**-places as canonical texts, one by one."""
    return _each(units, lambda unit: _plain(Decimal(unit).scaleb(-places)))


def _each(column: Ints, write: Callable[[int], str]) -> Objects:
    """`write` of every number; each distinct one is written once."""
    distinct, place = np.unique(column, return_inverse=True)
    return np.array([write(int(number)) for number in distinct], dtype=object)[place.reshape(-1)]


def number_texts(units: Ints, places: int, decimals: int, *, goal: Fraction | None = None) -> Objects:
    """Rounded half up for people, without the zeros of whole numbers.

    Args:
        units: numbers in units of 10**-places.
        places: see there.
        decimals: how many decimals people see.
        goal: digits are added until rounding no longer moves a number onto it (95.995 % is not 96 %).
    """
    shown = _round(units, places - decimals)
    texts = _each(shown, lambda unit: _plain(Decimal(unit).scaleb(-decimals)))
    if goal is None or decimals >= MOST_DECIMALS:
        return texts
    misleading = np.flatnonzero(_side(shown, decimals, goal) != _side(units, places, goal))
    if len(misleading):
        texts[misleading] = number_texts(units[misleading], places, decimals + 1, goal=goal)
    return texts


def _round(units: Ints, fewer: int) -> Ints:
    """Units of a place `fewer` digits coarser, half away from zero."""
    if fewer <= 0:
        return units * 10**-fewer
    step = 10**fewer
    sizes = (np.abs(units) + step // 2) // step
    return np.where(np.asarray(units < 0, dtype=bool), -sizes, sizes)


def _side(units: Ints, places: int, goal: Fraction) -> Ints:
    aim = goal * 10**places
    floor = aim.numerator // aim.denominator
    if aim.denominator == 1:
        return np.sign(units - floor)
    return np.where(np.asarray(units > floor, dtype=bool), 1, -1)


def to_decimal(value: Fraction, places: int = 10) -> Decimal:
    """One number rounded half up to `places`, trailing zeros gone."""
    whole, rest = divmod(abs(value.numerator) * 10**places, value.denominator)
    units = whole + (2 * rest >= value.denominator)
    return (Decimal(units if value >= 0 else -units).scaleb(-places).normalize()) + 0


def show_day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def show_comparator(comparator: str) -> str:
    return _COMPARATOR[comparator]


def show_period(period: Period) -> str:
    """`2023年3月`, `2023年第一季度`, `2023年3月上旬`."""
    year, month = period.start.year, period.start.month
    if period.grain == "week":
        return f"{period.text[:4]}年第{int(period.text[6:])}周"
    names = {
        "month": f"{year}年{month}月",
        "quarter": f"{year}年第{_QUARTERS[(month - 1) // 3]}季度",
        "half": f"{year}年{'上' if month == 1 else '下'}半年",
        "year": f"{year}年",
        "months": f"{year}年{month}—{period.end.month}月",
        "ten_days": f"{year}年{month}月{'上中下'[min((period.start.day - 1) // 10, 2)]}旬",
        "day": f"{year}年{month}月{period.start.day}日",
    }
    return names.get(period.grain, period.text)
