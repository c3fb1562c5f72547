"""Values of targets that people enter: one row a milestone, a window or a ranked period, from the rows they filled in.

The form, by kind (`numerator` over a `denominator` of 1, `variant` empty, `state` ok or `manual_pending`):

=========  =================================================================================================
milestone  one row in the month of `due`: confirmations up to `due`; `open_numerator`: those that came later
cadence    one row a window: events in it; with `window: rolling` one a month, of the stretch that ends with it
rank       one row a period entered: the rank, or the place of the grade on its scale, 1 = lowest
=========  =================================================================================================
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd

from etl.compute.expressions import TableExpr
from etl.compute.grid import SELF, ValueRow
from etl.core.by_hand import ByHandCatalogue, ByHandTarget
from etl.core.periods import Period, month_text, parse_period, periods_between, trailing_window
from schemas.models.contract import Contract
from schemas.models.plan import Kind

ONE = Decimal(1)
PENDING = "manual_pending"


@dataclass(frozen=True)
class Entry:
    """One accepted row. `period` is that of the row, which for a row with a day alone is its month.

    `content` holds its columns as they stand in the lake, under `contract`.
    """

    key: tuple[str, str]
    unit: str
    period: str
    day: dt.date | None
    value: int | None
    grade: str | None
    is_confirmed: bool
    is_withdrawn: bool
    batch_id: str
    line: int
    contract: Contract = field(compare=False, repr=False)
    content: Mapping[str, Any] = field(compare=False, repr=False)


@dataclass(frozen=True)
class Told:
    """One value, and the entries that decided it."""

    row: ValueRow
    entries: tuple[Entry, ...]


def read_entries(table: TableExpr, contract: Contract) -> list[Entry]:
    """All accepted rows of one source of entries; a source of people is small enough for memory."""
    rows: list[dict[Any, Any]] = table.execute().astype(object).to_dict("records")
    return [_entry({str(k): None if _is_null(v) else v for k, v in row.items()}, contract) for row in rows]


def _is_null(value: Any) -> bool:
    return value is None or (not isinstance(value, (list, dict)) and bool(pd.isna(value)))


def _entry(row: Mapping[str, Any], contract: Contract) -> Entry:
    day = row["day"]
    return Entry(
        key=(row["plan"], row["target"]),
        unit=row["unit"] or SELF,
        period=row["period"],
        day=day.date() if isinstance(day, dt.datetime) else day,
        value=None if row["value"] is None else int(row["value"]),
        grade=row["grade"],
        is_confirmed=row["confirmed"] == "是",
        is_withdrawn=row["confirmed"] == "否",
        batch_id=row["batch_id"],
        line=int(row["line"]),
        contract=contract,
        content=row,
    )


def tell_all(
    catalogue: ByHandCatalogue, entries: Iterable[Entry], *, as_of: dt.date
) -> dict[tuple[str, str], list[Told]]:
    """Values of every target of the catalogue at `as_of`, by (plan, target); pure."""
    by_key: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if not entry.is_withdrawn and _when(entry) <= as_of:
            by_key[entry.key].append(entry)
    return {key: tell(known, by_key[key], as_of=as_of) for key, known in catalogue.targets.items()}


def _when(entry: Entry) -> dt.date:
    return entry.day or parse_period(entry.period).start


def tell(known: ByHandTarget, entries: Sequence[Entry], *, as_of: dt.date) -> list[Told]:
    """Values of one target from its entries that stand, sorted by period and unit."""
    by_unit: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda e: (_when(e), e.batch_id, e.line)):
        by_unit[entry.unit].append(entry)
    if not by_unit:
        by_unit[SELF] = []
    told = [item for unit, mine in by_unit.items() for item in _TELL[known.target.kind](known, unit, mine, as_of)]
    return sorted(told, key=lambda t: (parse_period(t.row.period), t.row.unit != SELF, t.row.unit))


def _tell_milestone(known: ByHandTarget, unit: str, entries: Sequence[Entry], as_of: dt.date) -> Iterator[Told]:
    due = known.target.due
    found = [entry for entry in entries if entry.is_confirmed and entry.day is not None]
    if due is None or not found:
        return
    on_time = sum(entry.day is not None and entry.day <= due for entry in found)
    late = len(found) - on_time
    row = ValueRow(unit, month_text(due), "ok", Decimal(on_time), ONE, len(found), Decimal(late), ONE, _batches(found))
    yield Told(row, tuple(found))


def _tell_cadence(known: ByHandTarget, unit: str, entries: Sequence[Entry], as_of: dt.date) -> Iterator[Told]:
    windows = _rolling(known, as_of) if known.target.window == "rolling" else _calendar(known, entries, as_of)
    for text, first, last in windows:
        found = [entry for entry in entries if _falls_within(entry, first, last)]
        if not found:
            yield Told(ValueRow(unit, text, PENDING), ())
            continue
        events = sum(entry.value if entry.value is not None else 1 for entry in found if entry.day)
        stated = sum(entry.value or 0 for entry in found if not entry.day)
        # a stated count tells of the same events as their single rows: the larger one stands, they do not add up
        count = max(events, stated)
        yield Told(ValueRow(unit, text, "ok", Decimal(count), ONE, count, batches=_batches(found)), tuple(found))


def _falls_within(entry: Entry, first: dt.date, last: dt.date) -> bool:
    if entry.day is not None:
        return first <= entry.day <= last
    period = parse_period(entry.period)
    return first <= period.start and period.end <= last


def _calendar(known: ByHandTarget, entries: Sequence[Entry], as_of: dt.date) -> Iterator[tuple[str, dt.date, dt.date]]:
    """Windows from `from` to today or the end of the promise, and any later one that somebody told of."""
    every = known.target.every or ""
    days = [min(as_of, known.asked_until), *(_when(entry) for entry in entries)]
    asked = set(periods_between(known.first, days[0], every)) if known.first <= days[0] else set[Period]()
    told = {next(periods_between(day, day, every)) for day in days[1:]}
    for period in sorted(asked | told):
        yield period.text, period.start, period.end


def _rolling(known: ByHandTarget, as_of: dt.date) -> Iterator[tuple[str, dt.date, dt.date]]:
    """The stretch of length `every` that ends with each month (or today), once it lies wholly in the promise."""
    until = min(as_of, known.asked_until)
    for month in periods_between(known.first, until, "month") if known.first <= until else ():
        first, last = trailing_window(min(month.end, until), known.target.every or "")
        if first >= known.first:
            yield month.text, first, last


def _tell_rank(known: ByHandTarget, unit: str, entries: Sequence[Entry], as_of: dt.date) -> Iterator[Told]:
    latest = {entry.period: entry for entry in entries}
    for entry in latest.values():
        place = known.grades.index(entry.grade) + 1 if entry.grade in known.grades else entry.value
        if place is not None:
            yield Told(ValueRow(unit, entry.period, "ok", Decimal(place), ONE, 1, batches=_batches([entry])), (entry,))


_TELL = {Kind.MILESTONE: _tell_milestone, Kind.CADENCE: _tell_cadence, Kind.RANK: _tell_rank}


def _batches(entries: Iterable[Entry]) -> tuple[str, ...]:
    return tuple(sorted({entry.batch_id for entry in entries}))
