"""Working days of the covered years, resolved once into arrays: the ground that all limits are counted on.

A running number is the number of working days up to and including a date, so that counting between two dates is one
subtraction, here, in numpy and (as a joined calendar) in SQL.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from chinese_calendar.constants import holidays as cn_holidays
from chinese_calendar.constants import workdays as cn_workdays

from etl.core.clock.office import OfficeHours
from schemas.models.calendar import WEEKDAYS, CalendarSpec

Days = npt.NDArray[np.datetime64]
DAY = np.timedelta64(1, "D")


class CalendarNotPublished(Exception):  # noqa: N818 - the name that verdicts and doctor use
    """A date lies in a year whose official arrangement is not (yet) in the calendar."""

    def __init__(self, year: int, calendar_id: str = "cn") -> None:
        super().__init__(year, calendar_id)
        self.year = year
        self.calendar_id = calendar_id

    def __str__(self) -> str:
        return (
            f"{self.year} 年的工作日安排不在日历“{self.calendar_id}”中，无法计算时限。"
            f"请把当年的节假日安排通知录入 calendars/{self.calendar_id}.yml（years、holidays、working），然后重新运行。"
        )


class WorkCalendar:
    """Every date of the covered years: is it a working day, and its running number. Immutable; build it `from_spec`.

    Attributes:
        id: the calendar's file name.
        version: first 12 hex digits of the SHA-256 over the resolved days, the office hours and the zone.
        first: first covered date; `last` the last one.
        office: the hours of one working day.
        zone: IANA name of the zone of all wall times.
    """

    def __init__(self, spec: CalendarSpec) -> None:
        self.id = spec.id
        self.zone = spec.zone
        self.office = OfficeHours.of(spec.office_hours)
        years = _covered_years(spec)
        self.first, self.last = dt.date(years[0], 1, 1), dt.date(years[-1], 12, 31)
        self.dates: Days = np.arange(np.datetime64(self.first), np.datetime64(self.last) + DAY)
        self.open: npt.NDArray[np.bool_] = _resolve_days(spec, self.dates)
        self.numbers: npt.NDArray[np.int64] = np.cumsum(self.open, dtype=np.int64)
        self.workdays: Days = self.dates[self.open]
        for array in (self.dates, self.open, self.numbers, self.workdays):
            array.flags.writeable = False
        self._workday_list: list[dt.date] = self.workdays.tolist()
        self.version = self._hash_content()

    @staticmethod
    def from_spec(spec: CalendarSpec) -> WorkCalendar:
        """The calendar of a spec; built once a process and spec (frozen models hash by content)."""
        return _build(spec)  # pyright: ignore[reportArgumentType] - pydantic adds __hash__ to frozen models

    def is_workday(self, day: dt.date) -> bool:
        return bool(self.open[self._position(day)])

    def number(self, day: dt.date) -> int:
        """Working days from the start of coverage up to and including `day`."""
        return int(self.numbers[self._position(day)])

    def workday(self, number: int) -> dt.date:
        """The working day with this running number (from 1)."""
        if number < 1:
            raise CalendarNotPublished(self.first.year - 1, self.id)
        if number > len(self._workday_list):
            raise CalendarNotPublished(self.last.year + 1, self.id)
        return self._workday_list[number - 1]

    def next_workday(self, day: dt.date) -> dt.date:
        """`day` itself where it is a working day, else the first one after it."""
        return day if self.is_workday(day) else self.workday(self.number(day) + 1)

    def previous_workday(self, day: dt.date) -> dt.date:
        """The last working day before `day`."""
        return self.workday(self.number(day) - self.is_workday(day))

    def covers(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    def frame(self, first: dt.date | None = None, last: dt.date | None = None) -> pd.DataFrame:
        """One row a date from `first` to `last` (all covered ones by default), for equality joins in SQL.

        Columns: `date` (DATE), `is_workday` (bool), `workday_no` (int64; a rest day has that of the last working day
        before it), `minutes_before` (int64; office minutes of all working days before the date).

        Raises:
            CalendarNotPublished: the range leaves the covered years.
        """
        lower, upper = self._position(first or self.first), self._position(last or self.last) + 1
        is_open, numbers = self.open[lower:upper], self.numbers[lower:upper]
        date = pd.Series(pa.array(self.dates[lower:upper]), dtype=pd.ArrowDtype(pa.date32()))
        return pd.DataFrame(
            {
                "date": date,
                "is_workday": is_open,
                "workday_no": numbers,
                "minutes_before": (numbers - is_open) * self.office.minutes,
            }
        )

    def _position(self, day: dt.date) -> int:
        if not self.covers(day):
            raise CalendarNotPublished(day.year, self.id)
        return (day - self.first).days

    def _hash_content(self) -> str:
        content = hashlib.sha256(f"{self.first}|{self.last}|{self.zone}|{self.office.spans}|".encode())
        content.update(np.packbits(self.open).tobytes())
        return content.hexdigest()[:12]


@lru_cache(maxsize=32)
def _build(spec: CalendarSpec) -> WorkCalendar:
    return WorkCalendar(spec)


def _published_cn_years() -> set[int]:
    """A year is published when its National Day is there: a notice may also name days of the year after it."""
    return {day.year for day in cn_holidays if (day.month, day.day) == (10, 1)}


def _covered_years(spec: CalendarSpec) -> list[int]:
    library = _published_cn_years() if spec.base == "cn" else set()
    years = sorted(library | set(spec.years))
    if years != list(range(years[0], years[-1] + 1)):
        raise ValueError(f"日历“{spec.id}”覆盖的年份不连续：{years}，请补齐中间的年份")
    return years


def _resolve_days(spec: CalendarSpec, dates: Days) -> npt.NDArray[np.bool_]:
    """Layers, the later one wins: weekends, the library's years, the file's own holidays, its notices."""
    weekday = (dates.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    is_open = ~np.isin(weekday, [WEEKDAYS.index(name) for name in spec.weekend])
    if spec.base == "cn":
        library = np.isin(_years_of(dates), sorted(_published_cn_years()))
        is_open[library] = weekday[library] < 5
        _set_days(is_open, dates, cn_holidays, value=False)
        _set_days(is_open, dates, cn_workdays, value=True)
    _set_days(is_open, dates, spec.holidays, value=False)
    _set_days(is_open, dates, [day.date for day in spec.closed], value=False)
    _set_days(is_open, dates, [day.date for day in spec.working], value=True)
    return is_open


def _years_of(dates: Days) -> npt.NDArray[np.int64]:
    return dates.astype("datetime64[Y]").astype(np.int64) + 1970


def _set_days(is_open: npt.NDArray[np.bool_], dates: Days, days: Any, *, value: bool) -> None:
    is_open[np.isin(dates, np.array(sorted(days), dtype="datetime64[D]"))] = value
