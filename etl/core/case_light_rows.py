"""Reads the lights of open cases from the warehouse: rows with their file, counts, and the clocks they stand under."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Select, case, select

from etl.core.context import Context
from schemas.models.time_left import TimeLeft, time_left
from schemas.warehouse.case_tables import LIGHTS, case_clocks, case_light_counts, case_lights
from schemas.warehouse.tables import batches


@dataclass(frozen=True, kw_only=True)
class CaseLight:
    """One open case under one clock. Times are wall times of the source's zone."""

    plan: str
    clock: str
    source: str
    case_key: str
    light: str
    reason: str | None
    deadline_date: dt.date | None
    deadline_at: dt.datetime | None
    limit_text: str | None
    unit: str | None
    window_name: str | None
    started_at: dt.datetime | None
    started_coarse: bool | None
    suspended_since: dt.datetime | None
    abuse: str | None
    batch_id: str
    sheet: str | None
    line: int
    light_since: dt.datetime
    file_name: str

    def left(self, now: dt.datetime) -> TimeLeft | None:
        """Time to the deadline at `now`; a suspended case has none."""
        return None if self.light == "suspended" else time_left(self.deadline_date, self.deadline_at, now)

    def age_days(self, today: dt.date) -> int | None:
        """Calendar days since the case began."""
        return (today - self.started_at.date()).days if self.started_at else None


@dataclass(frozen=True)
class KnownClock:
    """A clock as last refreshed; `moment` is the instant of its lights, `is_day` a whole day."""

    plan: str
    clock: str
    content: dict[str, Any]
    lit_at: dt.datetime
    moment: dt.datetime
    is_day: bool


def read_clocks(connection: Connection) -> list[KnownClock]:
    """All clocks in the order of their documents."""
    c = case_clocks.c
    names = (c.plan, c.clock, c.content, c.lit_at, c.moment, c.is_day)
    return [KnownClock(*row) for row in connection.execute(select(*names).order_by(c.plan, c.rank))]


def read_counts(connection: Connection) -> list[dict[str, Any]]:
    """The counts with the worst light, sorted."""
    c = case_light_counts.c
    order = (c.plan, c.clock, c.level, c.unit, c.window_name)
    rows = [dict(row) for row in connection.execute(select(case_light_counts).order_by(*order)).mappings()]
    return [{**row, "worst": worst_light(row)} for row in rows]


def worst_light(counts: Any) -> str | None:
    """The worst light that any case has; None where there is no case."""
    return next((light for light in LIGHTS if counts[light]), None)


def select_lights() -> Select[Any]:
    """The columns of `CaseLight`; worst first, then by deadline and age."""
    c, b = case_lights.c, batches.c
    names = [c[field.name] for field in fields(CaseLight) if field.name != "file_name"]
    rank = case({light: place for place, light in enumerate(LIGHTS)}, value=c.light)
    query = select(*names, b.file_name).join_from(case_lights, batches, b.batch_id == c.batch_id)
    return query.order_by(rank, c.deadline_date.nulls_last(), c.deadline_at, c.started_at, c.plan, c.clock, c.case_key)


def read_lights(
    connection: Connection,
    *,
    plan: str | None = None,
    unit: str | None = None,
    window: str | None = None,
    lights: Collection[str] = (),
    limit: int | None = None,
) -> list[CaseLight]:
    """Lights of open cases, worst first; unset filters leave all."""
    c, query = case_lights.c, select_lights()
    for column, value in ((c.plan, plan), (c.unit, unit), (c.window_name, window)):
        if value is not None:
            query = query.where(column == value)
    if lights:
        query = query.where(c.light.in_(lights))
    rows = connection.execute(query.limit(limit) if limit else query).mappings()
    return [CaseLight(**row) for row in rows]


def now_of(ctx: Context, source: str) -> dt.datetime:
    """Now in the wall time of a source; of a day that was set, its last second."""
    contract = ctx.registry.contracts.get(source)
    moment = ctx.moment_in(ctx.zone_of(contract) if contract else ctx.settings.zone)
    return moment.ends - dt.timedelta(seconds=1) if moment.is_date_only else moment.at
