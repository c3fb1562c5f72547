"""A calendar of working days as data: which layer lies below, what the office's own notices change, office hours.

`schemas/calendars/<id>.yml` holds one. The official arrangement of Mainland China comes from a library; a jurisdiction
writes down only what differs (with the notice that says so), or next year's notice before the library has it. What the
days mean for a limit is decided in `etl.core.clock`, not here.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator, model_validator

from schemas.models.base import Name, Promise

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _time_of(value: object) -> object:
    """An unquoted 13:30 reaches us as the number 810: YAML 1.1 reads it in base 60, that is, in minutes."""
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value < 24 * 60:
            raise ValueError('时间请写成带引号的 "时:分"，例如 "13:30"')
        return dt.time(value // 60, value % 60)
    return value


ClockTime = Annotated[dt.time, BeforeValidator(_time_of)]


class DayNotice(Promise):
    """One date that a notice turns into a working day or a day off; `notice` names number and title of the notice."""

    date: dt.date
    notice: str = Field(min_length=1)


class CalendarSpec(Promise):
    """`schemas/calendars/<id>.yml`.

    Attributes:
        base: `cn` is the official arrangement with make-up workdays; `none` starts from `weekend` and `holidays`.
        zone: IANA name of the zone whose wall time all limits are counted in.
        office_hours: spans of one working day, in order, the end not included.
        closed: working days on which this jurisdiction is closed; wins over the base.
        working: days off on which it works (make-up workdays); wins over the base.
        years: years that this file covers completely. Needed with base `none`; with base `cn` it publishes a year
            that the library does not have yet, from `weekend`, `holidays`, `closed` and `working` of this file.
    """

    id: Name
    name_zh: str
    base: Literal["cn", "none"] = "cn"
    zone: str = "Asia/Shanghai"
    office_hours: tuple[tuple[ClockTime, ClockTime], ...] = Field(
        default=((dt.time(9), dt.time(12)), (dt.time(13, 30), dt.time(17, 30))), min_length=1
    )
    weekend: tuple[Weekday, ...] = ("sat", "sun")
    holidays: tuple[dt.date, ...] = ()
    closed: tuple[DayNotice, ...] = ()
    working: tuple[DayNotice, ...] = ()
    years: tuple[Annotated[int, Field(ge=1970, le=2262)], ...] = ()

    @field_validator("zone")
    @classmethod
    def check_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"没有名为“{value}”的时区，请写 IANA 名称，例如 Asia/Shanghai") from error
        return value

    @field_validator("office_hours")
    @classmethod
    def check_office_hours(cls, value: tuple[tuple[dt.time, dt.time], ...]) -> tuple[tuple[dt.time, dt.time], ...]:
        edges = [edge for span in value for edge in span]
        if any(edge.second or edge.microsecond or edge.tzinfo for edge in edges):
            raise ValueError("办公时间只写到分钟，例如 09:00")
        if any(later <= earlier for earlier, later in pairwise(edges)):
            raise ValueError("办公时间各段须按先后排列，互不重叠，每段结束晚于开始")
        return value

    @model_validator(mode="after")
    def check_days(self) -> CalendarSpec:
        own = [day.date for day in (*self.closed, *self.working)]
        twice = sorted({day for day in own if own.count(day) > 1})
        if twice:
            raise ValueError(f"{twice[0]} 在 closed / working 中出现了不止一次，请只保留一处")
        if self.base == "none" and not self.years:
            raise ValueError("base: none 的日历须用 years 写明覆盖哪些年份")
        if self.base == "cn" and (outside := [day for day in self.holidays if day.year not in self.years]):
            raise ValueError(
                f"{outside[0]}：base: cn 的年份请把放假日写进 closed（附通知）；holidays 只用于 years 列出的年份"
            )
        return self
