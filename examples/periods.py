"""Months and quarters of 2023, their labels and the day their report is owed."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

YEAR = 2023
QUARTER_NAMES = ("一", "二", "三", "四")
REPORTING_DAYS = 10
"""Calendar days after the end of a period; then a file that is not there counts as not reported."""


@dataclass(frozen=True)
class Period:
    """A month (`2023-03`) or a quarter (`2023-Q1`), first and last day included."""

    label: str
    first: dt.date
    last: dt.date

    @property
    def owed_on(self) -> dt.date:
        return self.last + dt.timedelta(days=REPORTING_DAYS)

    @property
    def is_quarter(self) -> bool:
        return "Q" in self.label

    @property
    def title(self) -> str:
        """As departments print it: `2023年3月`, `2023年第一季度`."""
        if self.is_quarter:
            return f"{YEAR}年第{QUARTER_NAMES[int(self.label[-1]) - 1]}季度"
        return f"{YEAR}年{self.first.month}月"

    @property
    def digits(self) -> str:
        """As systems print it in file names: `202303`."""
        return f"{self.first:%Y%m}"

    def holds(self, day: dt.date) -> bool:
        """Whether `day` lies in the period."""
        return self.first <= day <= self.last


def span_months(first: int, last: int, label: str) -> Period:
    """The period from the first day of month `first` to the last day of month `last`."""
    end = calendar.monthrange(YEAR, last)[1]
    return Period(label, dt.date(YEAR, first, 1), dt.date(YEAR, last, end))


def list_months(months: int) -> tuple[Period, ...]:
    """The first `months` months of the year."""
    return tuple(span_months(month, month, f"{YEAR}-{month:02d}") for month in range(1, months + 1))


def list_quarters(months: int) -> tuple[Period, ...]:
    """The quarters that are complete after `months` months."""
    return tuple(span_months(3 * q - 2, 3 * q, f"{YEAR}-Q{q}") for q in range(1, months // 3 + 1))
