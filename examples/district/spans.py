"""Periods of every grain: their labels, how departments print them, and the one that holds a day."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

QUARTERS = ("一", "二", "三", "四")
MONTHS_OF = {"month": 1, "two_months": 2, "quarter": 3, "half": 6, "half_year": 6, "year": 12}


@dataclass(frozen=True)
class Span:
    """One period with its first and last day."""

    label: str
    first: dt.date
    last: dt.date

    def holds(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    @property
    def digits(self) -> str:
        return f"{self.first:%Y%m}"

    @property
    def title(self) -> str:
        """As departments print it."""
        year, months = self.first.year, self.last.month - self.first.month + 1
        if months == 1:
            return f"{year}年{self.first.month}月"
        if months == 3:
            return f"{year}年第{QUARTERS[self.first.month // 3]}季度"
        if months == 6:
            return f"{year}年{'上' if self.first.month == 1 else '下'}半年"
        return f"{year}年"


def month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def span_of(day: dt.date, grain: str) -> Span:
    """The period of `grain` that holds `day`."""
    if grain == "week":
        first = day - dt.timedelta(days=day.weekday())
        year, week, _ = day.isocalendar()
        return Span(f"{year}-W{week:02d}", first, first + dt.timedelta(days=6))
    if grain == "ten_days":
        return _ten_days(day)
    length = MONTHS_OF[grain]
    start = (day.month - 1) // length * length + 1
    end = start + length - 1
    return Span(_label(day.year, start, length), dt.date(day.year, start, 1), month_end(day.year, end))


def _ten_days(day: dt.date) -> Span:
    third = min(3, (day.day - 1) // 10 + 1)
    first = day.replace(day=10 * third - 9)
    last = month_end(day.year, day.month) if third == 3 else day.replace(day=10 * third)
    return Span(f"{day:%Y-%m}-T{third}", first, last)


def _label(year: int, start: int, length: int) -> str:
    part = (start - 1) // length + 1
    return {
        1: f"{year}-{start:02d}",
        2: f"{year}-{start:02d}..{start + 1:02d}",
        3: f"{year}-Q{part}",
        6: f"{year}-H{part}",
        12: f"{year}",
    }[length]


def list_spans(first: dt.date, last: dt.date, grain: str, *, whole: bool = True) -> tuple[Span, ...]:
    """The periods from the one that holds `first`: those over on `last`, without `whole` also those begun by then."""
    spans = []
    span = span_of(first, grain)
    while (span.last if whole else span.first) <= last:
        spans.append(span)
        span = span_of(span.last + dt.timedelta(days=1), grain)
    return tuple(spans)
