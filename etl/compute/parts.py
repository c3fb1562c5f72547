"""Mergeable parts: sums a (chunk, unit, month or period) of one indicator over rows of one source, as exact integers.

Every function takes a table expression and works out its parts in one query. A table that is cut into chunks
(`etl.compute.chunks.in_chunks`) gives parts a chunk; any other one gives them over all its rows. What a chunk gives is
a function of its own rows, the calendar and `as_of` alone, so that parts may be kept and added up (`part_store`).

Frames that leave this module have the columns of `PART_COLUMNS`: `unit` (None: the source has no reporting unit),
`kind` and `key` (see `case_parts`; `main` is what is judged), `period` (a month, or the file's own period),
`numerator`, `denominator` (exact, or None), `n`, and `blind`, `coarse`
(cases whose calendar is not published, or whose dates are too coarse for the limit). Of a table in chunks they also
have `CHUNK` and `WAKES`, and rows without a period for cases that belong to none yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import ibis
import pandas as pd

from etl.compute.cases import keep_rows
from etl.compute.chunks import CHUNK, chunk_keys
from etl.compute.expressions import TableExpr, ValueExpr
from schemas.models.contract import Contract
from schemas.models.indicator import Indicator, Part

PART_COLUMNS = ["kind", "key", "unit", "period", "numerator", "denominator", "n", "blind", "coarse"]
WAKES = "wakes_on"
"""The first day after `as_of` on which a case of the group counts otherwise although no row has changed."""
ONE = "_one"
"""A column of ones: counts the rows where a part names no column."""
_SCALE = 6
"""Decimals of the lake have six places; sums travel as integers of the sixth place."""


def month_of(day: ValueExpr) -> ValueExpr:
    """Running number of the month of a local date or time: what rows are grouped by, cheaper than a truncated date."""
    return (day.year() * 12 + day.month() - 1).cast("int32")


def month_number(first: dt.date) -> int:
    """The same of one date."""
    return first.year * 12 + first.month - 1


def name_month(month: ValueExpr) -> ValueExpr:
    """`2023-03`; made of the few groups."""
    year, rest = (month // 12).cast("string"), (month % 12 + 1).cast("string")
    return year + "-" + rest.lpad(2, "0")


def sum_by(
    table: TableExpr, period: ValueExpr, *, kind: str = "main", key: ValueExpr | None = None, **sums: ValueExpr
) -> pd.DataFrame:
    """`sums` a (chunk, unit, period), and `key` where given, in one query, as exact numbers; months are named."""
    sums = {"blind": ibis.literal(0), "coarse": ibis.literal(0), WAKES: ibis.null("date"), **sums}
    named = ibis.literal("") if key is None else key.cast("string").fill_null("")
    grouped = table.group_by(unit=table.unit, period=period, key=named, **chunk_keys(table)).aggregate(**sums)
    if CHUNK not in table.columns:
        grouped = grouped.filter(grouped.period.notnull()).drop(WAKES)
    if grouped.period.type().is_integer():
        grouped = grouped.mutate(period=name_month(grouped.period))
    frame = pd.DataFrame(grouped.to_pyarrow().to_pylist(), columns=list(grouped.columns), dtype=object)
    return frame.assign(kind=kind)


def ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns of parts, in their order."""
    return frame[[*PART_COLUMNS, *(name for name in (CHUNK, WAKES) if name in frame)]]


def _scaled(table: TableExpr, part: Part) -> ValueExpr:
    """Sum of the part in units of 10**-6, as a 128-bit integer.

    Rows that `where` leaves out add nothing: a unit none of whose rows is kept has 0, not a missing number.
    """
    kept = None
    for condition in part.where:
        test = table[condition.column].isin(list(condition.values))
        kept = test if kept is None else kept & test
    value: ValueExpr = table[ONE] if part.sum is None else table[part.sum]
    wide: Any = value.cast("decimal(38, 6)") * 10**_SCALE
    scaled: ValueExpr = wide.cast("decimal(38, 0)")
    chosen: ValueExpr = scaled if kept is None else ibis.ifelse(kept, scaled, 0)
    return chosen.sum()


def _missing(table: TableExpr, parts: Sequence[Part]) -> ValueExpr:
    """How many rows lack a number that a part needs."""
    total = ibis.literal(0)
    for part in parts:
        if part.sum is not None:
            total = total + table[part.sum].isnull().sum()
    return total


def figure_parts(table: TableExpr, indicator: Indicator, contract: Contract) -> pd.DataFrame:
    """Parts of `ratio` and `count`: by the file's period, or (cases) by the month of `counted_on`."""
    numerator = indicator.numerator or Part()
    unit = table[contract.unit_column] if contract.unit_column else ibis.null("string")
    table = keep_rows(table, indicator.where).mutate(**{ONE: 1, "unit": unit})
    by_month = indicator.counted_on is not None
    period = month_of(table[indicator.counted_on]) if by_month else table.period
    denominator = indicator.denominator
    frame = sum_by(
        table,
        period,
        numerator=_scaled(table, numerator),
        denominator=_scaled(table, denominator) if denominator else ibis.null("decimal(38, 0)"),
        n=table.count(),
        lacking=_missing(table, [p for p in (numerator, denominator) if p]),
    )
    for name in ("numerator", "denominator"):
        frame[name] = pd.Series([_unscaled(value) for value in frame[name]], index=frame.index, dtype=object)
    if denominator and not (by_month and denominator.sum):
        # the cases behind a reported rate are its denominator, not the rows of the file; where each row is a case and
        # the denominator an amount (yuan of contracts), the cases are the rows
        frame["n"] = [int(value) if value is not None else 0 for value in frame["denominator"]]
    frame.loc[frame["lacking"] > 0, ["numerator", "denominator"]] = None
    return ordered(frame)


def _unscaled(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value).scaleb(-_SCALE)
