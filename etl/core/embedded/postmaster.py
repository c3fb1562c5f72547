"""The postmaster of a home: started below a guard, waited for, and cleared away after a `kill -9`."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from pathlib import Path

import psutil
import psycopg

from etl.core.embedded.account import find_binaries
from etl.core.embedded.cluster import SUPERUSER, Cluster, ensure_roles, prepare_cluster
from etl.core.embedded.errors import EmbeddedServerError
from etl.core.embedded.guard import GuardPlan
from etl.core.embedded.launch import spawn_guarded
from etl.core.embedded.lease import Lease
from etl.core.embedded.ports import find_free_port, is_port_free
from schemas.settings import Settings, inherited_environment

HOST = "127.0.0.1"
# Crash recovery replays the log before the server answers; it ends by itself, so the limit is generous.
START_SECONDS = 300.0
OLD_SERVER_SECONDS = 45.0
CLOCK_SLACK_SECONDS = 10.0
OPTIONS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # no socket: nothing to protect, and no limit on the length of the path
    "max_connections": "150",
    "shared_buffers": "64MB",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
PORT_TRIES = 4
GIVE_UP_SECONDS = 5.0
STOP_STEPS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


def join_running(lease: Lease, cluster: Cluster) -> bool:
    """Whether a kept server answers (waits for one that is still starting or ending)."""
    if not lease.is_kept():
        return False
    return wait_until_ready(lease, cluster)


def launch(settings: Settings, lease: Lease, cluster: Cluster, *, any_port: bool) -> None:
    """Start a guard with a postmaster below it, and wait until it answers; `any_port`: on another one if need be."""
    prepare_cluster(cluster)
    clear_stale_postmaster(cluster)
    port = failed = settings.postgres_port
    if not is_port_free(port):
        if not any_port:
            raise EmbeddedServerError(
                f"数据库端口 {port} 已被其他程序占用：请关闭占用它的程序，或用 BIZENV_POSTGRES_PORT 换一个端口。"
            )
        port = find_free_port()
    log = settings.logs / "postgres.log"
    for _ in range(PORT_TRIES if any_port else 1):
        start_on(settings, lease, cluster, port=port, log=log)
        if wait_until_ready(lease, cluster, starting=True):
            return
        failed, port = port, find_free_port()  # another server may have taken the port since we looked
    raise EmbeddedServerError(explain_failure(log, failed))


def start_on(settings: Settings, lease: Lease, cluster: Cluster, *, port: int, log: Path) -> None:
    """Start a guard with a postmaster below it on this port; it may still fail to come up."""
    lease.write_port(port)
    account = cluster.account
    plan = GuardPlan(
        users=lease.users,
        mutex=lease.mutex,
        holder=lease.keeper,
        account=(account.uid, account.gid) if account else None,
        stop=STOP_STEPS,
        on_guard_death=signal.SIGINT,  # a fast, clean shutdown
    )
    with cluster.open_folder() as (folder, descriptors):
        options = [word for name, value in OPTIONS.items() for word in ("-c", f"{name}={value}")]
        command = [str(find_binaries(account) / "postgres"), "-D", f"{folder}/data", "-p", str(port), *options]
        lease.guard = spawn_guarded(command, plan, env=inherited_environment(), log=log, pass_fds=descriptors)


def wait_until_ready(lease: Lease, cluster: Cluster, *, starting: bool = False) -> bool:
    """Connect until it works, then make roles and databases complete; False when the guard has gone."""
    deadline = time.monotonic() + START_SECONDS
    passwords, port = cluster.read_passwords(), lease.read_port()
    address = f"host={HOST} port={port} user={SUPERUSER} dbname=postgres connect_timeout=5"
    while time.monotonic() < deadline:
        try:
            with psycopg.connect(address, password=passwords[SUPERUSER], autocommit=True) as connection:
                ensure_roles(connection, passwords)
        except psycopg.OperationalError as error:
            if "authentication failed" in str(error):
                if starting and has_ended(lease):
                    return False  # a stranger answers on the port that ours did not get
                raise EmbeddedServerError(
                    f"数据库不接受 {cluster.secrets_file} 里的口令：请从备份中恢复这个文件。"
                ) from error
            # a guard of our own may not have taken its lock yet
            if lease.guard.poll() is not None if starting and lease.guard else not lease.is_kept():
                return False
            time.sleep(0.05)
        else:
            return True
    return False


def has_ended(lease: Lease) -> bool:
    """Whether the guard that we have just started gives up within a moment."""
    if lease.guard is None:
        return False
    with contextlib.suppress(subprocess.TimeoutExpired):
        lease.guard.wait(GIVE_UP_SECONDS)
    return lease.guard.poll() is not None


def explain_failure(log: Path, port: int) -> str:
    tail = log.read_text("utf-8", "replace")[-2000:]
    if "could not bind" in tail:
        return f"数据库端口 {port} 已被其他程序占用：请关闭占用它的程序，或用 BIZENV_POSTGRES_PORT 换一个端口。"
    return f"内置数据库没有启动成功：请查看日志 {log} 的最后几行。"


def read_postmaster(cluster: Cluster) -> int | None:
    """The pid in `postmaster.pid` where that very process still lives; None otherwise.

    The file's third line is the start time: after a crash the number may belong to anybody, another home's server too.
    """
    try:
        lines = (cluster.data / "postmaster.pid").read_text("utf-8").splitlines()
        process, started = psutil.Process(int(lines[0])), float(lines[2])
        is_same = "postgres" in process.name() and abs(process.create_time() - started) < CLOCK_SLACK_SECONDS
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return process.pid if is_same else None


def clear_stale_postmaster(cluster: Cluster) -> None:
    """After a `kill -9` of the guard: let an old postmaster end; after one of everything: take its file away.

    PostgreSQL itself takes any living process with the old number for a running server.
    """
    deadline = time.monotonic() + OLD_SERVER_SECONDS
    while (pid := read_postmaster(cluster)) is not None and time.monotonic() < deadline:
        with contextlib.suppress(psutil.Error):
            psutil.Process(pid).send_signal(signal.SIGINT)
        time.sleep(0.2)
    if pid is None:
        (cluster.data / "postmaster.pid").unlink(missing_ok=True)
