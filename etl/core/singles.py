"""Sums since January as the figures of single periods: each less the one before it, for rows of one key.

The lake keeps what was sent, the sums. The differences are taken whenever they are read, so that a file that comes late
or is corrected changes the period after its own by itself. Where the sum before is missing, or the difference is below
the column's `minimum`, the single figure is missing, never counted for several periods.

Tables are Ibis expressions, which static types cannot follow.
"""

from __future__ import annotations

from typing import Any

import ibis

from schemas.models.contract import Contract


def single_periods(table: Any, contract: Contract) -> Any:
    """The rows with single figures in place of sums; of a source without sums, as they are.

    A row of merged months (`2023-01..02`) whose first months are known by themselves speaks of the last ones alone.
    """
    running = contract.running_columns
    if not running:
        return table
    told = _put_beside(table, contract)
    figures = {name: _single(told, name, contract) for name in running}
    shrunk = (told._before >= told._first).fill_null(False)
    return told.mutate(period=ibis.ifelse(shrunk, _spell(told), told.period), **figures).select(table.columns)


def find_gaps(table: Any, contract: Contract, column: str) -> Any:
    """`batch_id`, `sheet`, `line`, `period` and `value` of the rows whose sum has no sum before it."""
    told = _put_beside(table, contract)
    gap = told[column].notnull() & ~_starts(told) & ~(_follows(told) & told[f"_{column}_before"].notnull())
    return told.filter(gap).select("batch_id", "sheet", "line", "period", value=told[column])


def _put_beside(table: Any, contract: Contract) -> Any:
    """Beside each row its first and last month, and the last month and the sums of the row before it in its year."""
    spans = table.mutate(
        _year=table.period.substr(0, 4),
        _first=_month(table.period, first=True),
        _last=_month(table.period, first=False),
    )
    window = ibis.window(group_by=["_year", *contract.series_key], order_by=[spans._last, spans._first])
    sums = {f"_{name}_before": spans[name].lag().over(window) for name in contract.running_columns}
    return spans.mutate(_before=spans._last.lag().over(window), **sums)


def _starts(told: Any) -> Any:
    return (told._first == 1) & told._before.isnull()


def _follows(told: Any) -> Any:
    return (told._before >= told._first - 1).fill_null(False)


def _single(told: Any, name: str, contract: Contract) -> Any:
    """The difference to the sum before; the first sum of a year is its own."""
    own, minimum = told[name], contract.column_by_name[name].minimum
    less = own - told[f"_{name}_before"]
    usable = _follows(told) if minimum is None else _follows(told) & (less >= ibis.literal(minimum))
    return ibis.cases((_starts(told), own), (usable, less), else_=ibis.null()).cast(own.type())


def _month(period: Any, *, first: bool) -> Any:
    """The first or last month of a period in its stable spelling: `2023-03`, `2023-01..02`, `2023-Q1`, `2023-H1`."""
    letter, number = period.substr(5, 1), period.substr(6, 1).try_cast("int16")
    months = period.substr(5, 2) if first else period.right(2)
    return ibis.cases(
        (letter == "Q", number * 3 - (2 if first else 0)),
        (letter == "H", number * 6 - (5 if first else 0)),
        else_=months.try_cast("int16"),
    )


def _spell(told: Any) -> Any:
    first, last = (month.cast("string").lpad(2, "0") for month in (told._before + 1, told._last))
    return told._year + "-" + ibis.ifelse(told._before + 1 == told._last, last, first + ".." + last)
