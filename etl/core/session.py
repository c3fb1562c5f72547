"""Opens what one run needs - server, warehouse, promises, today - and notes the run itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert

from etl.core.context import Context, open_context, system_now
from etl.core.postgres import connect_or_start
from schemas.models.registry import Registry, load_registry
from schemas.settings import Settings
from schemas.warehouse.engine import make_engine, migrate
from schemas.warehouse.tables import runs


@contextmanager
def open_session(
    settings: Settings,
    *,
    trigger: str,
    as_of: dt.date | None = None,
    run_id: str | None = None,
    now: Callable[[], dt.datetime] = system_now,
) -> Iterator[Context]:
    """The context of one run on the home's PostgreSQL, which is started where it is not running.

    Promises are loaded first: a home with broken YAML starts nothing.

    Args:
        settings: places and ports; the yielded context's settings name the server that was found or started.
        trigger: who asked: `cli`, or the DAG's id.
        as_of: the one today; default see `resolve_today`.
        run_id: joins an earlier run (the tasks of one DAG run share theirs).
        now: stamps rows.

    Raises:
        ConfigError: promises that do not hold together.
        EmbeddedServerError: the server does not come up.
    """
    registry = load_registry(settings.schema_folders).in_use()
    settings.make_home()
    with connect_or_start(settings) as server:
        here = settings.model_copy(update={"database_url": server.url_bizenv, "board_database_url": server.url_board})
        with _open_run(here, registry, trigger=trigger, as_of=as_of, run_id=run_id, now=now) as ctx:
            yield ctx


@contextmanager
def _open_run(
    settings: Settings,
    registry: Registry,
    *,
    trigger: str,
    as_of: dt.date | None,
    run_id: str | None,
    now: Callable[[], dt.datetime],
) -> Iterator[Context]:
    engine = make_engine(settings.database_url or "")
    try:
        migrate(engine)
        ctx = open_context(settings, engine, as_of=as_of, run_id=run_id, registry=registry, now=now)
        _note_run(ctx, trigger)
        yield ctx
        _finish_run(ctx)
    finally:
        engine.dispose()


def _note_run(ctx: Context, trigger: str) -> None:
    row = {"run_id": ctx.run_id, "trigger": trigger, "as_of": ctx.as_of}
    with ctx.engine.begin() as connection:
        connection.execute(insert(runs).values(row).on_conflict_do_nothing())


def _finish_run(ctx: Context) -> None:
    with ctx.engine.begin() as connection:
        connection.execute(update(runs).where(runs.c.run_id == ctx.run_id).values(finished_at=func.now()))
