"""Reads the cases to which something happened - suspensions, extensions - into the columns that the clock works on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from etl.compute.expressions import TableExpr
from etl.core.clock.stop_frames import Stops, known_stops
from etl.core.clock.times import Bools, Ints, Times
from schemas.models.case_clock import CaseClock

PLACE = ("batch_id", "sheet", "line")
"""What names a row of the lake."""
MOST = 64
"""More suspensions of one case than this are no suspensions but a broken file."""
_OPTIONAL = ("_stops", "_signed_at", "_signed_coarse", "_extra", "_file_at", "_file_coarse", "_word")


@dataclass(frozen=True)
class SpecialCases:
    """The cases that are not counted by expressions alone, in columns.

    Attributes:
        places: the row of each, as an Arrow table of `PLACE`.
        starts, ends: as the clock counts them; an open case has no end.
        stops: those known at the as-of.
        signed, extra: an extension and how many units it is.
        file: the deadline that the file names.
        words: what the limit depends on.
    """

    places: pa.Table
    starts: Times
    ends: Times
    stops: Stops
    signed: Times
    extra: Ints
    file: Times
    words: npt.NDArray[np.object_]

    @property
    def count(self) -> int:
        return self.places.num_rows

    def only(self, mask: Bools) -> SpecialCases:
        """The cases of a mask."""
        stops = Stops(
            self.stops.since[mask], self.stops.until[mask], self.stops.recorded[mask], self.stops.lawful[mask]
        )
        return SpecialCases(
            self.places.filter(pa.array(mask)),
            self.starts[mask],
            self.ends[mask],
            stops,
            self.signed[mask],
            self.extra[mask],
            self.file[mask],
            self.words[mask],
        )

    def by_limit(self, clock: CaseClock, limit: str | None) -> list[tuple[Bools, str | None]]:
        """Which cases have which limit."""
        limit = limit or clock.limit
        if clock.limit_by is None or limit is not None:
            return [(np.ones(self.count, bool), limit)]
        by = clock.limit_by
        limits = np.array([by.limits.get(word, by.otherwise) for word in self.words], dtype=object)
        return [(limits == text, text) for text in sorted({*limits}, key=str)]


def has_special(table: TableExpr) -> bool:
    """Whether the source speaks of such events at all."""
    return "_stops" in table.columns or "_signed_at" in table.columns


def read_special(table: TableExpr, *, as_of: dt.date) -> SpecialCases:
    """The cases with a stop or a signed extension; what lies after `as_of` is not known yet."""
    tests = []
    if "_stops" in table.columns:
        tests.append((table._stops.length() > 0).fill_null(False))
    if "_signed_at" in table.columns:
        tests.append(table._signed_at.notnull() & table._extra.notnull())
    names = [*PLACE, "start_at", "start_coarse", "end_at", "end_coarse"]
    names += [name for name in _OPTIONAL if name in table.columns]
    chosen = table.filter(tests[0] if len(tests) == 1 else tests[0] | tests[1])
    rows: pa.Table = chosen.select(*names).to_pyarrow().combine_chunks()
    today = Times.of(np.full(rows.num_rows, np.datetime64(as_of.isoformat(), "us")), True)
    ends, signed = _times(rows, "end"), _times(rows, "_signed")
    return SpecialCases(
        places=rows.select(list(PLACE)),
        starts=_times(rows, "start"),
        ends=ends,
        stops=known_stops(_side_by_side(rows), ends, today),
        signed=signed.keep(~today.is_before(signed)),
        extra=_integers(rows, "_extra"),
        file=_times(rows, "_file"),
        words=_column(rows, "_word"),
    )


def _times(rows: pa.Table, prefix: str) -> Times:
    if f"{prefix}_at" not in rows.column_names:
        return Times.of(np.full(rows.num_rows, np.datetime64("NaT", "us")))
    return Times.of(_instants(rows[f"{prefix}_at"]), _flags(rows[f"{prefix}_coarse"]))


def _column(rows: pa.Table, name: str) -> npt.NDArray[np.object_]:
    if name not in rows.column_names:
        return np.full(rows.num_rows, None, dtype=object)
    return np.array(rows[name].to_pylist(), dtype=object)


def _integers(rows: pa.Table, name: str) -> Ints:
    if name not in rows.column_names:
        return np.zeros(rows.num_rows, np.int64)
    return pc.fill_null(rows[name], 0).to_numpy(zero_copy_only=False).astype(np.int64)


def _instants(column: Any) -> npt.NDArray[np.datetime64]:
    return column.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False).astype("datetime64[us]")


def _flags(column: Any) -> Bools:
    return pc.fill_null(column, False).to_numpy(zero_copy_only=False).astype(bool)


def _side_by_side(rows: pa.Table) -> Stops:
    """Arrays of stops as columns of a table, in order of their start."""
    count = rows.num_rows
    if "_stops" not in rows.column_names or not count:
        nothing = Times.of(np.full((count, 0), np.datetime64("NaT", "us")))
        return Stops(nothing, nothing, nothing, np.zeros((count, 0), bool))
    lists = rows["_stops"].combine_chunks()
    lengths = pc.fill_null(lists.value_lengths(), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    if (width := int(lengths.max())) > MOST:
        raise ValueError(f"a case has {width} suspensions; more than {MOST} are not believed")
    flat, case = lists.flatten(), np.repeat(np.arange(count), lengths)
    order = np.lexsort((_instants(flat.field("since")), case))
    place = np.arange(len(case)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    grid = _Grid((count, width), case, place, order)
    lawful = grid.spread(_flags(flat.field("lawful")), False)
    return Stops(grid.times(flat, "since"), grid.times(flat, "until"), grid.times(flat, "recorded"), lawful)


@dataclass(frozen=True)
class _Grid:
    """Where each of the flat stops goes: its case is the row, its turn the column."""

    shape: tuple[int, int]
    case: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    order: npt.NDArray[np.intp]

    def spread(self, values: npt.NDArray[Any], empty: Any) -> npt.NDArray[Any]:
        grid = np.full(self.shape, empty, dtype=values.dtype)
        grid[self.case, self.place] = values[self.order]
        return grid

    def times(self, flat: Any, name: str) -> Times:
        at = self.spread(_instants(flat.field(name)), np.datetime64("NaT", "us"))
        return Times.of(at, self.spread(_flags(flat.field(f"{name}_coarse")), False))
