"""An indicator: how a number is made from the rows of one source. No meaning is read from its name."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from schemas.models.base import Exact, Name, Promise
from schemas.models.case_clock import CaseClock


class Where(Promise):
    """Keeps the rows whose `column` is one of `values` (booleans: true/false), or is (not) `filled`."""

    column: Name
    values: tuple[str | bool, ...] = ()
    filled: bool | None = None

    @model_validator(mode="after")
    def check_test(self) -> Where:
        if bool(self.values) == (self.filled is not None):
            raise ValueError("give `values` or `filled`, one of the two")
        return self


class Part(Promise):
    """A sum over rows: of a column, or (without `sum`) of the rows themselves, filtered by `where`."""

    sum: Name | None = None
    where: tuple[Where, ...] = ()


class Indicator(Promise):
    """One indicator.

    Forms: `ratio` (sum of numerators over sum of denominators), `count` (cases or sums, cumulative targets),
    `case_share` (share of decided cases within the limit), `case_mean` (mean elapsed time of ended cases),
    `case_quantile` (elapsed time that the share `quantile` of the ended cases does not exceed: 0.5 is the median).
    """

    id: Name
    name_zh: str
    name_en: str
    family: str
    source: Name
    form: Literal["ratio", "count", "case_share", "case_mean", "case_quantile"]
    unit: str
    decimals: int = Field(ge=0, le=6)
    direction: Literal["higher_is_better", "lower_is_better"]
    numerator: Part | None = None
    denominator: Part | None = None
    where: tuple[Where, ...] = ()
    clock: CaseClock | None = None
    quantile: Exact | None = Field(None, gt=Decimal(0), lt=Decimal(1))
    """`case_quantile`: which one. The value is that of a case, the smallest with at least this share up to it."""
    by: tuple[Name, ...] = ()
    """Columns by whose words the same number is shown too (window, item, channel, voltage class), never judged."""
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
        if self.form in CASE_FORMS and self.clock is None:
            raise ValueError(f"form {self.form} needs a clock")
        if (self.form == "case_quantile") != (self.quantile is not None):
            raise ValueError("form case_quantile needs `quantile`, and only it takes one")
        return self

    @property
    def columns(self) -> set[str]:
        """Every column of the source that this indicator reads."""
        parts = [p for p in (self.numerator, self.denominator) if p]
        names = {w.column for w in self.where} | {w.column for p in parts for w in p.where}
        names |= {p.sum for p in parts if p.sum}
        if self.clock:
            names |= set(self.clock.columns)
        return names | set(self.by) | ({self.counted_on} if self.counted_on else set())


CASE_FORMS = ("case_share", "case_mean", "case_quantile")
"""Forms whose number is made of single cases and a clock."""
