"""What every stage is handed: where things are, what is promised, the one today, and the run it belongs to."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from etl.core.clock.limits import Moment
from schemas.models.contract import Contract
from schemas.models.registry import Registry, load_registry
from schemas.settings import Settings
from schemas.warehouse.tables import home


def system_now() -> dt.datetime:
    """The wall clock of the machine, with zone. Only for stamps of when something was done, never for judgement."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Context:
    """One run. `as_of` is the only today that rules see; `now` only stamps rows."""

    settings: Settings
    registry: Registry
    engine: Engine
    as_of: dt.date
    run_id: str
    now: Callable[[], dt.datetime] = system_now
    simulated: bool = False
    is_day_set: bool = True
    """Somebody set the day (`--as-of`, `BIZENV_CLOCK`, the home's clock); else it is the real one."""

    def moment_in(self, zone: str) -> Moment:
        """Now, for what is judged by the hour: the real instant in that zone, or the whole of a day that was set."""
        if self.is_day_set:
            return Moment.on(self.as_of)
        return Moment(self.now().astimezone(ZoneInfo(zone)).replace(microsecond=0, tzinfo=None))

    def zone_of(self, contract: Contract) -> str:
        """Whose wall time the events of a source are kept in: that of its calendar."""
        spec = self.registry.calendars.get(contract.calendar)
        return spec.zone if spec else self.settings.zone


def resolve_today(
    settings: Settings, engine: Engine, given: dt.date | None, now: Callable[[], dt.datetime]
) -> tuple[dt.date, bool]:
    """`--as-of`, else `BIZENV_CLOCK`, else the home's own clock, else now in the plan's zone; whether it was set."""
    chosen = given or (dt.date.fromisoformat(settings.clock) if settings.clock else None)
    if chosen is None:
        with engine.connect() as connection:
            chosen = connection.execute(select(home.c.clock)).scalar_one_or_none()
    if chosen is None:
        return now().astimezone(ZoneInfo(settings.zone)).date(), False
    return chosen, True


def new_run_id(now: Callable[[], dt.datetime] = system_now) -> str:
    """Sorts by time, is unique, and is safe in file names and Message-IDs."""
    return f"{now():%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}"


def open_context(
    settings: Settings,
    engine: Engine,
    *,
    as_of: dt.date | None = None,
    run_id: str | None = None,
    registry: Registry | None = None,
    now: Callable[[], dt.datetime] = system_now,
) -> Context:
    """Build the context of one run; promises are loaded and cross-checked before anything else happens."""
    registry = registry or load_registry(settings.schema_folders).in_use()
    with engine.connect() as connection:
        simulated = bool(connection.execute(select(home.c.simulated)).scalar_one_or_none())
    today, is_set = resolve_today(settings, engine, as_of, now)
    return Context(settings, registry, engine, today, run_id or new_run_id(now), now, simulated, is_set)
