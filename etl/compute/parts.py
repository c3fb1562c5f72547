"""Mergeable parts: sums a (unit, month or period) of one indicator over the rows of one source, as exact integers.

Frames that leave this module have the columns of `PART_COLUMNS`: `unit` (None: the source has no reporting unit),
`period` (a month, or the file's own period), `numerator`, `denominator` (Decimal), `n`, and `blind`, `coarse`
(cases whose calendar is not published, or whose dates are too coarse for the limit).
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
from etl.compute.expressions import TableExpr, ValueExpr
from etl.core.periods import Period
from schemas.models.contract import Contract
from schemas.models.indicator import Indicator, Part

PART_COLUMNS = ["unit", "period", "numerator", "denominator", "n", "blind", "coarse"]
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


def sum_by_month(table: TableExpr, day: ValueExpr, **sums: ValueExpr) -> pd.DataFrame:
    """`sums` a (unit, month) as a frame with `unit` and `period`."""
    grouped = table.group_by(unit=table.unit, _month=month_of(day)).aggregate(**sums)
    return grouped.mutate(period=name_month(grouped._month)).drop("_month").execute()


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
    table = keep_rows(table, indicator.where).mutate(**{ONE: 1})
    by_month = indicator.counted_on is not None
    period = month_of(table[indicator.counted_on]) if by_month else table.period
    unit = table[contract.unit_column] if contract.unit_column else ibis.null("string")
    denominator = indicator.denominator
    grouped = table.group_by(unit=unit, period=period).aggregate(
        numerator=_scaled(table, numerator),
        denominator=_scaled(table, denominator) if denominator else ibis.null("decimal(38, 0)"),
        n=table.count(),
        lacking=_missing(table, [p for p in (numerator, denominator) if p]),
    )
    if by_month:
        grouped = grouped.mutate(period=name_month(grouped.period))
    frame = grouped.execute()
    for name in ("numerator", "denominator"):
        frame[name] = [_unscaled(value) for value in frame[name]]
    if denominator and not (by_month and denominator.sum):
        # the cases behind a reported rate are its denominator, not the rows of the file; where each row is a case and
        # the denominator an amount (yuan of contracts), the cases are the rows
        frame["n"] = [int(value) if value is not None else 0 for value in frame["denominator"]]
    frame.loc[frame["lacking"] > 0, ["numerator", "denominator"]] = None
    return frame.assign(blind=0, coarse=0)[PART_COLUMNS]


def _unscaled(value: object) -> Decimal | None:
    if value is None or value is pd.NA or value != value:
        return None
    return Decimal(value if isinstance(value, (Decimal, int)) else str(value)).scaleb(-_SCALE)


def share_parts(
    table: TableExpr, indicator: Indicator, contract: Contract, limit: str, calendar: CalendarTables, *, as_of: dt.date
) -> pd.DataFrame:
    """Parts of `case_share`: decided cases by the month that decided them, and how many were on time."""
    clock = indicator.clock
    assert clock is not None  # noqa: S101 - the model guarantees it
    cases = case_table(table, indicator, contract, calendar, as_of=as_of)
    cases = judged_cases(cases, clock, limit, calendar, as_of=as_of)
    cases = cases.filter(cases.decided_on.notnull())
    frame = sum_by_month(
        cases,
        cases.decided_on,
        numerator=cases.is_kept.sum(),
        n=cases.count(),
        blind=cases.is_blind.sum(),
        coarse=cases.is_coarse.sum(),
    )
    return frame.assign(denominator=frame["n"])[PART_COLUMNS]


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
    frame = sum_by_month(
        cases,
        cases.end_at,
        numerator=cases._span.sum(),
        n=cases.count(),
        blind=cases._span.isnull().sum(),
        coarse=cases._coarse.sum(),
    )
    return frame.assign(denominator=frame["n"] * elapsed_divisor(clock, calendar))[PART_COLUMNS]


def open_parts(
    table: TableExpr,
    indicator: Indicator,
    contract: Contract,
    calendar: CalendarTables,
    periods: Sequence[Period],
    *,
    as_of: dt.date,
) -> pd.DataFrame:
    """Age of the cases open at the end of each period (at `as_of` where that is earlier), by running sums.

    Sum of ages at day E = (open cases) * number(E) - sum of their start numbers; both are differences of what started
    and what ended up to E, so parts of months add up and no case is read twice.
    """
    clock = indicator.clock
    assert clock is not None  # noqa: S101 - the model guarantees it
    cases = case_table(table, indicator, contract, calendar, as_of=as_of)
    start = _start_number(cases, indicator, calendar)
    cases = cases.mutate(_start=start)
    started = sum_by_month(cases, cases.start_at, count=cases.count(), total=cases._start.sum())
    gone = cases.filter(cases.end_at.notnull())
    ended = sum_by_month(gone, gone.end_at, count=gone.count(), total=gone._start.sum())
    rows = []
    for unit in started["unit"].unique():
        for period in periods:
            day = min(period.end, as_of)
            last = f"{day:%Y-%m}"
            opened, opened_sum = _up_to(started, unit, last)
            closed, closed_sum = _up_to(ended, unit, last)
            count = opened - closed
            ages = count * _number_at(day, indicator, calendar) - (opened_sum - closed_sum)
            rows.append((unit, period.text, Decimal(ages), Decimal(count * elapsed_divisor(clock, calendar))))
    return pd.DataFrame(rows, columns=["unit", "period", "open_numerator", "open_denominator"])


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


def _number_at(day: dt.date, indicator: Indicator, calendar: CalendarTables) -> int:
    """The end of `day` on the scale of `_start_number`."""
    clock = indicator.clock
    assert clock is not None  # noqa: S101 - the model guarantees it
    if clock.measure == "workdays":
        return calendar.calendar.number(day)
    if clock.measure == "office_days":
        return calendar.calendar.number(day) * calendar.day_seconds
    days = (day - dt.date(1970, 1, 1)).days
    return (days + 1) * 86400 if clock.measure == "hours" else days


def _up_to(frame: pd.DataFrame, unit: object, month: str) -> tuple[int, int]:
    same = frame["unit"].isna() if unit is None or unit != unit else frame["unit"] == unit
    upto = frame[same & (frame["period"] <= month)]
    return int(upto["count"].sum()), int(upto["total"].sum())


def merge_to_grain(frame: pd.DataFrame, periods: Sequence[Period]) -> pd.DataFrame:
    """Sum monthly parts into the periods asked for; rows outside them fall away (they belong to no verdict)."""
    texts = {period.text for period in periods}
    by_month = {month: period.text for period in periods for month in period.months()}
    target = [text if text in texts else by_month.get(text) for text in frame["period"]]
    frame = frame.assign(period=pd.Series(target, index=frame.index, dtype=object))
    frame = frame[frame["period"].notna()]
    keys = ["unit", "period"]
    if not frame.duplicated(keys).any():
        return frame.reset_index(drop=True)
    sums = dict.fromkeys(("numerator", "denominator"), _sum_exact) | {"n": "sum", "blind": "sum", "coarse": "sum"}
    return frame.groupby(keys, dropna=False, as_index=False).agg(sums)[PART_COLUMNS]


def _sum_exact(values: pd.Series) -> object:
    """A sum of exact numbers; one missing part makes it missing."""
    items = list(values)
    return None if any(item is None or item != item for item in items) else sum(items)
