"""The events of cases as expressions: when each happened, what stopped the clock, what is left out of shares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import reduce

import ibis

from etl.compute.calendar_join import CalendarTables, join_beside
from etl.compute.expressions import TableExpr, ValueExpr
from schemas.models.case_clock import CaseClock
from schemas.models.case_keys import KEY_SEPARATOR
from schemas.models.contract import ColumnType, Contract
from schemas.models.contract_events import ExclusionRegister, Stop, StopRegister

Event = tuple[ValueExpr, ValueExpr]
"""Instant of an event and whether it is a mere date, which stands as its midnight."""
Registers = Mapping[str, tuple[Contract, TableExpr]]
"""Sources that the events of a contract name: their contract and accepted rows."""


def event(table: TableExpr, contract: Contract, name: str) -> Event:
    """The event that a column tells, to the second; null where it has not happened.

    Databases write fractions of seconds that no office means; sums of them would not be whole.
    """
    if contract.column_by_name[name].type is ColumnType.DATE:
        return table[name].cast("timestamp"), table[name].notnull()
    return table[name].truncate("s"), table[f"{name}_date_only"].fill_null(False)


def happened(at: ValueExpr, as_of: dt.date) -> ValueExpr:
    """Whether an event lies on or before `as_of`, which stands for its end."""
    return at < ibis.timestamp(f"{as_of + dt.timedelta(days=1)} 00:00:00")


def stop_event(first: Event, second: Event) -> Event:
    """The earlier of two events, of which one may be missing."""
    use_second = second[0].notnull() & (first[0].isnull() | (second[0] < first[0]))
    return ibis.ifelse(use_second, second[0], first[0]), ibis.ifelse(use_second, second[1], first[1])


def start_of(
    table: TableExpr, clock: CaseClock, contract: Contract, calendar: CalendarTables, *, as_of: dt.date
) -> tuple[ValueExpr, ValueExpr, TableExpr]:
    """When the clock starts, whether that is a mere date, and the table that both are columns of.

    With `receipt` (Licensing Law art. 32): at the acceptance where corrections were asked for, or the case accepted,
    in time; else at the receipt.
    """
    if clock.receipt is None:
        at, coarse = event(table, contract, clock.start)
        return at, coarse, table
    names = {"_got": clock.receipt.received, "_asked": clock.receipt.asked, "_taken": clock.start}
    for prefix, name in names.items():
        at, coarse = event(table, contract, name)
        at = ibis.ifelse(happened(at, as_of), at, ibis.null("timestamp"))
        table = table.mutate(**{f"{prefix}_at": at, f"{prefix}_coarse": coarse})
        table = calendar.join_days(table, table[f"{prefix}_at"].date(), prefix)
    asked = (table._asked_no - table._got_no <= clock.receipt.within).fill_null(False)
    taken = (table._taken_no - table._got_no <= clock.receipt.within).fill_null(False)
    by_acceptance = asked | taken
    at = ibis.ifelse(by_acceptance, table._taken_at, table._got_at)
    return at, ibis.ifelse(by_acceptance, table._taken_coarse, table._got_coarse), table


def add_stops(table: TableExpr, contract: Contract, registers: Registers) -> TableExpr:
    """Add `_stops`, an array of all suspensions of the case: of its own columns and of the register."""
    events = contract.events
    if events is None or not (events.stops or events.stops_from):
        return table
    own = [_stop(table, contract, stop) for stop in events.stops]
    stops = ibis.array(own).filter(lambda stop: stop.since.notnull()) if own else None
    if events.stops_from:
        table = _join_register(table, contract, events.stops_from, registers)
        more = table._registered
        stops = more if stops is None else ibis.coalesce(stops.concat(more), stops, more)
    return table.mutate(_stops=stops)


def _stop(table: TableExpr, contract: Contract, stop: Stop) -> ValueExpr:
    """One suspension as a struct."""
    since, since_coarse = event(table, contract, stop.since)
    until, until_coarse = event(table, contract, stop.until)
    recorded, recorded_coarse = event(table, contract, stop.recorded) if stop.recorded else (None, None)
    return ibis.struct(
        {
            "since": since,
            "since_coarse": since_coarse,
            "until": until,
            "until_coarse": until_coarse.fill_null(False),
            "recorded": ibis.null("timestamp") if recorded is None else recorded,
            "recorded_coarse": ibis.literal(False) if recorded_coarse is None else recorded_coarse.fill_null(False),
            "lawful": _is_lawful(table, stop),
        }
    )


def _is_lawful(table: TableExpr, stop: Stop) -> ValueExpr:
    """Whether the reason is one that stops the clock; without a column of reasons the contract has named them all."""
    if stop.reason is None:
        return ibis.literal(True)
    reason = table[stop.reason].fill_null("")
    found: ValueExpr = ibis.literal(False)
    for word in stop.reasons:
        found = found | reason.contains(word)
    return found


def case_key(table: TableExpr, contract: Contract) -> ValueExpr:
    """The whole key of a case as one text; `show_key` prints it, persons masked."""
    first, *more = (table[name].cast("string").fill_null("") for name in contract.key)
    return reduce(lambda key, part: key.concat(KEY_SEPARATOR, part), more, first)


def case_number(table: TableExpr, contract: Contract) -> ValueExpr:
    """The number by which registers name a case."""
    return table[contract.key[0]].cast("string")


def _join_register(table: TableExpr, contract: Contract, register: StopRegister, registers: Registers) -> TableExpr:
    other, rows = registers[register.source]
    rows = rows.mutate(_case=rows[register.case].cast("string"), _stop=_stop(rows, other, register))
    rows = rows.filter(rows[register.since].notnull())
    listed = rows.group_by("_case").aggregate(_registered=rows._stop.collect())
    return join_beside(table, listed, case_number(table, contract) == listed._case, ["_registered"])


def add_exclusions(table: TableExpr, contract: Contract, registers: Registers, *, as_of: dt.date) -> TableExpr:
    """Add `excluded`: the case stands in the register with an approval that is valid at `as_of`."""
    book = contract.events.exclusions if contract.events else None
    if book is None:
        return table
    other, rows = registers[book.source]
    valid = valid_exclusions(rows, other, book, as_of=as_of).select(_case=rows[book.case].cast("string")).distinct()
    joined = join_beside(table, valid, case_number(table, contract) == valid._case, ["_case"])
    return joined.mutate(excluded=joined._case.notnull()).drop("_case")


def valid_exclusions(rows: TableExpr, contract: Contract, book: ExclusionRegister, *, as_of: dt.date) -> TableExpr:
    """The entries that hold at `as_of`: named, approved, and not expired (last day included)."""
    approved, expires = (event(rows, contract, name)[0].date() for name in (book.approved, book.expires))
    today = ibis.date(as_of.isoformat())
    named = rows[book.reason].notnull() & rows[book.approver].notnull()
    return rows.filter(named & (approved <= today) & (expires >= today))
