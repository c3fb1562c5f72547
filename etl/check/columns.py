"""A column of cells of a workbook as text and kinds: all cells of one type at once, equal to `to_text` cell by cell.

Offices export a hundred thousand lines of thirty columns; a Python call for each of those cells took longer than
reading the workbook did.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import compress
from typing import Any

import numpy as np
import pyarrow as pa

from etl.check.arrow import clean, is_one_of, pc
from etl.check.cell_texts import ERROR_TEXTS, LARGEST_EXACT, Share, to_text
from etl.check.grid import CellKind

Texts = tuple[pa.Array, np.ndarray]
"""Texts (null where empty) and kinds of some cells."""

_SAFE_INTEGER = 10**18
_PLACES = 6
_EXACT = 10.0**15
"""So many units of the last place and no more: a decimal of 15 digits is what its nearest double is shown as."""
_SMALLEST = 1e-4
"""Anything smaller is shown as a power of ten."""


def make_column(cells: Sequence[Any]) -> tuple[pa.Array, np.ndarray | None]:
    """Texts (null where empty) and kinds; None for the kinds where the whole column is text."""
    types = list(map(type, cells))
    present = set(types)
    if len(present) == 1:
        texts, kinds = _convert(cells, present.pop())
    else:
        texts, kinds = _convert_each(cells, types, sorted(present, key=lambda one: one.__name__))
    return texts, kinds if kinds.any() else None


def _convert_each(cells: Sequence[Any], types: list[type], present: Sequence[type]) -> Texts:
    """The cells of each type by themselves, then back in their order."""
    codes = np.fromiter(map({one: code for code, one in enumerate(present)}.__getitem__, types), np.uint8, len(types))
    parts = [_convert(list(compress(cells, codes == code)), one) for code, one in enumerate(present)]
    places = np.empty(len(cells), dtype=np.int64)
    places[np.argsort(codes, kind="stable")] = np.arange(len(cells))
    texts = pa.concat_arrays([texts for texts, _ in parts])
    return texts.take(pa.array(places)), np.concatenate([kinds for _, kinds in parts])[places]


def _convert(cells: Sequence[Any], kind: type) -> Texts:
    convert = _CONVERT.get(kind, _convert_singly)
    return convert(cells)


def _convert_singly(cells: Sequence[Any]) -> Texts:
    pairs = [to_text(cell) for cell in cells]
    kinds = np.fromiter((kind for _, kind in pairs), dtype=np.uint8, count=len(pairs))
    return clean(pa.array([text for text, _ in pairs], pa.string())), kinds


def _convert_texts(cells: Sequence[str]) -> Texts:
    texts, kinds = pa.array(cells, pa.string()), np.full(len(cells), CellKind.TEXT, dtype=np.uint8)
    if not ERROR_TEXTS.isdisjoint(cells):
        kinds[is_one_of(texts, sorted(ERROR_TEXTS))] = CellKind.ERROR
    return clean(texts), kinds


def _convert_numbers(cells: Sequence[float]) -> Texts:
    values = np.array(cells, dtype=np.float64)
    whole = np.floor(values) == values
    inexact = whole & (np.abs(values) > LARGEST_EXACT) & np.isfinite(values)
    return _write_numbers(values, whole), np.where(inexact, CellKind.INEXACT, CellKind.NUMBER).astype(np.uint8)


def _convert_shares(cells: Sequence[Share]) -> Texts:
    values = np.array(cells, dtype=np.float64)
    texts = _write_numbers(values, np.floor(values) == values)
    return texts, np.full(len(cells), CellKind.SHARE, dtype=np.uint8)


def _write_numbers(values: np.ndarray, whole: np.ndarray) -> pa.Array:
    quick = whole & (np.abs(values) < _SAFE_INTEGER)
    if quick.all():
        return pa.array(values.astype(np.int64)).cast(pa.string())
    units = np.rint(np.where(np.abs(values) < _EXACT, values, 0) * 10.0**_PLACES)
    short = (np.abs(units) < _EXACT) & (units / 10.0**_PLACES == values) & (np.abs(values) >= _SMALLEST) & ~quick
    texts = pc.if_else(
        pa.array(quick),
        pa.array(np.where(quick, values, 0).astype(np.int64)).cast(pa.string()),
        _write_decimals(np.where(short, units, 0).astype(np.int64)),
    )
    rest = ~quick & ~short
    if not rest.any():
        return texts
    words = pa.array([to_text(float(value))[0] for value in values[rest]], pa.string())
    return pc.replace_with_mask(texts, pa.array(rest), words)


def _write_decimals(units: np.ndarray) -> pa.Array:
    """Millionths as decimals, without zeros at the end; a whole number would lose its own."""
    whole = pa.array(units).cast(pa.decimal128(19, 0))
    decimals = pa.Array.from_buffers(pa.decimal128(19, _PLACES), len(whole), whole.buffers())
    return pc.utf8_rtrim(decimals.cast(pa.string()), characters="0")


def _convert_stamps(cells: Sequence[dt.datetime]) -> Texts:
    if any(cell.tzinfo for cell in cells):
        return _convert_singly(cells)
    # serial numbers carry the noise of binary fractions: as `to_text`, to the next millisecond
    micros = (np.asarray(pa.array(cells, pa.timestamp("us")).cast(pa.int64())) + 500) // 1000 * 1000
    stamps = pa.array(micros).cast(pa.timestamp("us"))
    texts = stamps.cast(pa.timestamp("s"), safe=False).cast(pa.string())
    fine = micros % 1_000_000 != 0
    if fine.any():
        texts = pc.if_else(pa.array(fine), stamps.cast(pa.string()), texts)
    return texts, np.full(len(cells), CellKind.DATETIME, dtype=np.uint8)


def _convert_days(cells: Sequence[dt.date]) -> Texts:
    return pa.array(cells, pa.date32()).cast(pa.string()), np.full(len(cells), CellKind.DATE, dtype=np.uint8)


_CONVERT: dict[type, Callable[[Any], Texts]] = {
    str: _convert_texts,
    float: _convert_numbers,
    Share: _convert_shares,
    dt.datetime: _convert_stamps,
    dt.date: _convert_days,
}
