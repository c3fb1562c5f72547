"""The whole stack with the real Airflow and a tiny DAG: up, a task runs, killed, up again, stopped; nothing stays."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from etl.core.embedded.ports import find_free_port
from etl.stack.health import is_board_up
from schemas.settings import Settings, inherited_environment

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]
DRIVER = Path(__file__).with_name("airflow_stack.py")
DAG = """
from datetime import datetime

from airflow.sdk import dag, task

@dag(schedule="* * * * *", start_date=datetime(2020, 1, 1), max_active_runs=1, catchup=False)
def hello():
    @task
    def write():
        import os, pathlib
        (pathlib.Path(os.environ["BIZENV_HOME"]) / "ran.txt").write_text(os.environ["BIZENV_DATABASE_URL"])
    write()

hello()
"""


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not condition():
        time.sleep(0.2)
    return condition()


def is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


class Stack:
    """One run of the driver; its words are in a file, so that nothing waits on a pipe."""

    def __init__(self, settings: Settings, dags: Path, *, words: Path) -> None:
        self.words = words
        env = inherited_environment() | settings.child_environment() | {"PYTHONIOENCODING": "utf-8"}
        with words.open("w") as out:
            self.process = subprocess.Popen([sys.executable, str(DRIVER), str(dags)], env=env, stdout=out, stderr=out)

    def said(self) -> str:
        return self.words.read_text("utf-8")

    def wait_until_ready(self) -> list[psutil.Process]:
        """Every process below the supervisor."""
        assert wait_for(lambda: "全部就绪" in self.said() or self.process.poll() is not None, 200)
        assert "全部就绪" in self.said()
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def office(tmp_path: Path) -> Settings:
    names = ("postgres_port", "airflow_port", "board_port", "smtp_port")
    return Settings(home=tmp_path / "一个 home", **{name: find_free_port() for name in names})  # type: ignore[arg-type]


@pytest.fixture
def start(office: Settings, tmp_path: Path) -> Iterator[Callable[[], Stack]]:
    dags = tmp_path / "dags"
    dags.mkdir()
    (dags / "hello.py").write_text(DAG)
    made: list[Stack] = []

    def make() -> Stack:
        made.append(Stack(office, dags, words=tmp_path / f"words-{len(made)}.txt"))
        return made[-1]

    yield make
    for stack in made:
        if stack.process.poll() is None:
            stack.process.terminate()
            stack.process.wait(60)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_board_alone_leaves_nothing_behind(office: Settings, tmp_path: Path, how: signal.Signals) -> None:
    words = tmp_path / "words.txt"
    env = inherited_environment() | office.child_environment() | {"PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "etl.cli", "board"]
    with words.open("w") as out:
        process = subprocess.Popen(command, env=env, stdout=out, stderr=out)
    assert wait_for(lambda: is_board_up(office) or process.poll() is not None, 90)
    below = psutil.Process(process.pid).children(recursive=True)
    assert any("dashboards" in child.cmdline() for child in below), words.read_text("utf-8")
    if how == signal.SIGTERM:
        again = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)
        assert again.returncode == 1
        assert f"看板端口 {office.board_port}（BIZENV_BOARD_PORT）已被其他程序占用" in again.stdout
    process.send_signal(how)
    assert process.wait(60) == (-9 if how == signal.SIGKILL else 0), words.read_text("utf-8")
    assert wait_for(lambda: all(map(is_gone, below)), 30), [p for p in below if not is_gone(p)]


def test_up_killed_up_again_stopped(office: Settings, start: Callable[[], Stack]) -> None:
    first = start()
    below = first.wait_until_ready()
    assert wait_for((office.home / "ran.txt").exists, 120), "no task has run"
    assert f":{office.postgres_port}/bizenv" in (office.home / "ran.txt").read_text()
    assert "正在放入模拟" in first.said()
    second = start()
    assert second.process.wait(30) == 2
    assert second.said() == f"{office.home} 的服务已经在运行：请直接打开看板，或先停止正在运行的那一套。\n"
    first.process.kill()
    first.process.wait()
    assert wait_for(lambda: all(map(is_gone, below)), 60), [p for p in below if not is_gone(p)]

    (office.home / "ran.txt").unlink()
    again = start()
    below = again.wait_until_ready()
    assert "正在放入模拟" not in again.said(), "the inbox is not empty"
    assert wait_for((office.home / "ran.txt").exists, 120)
    os.kill(again.process.pid, signal.SIGTERM)
    assert again.process.wait(60) == 0
    assert all(map(is_gone, below)), [p for p in below if not is_gone(p)]
    assert again.said().endswith("正在停止……\n已全部停止。\n")


def test_taken_port_is_one_sentence_and_nothing_starts(office: Settings, start: Callable[[], Stack]) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", office.airflow_port))
        squatter.listen()
        stack = start()
        assert stack.process.wait(30) == 2
    assert stack.said().count("\n") == 1
    assert f"Airflow端口 {office.airflow_port}（BIZENV_AIRFLOW_PORT）已被其他程序占用" in stack.said()
    assert not (office.home / "pg").exists()


@pytest.mark.skipif(shutil.which("make") is None or sys.platform != "linux", reason="needs make, on Linux")
def test_killed_make_takes_the_stack_with_it(tmp_path: Path) -> None:
    script = (
        "import os, time, etl.stack.run as run; run.die_with_make(); print(os.getpid(), flush=True); time.sleep(99)"
    )
    (tmp_path / "Makefile").write_text(f"run:\n\t@exec {sys.executable} -c '{script}'\n")
    make = subprocess.Popen(["make", "-C", str(tmp_path), "--no-print-directory", "run"], stdout=subprocess.PIPE)
    assert make.stdout is not None
    stack = psutil.Process(int(make.stdout.readline()))
    make.kill()
    make.communicate()
    assert wait_for(lambda: is_gone(stack), 10)
