"""Parts as rows: what `parts` works out, `part_store` keeps and `values` adds up."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd

from etl.compute.chunks import CHUNK, name_chunk
from etl.compute.parts import PART_COLUMNS, WAKES

ALL = ""
"""The chunk of parts over a table that is not cut into chunks."""


class PartRow(NamedTuple):
    """Sums over some rows of a source; a missing numerator or denominator makes every sum with it missing."""

    kind: str
    key: str
    unit: str | None
    period: str
    numerator: Decimal | int | None
    denominator: Decimal | int | None
    n: int
    blind: int = 0
    coarse: int = 0


@dataclass(frozen=True)
class Parts:
    """Parts of one measure by chunk, and when cases of a chunk change by themselves (never, where it is not named)."""

    rows: dict[str, list[PartRow]]
    wakes: dict[str, dt.date]

    @property
    def all_rows(self) -> Iterable[PartRow]:
        return (row for rows in self.rows.values() for row in rows)


def make_parts(frames: Iterable[pd.DataFrame]) -> Parts:
    """Rows from the frames of `parts`."""
    rows: dict[str, list[PartRow]] = defaultdict(list)
    wakes: dict[str, dt.date] = {}
    for record in (record for frame in frames for record in frame.to_dict("records")):
        chunk = name_chunk(record[CHUNK]) if CHUNK in record else ALL
        if record["period"] is not None:
            rows[chunk].append(PartRow(*(_plain(record[name]) for name in PART_COLUMNS)))
        wake = record.get(WAKES)
        if wake is not None:
            wakes[chunk] = min(wake, wakes.get(chunk, wake))
    return Parts(dict(rows), wakes)


def _plain(value: Any) -> Any:
    return None if value is None or value is pd.NA or value != value else value
