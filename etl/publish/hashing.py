"""Content hashes: what makes two verdicts the same verdict, whatever day they were given on."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from etl.core.verdict_frames import SCHEMA, Promised, VerdictFrame
from etl.core.verdicts import VerdictRow

HASH_BYTES = 16
VERDICT_FIELDS = tuple(f.name for f in fields(VerdictRow) if f.name != "evidence")
_TEXTS = frozenset(f.name for f in SCHEMA if pa.types.is_string(f.type) or pa.types.is_dictionary(f.type))
_BETWEEN, _NOTHING = b"\x1f", b"\x00"
"""Control characters, which no field holds: no two verdicts can run together into one text."""


def hash_frame(frame: VerdictFrame) -> list[str]:
    """Hashes of everything that the verdicts say; not of the day they were given (as_of).

    Evidence is not part of it: it follows from the batches, which are, and is looked up only for rows that are written.
    """
    if not len(frame):
        return []
    columns = {name: frame.table[name].combine_chunks() for name in frame.table.column_names}
    texts = [column.cast(pa.string()).cast(pa.binary()) for name, column in columns.items() if name in _TEXTS]
    how = pc.JoinOptions(null_handling="replace", null_replacement=_NOTHING)
    numbers = _number_bytes([column for name, column in columns.items() if name not in _TEXTS])
    said = pc.call_function("binary_join_element_wise", [numbers, *texts, pa.scalar(_BETWEEN)], how)
    shared = hashlib.sha256(_shared_text(frame.promised).encode()).digest()
    make = hashlib.blake2b
    return [make(text, digest_size=HASH_BYTES, key=shared).hexdigest() for text in said.to_pylist()]


def _number_bytes(columns: Sequence[Any]) -> pa.Array:
    """The numbers of each row as bytes of one length: exact integers of fixed places, and which of them are missing."""
    words: list[npt.NDArray[np.int64]] = []
    missing = np.zeros(len(columns[0]), dtype=np.int64)
    for place, column in enumerate(columns):
        there = column.is_valid().to_numpy(zero_copy_only=False)
        missing |= np.where(there, 0, 1 << place)
        if pa.types.is_decimal(column.type):
            start = column.offset * 2
            pairs = np.frombuffer(column.buffers()[1], dtype="<i8")[start : start + len(column) * 2].reshape(-1, 2)
            words += [np.where(there, pairs[:, 0], 0), np.where(there, pairs[:, 1], 0)]
        else:
            whole = column.cast(pa.int32()) if pa.types.is_date(column.type) else column
            words.append(whole.cast(pa.int64()).fill_null(0).to_numpy())
    table = np.ascontiguousarray(np.stack([*words, missing], axis=1), dtype="<i8")
    width = pa.binary(table.shape[1] * 8)
    return pa.FixedSizeBinaryArray.from_buffers(width, len(table), [None, pa.py_buffer(table)]).cast(pa.binary())


def hash_verdict(row: VerdictRow) -> str:
    """Hash of one row: that which it has in any frame.

    Raises:
        ValueError: a number is NaN or infinite.
        TypeError: a number is a float.
    """
    return hash_frame(VerdictFrame.of_rows([row])[0])[0]


def _shared_text(promised: Promised) -> str:
    said = {name: _canonical_number(value) for name, value in asdict(promised).items()}
    return json.dumps(said, default=_canonical, sort_keys=True, ensure_ascii=False)


def _canonical(value: object) -> object:
    """96, 96.0 and 96.00 are one number: PostgreSQL keeps the scale, a recomputation may not."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"a verdict holds {value}; a missing number is None")
        text = format(value, "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a verdict cannot hold {type(value).__name__}")


def _canonical_number(value: object) -> object:
    """The integer 96 and the decimal 96 are one number too; floats are refused, they are never exact."""
    if isinstance(value, float):
        raise TypeError(f"a verdict holds the float {value!r}; numbers are Decimal or int")
    return str(value) if type(value) is int else value


def dump_json(value: Any) -> str:
    """JSON text for a JSONB column; decimals become JSON numbers."""
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return to_number(value)
    return _canonical(value)


def to_number(value: Decimal | None) -> int | float | None:
    """A JSON number: 96 stays an integer, 0.5 stays 0.5."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
