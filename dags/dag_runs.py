"""How a task opens its run. Imports what is heavy only when a task calls."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from etl.core.context import Context

ABANDONED = timedelta(minutes=15)
"""As in `etl.requests`, whose import is too heavy for a look every ten seconds; a test holds the two equal."""


def name_run(dag_run: Any) -> str:
    """The run id of the pipeline: readable, safe in file names and Message-IDs, one for all tasks of a DAG run."""
    full = f"{dag_run.dag_id}-{dag_run.run_id}"
    safe = re.sub(r"[^0-9A-Za-z]+", "-", full).strip("-")[:80]
    return f"{safe}-{hashlib.sha256(full.encode()).hexdigest()[:6]}"


@contextmanager
def open_run(dag_run: Any) -> Iterator[Context]:
    """The context of this DAG run. As-of is the home's own today, never a date of Airflow."""
    from etl.core.session import open_session
    from schemas.settings import get_settings

    with open_session(get_settings(), trigger=dag_run.dag_id, run_id=name_run(dag_run)) as ctx:
        yield ctx


def is_by_clock(dag_run: Any) -> bool:
    """Whether no asset event asked for this run: then it follows everything, whatever events were lost."""
    return dag_run.run_type != "asset_triggered"


def land_waiting(ctx: Context, source: str, *, stable_seconds: int) -> list[str]:
    """Land all complete files of one source; returns the ids of the new batches."""
    from etl.land import waiting_files

    complete = waiting_files(
        ctx.settings, stable_seconds=stable_seconds, now=ctx.now(), contracts=ctx.registry.contracts
    )
    if source not in complete:
        return []
    from etl import pipeline

    return pipeline.land(ctx, files=complete[source])


def has_unfinished(ctx: Context, source: str) -> bool:
    """Whether a batch of the source waits for its check or its load, perhaps since a run that died."""
    from sqlalchemy import exists, select

    from schemas.warehouse.tables import batches

    waiting = exists().where(batches.c.source == source, batches.c.status.in_(("landed", "accepted")))
    with ctx.engine.connect() as connection:
        return bool(connection.execute(select(waiting)).scalar_one())


def is_dirty(ctx: Context, source: str) -> bool:
    """Whether the source has changes, refused answers among them, that no evaluation has followed yet."""
    from sqlalchemy import exists, select

    from schemas.warehouse.tables import dirty

    with ctx.engine.connect() as connection:
        return bool(connection.execute(select(exists().where(dirty.c.source == source))).scalar_one())


def has_open_requests() -> bool:
    """Whether a viewer's request waits, or was left by a process that died.

    Asked often, so it opens no session and loads no promises.
    """
    from sqlalchemy import and_, exists, func, or_

    from etl.core.postgres import connect_or_start
    from schemas.settings import get_settings
    from schemas.warehouse.engine import make_engine
    from schemas.warehouse.tables import requests

    row = requests.c
    is_open = or_(row.state == "waiting", and_(row.state == "working", row.handled_at < func.now() - ABANDONED))
    with connect_or_start(get_settings()) as server:
        engine = make_engine(server.url_bizenv)
        try:
            with engine.connect() as connection:
                return bool(connection.execute(exists().where(is_open).select()).scalar_one())
        finally:
            engine.dispose()
