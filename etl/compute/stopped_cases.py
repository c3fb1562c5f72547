"""Suspensions and extensions: the few cases that have them go through the clock's columns and come back by a join."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl.compute.calendar_join import CalendarTables
from etl.compute.expressions import TableExpr
from etl.compute.stop_columns import PLACE, SpecialCases, has_special, read_special
from etl.core.clock.limits import Limit
from etl.core.clock.stop_frames import Folded, Terms, fold_stops, pick_limit, stopped_time
from etl.core.clock.times import Bools
from schemas.models.case_clock import CaseClock

SECOND = 1_000_000
"""Microseconds in one."""


def override_deadlines(
    table: TableExpr, clock: CaseClock, limit: str | None, calendar: CalendarTables, *, as_of: dt.date
) -> TableExpr:
    """Move the deadlines of cases with stops or extensions; add `is_suspended`, `is_blunt` and `abuse`.

    `is_blunt`: a stop without a time, under a limit below one day. `abuse`: words of `clock_abuse`, joined by commas.
    """
    if not has_special(table):
        no = ibis.literal(False)
        return table.mutate(is_suspended=no, is_blunt=no, abuse=ibis.null("string"))
    joined = _join(table, _judge(read_special(table, as_of=as_of), clock, limit, calendar))
    found = joined.m_found.fill_null(False)
    joined = joined.mutate(
        deadline_date=ibis.ifelse(found, joined.m_date, joined.deadline_date),
        deadline_at=ibis.ifelse(found, joined.m_at, joined.deadline_at),
        is_suspended=(joined.m_state == "suspended").fill_null(False),
        is_blunt=(joined.m_state == "coarse").fill_null(False),
        abuse=joined.m_abuse,
    )
    return _without_marks(joined)


def add_stopped(
    table: TableExpr, clock: CaseClock, limit: str | None, calendar: CalendarTables, *, as_of: dt.date
) -> TableExpr:
    """Add `stopped`: how much of the elapsed time of ended cases was suspended, in the integers of `span`.

    Under a limit the suspensions that the clock admits, else all with a lawful reason.
    """
    if "_stops" not in table.columns:
        return table
    special = read_special(table.filter(table.end_at.notnull()), as_of=as_of)
    chosen = np.zeros(special.stops.lawful.shape, bool)
    for mask, text in special.by_limit(clock, limit):
        cases = special.only(mask)
        chosen[mask] = (
            cases.stops.lawful if text is None else _fold(cases, Limit.parse(text), clock, calendar)[0].accepted
        )
    taken = stopped_time(special.stops, chosen, special.starts, special.ends, clock.measure, calendar.calendar)
    if clock.measure in ("office_days", "hours"):
        taken = taken // SECOND
    joined = _join(table, _columns(special, m_stopped=pa.array(taken)))
    return _without_marks(joined.mutate(stopped=joined.m_stopped.fill_null(0)))


def _judge(special: SpecialCases, clock: CaseClock, limit: str | None, calendar: CalendarTables) -> pa.Table:
    """Moved deadlines of the special cases, with their places."""
    date = np.full(special.count, np.datetime64("NaT", "D"))
    at = np.full(special.count, np.datetime64("NaT", "us"))
    state, abuse = np.full(special.count, "", dtype=object), np.full(special.count, None, dtype=object)
    for mask, text in special.by_limit(clock, limit):
        folded, late_extension = _fold(special.only(mask), Limit.parse(text) if text else None, clock, calendar)
        date[mask], at[mask], state[mask] = folded.date, folded.at, folded.state
        abuse[mask] = _words(folded, late_extension)
    return _columns(
        special,
        m_found=pa.array(np.ones(special.count, bool)),
        m_date=pa.array(date),
        m_at=pa.array(at),
        m_state=pa.array(state, pa.string()),
        m_abuse=pa.array(abuse, pa.string()),
    )


def _fold(cases: SpecialCases, limit: Limit | None, clock: CaseClock, calendar: CalendarTables) -> tuple[Folded, Bools]:
    """Deadlines of cases under one limit, and which extensions were signed too late."""
    none = np.zeros(cases.count, np.int64)
    terms = Terms(cases.starts, cases.ends.coarse, limit, none, cases.file, clock.last_day)
    plain = fold_stops(terms, cases.stops, calendar.calendar)
    signed = cases.signed.keep(cases.file.missing & (cases.extra > 0))
    if limit is None or signed.missing.all():
        return plain, none.astype(bool)
    terms = Terms(cases.starts, cases.ends.coarse, limit, cases.extra, cases.file, clock.last_day)
    return pick_limit(plain, fold_stops(terms, cases.stops, calendar.calendar), signed)


def _words(folded: Folded, late_extension: Bools) -> npt.NDArray[np.object_]:
    """The findings `clock_abuse` of each case; None where there is none."""
    flags = {
        "last_day": folded.last_day,
        "after_deadline": folded.late_stop,
        "reason": folded.unlawful,
        "extension_after_deadline": late_extension,
    }
    texts = [",".join(name for name, flag in flags.items() if flag[i]) or None for i in range(len(late_extension))]
    return np.array(texts, dtype=object)


def _columns(special: SpecialCases, **columns: pa.Array) -> pa.Table:
    places = {f"m_{name}": special.places[name] for name in PLACE}
    return pa.table({**places, **columns})


def _join(table: TableExpr, frame: pa.Table) -> TableExpr:
    """The cases beside a small table on the same connection that names their rows."""
    backend, name = table.get_backend(), f"special_{uuid4().hex}"
    backend.con.register(f"{name}_frame", frame)
    backend.con.execute(f"create temp table {name} as from {name}_frame")
    backend.con.unregister(f"{name}_frame")
    other = backend.table(name, database=("temp", "main"))
    return table.left_join(other, [table[key] == other[f"m_{key}"] for key in PLACE])


def _without_marks(table: TableExpr) -> TableExpr:
    return table.drop(*(name for name in table.columns if name.startswith("m_")))
