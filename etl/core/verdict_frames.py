"""Verdicts as columns: what judge makes and publish compares; rows (`VerdictRow`) are made only where one is read.

A frame holds verdicts of one target: what all its rows share is said once, the rest are columns of an Arrow table.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

import pyarrow as pa

from etl.core.verdicts import EvidenceRow, VerdictRow

NUMBER_PLACES = 10
PART_PLACES = 9
NUMBER = pa.decimal128(38, NUMBER_PLACES)
"""Values and what is shown beside them."""
PART = pa.decimal128(38, PART_PLACES)
"""Numerators and denominators."""
NAME = pa.dictionary(pa.int32(), pa.string())

SCHEMA = pa.schema(
    [
        *((name, NAME) for name in ("unit", "period")),
        ("period_end", pa.date32()),
        ("is_current", pa.bool_()),
        *((name, NAME) for name in ("status", "reason", "light")),
        ("sentence", pa.string()),
        ("sentence_en", pa.string()),
        ("exceeded", pa.bool_()),
        ("value", NUMBER),
        *((name, PART) for name in ("numerator", "denominator")),
        ("n", pa.int64()),
        *((name, NUMBER) for name in ("low", "high", "gap", "projected", "progress", "time_share")),
        ("carried_from", NAME),
        ("pooled", pa.int64()),
        ("marks", pa.string()),
        ("batches", NAME),
    ]
)
"""The columns of a frame; `marks` is a canonical JSON text, `batches` their ids joined by `BETWEEN_BATCHES`. Missing
numbers are null."""
BETWEEN_BATCHES = "\n"

VerdictKey = tuple[str, str, str, str]


@dataclass(frozen=True, kw_only=True)
class Promised:
    """What all rows of a frame share; the fields are those of `VerdictRow`."""

    plan: str
    target: str
    comparator: str
    target_unit: str
    clause: str
    basis: str
    strength: str
    control: str
    target_value: Decimal | None = None
    stretch: Decimal | None = None
    due: dt.date | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, row: VerdictRow) -> Promised:
        return cls(**{name: getattr(row, name) for name in PROMISED})


PROMISED = tuple(f.name for f in fields(Promised))


@dataclass(frozen=True)
class VerdictFrame:
    """Verdicts of one target; `table` has the columns of `SCHEMA`."""

    promised: Promised
    table: pa.Table

    def __len__(self) -> int:
        return self.table.num_rows

    def rows(self, places: Sequence[int] | None = None) -> Iterator[VerdictRow]:
        """The rows as objects, all of them or those at `places`."""
        shared = {name: getattr(self.promised, name) for name in PROMISED}
        table = self.table if places is None else self.table.take(pa.array(places, type=pa.int64()))
        for row in table.to_pylist():
            yield VerdictRow(**shared, **_read_row(row))

    @classmethod
    def of_rows(cls, rows: Iterable[VerdictRow]) -> list[VerdictFrame]:
        """Frames of rows: those that share their promise stand together, in the order given.

        Raises:
            ValueError: a number is NaN, infinite or has too many decimals.
            TypeError: a number is a float.
        """
        groups: dict[str, tuple[Promised, list[VerdictRow]]] = {}
        for row in rows:
            promised = Promised.of(row)
            groups.setdefault(repr(promised), (promised, []))[1].append(row)
        return [cls(promised, _table_of(group)) for promised, group in groups.values()]


@dataclass(frozen=True)
class VerdictSet:
    """A whole set of verdicts; `evidence` holds the deciding rows of those whose rows were looked up.

    A row's number counts through all frames, from 0.
    """

    frames: tuple[VerdictFrame, ...]
    evidence: Mapping[VerdictKey, tuple[EvidenceRow, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(len(frame) for frame in self.frames)

    @classmethod
    def of_rows(cls, rows: Iterable[VerdictRow]) -> VerdictSet:
        """A set from rows, their evidence beside them."""
        kept = list(rows)
        return cls(tuple(VerdictFrame.of_rows(kept)), {row.key: row.evidence for row in kept if row.evidence})

    def offsets(self) -> list[int]:
        """Number of the first row of each frame."""
        return [0, *itertools.accumulate(len(frame) for frame in self.frames)][: len(self.frames)]

    def rows(self, numbers: Sequence[int] | None = None) -> Iterator[VerdictRow]:
        """The rows as objects, without evidence: all of them, or those of the (rising) numbers given."""
        if numbers is None:
            for frame in self.frames:
                yield from frame.rows()
            return
        left = iter([*numbers, -1])
        number = next(left)
        for start, frame in zip(self.offsets(), self.frames, strict=True):
            places = []
            while start <= number < start + len(frame):
                places.append(number - start)
                number = next(left)
            if places:
                yield from frame.rows(places)


_DECIMALS = tuple(f.name for f in SCHEMA if pa.types.is_decimal(f.type))


def _read_row(row: dict[str, Any]) -> dict[str, Any]:
    for name in _DECIMALS:
        row[name] = None if row[name] is None else row[name].normalize() + 0
    row["marks"] = json.loads(row["marks"])
    row["batches"] = tuple(row["batches"].split(BETWEEN_BATCHES)) if row["batches"] else ()
    return row


def _table_of(rows: Sequence[VerdictRow]) -> pa.Table:
    columns = []
    for column in SCHEMA:
        items = [_write_cell(column.name, getattr(row, column.name)) for row in rows]
        if pa.types.is_dictionary(column.type):
            columns.append(pa.array(items, type=pa.string()).dictionary_encode())
        else:
            columns.append(pa.array(items, type=column.type))
    return pa.table(columns, schema=SCHEMA)


def _write_cell(name: str, value: Any) -> Any:
    """A cell as Arrow takes it; numbers have to be exact.

    Raises:
        TypeError: a number is a float.
    """
    if name == "marks":
        return canonical_json(dict(value))
    if name == "batches":
        return BETWEEN_BATCHES.join(value)
    if isinstance(value, float):
        raise TypeError(f"a verdict holds the float {value!r}; numbers are Decimal or int")
    return Decimal(value) if name in _DECIMALS and value is not None else value


def canonical_json(value: Any) -> str:
    """One text for one content."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
