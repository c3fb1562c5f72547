"""The PostgreSQL of this home: the embedded server, or the one that `BIZENV_DATABASE_URL` names.

One-off commands need no stack; they join a running server of the same home, else start one that ends with its last
user::

    from etl.core.postgres import connect_or_start
    from schemas.settings import get_settings

    with connect_or_start(get_settings()) as server:
        engine = sqlalchemy.create_engine(server.url_bizenv)      # owner; server.url_board: the board's role

The URLs are SQLAlchemy's (`postgresql+psycopg://user:password@127.0.0.1:port/database`); `to_libpq(url)` gives the same
for libpq (DuckDB's ATTACH, pg_dump). Programs of the server: `find_binaries()` (pg_dump, pg_restore, psql).
The stack calls `start_server` and `Server.stop`. What a person can mend is an `EmbeddedServerError`: one Chinese
sentence.
"""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from etl.core.embedded.account import find_binaries
from etl.core.embedded.cluster import AIRFLOW, BOARD, OWNER, SUPERUSER, Cluster, describe_cluster
from etl.core.embedded.errors import EmbeddedServerError
from etl.core.embedded.lease import Lease
from etl.core.embedded.postmaster import HOST, join_running, launch, read_postmaster
from schemas.settings import Settings

__all__ = ["EmbeddedServerError", "Server", "connect_or_start", "find_binaries", "start_server", "to_libpq"]

# Longer than the guard's own patience with the server (`postmaster.STOP_STEPS`).
STOP_SECONDS = 45.0
# Guards that this process has started and that go on for other users; held, or Python complains about lost children.
OUTLIVING: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes:
        url_bizenv: SQLAlchemy URL of the warehouse as its owner.
        url_airflow: of Airflow's metadata, a database of its own.
        url_board: of the warehouse as the board's role, which reads and inserts requests.
        port: of the server (embedded), else 0.
        lease: the count of users; None for a server that is not ours.
    """

    url_bizenv: str
    url_airflow: str
    url_board: str
    port: int = 0
    lease: Lease | None = field(default=None, repr=False)
    cluster: Cluster | None = field(default=None, repr=False)

    @property
    def pid(self) -> int | None:
        """Process id of the postmaster; None for a server that is not ours or does not run."""
        return read_postmaster(self.cluster) if self.cluster else None

    @property
    def url_admin(self) -> str:
        """SQLAlchemy URL of the embedded server's superuser (backup, tests); raises for a server that is not ours."""
        if self.cluster is None:
            raise EmbeddedServerError("外部数据库的管理员账号不归本系统保管：请联系数据库管理员。")
        return (
            f"postgresql+psycopg://{SUPERUSER}:{self.cluster.read_passwords()[SUPERUSER]}@{HOST}:{self.port}/postgres"
        )

    def is_alive(self) -> bool:
        """Whether the embedded server still has its guard (a server that is not ours counts as alive)."""
        return self.lease is None or self.lease.is_kept()

    def stop(self) -> None:
        """Give the server up: the last user ends it, and waits until it has ended."""
        if self.lease is not None:
            leave_server(self.lease)


def to_libpq(url: str) -> str:
    """The same address in libpq's spelling (`postgresql://...`)."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


@contextlib.contextmanager
def connect_or_start(settings: Settings) -> Iterator[Server]:
    """The server for one command; where the port of the settings is taken, a server of our own takes a free one.

    Raises:
        EmbeddedServerError: with one sentence for the person at the keyboard.
    """
    server = start_server(settings, any_port=True)
    try:
        yield server
    finally:
        server.stop()


def start_server(settings: Settings, *, any_port: bool = False) -> Server:
    """Join the running server of this home or start it; in both cases it stays until its last user has left.

    Args:
        settings: the home, the port, or the URL of a server that is not ours.
        any_port: take another free port where the one of the settings is taken.

    Raises:
        EmbeddedServerError: taken port, unusable folder, a server that does not come up.
    """
    if settings.database_url:
        return name_external(settings)
    settings.make_home()
    lease = Lease(settings.home)
    lease.hold(lease.mutex, exclusive=True)
    try:
        cluster = describe_cluster(settings.home)
        lease.hold(lease.users, exclusive=False)
        if not join_running(lease, cluster):
            launch(settings, lease, cluster, any_port=any_port)
        return name_embedded(lease, cluster)
    except BaseException:
        lease.release(lease.users)
        raise
    finally:
        lease.release(lease.mutex)


def name_external(settings: Settings) -> Server:
    """URLs of the office's own server; Airflow's metadata is the database `airflow` beside the warehouse."""
    url = settings.database_url or ""
    scheme, separator, rest = url.partition("://")
    if not separator or not scheme.startswith("postgres"):
        raise EmbeddedServerError("BIZENV_DATABASE_URL 应写成 postgresql://用户:口令@主机:端口/数据库。")
    url = f"postgresql+psycopg://{rest}"
    base, _, query = url.partition("?")
    airflow = base.rpartition("/")[0] + f"/{AIRFLOW}" + (f"?{query}" if query else "")
    board = settings.board_database_url or url
    return Server(url, airflow, f"postgresql+psycopg://{board.partition('://')[2]}")


def name_embedded(lease: Lease, cluster: Cluster) -> Server:
    passwords, port = cluster.read_passwords(), lease.read_port()
    urls = (
        f"postgresql+psycopg://{role}:{passwords[role]}@{HOST}:{port}/{database}"
        for role, database in ((OWNER, OWNER), (AIRFLOW, AIRFLOW), (BOARD, OWNER))
    )
    return Server(*urls, port=port, lease=lease, cluster=cluster)


def leave_server(lease: Lease) -> None:
    """Drop the own use; as the last user, wait here until the guard has ended the server."""
    if not lease.is_held(lease.users):
        return
    lease.release(lease.users)
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and lease.is_kept() and not lease.is_used_by_others():
        time.sleep(0.05)
    if lease.guard is None:
        return
    try:
        lease.guard.wait(0 if lease.is_kept() else 5)
    except subprocess.TimeoutExpired:
        OUTLIVING.append(lease.guard)
