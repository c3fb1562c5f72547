"""Periods as people write them in titles, file names and cells, found and put in the stable spelling (2023-03)."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from typing import Literal

import cn2an

from etl.core.periods import parse_period, period_of

Grain = Literal["week", "ten_days", "month", "quarter", "half", "year", "any"]

_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_YEAR_WORDS = re.compile(r"二[〇零○][〇零○一二三四五六七八九]{2}(?=年)")
_MONTH_WORDS = re.compile(r"(?<=年)(十[一二]?|[一二三四五六七八九])(?=月)")
_FULL_DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{8,}")
_DAY = r"{}[-年/.]?(\d{{1,2}})[-月/.]?(\d{{1,2}})日?(?:\d{{1,2}}:\d\d(?::\d\d)?)?"
_DAYS = re.compile(_DAY.format(r"(?<!\d)(20\d\d)") + "[-—–~至到]+" + _DAY.format(r"(?:(20\d\d)[-年/.]?)?"))
_LABELLED_DAY = re.compile(r"(?<=属期|时期|告期|计期|账期|月份):?(20\d\d-\d\d)-01(?:00:00:00)?(?!\d)")
"""`所属期 2023-03-01`: a spreadsheet keeps 2023年3月 as the first day of the month."""
_YEAR_AND_MONTH = re.compile(r"(20\d\d)年度(?=\d{1,2}(?:-\d{1,2})?月)")
_MONTH_NAMES = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_RANGE = re.compile(r"(20\d\d)年?(\d{1,2})月?[-—–~至到](\d{1,2})月")
_MONTH = re.compile(r"(20\d\d)年(\d{1,2})月|(?<!\d)(20\d\d)(0[1-9]|1[0-2])(?!\d)|(?<!\d)(20\d\d)[-./_](\d{1,2})(?!\d)")
_QUARTER = re.compile(r"(20\d\d)年?[-_]?(?:第?([一二三四1-4])季度?|[qQ]([1-4]))")
_HALF = re.compile(r"(20\d\d)年?[-_]?(?:(上|下)半年|[hH]([12]))")
_WEEK = re.compile(r"(20\d\d)年?[-_]?(?:第(\d{1,2})周|[wW](\d{1,2}))")
_TEN_DAYS = re.compile(r"(20\d\d)[年-](\d{1,2})(?:月([上中下])旬|-[tT]([123]))")
_WEEK_WORDS = re.compile(r"(?<=第)([一二三四五六七八九十]{1,3})(?=周)")
_SPAN = re.compile(
    r"(20\d\d)(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?[-—–~至到]"
    r"(?:(20\d\d)(?:年|[-/.]))?(?:(\d{1,2})(?:月|[-/.]))?(\d{1,2})日?(?!\d)"
)
_STABLE_RANGE = re.compile(r"(20\d\d)-(\d\d)\.\.(\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


def find_periods(text: str, grain: Grain) -> list[str]:
    """All different periods of `grain` that a text names; full dates (填报日期) are no periods.

    With grain `any`, those of the finest grain that it names at all.
    """
    whole = _write_digits(re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))
    if grain in ("week", "ten_days") and (spans := _find_spans(whole, grain)):
        return spans
    plain = _FULL_DATE.sub(" ", _LABELLED_DAY.sub(r"\1", _DAYS.sub(_name_days, _YEAR_AND_MONTH.sub(r"\1年", whole))))
    finders = _ANY_FINDERS if grain == "any" else [_FINDERS[grain]]
    return list(dict.fromkeys(next((found for find in finders if (found := find(plain))), [])))


def _name_days(found: re.Match[str]) -> str:
    """`2023-03-01至2023-03-31` is 2023-03: two days that span whole months."""
    year, month, day, last_year, last_month, last_day = (int(part) if part else 0 for part in found.groups())
    try:
        first, last = dt.date(year, month, day), dt.date(last_year or year, last_month, last_day)
    except ValueError:
        return found[0]
    if (first.day, (last + dt.timedelta(days=1)).day, first.year) != (1, 1, last.year) or last < first:
        return found[0]
    whole = (
        f"{first.year}年{first.month}-{last.month}月" if first.month < last.month else f"{first.year}年{first.month}月"
    )
    return f"{first.year}年" if (first.month, last.month) == (1, 12) else whole


def _write_digits(text: str) -> str:
    """`二〇二三年三月第十周` as 2023年3月第10周."""
    text = _WEEK_WORDS.sub(lambda m: str(cn2an.cn2an(m[0], "smart")), text)
    text = _YEAR_WORDS.sub(lambda m: m[0].translate(_DIGITS), text)
    return _MONTH_WORDS.sub(lambda m: str(_MONTH_NAMES.index(m[0]) + 1), text)


def _find_months(text: str) -> list[str]:
    found = [f"{year}-{int(a):02d}..{int(b):02d}" for year, a, b in _RANGE.findall(text) if 1 <= int(a) < int(b) <= 12]
    for groups in _MONTH.findall(_RANGE.sub(" ", text)):
        year, month = (part for part in groups if part)
        if 1 <= int(month) <= 12:
            found.append(f"{year}-{int(month):02d}")
    return found


def _find_quarters(text: str) -> list[str]:
    found = [f"{y}-Q{'一二三四'.find(a) + 1 or a}" if a else f"{y}-Q{b}" for y, a, b in _QUARTER.findall(text)]
    ranges = [(y, int(a), int(b)) for y, a, b in _RANGE.findall(text)]
    return found + [f"{y}-Q{b // 3}" for y, a, b in ranges if b % 3 == 0 and b - a == 2]


def _find_halves(text: str) -> list[str]:
    found = [f"{year}-H{1 if word == '上' else 2}" if word else f"{year}-H{n}" for year, word, n in _HALF.findall(text)]
    ranges = [(y, int(a), int(b)) for y, a, b in _RANGE.findall(text)]
    return found + [f"{y}-H{b // 6}" for y, a, b in ranges if b % 6 == 0 and b - a == 5]


def _find_weeks(text: str) -> list[str]:
    """Weeks by their number of ISO 8601: they begin on Monday, week 1 holds 4 January; not every year has a week 53."""
    found = [(int(year), int(a or b)) for year, a, b in _WEEK.findall(text)]
    return [f"{year}-W{week:02d}" for year, week in found if 1 <= week <= dt.date(year, 12, 28).isocalendar().week]


def _find_spans(text: str, grain: str) -> list[str]:
    """Weeks or ten days that are written from their first to their last day: `2023年3月6日至12日`."""
    found: list[str] = []
    for year, month, day, last_year, last_month, last_day in _SPAN.findall(text):
        try:
            first = dt.date(int(year), int(month), int(day))
            last = dt.date(int(last_year or year), int(last_month or month), int(last_day))
        except ValueError:
            continue
        period = period_of(first, grain)
        if (period.start, period.end) == (first, last):
            found.append(period.text)
    return list(dict.fromkeys(found))


def _find_ten_days(text: str) -> list[str]:
    found = [f"{y}-{int(m):02d}-T{'上中下'.find(a) + 1 if a else b}" for y, m, a, b in _TEN_DAYS.findall(text)]
    return [period for period in found if 1 <= int(period[5:7]) <= 12]


def _find_stable_months(text: str) -> list[str]:
    spelled = [f"{y}-{a}..{b}" for y, a, b in _STABLE_RANGE.findall(text) if 1 <= int(a) < int(b) <= 12]
    return spelled or _find_months(text)


_FINDERS: dict[str, Callable[[str], list[str]]] = {
    "month": _find_stable_months,
    "quarter": _find_quarters,
    "half": _find_halves,
    "year": _YEAR.findall,
    "ten_days": _find_ten_days,
    "week": _find_weeks,
}
_ANY_FINDERS = (_find_ten_days, _find_weeks, _find_stable_months, _find_quarters, _find_halves, _YEAR.findall)


def read_period(text: str, grain: Grain) -> str | None:
    """A cell of a period column; a date stands for the period that holds it (grain `any`: see `_read_any`)."""
    if grain == "any":
        return _read_any(text)
    found = find_periods(text, grain)
    if len(found) == 1:
        return found[0]
    day = re.fullmatch(r"(20\d\d)-(\d\d)-(\d\d)(?: .*)?", text)
    if not found and day:
        try:
            return period_of(dt.date(int(day[1]), int(day[2]), int(day[3])), grain).text
        except ValueError:
            return None
    return None


def _read_any(text: str) -> str | None:
    """The one period that a cell names, of whatever kind; a stable spelling (`2023-W05`) has to be right to the end.

    Spreadsheets turn a typed 2023-03 into its first day; of another day nobody knows which period is meant.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()
    if first := re.fullmatch(r"(20\d\d-\d\d)-01(?:00:00:00)?", plain):
        plain = first[1]
    found = [plain] if re.fullmatch(r"[-.\dWHQT]+", plain) else find_periods(text, "any")
    try:
        period = parse_period(found[0]) if len(found) == 1 else None
    except ValueError:
        return None
    return None if period is None or period.grain == "day" else period.text


def read_heading(text: str, grain: str, year: str | None = None) -> str | None:
    """The period that a header cell is; None where it says anything else besides (`2023年同比`).

    Args:
        text: the cell, perhaps with the groups above it (`2023年一季度`).
        grain: what the table's periods are.
        year: that of the table, for cells without one (`3月`, `1-2月`, `上半年`).
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    if day := _FIRST_DAY.fullmatch(plain):  # a spreadsheet keeps 2023年3月 as the first day of the month
        plain = day[1]
    plain = _SAID_BESIDE.sub("", plain)
    dated = _write_digits(plain if _BEGINS_WITH_YEAR.match(plain) or year is None else f"{year}年{plain}")
    if not any(whole.fullmatch(dated) for whole in _WHOLE[grain]):
        return None
    found = list(dict.fromkeys(_FINDERS[grain](dated)))
    return found[0] if len(found) == 1 else None


def read_running(text: str, year: str | None = None) -> str | None:
    """The months since January that a header cell of running sums means: `3月`, `1-3月`, `一季度` are 2023-01..03."""
    plain = text.replace("前三季度", "1-9月")
    found = next(
        (one for grain in ("month", "quarter", "half", "year") if (one := read_heading(plain, grain, year))), None
    )
    period = parse_period(found) if found else None
    if period is None or (period.grain == "months" and period.start.month > 1):
        return None
    return spell_months(period.end.year, 1, period.end.month)


def find_sum_periods(text: str, grain: str) -> list[str]:
    """The single periods with which the sums since January end that a text names: `2023年1-3月` is 2023-03.

    `1-2月` stays 2023-01..02: most sources have no January of its own, and where one has, the difference tells
    (`etl/core/singles.py`).
    """
    plain = _FULL_DATE.sub(" ", _write_digits(re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))))
    for words, months in (("前三季度", "1-9月"), ("上半年", "1-6月"), ("全年", "1-12月")):
        plain = plain.replace(words, months)
    ranges = [(int(y), int(b)) for y, a, b in (*_RANGE.findall(plain), *_STABLE_RANGE.findall(plain)) if int(a) == 1]
    found = [one for year, last in ranges if (one := tell_sum(year, last, grain))] or _FINDERS[grain](plain)
    if not found and grain == "month":
        found = [parse_period(quarter).months()[-1] for quarter in _find_quarters(plain)]
    return list(dict.fromkeys(found))


def read_dated(text: str, grain: Grain, year: str) -> str | None:
    """A cell of a period column that leaves out the year of its table: `3月`, `1-2月`, `3月上旬`, `第10周`."""
    return None if grain == "any" else read_heading(text, grain, year)


def read_dated_sum(text: str, grain: Grain, year: str) -> str | None:
    """The same for sums since January."""
    if read_running(text, year) is None:
        return None
    found = find_sum_periods(f"{year}年{text}", grain)
    return found[0] if len(found) == 1 else None


def read_sum_period(text: str, grain: Grain) -> str | None:
    """As `read_period`, of a column whose rows are sums since January."""
    found = find_sum_periods(text, grain)
    return found[0] if len(found) == 1 else read_period(text, grain)


def tell_sum(year: int, last: int, grain: str) -> str | None:
    """The single period of a sum from January to a month; None where no period of the grain ends with that month."""
    if grain == "month":
        return spell_months(year, 1 if last == 2 else last, last)
    period = period_of(dt.date(year, last, 1), grain)
    return period.text if period.end.month == last else None


def spell_months(year: int, first: int, last: int) -> str:
    return f"{year}-{first:02d}" if first == last else f"{year}-{first:02d}..{last:02d}"


_FIRST_DAY = re.compile(r"(20\d\d-\d\d)-01(?:00:00:00)?")
_SAID_BESIDE = re.compile(r"(?:累计|[(]累计[)])$")
_BEGINS_WITH_YEAR = re.compile(r"20\d\d|二[〇零○]")
_WHOLE_YEAR = re.compile(r"20\d\d(?:年度?|年?全年)?")
_WHOLE: dict[str, tuple[re.Pattern[str], ...]] = {
    "month": (_RANGE, _STABLE_RANGE, _MONTH),
    "quarter": (_QUARTER, _RANGE),
    "half": (_HALF, _RANGE),
    "year": (_WHOLE_YEAR,),
    "ten_days": (_TEN_DAYS,),
    "week": (_WEEK,),
}
"""What may stand in the header of a table whose periods are of this grain."""


def expand_period(period: str) -> tuple[str, ...]:
    """Merged months answer for each of their months; any other period for itself."""
    parsed = parse_period(period)
    return tuple(parsed.months()) if parsed.grain == "months" else (period,)


def period_before(period: str, grain: Grain) -> str:
    """The period of the source's grain that ends right before `period` (merged months included) begins."""
    return period_of(parse_period(period).start - dt.timedelta(days=1), grain).text
