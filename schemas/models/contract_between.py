"""Rules of a contract that look beyond one row: at other rows, at earlier periods, at other sources."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from schemas.models.base import Exact, Name, Promise

HISTORY_PERIODS, HISTORY_LEAST = 12, 6


class ReferenceRule(Promise):
    """A filled cell of `column` stands in another source's column, or in a list of the pack.

    `source` and `key`: among the rows of that source that are in the lake or accepted. `list: units`: among the units
    of the source's plans, in any spelling of theirs; any other `list`: among the codes of `lists/<list>.yml`. Where the
    other source has nothing yet, the file gets a note.
    """

    kind: Literal["reference"]
    code: str
    column: Name
    source: Name | None = None
    key: Name | None = None
    list: Name | None = None
    level: Literal["quarantine", "note"] = "quarantine"
    message: str
    todo: str

    @model_validator(mode="after")
    def check_aim(self) -> ReferenceRule:
        if (self.source is None) != (self.key is None) or (self.source is None) == (self.list is None):
            raise ValueError("a reference names `source` and `key`, or `list`")
        return self

    @property
    def own_columns(self) -> tuple[str, ...]:
        return (self.column,)


class NotFutureRule(Promise):
    """What `column` says has happened: its date is not after the day on which the file is checked."""

    kind: Literal["not_future"]
    code: str
    column: Name
    level: Literal["quarantine", "note"] = "quarantine"
    message: str
    todo: str

    @property
    def own_columns(self) -> tuple[str, ...]:
        return (self.column,)


class SequenceRule(Promise):
    """Running numbers: within the rows of one `by`, the values of `column` go up by one, without gap or repetition.

    The row after a gap (or the repetition) breaks the rule; the order of the lines does not matter.
    """

    kind: Literal["sequence"]
    code: str
    column: Name
    by: tuple[Name, ...] = ()
    level: Literal["quarantine", "note"] = "note"
    message: str
    todo: str

    @property
    def own_columns(self) -> tuple[str, ...]:
        return (self.column, *self.by)


class CarriedRule(Promise):
    """`opening` of a period is `closing` of the period right before it, for rows of one key.

    A row without a row of the period before is not judged; where no row has one, the file gets a note.
    """

    kind: Literal["carried"]
    code: str
    opening: Name
    closing: Name
    level: Literal["quarantine", "note"] = "note"
    message: str
    todo: str

    @property
    def own_columns(self) -> tuple[str, ...]:
        return (self.opening, self.closing)

    @property
    def periods(self) -> int:
        """How many earlier periods it looks at."""
        return 1


class PlausibleRule(Promise):
    """A figure lies where the figures of the same key lay in its last `periods` periods (of the same grain).

    Outside means: further from their median than `cutoff` robust standard deviations (see etl/check/usual.py) and than
    `least_share` of the median. With fewer than `at_least` earlier figures nothing is said.
    """

    kind: Literal["plausible"]
    code: str
    columns: tuple[Name, ...] = Field(min_length=1)
    periods: int = Field(default=HISTORY_PERIODS, ge=1)
    at_least: int = Field(default=HISTORY_LEAST, ge=3)
    cutoff: Exact = Decimal("3.5")
    least_share: Exact = Decimal("0.2")
    level: Literal["quarantine", "note"] = "note"
    message: str
    todo: str

    @property
    def own_columns(self) -> tuple[str, ...]:
        return self.columns


class UsualRowsRule(Promise):
    """The number of data rows lies where it lay in the files of the last `periods` periods; as `plausible`."""

    kind: Literal["usual_rows"]
    code: str
    periods: int = Field(default=HISTORY_PERIODS, ge=1)
    at_least: int = Field(default=HISTORY_LEAST, ge=3)
    cutoff: Exact = Decimal("3.5")
    least_share: Exact = Decimal("0.2")
    level: Literal["refuse", "note"] = "note"
    message: str
    todo: str

    @property
    def own_columns(self) -> tuple[str, ...]:
        return ()


class Side(Promise):
    """One side of a reconciliation: the sum of `column`, or without one the number of rows.

    `where`: only rows with these words. `counted_on`: the date column whose period counts; without it the row's own
    period. `by`: the column of units; where both sides name one, the figures are compared unit by unit.
    """

    column: Name | None = None
    where: dict[Name, tuple[str, ...]] = Field(default_factory=dict)
    counted_on: Name | None = None
    by: Name | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.column, self.counted_on, self.by, *self.where) if name)


class ReconcileRule(Promise):
    """A figure of this source agrees with that of another one, period by period.

    It is looked at once both sources have rows of a period; the note goes to the file that came later. `tolerance` is
    in the unit of the figures, `tolerance_share` a share of the larger one; the wider of the two holds.
    """

    kind: Literal["reconcile"]
    code: str
    mine: Side
    source: Name
    theirs: Side
    grain: Literal["month", "quarter", "half", "year"] = "month"
    tolerance: Exact = Decimal(0)
    tolerance_share: Exact = Decimal(0)
    level: Literal["note"] = "note"
    message: str
    todo: str

    @model_validator(mode="after")
    def check_units(self) -> ReconcileRule:
        if (self.mine.by is None) != (self.theirs.by is None):
            raise ValueError("reconcile: name `by` on both sides or on neither")
        return self

    @property
    def own_columns(self) -> tuple[str, ...]:
        return self.mine.columns


BetweenRule = ReferenceRule | NotFutureRule | SequenceRule | CarriedRule | PlausibleRule | UsualRowsRule | ReconcileRule
HistoryRule = CarriedRule | PlausibleRule | UsualRowsRule
