"""What the page of open cases shows: the clocks, the counts, and the cases that need attention."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, case, select

from schemas.models.time_left import TimeLeft, time_left
from schemas.warehouse import tables as t

LISTED = 300
"""Cases listed of each kind, the most urgent; the counts above say how many there are."""
ORDER = ("red", "yellow", "suspended", "none", "green")
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class OpenCases:
    """One consistent look at the lights of one plan.

    Attributes:
        clocks: rows of `case_clocks`, in the order of the document.
        counts: rows of `case_light_counts`.
        alert: red and yellow cases, of one light where it is chosen; `green` ones only when they are.
        stopped: suspended ones, the oldest first.
        unlit: those without a light, with the reason.
    """

    clocks: Sequence[Row]
    counts: Sequence[Row]
    alert: Sequence[Row]
    stopped: Sequence[Row]
    unlit: Sequence[Row]

    @property
    def lit_at(self) -> dt.datetime | None:
        return max((row["lit_at"] for row in self.clocks), default=None)

    def counts_of(self, level: str, *, clock: str = "") -> list[Row]:
        return [row for row in self.counts if row["level"] == level and row["clock"] == clock]

    def clock(self, name: str) -> Row | None:
        return next((row for row in self.clocks if row["clock"] == name), None)


def read_open_cases(engine: Engine, plan: str, *, unit: str = "", window: str = "", light: str = "") -> OpenCases:
    """The lights of a plan, of one unit or window where given, in one transaction that sees one state."""
    c = t.case_lights.c
    chosen: list[ColumnElement[bool]] = [c.plan == plan]
    chosen += [c.unit == unit] if unit else []
    chosen += [c.window_name == window] if window else []
    alert = [light] if light in ("red", "yellow", "green") else ["red", "yellow"]
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        return OpenCases(
            clocks=_rows(connection, select(t.case_clocks).where(t.case_clocks.c.plan == plan).order_by("rank")),
            counts=_rows(connection, select(t.case_light_counts).where(t.case_light_counts.c.plan == plan)),
            alert=[] if light in ("suspended", "none") else _rows(connection, _cases(*chosen, c.light.in_(alert))),
            stopped=[]
            if light not in ("", "suspended")
            else _rows(connection, _cases(*chosen, c.light == "suspended")),
            unlit=[] if light not in ("", "none") else _rows(connection, _cases(*chosen, c.light == "none")),
        )


def _cases(*chosen: ColumnElement[bool]) -> Any:
    c, b = t.case_lights.c, t.batches.c
    rank = case({light: place for place, light in enumerate(ORDER)}, value=c.light)
    query = select(t.case_lights, b.file_name).join_from(t.case_lights, t.batches, b.batch_id == c.batch_id)
    order = (rank, c.deadline_date.nulls_last(), c.deadline_at, c.started_at, c.clock, c.case_key)
    return query.where(*chosen).order_by(*order).limit(LISTED)


def _rows(connection: Connection, query: Any) -> list[Row]:
    return [dict(row) for row in connection.execute(query).mappings()]


def left_of(row: Row, now: dt.datetime) -> TimeLeft | None:
    """Time to the deadline of a case at `now`."""
    return time_left(row["deadline_date"], row["deadline_at"], now)
