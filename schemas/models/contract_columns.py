"""One column of a contract: what its cells are read as, and what holds for each of them by itself."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import model_validator

from schemas.models.base import Exact, Name, Promise


class ColumnType(StrEnum):
    """What a cell is read as, after it was text."""

    TEXT = "text"
    ID = "id"
    UNIT = "unit"
    CODE = "code"
    INTEGER = "integer"
    DECIMAL = "decimal"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    PERIOD = "period"
    DURATION = "duration"


TokenMeaning = Literal["missing", "zero", "below_unit"]
"""What a word in a number cell means: nothing is known; nothing is there; more than nothing, less than the unit."""


DateOrder = Literal["mdy", "dmy"]
"""`01/31/2023` or `31/01/2023`. There is no default: of `03/04/2023` nobody can know which number is the month."""


class Column(Promise):
    """One column. `percent` values are kept as 95.2 for 95.2 %; `scale: fraction` says that 0.952 is meant."""

    name: Name
    header: str
    aliases: tuple[str, ...] = ()
    type: ColumnType
    required: bool = True
    """A required cell may not be empty; an optional one may (an open case has no end)."""
    optional_column: bool = False
    """The whole column may be absent from the file."""
    minimum: Exact | None = None
    maximum: Exact | None = None
    allowed: tuple[str, ...] = ()
    scale: Literal["percent", "fraction"] = "percent"
    date_only: Literal["start_of_day", "end_of_day"] | None = None
    date_order: DateOrder | None = None
    """Types date and datetime: how day, month and year follow each other in cells that do not begin with the year."""
    unit: Literal["workday", "day", "hour", "minute"] | None = None
    """Type duration: what the number counts; `3个工作日`, `2小时30分` and bare numbers are read into it."""
    check: Literal["uscc", "resident_id"] | None = None
    """Type id: the last digit proves the others (unified social credit code; number of an identity card)."""
    personal: bool = False
    """Of a natural person: only a keyed hash of it is kept, and nothing shows it. Types text and id alone."""
    person: Literal["id_number", "phone", "name"] | None = None
    """What a personal column holds; unset: `id_number` for type id, `name` for text. Columns of one kind hash alike in
    all sources, so that the same person is found again; columns of two kinds never do."""
    true_words: tuple[str, ...] = ("是", "√", "Y", "1")
    false_words: tuple[str, ...] = ("否", "×", "N", "0")

    @model_validator(mode="after")
    def check_bounds(self) -> Column:
        if self.allowed and self.type not in (ColumnType.CODE, ColumnType.TEXT):
            raise ValueError("allowed: only for columns of type code or text")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("minimum is above maximum")
        if (self.type is ColumnType.DURATION) != (self.unit is not None):
            raise ValueError("type duration needs unit, and only it takes one")
        if self.date_order and self.type not in (ColumnType.DATE, ColumnType.DATETIME):
            raise ValueError("date_order: only for columns of type date or datetime")
        if self.check and self.type is not ColumnType.ID:
            raise ValueError("check: only for columns of type id")
        return self

    @model_validator(mode="after")
    def check_personal(self) -> Column:
        if self.person and not self.personal:
            raise ValueError("person: only for columns with `personal: true`")
        if self.personal and self.type not in (ColumnType.TEXT, ColumnType.ID):
            raise ValueError("personal: only for columns of type text or id")
        if self.personal and self.allowed:
            raise ValueError("personal: a column of allowed words holds no person")
        return self

    @property
    def person_kind(self) -> str:
        """Of a personal column: what its hash speaks of."""
        return self.person or ("id_number" if self.type is ColumnType.ID else "name")
