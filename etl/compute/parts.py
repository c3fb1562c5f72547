"""Mergeable parts: sums a (chunk, unit, month or period) of one indicator over rows of one source, as exact integers.

Every function takes a table expression and works out its parts in one query. A table that is cut into chunks
(`etl.compute.chunks.in_chunks`) gives parts a chunk; any other one gives them over all its rows. What a chunk gives is
a function of its own rows, the calendar and `as_of` alone, so that parts may be kept and added up (`part_store`).

Frames that leave this module have the columns of `PART_COLUMNS`: `unit` (None: the source has no reporting unit),
`period` (a month, or the file's own period), `numerator`, `denominator` (exact, or None), `n`, and `blind`, `coarse`
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

from etl.compute.calendar_join import CalendarTables
from etl.compute.cases import (
    case_table,
    elapsed,
    elapsed_divisor,
    judged_cases,
    keep_rows,
    office_second,
)
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
    """First day of the month of a local date or time: what rows are grouped by; names are made of the few groups."""
    return day.cast("date").truncate("M")


def name_month(month: ValueExpr) -> ValueExpr:
    """`2023-03`."""
    return month.strftime("%Y-%m")


def sum_by(table: TableExpr, period: ValueExpr, *, kind: str = "main", **sums: ValueExpr) -> pd.DataFrame:
    """`sums` a (chunk, unit, period) in one query, as Python's own exact numbers; months are named."""
    sums = {"blind": ibis.literal(0), "coarse": ibis.literal(0), WAKES: ibis.null("date"), **sums}
    grouped = table.group_by(unit=table.unit, period=period, **chunk_keys(table)).aggregate(**sums)
    if CHUNK not in table.columns:
        grouped = grouped.filter(grouped.period.notnull()).drop(WAKES)
    if grouped.period.type().is_date():
        grouped = grouped.mutate(period=name_month(grouped.period))
    frame = pd.DataFrame(grouped.to_pyarrow().to_pylist(), columns=list(grouped.columns), dtype=object)
    return frame.assign(kind=kind, key="")


def _order(frame: pd.DataFrame) -> pd.DataFrame:
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
    return _order(frame)


def _unscaled(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value).scaleb(-_SCALE)


def share_parts(
    table: TableExpr, indicator: Indicator, contract: Contract, limit: str, calendar: CalendarTables, *, as_of: dt.date
) -> pd.DataFrame:
    """Parts of `case_share`: decided cases by the month that decided them, and how many were on time.

    An undecided case wakes on its deadline.
    """
    clock = indicator.clock
    assert clock is not None  # noqa: S101 - the model guarantees it
    cases = case_table(table, indicator, contract, calendar, as_of=as_of)
    cases = judged_cases(cases, clock, limit, calendar, as_of=as_of)
    frame = sum_by(
        cases,
        month_of(cases.decided_on),
        numerator=cases.is_kept.sum(),
        n=cases.count(),
        blind=cases.is_blind.sum(),
        coarse=cases.is_coarse.sum(),
        wakes_on=ibis.ifelse(cases.decided_on.isnull(), cases.deadline_date, ibis.null("date")).min(),
    )
    return _order(frame.assign(denominator=frame["n"]))


def mean_parts(
    table: TableExpr, indicator: Indicator, contract: Contract, calendar: CalendarTables, *, as_of: dt.date
) -> pd.DataFrame:
    """Parts of `case_mean`: sum of elapsed time and (scaled) number of the cases that ended in each month."""
    clock = indicator.clock
    assert clock is not None  # noqa: S101 - the model guarantees it
    cases = case_table(table, indicator, contract, calendar, as_of=as_of)
    cases = cases.filter(cases.end_at.notnull())
    span = elapsed(cases, clock, contract, calendar)
    coarse = cases.start_coarse | cases.end_coarse if clock.measure in ("office_days", "hours") else ibis.literal(False)
    cases = cases.mutate(_span=span, _coarse=coarse)
    frame = sum_by(
        cases,
        month_of(cases.end_at),
        numerator=cases._span.sum(),
        n=cases.count(),
        blind=cases._span.isnull().sum(),
        coarse=cases._coarse.sum(),
    )
    return _order(frame.assign(denominator=frame["n"] * elapsed_divisor(clock, calendar)))


def open_parts(
    table: TableExpr, indicator: Indicator, contract: Contract, calendar: CalendarTables, *, as_of: dt.date
) -> pd.DataFrame:
    """Kinds `started` and `ended`: how many cases did in each month (`n`), and the sum of their start numbers.

    The age of the cases open at the end of any month follows from running sums of both (`open_cases`).
    """
    cases = case_table(table, indicator, contract, calendar, as_of=as_of)
    cases = cases.mutate(_start=_start_number(cases, indicator, calendar))
    gone = cases.filter(cases.end_at.notnull())
    frames = [
        sum_by(rows, month_of(day), kind=kind, numerator=rows._start.sum(), n=rows.count())
        for kind, rows, day in (("started", cases, cases.start_at), ("ended", gone, gone.end_at))
    ]
    return _order(pd.concat(frames, ignore_index=True).assign(denominator=None))


def _start_number(cases: TableExpr, indicator: Indicator, calendar: CalendarTables) -> ValueExpr:
    clock = indicator.clock
    assert clock is not None  # noqa: S101 - the model guarantees it
    if clock.measure == "workdays":
        return cases.start_no
    if clock.measure == "office_days":
        return office_second(cases, "start", calendar)
    if clock.measure == "hours":
        return cases.start_at.epoch_seconds()
    return cases.start_at.date().epoch_days().cast("int64")
