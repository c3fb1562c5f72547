"""What parsing a column gives: typed values, and which cells could not be read and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

UNREADABLE = "VALUE.UNREADABLE"
ERROR_CELL = "VALUE.ERROR_CELL"
NOT_CALCULATED = "VALUE.NOT_CALCULATED"
DIGITS_LOST = "VALUE.DIGITS_LOST"
UNIT_UNKNOWN = "UNIT.UNKNOWN"

DATE_TYPE = pa.date32()
STAMP_TYPE = pa.timestamp("us")
DECIMAL_TYPE = pa.decimal128(20, 6)
PERCENT_TYPE = pa.decimal128(12, 6)


@dataclass(frozen=True)
class Parsed:
    """One column of one block.

    Attributes:
        values: typed; null where the cell is empty, means "missing", or has a problem.
        date_only: for dates and datetimes, true where the cell had no time.
        problems: finding code -> mask of the cells that have it.
        words: for number columns, `—:missing` where a word stood for a number; None where no cell had one.
        digits_hold: for ids with a check digit, whether it proves the others (empty cells: true).
    """

    values: pa.Array
    date_only: np.ndarray | None = None
    problems: Mapping[str, np.ndarray] = field(default_factory=dict)
    words: pa.Array | None = None
    digits_hold: np.ndarray | None = None
