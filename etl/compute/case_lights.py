"""The light of every open case under one clock, as one expression (semantics 4).

Agrees with `etl.core.clock.judge_limit(..., as_of=...)` case by case: tests hold the two together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import ibis

from etl.compute.calendar_join import CalendarTables
from etl.compute.case_events import Registers, case_key
from etl.compute.case_limits import is_past
from etl.compute.case_nearness import add_nearness
from etl.compute.cases import case_table, judged_cases
from etl.compute.expressions import TableExpr, ValueExpr
from etl.core.case_clocks import OpenClock
from etl.core.clock.limits import Limit, Moment
from schemas.models.contract import ColumnType, Contract
from schemas.models.indicator import Indicator

NO_LIGHT = "none"
COLUMNS = (
    *("plan", "clock", "source", "case_key", "light", "reason", "deadline_date", "deadline_at", "limit_text"),
    *("unit", "window_name", "started_at", "started_coarse", "suspended_since", "abuse", "batch_id", "sheet", "line"),
)
"""What is known of one open case under one clock, in the order of the warehouse's table."""


@dataclass(frozen=True)
class _Variant:
    """One limit of a clock, and the clock's indicator over the rows that it is for (None: by the file's deadlines)."""

    limit: str | None
    indicator: Indicator
    words: tuple[str, ...] | None = None
    """Words of the column that chooses the limit; None: whatever no other variant has named."""


@dataclass(frozen=True)
class _Source:
    """What all cases of a source share."""

    contract: Contract
    calendar: CalendarTables
    moment: Moment
    registers: Registers


def light_cases(
    table: TableExpr,
    clock: OpenClock,
    contract: Contract,
    calendar: CalendarTables,
    moment: Moment,
    *,
    registers: Registers | None = None,
) -> TableExpr:
    """The open cases of a source with their lights at `moment`: `COLUMNS`, one row a case.

    A row that the clock has no limit for (`limit_by` without `otherwise`) is not there: this clock does not run for it.

    Args:
        table: the source's accepted rows.
        clock: a clock over this source.
        contract: of the source.
        calendar: of the source.
        moment: now; a date stands for its end.
        registers: the rows of the sources that the contract's `events` name.
    """
    source = _Source(contract, calendar, moment, registers or {})
    found = [_light_variant(_rows_of(table, variant, clock), variant, clock, source) for variant in _variants(clock)]
    return found[0] if len(found) == 1 else ibis.union(*found)


def _variants(clock: OpenClock) -> Iterator[_Variant]:
    by = clock.case_clock.limit_by
    if clock.limit or by is None:
        yield _Variant(clock.limit or clock.case_clock.limit, clock.indicator)
        return
    alone = clock.indicator.model_copy(update={"clock": clock.case_clock.model_copy(update={"limit_by": None})})
    for limit in dict.fromkeys(by.limits.values()):
        yield _Variant(limit, alone, tuple(word for word, own in by.limits.items() if own == limit))
    if by.otherwise or clock.case_clock.deadline_from:
        yield _Variant(by.otherwise, alone)


def _rows_of(table: TableExpr, variant: _Variant, clock: OpenClock) -> TableExpr:
    by = clock.case_clock.limit_by
    if by is None or clock.limit:
        return table
    word = table[by.column].cast("string")
    if variant.words is not None:
        return table.filter(word.isin(list(variant.words)))
    return table.filter(word.isnull() | word.notin(list(by.limits)))


def _light_variant(table: TableExpr, variant: _Variant, clock: OpenClock, source: _Source) -> TableExpr:
    case_clock, today = variant.indicator.clock, source.moment.date
    assert case_clock is not None  # noqa: S101 - it is the clock of an `OpenClock`
    carried = _carry(table, case_clock.start, source.contract)
    cases = case_table(
        *(table, variant.indicator, source.contract, source.calendar),
        as_of=today,
        carry=carried,
        registers=source.registers,
    )
    judged = judged_cases(_open_at(cases, source.moment), case_clock, variant.limit, source.calendar, as_of=today)
    limit = Limit.parse(variant.limit) if variant.limit else None
    judged = add_nearness(judged, limit, source.moment, source.calendar)
    light, reason = _light(judged, source.moment)
    if clock.strength == "strive":
        light, reason = _as_aspiration(light, reason)
    return judged.select(
        plan=ibis.literal(clock.plan),
        clock=ibis.literal(clock.id),
        source=ibis.literal(source.contract.id),
        case_key=judged.case_key,
        light=light,
        reason=reason,
        deadline_date=_unless_stopped(judged, judged.deadline_date),
        deadline_at=_unless_stopped(judged, judged.deadline_at),
        limit_text=ibis.literal(variant.limit, type="string"),
        unit=judged.unit,
        window_name=judged.window_name,
        started_at=judged.started_at,
        started_coarse=judged.start_coarse,
        suspended_since=_suspended_since(judged, today),
        abuse=judged.abuse,
        batch_id=judged.batch_id,
        sheet=judged.sheet,
        line=judged.line,
    )


def _carry(table: TableExpr, start: str, contract: Contract) -> dict[str, ValueExpr]:
    """What a case keeps beside its clock: its key, the window, and the start as the file has it."""
    window = contract.events.window if contract.events else None
    is_date = contract.column_by_name[start].type is ColumnType.DATE
    return {
        "case_key": case_key(table, contract),
        "window_name": table[window].cast("string") if window else ibis.null("string"),
        "started_at": table[start].cast("timestamp") if is_date else table[start],
    }


def _open_at(cases: TableExpr, moment: Moment) -> TableExpr:
    """Those that have begun and not ended; on a day that is still running the time of the event decides."""
    if moment.is_date_only:
        return cases.filter(cases.end_at.isnull())
    now = ibis.timestamp(moment.at.isoformat(sep=" "))
    has_begun = cases.start_coarse | (cases.started_at <= now)
    not_ended = cases.end_at.isnull() | (~cases.end_coarse & (cases.end_at > now))
    return cases.filter(has_begun & not_ended).mutate(end_at=ibis.null("timestamp"))


def _light(cases: TableExpr, moment: Moment) -> tuple[ValueExpr, ValueExpr]:
    """The light, and why there is none."""
    past, near = is_past(cases, moment), cases.is_near
    is_blind = cases.is_blind | (~past & near.isnull())
    is_excluded = cases.excluded.fill_null(False) if "excluded" in cases.columns else ibis.literal(False)
    reason = ibis.cases(
        (is_excluded, "excluded"),
        (cases.is_coarse, "precision_too_coarse"),
        (cases.is_suspended, None),
        (~cases.has_deadline, "no_deadline"),
        (is_blind, "calendar_not_published"),
        else_=None,
    )
    colour = ibis.cases((past, "red"), (near, "yellow"), else_="green")
    light = ibis.cases((reason.notnull(), NO_LIGHT), (cases.is_suspended, "suspended"), else_=colour)
    return light, reason


def _suspended_since(cases: TableExpr, today: dt.date) -> ValueExpr:
    """When the earliest suspension began that is still open."""
    if "_stops" not in cases.columns:
        return ibis.null("timestamp")
    day = ibis.date(today.isoformat())
    is_open = cases._stops.filter(
        lambda stop: stop.lawful & (stop.since.date() <= day) & (stop.until.isnull() | (stop.until.date() > day))
    )
    return ibis.ifelse(cases.is_suspended, is_open.map(lambda stop: stop.since).mins(), ibis.null("timestamp"))


def _unless_stopped(cases: TableExpr, deadline: ValueExpr) -> ValueExpr:
    """While the clock stands still there is no deadline."""
    return ibis.ifelse(cases.is_suspended, ibis.null(deadline.type()), deadline)


def _as_aspiration(light: ValueExpr, reason: ValueExpr) -> tuple[ValueExpr, ValueExpr]:
    """What was only striven for is never red (semantics 2)."""
    is_red = light == "red"
    return ibis.ifelse(is_red, "yellow", light), ibis.ifelse(is_red, "strive", reason)
