"""The spellings of one value that offices use."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

EXCEL_DAY_ZERO = dt.date(1899, 12, 30)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def spell_full_width(number: int) -> str:
    """`420` as `４２０`."""
    return str(number).translate(FULL_WIDTH)


def spell_thousands(number: Decimal) -> str:
    """`1234.5` as `1,234.5`."""
    return f"{number:,}"


def spell_percent(numerator: int, denominator: int, *, digits: int) -> str:
    """A share rounded half up to `digits` decimals, as `95.2%`; empty where there is nothing to divide by."""
    if denominator == 0:
        return ""
    return f"{round_half_up(Fraction(100 * numerator, denominator), digits)}%"


def round_half_up(value: Fraction, digits: int) -> Decimal:
    """The value to `digits` decimals, halves away from zero."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def spell_chinese_date(day: dt.date) -> str:
    """`2023年3月5日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def spell_dotted_date(day: dt.date) -> str:
    """`2023.3.5`."""
    return f"{day.year}.{day.month}.{day.day}"


def spell_slash_time(moment: dt.datetime) -> str:
    """`2023/3/5 9:32:09`, as Excel saves a CSV in China."""
    return f"{moment.year}/{moment.month}/{moment.day} {moment.hour}:{moment:%M:%S}"


def spell_serial(day: dt.date) -> str:
    """The day number of Excel: `44990` for 5 March 2023."""
    return str((day - EXCEL_DAY_ZERO).days)
