"""Rules of a contract that hold within a row, or over the rows of one file."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from schemas.models.base import Exact, Name, Promise


class PairRule(Promise):
    """`left op right` holds in every row where both are filled (an open case has no end to compare)."""

    kind: Literal["pair"]
    code: str
    left: Name
    op: Literal["<=", "<", ">=", ">", "=="]
    right: Name
    level: Literal["quarantine", "note"] = "quarantine"
    message: str
    todo: str


class RateRule(Promise):
    """A stated percentage agrees with its own parts within `tolerance` percentage points."""

    kind: Literal["rate"]
    code: str
    rate: Name
    numerator: Name
    denominator: Name
    tolerance: Exact = Decimal("0.05")
    level: Literal["quarantine", "note"] = "note"
    message: str
    todo: str


class TotalRule(Promise):
    """The file's own total row equals the sum of its data rows.

    Of a wide table, each cell of the total row equals the sum of its column, and each cell of a total column (a header
    that is one of the total words) the sum of the columns of values in its line; not of sums since January.
    """

    kind: Literal["total"]
    code: str
    columns: tuple[Name, ...]
    level: Literal["refuse", "note"] = "note"
    message: str
    todo: str


class RequiredWhenRule(Promise):
    """`column` is filled wherever `when` has one of `values` (a closed case has an end)."""

    kind: Literal["required_when"]
    code: str
    column: Name
    when: Name
    values: tuple[str, ...]
    level: Literal["quarantine", "note"] = "quarantine"
    message: str
    todo: str


class RowCountRule(Promise):
    """The table has at least `minimum` and at most `maximum` data rows."""

    kind: Literal["row_count"]
    code: str
    minimum: int = 1
    maximum: int | None = None
    level: Literal["refuse", "note"] = "note"
    message: str
    todo: str


EntryCheck = Literal["known", "by_hand", "unit", "period", "day", "complete", "grade", "source"]


class EntryRule(Promise):
    """A row that a person entered agrees with the target it names, in the respect of `check`.

    `known`: the plan has the target. `by_hand`: it is one that people enter. `unit`: the plan has the unit.
    `period`: it fits the target's window and has begun. `day`: it is not in the future, nor outside the target's
    window. `complete`: all that its kind needs is filled. `grade`: it stands on the target's scale. `source`: a rank
    names where it is from.
    """

    kind: Literal["entry"]
    code: str
    check: EntryCheck
    column: Name
    """Where a breach is shown."""
    beside: tuple[Name, ...] = ()
    """Columns whose cells are shown with it."""
    level: Literal["quarantine", "note"] = "quarantine"
    message: str
    todo: str
