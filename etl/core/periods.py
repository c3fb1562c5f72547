"""Periods as the project writes them (`2023-03`, `2023-Q1`, ...): first and last day, order, and how they nest."""

from __future__ import annotations

import calendar as month_lengths
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

Grain = str
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True, order=True)
class Period:
    """One period. Sorts by its first day, then its last; `text` is the stable spelling."""

    start: dt.date
    end: dt.date
    text: str
    grain: Grain

    def __str__(self) -> str:
        return self.text

    def months(self) -> list[str]:
        """The months that it touches, `2023-03` each."""
        count = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
        return [month_text(add_months(self.start, i)) for i in range(count + 1)]


def add_months(day: dt.date, count: int) -> dt.date:
    """First day of the month `count` months after that of `day`."""
    index = day.year * 12 + day.month - 1 + count
    return dt.date(index // 12, index % 12 + 1, 1)


def month_end(day: dt.date) -> dt.date:
    return day.replace(day=month_lengths.monthrange(day.year, day.month)[1])


def month_text(day: dt.date) -> str:
    return f"{day:%Y-%m}"


_FORMS = {
    "year": re.compile(r"^(\d{4})$"),
    "half": re.compile(r"^(\d{4})-H([12])$"),
    "quarter": re.compile(r"^(\d{4})-Q([1-4])$"),
    "month": re.compile(r"^(\d{4})-(\d{2})$"),
    "months": re.compile(r"^(\d{4})-(\d{2})\.\.(\d{2})$"),
    "ten_days": re.compile(r"^(\d{4})-(\d{2})-T([1-3])$"),
    "week": re.compile(r"^(\d{4})-W(\d{2})$"),
    "day": re.compile(r"^(\d{4})-(\d{2})-(\d{2})$"),
}


def _bounds(grain: Grain, numbers: list[int]) -> tuple[dt.date, dt.date]:
    year, first, *rest = [*numbers, 1]
    if grain in _MONTHS:
        start = dt.date(year, (first - 1) * _MONTHS[grain] + 1 if grain != "year" else 1, 1)
        return start, month_end(add_months(start, _MONTHS[grain] - 1))
    if grain == "months":
        if rest[0] < first:
            raise ValueError("the last month lies before the first")
        return dt.date(year, first, 1), month_end(dt.date(year, rest[0], 1))
    if grain == "ten_days":
        start = dt.date(year, first, (rest[0] - 1) * 10 + 1)
        return start, month_end(start) if rest[0] == 3 else start + dt.timedelta(days=9)
    if grain == "week":
        return dt.date.fromisocalendar(year, first, 1), dt.date.fromisocalendar(year, first, 7)
    return dt.date(year, first, rest[0]), dt.date(year, first, rest[0])


@lru_cache(maxsize=4096)
def parse_period(text: str) -> Period:
    """The period that `text` spells.

    Raises:
        ValueError: not one of the stable spellings, or a day that does not exist.
    """
    for grain, form in _FORMS.items():
        if found := form.match(text):
            start, end = _bounds(grain, [int(group) for group in found.groups()])
            return Period(start, end, text, grain)
    raise ValueError(f"not a period: {text!r} (2023, 2023-H1, 2023-Q1, 2023-03, 2023-01..02, 2023-03-T1, 2023-W05)")


def period_of(day: dt.date, grain: Grain) -> Period:
    """The period of `grain` that holds `day`.

    Args:
        day: any day.
        grain: `day`, `week`, `ten_days` (of the month), `month`, `two_months` (January and February, ...), `quarter`,
            `half` (also `half_year`), `year`.

    Raises:
        ValueError: no such grain.
    """
    spell = _SPELL.get(grain)
    if spell is None:
        raise ValueError(f"no grain {grain!r}; there are {', '.join(_SPELL)}")
    return parse_period(spell(day))


def _spell_week(day: dt.date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _spell_two_months(day: dt.date) -> str:
    first = day.month - (day.month + 1) % 2
    return f"{day.year}-{first:02d}..{first + 1:02d}"


def _spell_half(day: dt.date) -> str:
    return f"{day.year}-H{1 if day.month < 7 else 2}"


_SPELL: dict[Grain, Callable[[dt.date], str]] = {
    "day": dt.date.isoformat,
    "week": _spell_week,
    "ten_days": lambda day: f"{day:%Y-%m}-T{min((day.day - 1) // 10, 2) + 1}",
    "month": month_text,
    "two_months": _spell_two_months,
    "quarter": lambda day: f"{day.year}-Q{(day.month + 2) // 3}",
    "half": _spell_half,
    "half_year": _spell_half,
    "year": lambda day: f"{day.year}",
}


def _step_of(period: Period) -> Grain:
    """Merged months step by two where they are two; others have no next one of their kind."""
    return "two_months" if period.grain == "months" else period.grain


def next_period(period: Period) -> Period:
    return period_of(period.end + dt.timedelta(days=1), _step_of(period))


def previous_period(period: Period) -> Period:
    return period_of(period.start - dt.timedelta(days=1), _step_of(period))


def periods_between(first: dt.date, last: dt.date, grain: Grain) -> Iterator[Period]:
    """Periods of one grain (see `period_of`) from the one that holds `first` to the one that holds `last`."""
    period = period_of(first, grain)
    while period.start <= last:
        yield period
        period = period_of(period.end + dt.timedelta(days=1), grain)


def trailing_window(last: dt.date, every: Grain) -> tuple[dt.date, dt.date]:
    """First and last day of the stretch of length `every` that ends with `last` (both days belong to it).

    A month that ends with 28 February begins on 1 February; two months that end with 15 March on 16 January.
    """
    if every in _DAYS:
        return last - dt.timedelta(days=_DAYS[every] - 1), last
    after = last + dt.timedelta(days=1)
    month = add_months(after, -_STEPS[every])
    return month.replace(day=min(after.day, month_end(month).day)), last


_DAYS = {"day": 1, "week": 7, "ten_days": 10}
_STEPS = {"month": 1, "two_months": 2, "quarter": 3, "half": 6, "half_year": 6, "year": 12}
