"""An indicator: how a number is made from the rows of one source. No meaning is read from its name."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from schemas.models.base import Exact, Name, Promise

LimitText = Annotated[
    str, StringConstraints(pattern=r"^\d+(\.\d+)? (workday|day|month|hour|office_hour|minute|office_minute)$")
]


class Where(Promise):
    """Keeps the rows whose `column` is one of `values` (booleans: true/false)."""

    column: Name
    values: tuple[str | bool, ...] = Field(min_length=1)


class Part(Promise):
    """A sum over rows: of a column, or (without `sum`) of the rows themselves, filtered by `where`."""

    sum: Name | None = None
    where: tuple[Where, ...] = ()


class CaseClock(Promise):
    """Which events start and stop the clock of one case, and how its time is counted.

    `earliest`: alternative end events, the first stops the clock; `latest`: all of them are needed
    (principal *and* interest).
    """

    start: Name
    earliest: tuple[Name, ...] = ()
    latest: tuple[Name, ...] = ()
    limit: LimitText | None = None
    """Unset: the target that uses the indicator brings the limit (kind `each_case`)."""
    after_hours: Literal["same_day", "next_opening"] = "same_day"
    last_day: Literal["midnight", "office_close"] = "midnight"
    measure: Literal["workdays", "office_days", "calendar_days", "full_days", "hours"] = "workdays"
    """Unit of the elapsed time: working days after the start day; office minutes over those of one office day;
    end date - start date; whole 24-hour periods; hours."""

    @property
    def end_columns(self) -> tuple[str, ...]:
        return self.earliest or self.latest

    @model_validator(mode="after")
    def check_end(self) -> CaseClock:
        if bool(self.earliest) == bool(self.latest):
            raise ValueError("give the end events as `earliest` or as `latest`, one of the two")
        return self


class Indicator(Promise):
    """One indicator.

    Forms: `ratio` (sum of numerators over sum of denominators), `count` (cases or sums, cumulative targets),
    `case_share` (share of decided cases within the limit), `case_mean` (mean elapsed time of ended cases).
    """

    id: Name
    name_zh: str
    name_en: str
    family: str
    source: Name
    form: Literal["ratio", "count", "case_share", "case_mean"]
    unit: str
    decimals: int = Field(ge=0, le=6)
    direction: Literal["higher_is_better", "lower_is_better"]
    numerator: Part | None = None
    denominator: Part | None = None
    where: tuple[Where, ...] = ()
    clock: CaseClock | None = None
    counted_on: Name | None = None
    """`count` and `ratio` over cases: the date column whose month counts the row."""
    missing: Literal["skip", "fail", "zero"]
    minimum_n: int = Field(5, ge=0)
    factor: Exact | None = None
    """Turns numerator/denominator into the unit of the value: 100 for %, default 1."""
    note: str = ""
    version: int = Field(1, ge=1)

    @model_validator(mode="after")
    def check_form(self) -> Indicator:
        if self.form == "ratio" and (self.numerator is None or self.denominator is None):
            raise ValueError("form ratio needs numerator and denominator")
        if self.form == "count" and self.numerator is None:
            raise ValueError("form count needs numerator")
        if self.form in ("case_share", "case_mean") and self.clock is None:
            raise ValueError(f"form {self.form} needs a clock")
        return self

    @property
    def columns(self) -> set[str]:
        """Every column of the source that this indicator reads."""
        parts = [p for p in (self.numerator, self.denominator) if p]
        names = {w.column for w in self.where} | {w.column for p in parts for w in p.where}
        names |= {p.sum for p in parts if p.sum}
        if self.clock:
            names |= {self.clock.start, *self.clock.end_columns}
        return names | ({self.counted_on} if self.counted_on else set())
