"""`bizenv stack`: the whole stack in the foreground, from the port check to the last process gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from etl.core.embedded.guard import PR_SET_PDEATHSIG, set_process_flag, try_lock
from etl.core.embedded.lease import Lease
from etl.core.postgres import EmbeddedServerError, Server
from etl.stack import health, progress
from etl.stack.airflow_env import airflow_url, password_file
from etl.stack.errors import StackError
from etl.stack.parts import DatabasePart, ProcessPart, build_airflow, build_migration, build_own_parts, build_sandbox
from etl.stack.ports import check_ports, has_mail_sink
from etl.stack.supervisor import StopRequested, Supervisor, ignore_stop_signals, stop_signals
from schemas.settings import REPO, Settings

READY_SECONDS = 180.0
LOOK_SECONDS = 1.0
PROGRESS_SECONDS = 3.0


@dataclass(frozen=True)
class Hooks:
    """What the stack calls but does not know.

    Attributes:
        migrate: brings the warehouse at this SQLAlchemy URL to the newest schema.
        demo: fills the inbox with simulated exports; called when nothing waits and nothing has ever landed.
    """

    migrate: Callable[[str], None] | None = None
    demo: Callable[[], None] | None = None


def say(line: str) -> None:
    """One line for the person at the terminal."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run_stack(
    settings: Settings,
    *,
    hooks: Hooks | None = None,
    with_board: bool = True,
    dags: Path = REPO / "dags",
    tell: Callable[[str], None] = say,
) -> int:
    """Run until SIGINT, SIGTERM or SIGHUP; the exit code: 0 stopped as asked, 1 a part failed for good, 2 cannot start.

    Call it in the main thread. Every problem is one Chinese line through `tell`, never an exception.
    """
    settings.make_home()
    die_with_make()
    supervisor = Supervisor(tell)
    try:
        claim_home(settings)
        check_ports(settings, running=own_ports(settings))
    except (StackError, EmbeddedServerError) as error:
        tell(str(error))
        return 2
    with stop_signals():
        try:
            serve(settings, supervisor, hooks or Hooks(), with_board=with_board, dags=dags, tell=tell)
        except StopRequested:
            tell("正在停止……")
        except (StackError, EmbeddedServerError) as error:
            tell(str(error))
            return 1
        finally:
            ignore_stop_signals()
            supervisor.stop()
    tell("已全部停止。")
    return 0


def serve(
    settings: Settings,
    supervisor: Supervisor,
    hooks: Hooks,
    *,
    with_board: bool,
    dags: Path,
    tell: Callable[[str], None],
) -> None:
    """Start everything in order, tell when it is ready, watch for ever."""
    tell("正在启动数据库……")
    database = DatabasePart(settings)
    supervisor.start(database)
    server = database.server
    assert server is not None  # noqa: S101 - a start that returns has set it
    migration = build_migration(settings, server, dags=dags)
    migration.start()
    if hooks.migrate:
        hooks.migrate(server.url_bizenv)
    if hooks.demo and is_first_run(settings, server):
        tell("收件箱为空，正在放入模拟区县的报表……")
        hooks.demo()
    finish_migration(migration)
    tell("正在启动 Airflow、看板和邮件接收……")
    own = build_own_parts(settings, server) if with_board else []
    interface, *rest = build_airflow(settings, server, dags=dags)
    for part in (interface, build_sandbox(settings), *own):
        supervisor.start(part)
    # a task that starts before the interface answers fails for good on a slow machine
    wait_for(lambda: health.is_airflow_answering(settings), settings, supervisor, tell=tell)
    for part in rest:
        supervisor.start(part)
    wait_for(lambda: is_ready(settings, with_board=with_board), settings, supervisor, tell=tell)
    tell_addresses(settings, with_board=with_board, tell=tell)
    watch(server, supervisor, tell=tell)


def claim_home(settings: Settings) -> None:
    """One stack a home, also where its ports differ; the lock lives as long as this process."""
    path = settings.home / "run" / "stack.lock"
    path.parent.mkdir(exist_ok=True, mode=0o700)
    if try_lock(str(path)) is None:
        raise StackError(f"{settings.home} 的服务已经在运行：请直接打开看板，或先停止正在运行的那一套。")


def own_ports(settings: Settings) -> frozenset[int]:
    """The database port where another command of this home already runs the database there."""
    lease = Lease(settings.home)
    return frozenset({lease.read_port()}) if settings.database_url is None and lease.is_kept() else frozenset()


def die_with_make() -> None:
    """`make run` that is killed takes the stack with it; a shell that ends does not (it may be meant to go on)."""
    try:
        parent = psutil.Process(os.getppid()).name()
    except psutil.Error:
        return
    if parent in ("make", "gmake"):
        set_process_flag(PR_SET_PDEATHSIG, signal.SIGTERM)


def is_first_run(settings: Settings, server: Server) -> bool:
    """Whether no file waits and none has ever landed."""
    waits = any(not path.name.startswith(".") for path in settings.inbox.rglob("*") if path.is_file())
    return not waits and not progress.has_batches(server)


def finish_migration(part: ProcessPart) -> None:
    """Wait for Airflow's own migration.

    Raises:
        StackError: it failed; its log says why.
    """
    guard = part.guard
    if guard is None:
        raise RuntimeError("the migration has not been started")
    try:
        status = guard.wait(READY_SECONDS)
    except subprocess.TimeoutExpired:
        status = None
    if status != 0:
        raise StackError(f"Airflow 的数据库没有建成：请查看日志 {part.log}。")


def is_ready(settings: Settings, *, with_board: bool) -> bool:
    return health.is_airflow_healthy(settings) and (not with_board or health.is_board_up(settings))


def wait_for(
    condition: Callable[[], bool], settings: Settings, supervisor: Supervisor, *, tell: Callable[[str], None]
) -> None:
    """Watch the parts until the condition holds; after `READY_SECONDS` say so and go on."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        supervisor.watch_once()
        if condition():
            return
        time.sleep(LOOK_SECONDS)
    tell(f"有的服务还没有就绪：请查看日志目录 {settings.logs}。")


def tell_addresses(settings: Settings, *, with_board: bool, tell: Callable[[str], None]) -> None:
    tell("全部就绪（按 Ctrl-C 停止）：")
    if with_board:
        tell(f"  看板      {health.board_url(settings)}")
    tell(f"  Airflow   {airflow_url(settings)}  用户 admin，口令见 {password_file(settings.home)}")
    if has_mail_sink(settings):
        tell(f"  邮件      {settings.outbox}")
    tell(f"  收件箱    {settings.inbox}")


def watch(server: Server, supervisor: Supervisor, *, tell: Callable[[str], None]) -> None:
    """Watch for ever; until the first run has published, say how far it is."""
    told, first_run, asked_at = None, not progress.is_published(server), 0.0
    while True:
        supervisor.watch_once()
        if first_run and time.monotonic() - asked_at > PROGRESS_SECONDS:
            asked_at = time.monotonic()
            line = progress.describe_progress(server)
            if line and line != told:
                tell(line)
                told = line
            if progress.is_published(server):
                first_run = False
                tell("第一轮数据已经上板。")
        time.sleep(LOOK_SECONDS)
