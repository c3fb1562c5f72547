"""Parts of indicators over single cases: shares in time, means, quantiles, the age of open cases, and all by words.

Kinds of parts, beside `main`, which is judged:

| kind | key | n, numerator |
|---|---|---|
| `excluded` | | cases that the register takes out, and of shares how many of them were in time |
| `undated` | | ended cases without any deadline: they are in no share |
| `hist` | elapsed integer | how many ended cases took so long (quantiles) |
| `started`, `ended` | | how many started and ended, and the sum of their start numbers (open cases) |
| `by:COLUMN` | word | the same as `main` for the cases with this word |
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import ibis
import pandas as pd

from etl.compute.calendar_join import CalendarTables
from etl.compute.case_events import Registers
from etl.compute.cases import add_elapsed, case_table, elapsed_divisor, judged_cases, office_second
from etl.compute.expressions import TableExpr, ValueExpr
from etl.compute.parts import month_of, ordered, sum_by
from etl.compute.stopped_cases import add_stopped
from schemas.models.case_clock import CaseClock
from schemas.models.contract import Contract
from schemas.models.indicator import Indicator

BY = "by:"
"""Prefix of the kinds that show a number by the words of a column."""


@dataclass(frozen=True)
class CaseSource:
    """The cases of one indicator, and what it takes to count them.

    Attributes:
        table: accepted rows of the source.
        indicator: with a clock.
        contract: of the source.
        calendar: of the source.
        as_of: today.
        registers: rows of the sources that the contract's events name.
    """

    table: TableExpr
    indicator: Indicator
    contract: Contract
    calendar: CalendarTables
    as_of: dt.date
    registers: Registers

    @property
    def clock(self) -> CaseClock:
        clock = self.indicator.clock
        assert clock is not None  # noqa: S101 - the model guarantees it for the forms that come here
        return clock

    def cases(self, **more: ValueExpr) -> TableExpr:
        """One row a case, with the words that the number is shown by, and `more` expressions over the rows."""
        carry = {f"{BY}{name}": self.table[name] for name in self.indicator.by} | more
        return case_table(
            self.table,
            self.indicator,
            self.contract,
            self.calendar,
            as_of=self.as_of,
            carry=carry,
            registers=self.registers,
        )


def share_parts(source: CaseSource, limit: str | None) -> Iterator[pd.DataFrame]:
    """Parts of `case_share`: decided cases by the month that decided them, and how many were on time.

    An undecided case wakes when it will be late.
    """
    clock = source.clock
    cases = judged_cases(source.cases(), clock, limit, source.calendar, as_of=source.as_of)
    if not (limit or clock.limit):
        undated = cases.filter(~cases.has_deadline & cases.end_at.notnull() & ~cases.is_reversed)
        yield _plain(sum_by(undated, month_of(undated.end_at), kind="undated", n=undated.count()))
    for kind, rows, key in _splits(cases, source.indicator):
        frame = sum_by(
            rows,
            month_of(rows.decided_on),
            kind=kind,
            key=key,
            numerator=rows.is_kept.sum(),
            n=rows.count(),
            blind=rows.is_blind.sum(),
            coarse=rows.is_coarse.sum(),
            wakes_on=_late_on(rows, source.as_of).min(),
        )
        yield ordered(frame.assign(denominator=frame["n"]))


def _late_on(cases: TableExpr, as_of: dt.date) -> ValueExpr:
    """The first day on which an undecided case is late: after a whole last day, or the day of its last instant."""
    after = (cases.deadline_date + ibis.interval(days=1)).cast("date")
    day = ibis.ifelse(cases.deadline_at.isnull(), after, cases.deadline_date)
    waits = cases.decided_on.isnull() & (day > ibis.date(as_of.isoformat()))
    return ibis.ifelse(waits, day, ibis.null("date"))


def _splits(cases: TableExpr, indicator: Indicator) -> Iterator[tuple[str, TableExpr, ValueExpr | None]]:
    """What is judged, what the register takes out of it, and what is judged by the words of each column."""
    kept = without_excluded(cases)
    if "excluded" in cases.columns:
        yield "excluded", cases.filter(cases.excluded), None
    yield "main", kept, None
    for name in indicator.by:
        yield f"{BY}{name}", kept, kept[f"{BY}{name}"]


def without_excluded(cases: TableExpr) -> TableExpr:
    """The cases that the register of exclusions does not take out."""
    return cases.filter(~cases.excluded) if "excluded" in cases.columns else cases


def mean_parts(source: CaseSource) -> Iterator[pd.DataFrame]:
    """Parts of `case_mean`: sum of elapsed time and (scaled) number of the cases that ended in each month."""
    divisor = elapsed_divisor(source.clock, source.calendar)
    for kind, rows, key in _splits(ended_cases(source), source.indicator):
        frame = sum_by(
            rows,
            month_of(rows.end_at),
            kind=kind,
            key=key,
            numerator=rows.span.sum(),
            n=rows.count(),
            blind=rows.span.isnull().sum(),
            coarse=rows._coarse.sum(),
        )
        yield ordered(frame.assign(denominator=frame["n"] * divisor))


def quantile_parts(source: CaseSource) -> Iterator[pd.DataFrame]:
    """Parts of `case_quantile`: how many cases took how long, so that parts add up and the quantile is exact."""
    for kind, rows, key in _splits(ended_cases(source), source.indicator):
        if kind.startswith(BY):
            continue  # a word and an elapsed time are one key too many; means and shares are shown by words
        frame = sum_by(
            rows,
            month_of(rows.end_at),
            kind=kind,
            key=key,
            numerator=ibis.literal(0),
            n=rows.count(),
            blind=rows.span.isnull().sum(),
            coarse=rows._coarse.sum(),
        )
        yield ordered(frame.assign(denominator=0))
        if kind == "main":
            counted = rows.filter(rows.span.notnull())
            yield _plain(sum_by(counted, month_of(counted.end_at), kind="hist", key=counted.span, n=counted.count()))


def ended_cases(source: CaseSource) -> TableExpr:
    """Ended cases with their elapsed time `span`; a reversed one is never averaged in."""
    clock = source.clock
    cases = source.cases()
    cases = cases.filter(cases.end_at.notnull() & ~cases.is_reversed)
    cases = add_stopped(cases, clock, None, source.calendar, as_of=source.as_of)
    cases = add_elapsed(cases, clock, source.contract, source.calendar)
    coarse = cases.start_coarse | cases.end_coarse if clock.measure in ("office_days", "hours") else ibis.literal(False)
    return cases.mutate(_coarse=coarse)


def open_parts(source: CaseSource) -> Iterator[pd.DataFrame]:
    """Kinds `started` and `ended`: how many cases did in each month (`n`), and the sum of their start numbers.

    The age of the cases open at the end of any month follows from running sums of both (`open_cases`).
    """
    cases = without_excluded(source.cases())
    cases = cases.filter(~cases.is_reversed)
    if source.clock.measure in ("workdays", "office_days"):
        cases = source.calendar.number_days(cases, "start")
    cases = cases.mutate(_start=_start_number(cases, source))
    gone = cases.filter(cases.end_at.notnull())
    for kind, rows, day in (("started", cases, cases.start_at), ("ended", gone, gone.end_at)):
        frame = sum_by(rows, month_of(day), kind=kind, numerator=rows._start.sum(), n=rows.count())
        yield ordered(frame.assign(denominator=None))


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Parts that are numbers of cases alone."""
    return ordered(frame.assign(numerator=None, denominator=None))


def _start_number(cases: TableExpr, source: CaseSource) -> ValueExpr:
    measure = source.clock.measure
    if measure == "workdays":
        return cases.start_no
    if measure == "office_days":
        return office_second(cases, "start", source.calendar)
    if measure == "hours":
        return cases.start_at.epoch_seconds()
    return cases.start_at.date().epoch_days().cast("int64")
