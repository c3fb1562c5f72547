"""What happens to a case, told by the columns of its row or by a register of its own.

A contract of cases names its events once; every clock over the source reads them. Which events start and stop a
particular clock is the indicator's (`schemas.models.case_clock`).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from schemas.models.base import Name, Promise

STATUTORY_STOPS = ("听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审")
"""Administrative Licensing Law art. 45: the time of these is not counted. Anything else has to be named."""


class Stop(Promise):
    """A suspension of the clock (中止), from the day after `from` up to and including `until` (semantics 1.9).

    `reasons`: the words of the column `reason` that stop the clock, whole or as a part of the cell; the statutory ones
    unless given. A stop for any other reason is noted as `clock_abuse: reason` and stops nothing. Without a column
    `reason` every stop counts: by declaring it the contract has named it.
    """

    since: Name = Field(alias="from")
    until: Name
    reason: Name | None = None
    reasons: tuple[str, ...] = STATUTORY_STOPS
    recorded: Name | None = None
    """When it was entered, where the file says so: a stop entered after the deadline moves nothing."""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.since, self.until, self.reason, self.recorded) if name)


class StopRegister(Stop):
    """Suspensions in a source of their own (中止登记表): one row a stop, `case` holds the number of the case."""

    source: Name
    case: Name


class Prolonged(Promise):
    """An extension signed for a case (art. 42: once): `amount` more of `unit`, valid if signed by the deadline."""

    amount: Name
    unit: Literal["workday", "day", "month"] = "workday"
    signed: Name


IS_REPEAT = "is_repeat"
"""The column that indicators may filter by where `events` say what a repeat is."""


class Repeat(Promise):
    """A case is a repeat where the same `by` was received within `days` before it; persons by their keyed hashes.

    It adds `is_repeat` to what indicators may filter by.
    """

    by: tuple[Name, ...] = Field(min_length=1)
    days: int = Field(gt=0)


class ExclusionRegister(Promise):
    """Where it stands which cases are left out of shares (剔除登记), each with reason, approver and expiry."""

    source: Name
    case: Name
    reason: Name
    approver: Name
    approved: Name
    expires: Name


class Events(Promise):
    """The events of a case. Every one is a date or datetime column of the contract.

    `order`: events that cannot happen the other way round; reversed ones, and any in the future, are kept back.
    `withdrawn` stops every clock of the case.
    """

    accepted: Name | None = None
    finished: tuple[Name, ...] = ()
    withdrawn: Name | None = None
    order: tuple[Name, ...] = ()
    stops: tuple[Stop, ...] = ()
    stops_from: StopRegister | None = None
    extension: Prolonged | None = None
    window: Name | None = None
    """The column that names the window (窗口): lights are shown by window too."""
    repeat: Repeat | None = None
    exclusions: ExclusionRegister | None = None
    export: Literal["changes", "full"] = "changes"
    """`full`: every file holds all cases; an open one that is no longer in it is noted and stays, it cannot hide."""

    @property
    def times(self) -> tuple[str, ...]:
        """Columns that have to be dates or times."""
        stops = [n for s in self.stops for n in (s.since, s.until, s.recorded)]
        signed = [self.extension.signed] if self.extension else []
        named = [self.accepted, *self.finished, self.withdrawn, *self.order, *stops, *signed]
        return tuple(dict.fromkeys(name for name in named if name))

    @property
    def sources(self) -> tuple[str, ...]:
        """The registers: sources whose rows change what counts in this one."""
        named = (self.stops_from, self.exclusions)
        return tuple(dict.fromkeys(register.source for register in named if register))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the contract that is named."""
        reasons = [s.reason for s in self.stops]
        more = [self.window, *reasons, *(self.repeat.by if self.repeat else ())]
        more += [self.extension.amount] if self.extension else []
        return tuple(dict.fromkeys((*self.times, *(name for name in more if name))))

    @model_validator(mode="after")
    def check_order(self) -> Events:
        if len(self.order) == 1 or len(set(self.order)) != len(self.order):
            raise ValueError("order: two events or more, each once")
        return self
