"""The parts of the stack: what each is called, how it is started, how it is ended."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from etl.core.embedded.guard import GuardPlan
from etl.core.embedded.launch import spawn_guarded
from etl.core.postgres import Server, start_server
from etl.core.sandbox import warm
from etl.core.sandbox.launch import WARM
from etl.stack.airflow_env import airflow_command, build_environment, worker_command
from etl.stack.ports import has_mail_sink
from schemas.settings import REPO, Settings, inherited_environment

PRELOAD = Path(__file__).parent / "preload"
# A task that is being ended leaves its stage repeatable, so nobody waits long for it.
STOP_STEPS = ((signal.SIGTERM, 10.0), (signal.SIGTERM, 3.0), (signal.SIGKILL, 5.0))


class Part(Protocol):
    """What the supervisor watches."""

    @property
    def label(self) -> str: ...

    @property
    def pid(self) -> int | None:
        """The direct child of the supervisor, where there is one."""
        ...

    def start(self) -> None: ...

    def is_alive(self) -> bool: ...

    def ask_to_stop(self) -> None:
        """Begin to end; `wait` waits for it."""
        ...

    def wait(self, seconds: float) -> None: ...


@dataclass
class ProcessPart:
    """A command below its own guard.

    Attributes:
        name: of its log file.
        label: how people are told about it.
        stop: signals of the guard and the seconds each may take.
        stop_all_at_once: the first signal goes to the whole tree.
    """

    name: str
    label: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    logs: Path
    stop: tuple[tuple[int, float], ...] = STOP_STEPS
    stop_all_at_once: bool = False
    guard: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        return self.logs / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        return self.guard.pid if self.guard else None

    def start(self) -> None:
        plan = GuardPlan(parent=os.getpid(), stop=self.stop, first_to_all=self.stop_all_at_once)
        self.guard = spawn_guarded(self.command, plan, env=self.env, log=self.log)

    def is_alive(self) -> bool:
        return self.guard is not None and self.guard.poll() is None

    def ask_to_stop(self) -> None:
        if self.guard is not None and self.guard.poll() is None:
            self.guard.terminate()

    def wait(self, seconds: float) -> None:
        if self.guard is None:
            return
        try:
            self.guard.wait(seconds)
        except subprocess.TimeoutExpired:
            self.guard.kill()  # what is left below it comes to the supervisor, which ends it
            self.guard.wait()


@dataclass
class DatabasePart:
    """The embedded database; its guard outlives this process while another command of the home uses it."""

    settings: Settings
    label: str = "数据库"
    server: Server | None = field(default=None, init=False)

    @property
    def pid(self) -> int | None:
        guard = self.server.lease.guard if self.server and self.server.lease else None
        return guard.pid if guard else None

    def start(self) -> None:
        if self.server is not None:
            self.server.stop()
        self.server = start_server(self.settings)
        if self.server.port:
            # the others know this address, so a restart has to come back to it
            self.settings = self.settings.model_copy(update={"postgres_port": self.server.port})

    def is_alive(self) -> bool:
        return self.server is not None and self.server.is_alive()

    def ask_to_stop(self) -> None:
        """Nothing: the others still talk to it until they have ended."""

    def wait(self, seconds: float) -> None:
        """The server has time-outs of its own."""
        if self.server is not None:
            self.server.stop()


def build_airflow(settings: Settings, server: Server, *, dags: Path = REPO / "dags") -> list[ProcessPart]:
    """The four processes of Airflow; logs are read from disk, so none of them serves logs on a port of its own."""
    env = build_environment(settings, database_url=server.url_airflow, dags=dags)
    env |= {"BIZENV_DATABASE_URL": server.url_bizenv, "BIZENV_BOARD_DATABASE_URL": server.url_board}
    env[WARM] = name_sandbox(settings)
    commands = {
        "api-server": ("Airflow 接口", ("api-server",)),
        "scheduler": ("Airflow 调度", ("scheduler", "--skip-serve-logs")),
        "dag-processor": ("Airflow 流程解析", ("dag-processor",)),
        "triggerer": ("Airflow 触发器", ("triggerer", "--skip-serve-logs")),
    }
    workers = [build_worker(settings, env, "worker")] if settings.celery_broker else []
    parts = [
        ProcessPart(
            f"airflow-{name}",
            label,
            airflow_command(*words),
            env | (preloading(env) if name == "scheduler" else {}),
            settings.logs,
            # it waits for its own child without passing the signal on
            stop_all_at_once=name == "triggerer",
        )
        for name, (label, words) in commands.items()
    ]
    return [*parts, *workers]


def build_worker(settings: Settings, env: Mapping[str, str], name: str) -> ProcessPart:
    """A Celery worker of this home, on this machine or another that sees the same folders and addresses."""
    return ProcessPart(f"airflow-{name}", "Airflow 执行", worker_command(settings, name), env, settings.logs)


def preloading(env: Mapping[str, str]) -> dict[str, str]:
    """The tasks are forks of the scheduler: what it has imported none of them imports again."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(PRELOAD), env.get("PYTHONPATH"))))}


def name_sandbox(settings: Settings) -> str:
    """Of the warm program's socket: one a running stack."""
    home = hashlib.sha256(str(settings.home).encode()).hexdigest()[:16]
    return f"bizenv-sandbox-{home}-{os.getpid()}"


def build_sandbox(settings: Settings) -> ProcessPart:
    """The warm program whose forks read files; it knows no settings. Without it every task starts its own reader."""
    modules = ("etl.check.sandboxed", "etl.giveback.sandboxed", "expectations.run")
    command = (sys.executable, "-P", "-m", warm.__name__, name_sandbox(settings), *modules)
    return ProcessPart("sandbox", "文件读取", command, inherited_environment(), settings.logs)


def build_migration(settings: Settings, server: Server, *, dags: Path = REPO / "dags") -> ProcessPart:
    """`airflow db migrate`, which ends by itself."""
    env = build_environment(settings, database_url=server.url_airflow, dags=dags)
    return ProcessPart("airflow-migrate", "Airflow 建库", airflow_command("db", "migrate"), env, settings.logs)


def build_own_parts(settings: Settings, server: Server) -> list[ProcessPart]:
    """The board and the mail sink."""
    parts = [build_board(settings, server)]
    if has_mail_sink(settings):
        command = (sys.executable, "-m", "etl.stack.mail_sink")
        parts.append(ProcessPart("mail-sink", "邮件接收", command, _without_warehouse(settings), settings.logs))
    return parts


def build_board(settings: Settings, server: Server) -> ProcessPart:
    """The board, which knows its own role's address only."""
    env = _without_warehouse(settings) | {"BIZENV_BOARD_DATABASE_URL": server.url_board}
    return ProcessPart("board", "看板", (sys.executable, "-m", "dashboards"), env, settings.logs)


def _without_warehouse(settings: Settings) -> dict[str, str]:
    env = inherited_environment() | settings.child_environment()
    env.pop("BIZENV_DATABASE_URL", None)
    return env
