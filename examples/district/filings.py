"""What departments hand in: rows as typed values by column name, beside them the cells that they spoilt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from examples.district.days import step_workdays
from examples.district.pack import Contract
from examples.district.spans import Span

Cell = str | int | bool | Decimal | dt.date | dt.datetime | None
Values = Mapping[str, Cell]


@dataclass(frozen=True)
class Line:
    """One row. `is_held`: a sound check keeps it out, the key never counts it; `shown` is raw text instead."""

    values: Values
    is_held: bool = False
    shown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Filing:
    """One file of a source for a period.

    Attributes:
        content: `garbage` and `other_table` must be refused.
        extra: what a second file of the period has behind its name.
    """

    contract: Contract
    span: Span
    lines: tuple[Line, ...]
    sent: dt.date
    content: Literal["table", "garbage", "other_table"] = "table"
    extra: str = ""

    @property
    def is_accepted(self) -> bool:
        return self.content == "table"

    @property
    def good_lines(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.is_held)


def owed_on(contract: Contract, span: Span) -> dt.date:
    """The last day on which the file of the period is in time."""
    if contract.due_unit == "workday":
        return step_workdays(span.last, contract.due_days)
    return span.last + dt.timedelta(days=contract.due_days)
