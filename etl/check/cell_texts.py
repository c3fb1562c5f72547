"""A cell of a workbook, a Python value, as text, and what it was before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from etl.check.grid import CellKind

LARGEST_EXACT = 2**53
"""From here on a number cell cannot hold every whole number: the last digits of an id are already gone."""

ERROR_TEXTS = frozenset({"#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})


class Share(float):
    """A number cell that is shown as a percentage: 0.952 under the format `0.0%`, which people read as 95.2 %."""

    __slots__ = ()


class _NotCalculated(str):
    """A formula whose result the file does not hold."""

    __slots__ = ()


NOT_CALCULATED = _NotCalculated("（公式）")


def to_text(cell: Any) -> tuple[str | None, CellKind]:
    """A cell as text, and what it was before."""
    convert = _CONVERT.get(type(cell))
    return convert(cell) if convert else (str(cell), CellKind.TIME)


def _number_to_text(value: float) -> tuple[str, CellKind]:
    if value.is_integer():
        return str(int(value)), CellKind.NUMBER if abs(value) <= LARGEST_EXACT else CellKind.INEXACT
    # 15 significant digits are what Excel shows; the rest is the noise of binary fractions (95.19999999999999).
    return format(value, ".15g"), CellKind.NUMBER


def _round_to_millisecond(value: dt.datetime) -> dt.datetime:
    """Serial numbers carry the noise of binary fractions: 09:32:08.999997 is 09:32:09."""
    rounded = value + dt.timedelta(microseconds=500)
    return rounded.replace(microsecond=rounded.microsecond // 1000 * 1000)


_CONVERT: dict[type, Callable[[Any], tuple[str | None, CellKind]]] = {
    str: lambda v: (v, CellKind.ERROR if v in ERROR_TEXTS else CellKind.TEXT),
    bool: lambda v: ("TRUE" if v else "FALSE", CellKind.BOOLEAN),
    int: lambda v: (str(v), CellKind.NUMBER if abs(v) <= LARGEST_EXACT else CellKind.INEXACT),
    float: _number_to_text,
    _NotCalculated: lambda v: (str(v), CellKind.NOT_CALCULATED),
    Share: lambda v: (_number_to_text(float(v))[0], CellKind.SHARE),
    dt.datetime: lambda v: (_round_to_millisecond(v).isoformat(sep=" "), CellKind.DATETIME),
    dt.date: lambda v: (v.isoformat(), CellKind.DATE),
}
