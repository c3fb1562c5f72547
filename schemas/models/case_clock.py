"""How the time of single cases is counted: which events start and stop the clock, and by what limit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from schemas.models.base import Name, Promise

LimitText = Annotated[
    str, StringConstraints(pattern=r"^\d+(\.\d+)? (workday|day|month|hour|office_hour|minute|office_minute)$")
]


class LimitBy(Promise):
    """The limit depends on a word of the row (voltage class, kind of item). Other words: `otherwise`, else none."""

    column: Name
    limits: dict[str, LimitText] = Field(min_length=1)
    otherwise: LimitText | None = None


class Receipt(Promise):
    """Licensing Law art. 32: a case not accepted runs from its receipt where no corrections were asked for in time.

    In time: within `within` working days of the receipt. Accepted within them, or corrected at a request within them:
    the clock starts with `start`; else with `received`. While a timely request is open, it has not started.
    """

    received: Name
    asked: Name
    within: int = Field(5, gt=0)


class CaseClock(Promise):
    """Which events start and stop the clock of one case, and how its time is counted.

    `earliest`: alternative end events, the first stops the clock; `latest`: all of them are needed
    (principal *and* interest).
    """

    start: Name
    receipt: Receipt | None = None
    earliest: tuple[Name, ...] = ()
    latest: tuple[Name, ...] = ()
    limit: LimitText | None = None
    """Unset: the target that uses the indicator brings the limit (kind `each_case`)."""
    limit_by: LimitBy | None = None
    deadline_from: Name | None = None
    """The file's own deadline: it decides, our own count stands beside it. An empty cell falls back to the limit;
    without a limit such a case is never late, and how many there are is told with the value."""
    after_hours: Literal["same_day", "next_opening"] = "same_day"
    last_day: Literal["midnight", "office_close", "start_time"] = "midnight"
    """When the last day of a whole-day limit ends; `start_time`: at the time of day at which the clock started."""
    extension: Literal["ignored", "counts"] = "ignored"
    """Whether a valid extension moves this limit; the statutory one it always moves."""
    measure: Literal["workdays", "office_days", "calendar_days", "full_days", "hours"] = "workdays"
    """Unit of the elapsed time: working days after the start day; office minutes over those of one office day;
    end date - start date; whole 24-hour periods; hours. Suspended time is taken out."""

    @property
    def end_columns(self) -> tuple[str, ...]:
        return self.earliest or self.latest

    @property
    def has_limit(self) -> bool:
        """Whether it needs no limit of a target: it has one, several, or deadlines in the file."""
        return bool(self.limit or self.limit_by or self.deadline_from)

    @property
    def own_limits(self) -> tuple[str, ...]:
        """Every limit that the clock names itself."""
        by = (*self.limit_by.limits.values(), self.limit_by.otherwise) if self.limit_by else ()
        return tuple(dict.fromkeys(limit for limit in (self.limit, *by) if limit))

    @property
    def times(self) -> tuple[str, ...]:
        """Columns that have to be dates or times."""
        receipt = (self.receipt.received, self.receipt.asked) if self.receipt else ()
        deadline = (self.deadline_from,) if self.deadline_from else ()
        return tuple(dict.fromkeys((self.start, *receipt, *self.end_columns, *deadline)))

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.times, self.limit_by.column) if self.limit_by else self.times

    @model_validator(mode="after")
    def check_end(self) -> CaseClock:
        if bool(self.earliest) == bool(self.latest):
            raise ValueError("give the end events as `earliest` or as `latest`, one of the two")
        if self.limit and self.limit_by:
            raise ValueError("give `limit` or `limit_by`, one of the two")
        return self
