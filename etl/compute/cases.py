"""Cases on the clock: one row a case with what started, ended and stopped it; then deadlines, and how long it took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise

import ibis

from etl.compute.calendar_join import CalendarTables, seconds_of_day
from etl.compute.case_events import Registers, add_exclusions, add_stops, event, happened, start_of, stop_event
from etl.compute.chunks import chunk_keys
from etl.compute.deadlines import add_deadlines, is_coarse
from etl.compute.expressions import TableExpr, ValueExpr
from etl.compute.stopped_cases import override_deadlines
from schemas.models.case_clock import CaseClock
from schemas.models.contract import Contract
from schemas.models.indicator import Indicator, Where


def keep_rows(table: TableExpr, where: tuple[Where, ...]) -> TableExpr:
    """The rows that satisfy every filter."""
    for condition in where:
        column = table[condition.column]
        if condition.filled is None:
            table = table.filter(column.isin(list(condition.values)))
        else:
            table = table.filter(column.notnull() if condition.filled else column.isnull())
    return table


def case_table(
    table: TableExpr,
    indicator: Indicator,
    contract: Contract,
    calendar: CalendarTables,
    *,
    as_of: dt.date,
    carry: Mapping[str, ValueExpr] | None = None,
    registers: Registers | None = None,
) -> TableExpr:
    """One row a case: `unit`, `start_at`, `end_at` (null while open at `as_of`), coarse flags.

    `is_reversed`: it ended before it started, which cannot be; nothing is counted or averaged of it.
    Events after `as_of` have not happened yet; a case that starts after it is not there. Where contract or clock speak
    of them, also `_stops` (suspensions), `_signed_at` and `_extra` (an extension), `_file_at` (the file's own
    deadline), `_word` (what the limit depends on) and `excluded` (in the register at `as_of`).

    Args:
        table: accepted rows of the source.
        indicator: which rows, and which events start and stop their clock.
        contract: of the source.
        calendar: of the source.
        as_of: today, which stands for its end.
        carry: expressions over the source's rows that every case keeps beside them.
        registers: the rows of the sources that the contract's `events` name, by source.
    """
    clock = indicator.clock
    assert clock is not None  # noqa: S101 - the model guarantees it for the forms that come here
    table = keep_rows(table, indicator.where)
    if contract.events:
        table = add_stops(table, contract, registers or {})
        table = add_exclusions(table, contract, registers or {}, as_of=as_of)
    start, start_coarse, table = start_of(table, clock, contract, calendar, as_of=as_of)
    end, end_coarse = _end_of(table, clock, contract)
    unit = table[contract.unit_column] if contract.unit_column else ibis.null("string")
    table = table.select(
        "batch_id",
        "sheet",
        "line",
        **chunk_keys(table),
        unit=unit,
        start_at=start,
        start_coarse=start_coarse,
        end_at=end,
        end_coarse=end_coarse,
        **_terms(table, clock, contract),
        **(carry or {}),
    )
    table = table.filter(happened(table.start_at, as_of))
    open_now = table.end_at.isnull() | ~happened(table.end_at, as_of)
    table = table.mutate(
        end_at=ibis.ifelse(open_now, ibis.null("timestamp"), table.end_at), end_coarse=table.end_coarse & ~open_now
    )
    table = table.mutate(is_reversed=(table.end_at.notnull() & _is_before_start(table)).fill_null(False))
    return _receive_at_opening(table, calendar) if clock.after_hours == "next_opening" else table


def _terms(table: TableExpr, clock: CaseClock, contract: Contract) -> dict[str, ValueExpr]:
    """What the deadline of a case depends on beside its start."""
    terms: dict[str, ValueExpr] = {}
    if clock.deadline_from:
        terms["_file_at"], terms["_file_coarse"] = event(table, contract, clock.deadline_from)
    if clock.limit_by:
        terms["_word"] = table[clock.limit_by.column].cast("string")
    for name in ("_stops", "excluded"):
        if name in table.columns:
            terms[name] = table[name]
    extension = contract.events.extension if contract.events else None
    if extension and clock.extension == "counts":
        terms["_extra"] = table[extension.amount]
        terms["_signed_at"], terms["_signed_coarse"] = event(table, contract, extension.signed)
    return terms


def _end_of(table: TableExpr, clock: CaseClock, contract: Contract) -> tuple[ValueExpr, ValueExpr]:
    """The instant that stops the clock: the end events combined, or the withdrawal where that is earlier."""
    ends = [event(table, contract, name) for name in clock.end_columns]
    end, coarse = _combine(ends, earliest=bool(clock.earliest))
    withdrawn = contract.events.withdrawn if contract.events else None
    if withdrawn is None or withdrawn in clock.end_columns:
        return end, coarse
    return stop_event((end, coarse), event(table, contract, withdrawn))


def _combine(events: list[tuple[ValueExpr, ValueExpr]], *, earliest: bool) -> tuple[ValueExpr, ValueExpr]:
    if len(events) == 1:
        return events[0]
    stamps = [stamp for stamp, _ in events]
    coarse = events[0][1]
    for _, flag in events[1:]:
        coarse = coarse | flag
    if earliest:
        return ibis.least(*stamps), coarse
    missing = stamps[0].isnull()
    for stamp in stamps[1:]:
        missing = missing | stamp.isnull()
    return ibis.ifelse(missing, ibis.null("timestamp"), ibis.greatest(*stamps)), coarse


def _receive_at_opening(table: TableExpr, calendar: CalendarTables) -> TableExpr:
    """A start outside office hours counts as received at the next opening (semantics 1.7)."""
    spans = calendar.calendar.office.spans
    table = calendar.number_days(table, "start").mutate(_offset=seconds_of_day(table.start_at))
    closed = (~table.start_open) | ((table._offset >= spans[-1][1] * 60) & ~table.start_coarse)
    opening: ValueExpr = ibis.literal(spans[0][0] * 60)
    for before, after in pairwise(spans):
        opening = ibis.ifelse(table._offset >= before[1] * 60, after[0] * 60, opening)
    within = ibis.greatest(table._offset, opening)
    for opens, closes in spans:
        within = ibis.ifelse((table._offset >= opens * 60) & (table._offset < closes * 60), table._offset, within)
    table = table.mutate(_closed=closed, _offset=ibis.ifelse(closed, spans[0][0] * 60, within))
    day = ibis.ifelse(table._closed, table.start_next, table.start_at.date())
    day = ibis.ifelse(table._closed.isnull(), ibis.null("date"), day)
    offset = ibis.ifelse(table.start_coarse, 0, table._offset).cast("int64").as_interval("s")
    # the numbers of the day on which it is received follow from those of the day on which it came
    passed = (table._closed & table.start_open).cast("int64") * calendar.day_seconds
    return table.mutate(
        start_at=day.cast("timestamp") + offset,
        start_no=table.start_no + table._closed.cast("int64"),
        start_open=table._closed.notnull(),
        start_before=table.start_before + passed,
    ).drop("_closed", "_offset", "start_next")


def judged_cases(
    cases: TableExpr, clock: CaseClock, limit: str | None, calendar: CalendarTables, *, as_of: dt.date
) -> TableExpr:
    """Add what became of each case under its limit.

    `deadline_date`, `deadline_at` (null: to the end of the date), `own_date` (our own count where the file's deadline
    decides), `has_deadline`, `is_kept`, `is_late`, `decided_on` (null: not decided at `as_of`), `is_suspended`,
    `is_blind` (its deadline lies in a year whose calendar is not published), `is_coarse` and, of cases with stops,
    `abuse` (words of `clock_abuse`).

    A case is decided at the earlier of its end and its deadline: on time at its end, late at its deadline. A reversed
    one never is; nor is one without any deadline, of which there are only where the clock itself has no limit.
    """
    table = add_deadlines(cases, clock, limit, calendar)
    table = override_deadlines(table, clock, limit, calendar, as_of=as_of)
    on_time = table.end_at.notnull() & (table.end_at.date() <= table.deadline_date)
    by_instant = table.deadline_at.isnull() | table.end_coarse | (table.end_at <= table.deadline_at)
    table = table.mutate(
        is_kept=(on_time & by_instant & ~table.is_reversed).fill_null(False),
        is_blind=table.has_deadline & table.deadline_date.isnull() & ~table.is_suspended,
        is_coarse=is_coarse(table) | table.is_blunt,
    )
    past = ibis.ifelse(
        table.deadline_at.isnull(),
        table.deadline_date < ibis.date(as_of.isoformat()),
        table.deadline_date <= ibis.date(as_of.isoformat()),
    )
    ended_late = table.end_at.notnull() & ~table.is_kept
    late = ((past | ended_late) & ~table.is_kept & ~table.is_reversed & table.deadline_date.notnull()).fill_null(False)
    table = table.mutate(is_late=late)
    decided = ibis.cases(
        (table.is_kept, table.end_at.date()),
        (table.is_late, table.deadline_date),
        (table.is_blind, table.start_at.date()),
        else_=ibis.null("date"),
    )
    return table.mutate(decided_on=decided)


def _is_before_start(table: TableExpr) -> ValueExpr:
    """Surely earlier; where one is a mere date, compared as dates."""
    by_date = table.end_at.date() < table.start_at.date()
    return ibis.ifelse(table.start_coarse | table.end_coarse, by_date, table.end_at < table.start_at)


def add_elapsed(table: TableExpr, clock: CaseClock, contract: Contract, calendar: CalendarTables) -> TableExpr:
    """Add `span`, elapsed time of ended cases, integers: days, whole 24-hour periods, or seconds (`elapsed_divisor`).

    Suspended time is taken out where `stopped_cases.add_stopped` has worked it out.
    """
    if clock.measure in ("workdays", "office_days"):
        table = calendar.number_days(calendar.number_days(table, "start"), "end")
    total = _gross_elapsed(table, clock, contract, calendar)
    net = total - table.stopped if "stopped" in table.columns else total
    return table.mutate(span=ibis.greatest(net, 0))  # what ended before the opening that counts took no time


def _gross_elapsed(table: TableExpr, clock: CaseClock, contract: Contract, calendar: CalendarTables) -> ValueExpr:
    if clock.measure == "workdays":
        return table.end_no - table.start_no
    if clock.measure == "office_days":
        return office_second(table, "end", calendar) - office_second(table, "start", calendar)
    if clock.measure == "calendar_days":
        return (table.end_at.date().epoch_days() - table.start_at.date().epoch_days()).cast("int64")
    end = end_instant(table, clock, contract).epoch_seconds()
    start = start_instant(table, clock, contract).epoch_seconds()
    seconds = end - start
    return (seconds / 86400).floor().cast("int64") if clock.measure == "full_days" else seconds


def office_second(table: TableExpr, prefix: str, calendar: CalendarTables) -> ValueExpr:
    """Running office second of `<prefix>_at`, whose day is numbered (`CalendarTables.number_days`)."""
    return table[f"{prefix}_before"] + calendar.worked(table[f"{prefix}_at"], table[f"{prefix}_open"])


def elapsed_divisor(clock: CaseClock, calendar: CalendarTables) -> int:
    """How many of the integers of `span` make one unit of the indicator."""
    return {"office_days": calendar.day_seconds, "hours": 3600}.get(clock.measure, 1)


def _date_only_rule(contract: Contract, names: tuple[str, ...]) -> str | None:
    rules = {contract.column_by_name[name].date_only for name in names} - {None}
    return rules.pop() if len(rules) == 1 else contract.date_only


def end_instant(table: TableExpr, clock: CaseClock, contract: Contract) -> ValueExpr:
    """An end without a time is the end of its day, unless the contract says otherwise (semantics 1.10)."""
    if _date_only_rule(contract, clock.end_columns) == "start_of_day":
        return table.end_at
    return ibis.ifelse(table.end_coarse, table.end_at + ibis.interval(days=1), table.end_at)


def start_instant(table: TableExpr, clock: CaseClock, contract: Contract) -> ValueExpr:
    if _date_only_rule(contract, (clock.start,)) == "end_of_day":
        return ibis.ifelse(table.start_coarse, table.start_at + ibis.interval(days=1), table.start_at)
    return table.start_at
