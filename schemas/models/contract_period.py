"""Which period the files of a source speak of, and when they are owed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from schemas.models.base import Name, Promise


class PeriodSource(Promise):
    """Which period a file speaks of: written in its title or name, in a column, or spanned by its own rows.

    Weeks are those of ISO 8601; `ten_days` are 上旬, 中旬 and 下旬. Grain `any`: every row names a period of its own
    kind in `column`, or only a day, whose month then stands for it.
    """

    grain: Literal["week", "ten_days", "month", "quarter", "half", "year", "any"]
    read_from: tuple[Literal["title", "filename", "column", "rows"], ...]
    column: Name | None = None
    day: Name | None = None
    """Grain `any`: the date column whose month is the period of a row without one."""

    @property
    def is_sub_monthly(self) -> bool:
        return self.grain in ("week", "ten_days")

    @model_validator(mode="after")
    def check_column(self) -> PeriodSource:
        if ("column" in self.read_from) != (self.column is not None):
            raise ValueError("read_from: column needs `column`, and the other way round")
        if self.grain == "any" and (self.read_from != ("column",) or self.day is None):
            raise ValueError("grain any is read from a column of the rows alone, and needs `day`")
        if self.grain != "any" and self.day is not None:
            raise ValueError("only grain any takes `day`")
        return self


class Due(Promise):
    """When the department owes the file: so many days after the end of the period."""

    days: int = Field(ge=0)
    unit: Literal["day", "workday"] = "day"
