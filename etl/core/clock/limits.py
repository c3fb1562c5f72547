"""What a limit and a moment are: `5 workday`, `2 office_hour`; an instant, or a date whose time nobody wrote down."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal
from zoneinfo import ZoneInfo

Unit = Literal["workday", "day", "month", "hour", "minute"]
Clock = Literal["wall", "office"]

_WORDS: dict[str, tuple[Unit, Clock | None]] = {
    "workday": ("workday", None),
    "day": ("day", None),
    "month": ("month", None),
    "hour": ("hour", None),
    "minute": ("minute", None),
    "office_hour": ("hour", "office"),
    "office_minute": ("minute", "office"),
}
# Four decimals keep every amount a whole number of microseconds, whatever the office hours.
_LIMIT = re.compile(r"\s*(\d+(?:\.\d{1,4})?)\s*([a-z_]+?)s?\s*")


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in the unit that the document prints.

    Attributes:
        amount: more than 0; whole for `day` and `month`.
        unit: what is counted.
        clock: hours and minutes only: by the wall clock, or over office hours (semantics 1.5).
    """

    amount: Fraction
    unit: Unit
    clock: Clock = "wall"

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError("时限必须大于 0")
        if self.unit in ("day", "month") and self.amount.denominator != 1:
            raise ValueError("自然日、月的时限只能是整数；不足一天的请写成 workday 或 hour")

    @classmethod
    def parse(cls, text: str, *, clock: Clock = "wall") -> Limit:
        """Read `5 workday`, `0.5 workday`, `10 day`, `3 month`, `2 hour`, `2 office_hour`, `30 minute`.

        Raises:
            ValueError: anything else, in Chinese and with what would be right.
        """
        match = _LIMIT.fullmatch(text)
        if match is None or match[2] not in _WORDS:
            raise ValueError(f"看不懂时限“{text}”。请写“数字 单位”，单位为 {' / '.join(_WORDS)} 之一，例如 5 workday")
        unit, own_clock = _WORDS[match[2]]
        return cls(Fraction(match[1]), unit, own_clock or clock)

    @property
    def needs_time(self) -> bool:
        """A date without a time is too coarse for it (semantics 1.6)."""
        return self.unit in ("hour", "minute") or (self.unit == "workday" and self.amount < 1)

    @property
    def over_office_hours(self) -> bool:
        return self.unit == "workday" or self.clock == "office"

    def duration(self, office_day: dt.timedelta) -> dt.timedelta:
        """Length of a limit that needs a time; a share of a working day is that share of `office_day`."""
        whole = {"hour": dt.timedelta(hours=1), "minute": dt.timedelta(minutes=1)}.get(self.unit, office_day)
        return dt.timedelta(microseconds=int(self.amount * (whole // dt.timedelta(microseconds=1))))

    def plus(self, extra: Limit) -> Limit:
        """This limit with an extension of the same unit."""
        if (self.unit, self.clock) != (extra.unit, extra.clock):
            raise ValueError("延长的期限须与原时限使用相同的单位")
        return Limit(self.amount + extra.amount, self.unit, self.clock)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant in the wall time of the calendar's zone, or a date whose time is not known.

    Attributes:
        at: naive local time; of a date without a time only its date is read.
        is_date_only: the row's `precision: date`.
    """

    at: dt.datetime
    is_date_only: bool = False

    def __post_init__(self) -> None:
        if self.at.tzinfo is not None:
            raise ValueError("时间须先换算为日历所在时区的当地时间（不带时区）")

    @classmethod
    def on(cls, day: dt.date) -> Moment:
        """A date without a time."""
        return cls(dt.datetime.combine(day, dt.time()), True)

    @classmethod
    def parse(cls, text: str, *, zone: str = "Asia/Shanghai") -> Moment:
        """Read an ISO date or time; one with an offset is turned into the wall time of `zone` (semantics 1.10)."""
        try:
            if re.fullmatch(r"\s*\d{4}-\d\d-\d\d\s*", text):
                return cls.on(dt.date.fromisoformat(text.strip()))
            at = dt.datetime.fromisoformat(text.strip())
        except ValueError as error:
            raise ValueError(f"看不懂时间“{text}”，请写成 2023-03-01 或 2023-03-01T09:30") from error
        return cls(at if at.tzinfo is None else at.astimezone(ZoneInfo(zone)).replace(tzinfo=None))

    @property
    def date(self) -> dt.date:
        return self.at.date()

    @property
    def begins(self) -> dt.datetime:
        """The earliest instant that it can mean."""
        return midnight(self.date) if self.is_date_only else self.at

    @property
    def ends(self) -> dt.datetime:
        """The instant by which it is surely over: 24:00 of a date without a time."""
        return midnight(self.date, days_after=1) if self.is_date_only else self.at

    def is_before(self, other: Moment) -> bool:
        """Surely earlier; two moments of which one lacks a time are compared as dates."""
        if self.is_date_only or other.is_date_only:
            return self.date < other.date
        return self.at < other.at


def midnight(day: dt.date, *, days_after: int = 0) -> dt.datetime:
    """00:00 of the date (or of a later one), naive local time."""
    return dt.datetime.combine(day, dt.time()) + dt.timedelta(days=days_after)
