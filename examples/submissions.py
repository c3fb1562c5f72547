"""What a department hands in: rows as values, beside them the cells that it spoilt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from examples.districts import Source
from examples.periods import Period

Cell = str | int | Decimal | dt.date | dt.datetime | None


@dataclass(frozen=True)
class Row:
    """One row: `values` as meant, `shown` the raw text of cells that do not say what they mean.

    `is_bad` marks a row that a sound check keeps out; the answer key never counts it.
    """

    values: Mapping[str, Cell]
    shown: Mapping[str, str] = field(default_factory=dict)
    is_bad: bool = False


@dataclass(frozen=True)
class Submission:
    """One file of a source for a period.

    Attributes:
        content: `table`; `garbage` (no table at all) and `other_table` (not this source's) must be refused.
        total_error: added to the first figure of the file's own total row.
    """

    source: Source
    period: Period
    file_name: str
    sent: dt.date
    rows: tuple[Row, ...]
    content: Literal["table", "garbage", "other_table"] = "table"
    total_error: int = 0

    @property
    def is_accepted(self) -> bool:
        return self.content == "table"

    @property
    def good_rows(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.is_bad)

    def find_line(self, index: int) -> int:
        """The row number, as people see it, of the data row at `index` (from 0)."""
        return self.source.header_line + 1 + index
