"""What is particular to PostgreSQL: advisory locks, COPY, LISTEN and NOTIFY, the board's rights. Nothing else is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url

SET_CHANNEL = "bizenv_set"


def _lock_key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def advisory_lock(connection: Connection, name: str) -> None:
    """Hold the named lock until the end of the connection's transaction; waits for whoever has it."""
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _lock_key(name)})


@contextmanager
def holding_lock(engine: Engine, name: str) -> Iterator[None]:
    """Hold the named lock for a block whose own work is outside PostgreSQL."""
    with engine.begin() as connection:
        advisory_lock(connection, name)
        yield


def copy_rows(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a table within the connection's own transaction."""
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def notify(connection: Connection, channel: str, payload: str) -> None:
    """Wake listeners when (and only when) the transaction commits."""
    connection.execute(text("select pg_notify(:channel, :payload)"), {"channel": channel, "payload": payload})


def plain_url(url: str) -> str:
    """The URL as libpq and psycopg read it, password included."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def listen(url: str, channel: str, *, timeout: float) -> Iterator[str | None]:
    """Payloads of `channel`, `None` after `timeout` seconds without one. Raises when the server goes away."""
    with psycopg.connect(plain_url(url), autocommit=True) as connection:
        connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
        while True:
            got = [note.payload for note in connection.notifies(timeout=timeout, stop_after=1)]
            yield got[0] if got else None


def grant_board(connection: Connection, role: str = "bizenv_board") -> None:
    """Let the board's role read everything and insert requests, nothing more; a server without the role is fine."""
    if not connection.execute(text("select 1 from pg_roles where rolname = :r"), {"r": role}).first():
        return
    for statement in (
        f'grant usage on schema public to "{role}"',
        f'grant select on all tables in schema public to "{role}"',
        f'grant insert (kind, payload, requested_by) on requests to "{role}"',
    ):
        connection.execute(text(statement))
