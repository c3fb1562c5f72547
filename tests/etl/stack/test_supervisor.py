"""Stop it, kill it, kill a part of it: nothing of it stays, and what can go on goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

pytestmark = [pytest.mark.stack, pytest.mark.skipif(sys.platform != "linux", reason="the full promise is Linux's")]
DUMMY = Path(__file__).with_name("dummy_stack.py")


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not condition():
        time.sleep(0.05)
    return condition()


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


class Running:
    """The dummy stack and what it has started so far."""

    def __init__(self, folder: Path, seconds: str = "600") -> None:
        self.folder = folder
        program = [sys.executable, str(DUMMY), str(folder), seconds]
        self.process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True, start_new_session=True)

    def workers(self, name: str) -> list[list[int]]:
        """[worker, its child] of each start of one part."""
        path = self.folder / name
        lines = path.read_text().splitlines() if path.exists() else []
        return [[int(word) for word in line.split()] for line in lines]

    def wait_until_up(self) -> list[int]:
        """Every process of the stack below the supervisor: guards, workers, their children."""
        assert wait_for(lambda: bool(self.workers("one") and self.workers("two")))
        pids = [child.pid for child in psutil.Process(self.process.pid).children(recursive=True)]
        assert len(pids) == 6, "two guards, two workers, two deaf children"
        return pids


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    made: list[Running] = []

    def make(*arguments: str) -> Running:
        made.append(Running(tmp_path, *arguments))
        return made[-1]

    yield make
    for running in made:
        running.process.kill()
        running.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_every_way_to_end_it_leaves_nothing(start: Callable[..., Running], number: signal.Signals) -> None:
    running = start()
    pids = running.wait_until_up()
    running.process.send_signal(number)
    status = running.process.wait(20)
    assert status == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    assert wait_for(lambda: all(map(is_gone, pids)))


def test_signals_in_a_row_do_not_cut_the_stop_short(start: Callable[..., Running]) -> None:
    running = start()
    pids = running.wait_until_up()
    for number in (signal.SIGINT, signal.SIGINT, signal.SIGTERM):
        running.process.send_signal(number)
        time.sleep(0.1)
    assert running.process.wait(20) == 0
    assert all(map(is_gone, pids))


@pytest.mark.parametrize("victim", ["worker", "guard"])
def test_killed_part_is_started_again_without_orphans(start: Callable[..., Running], victim: str) -> None:
    running = start()
    running.wait_until_up()
    worker, child = running.workers("one")[0]
    guard = psutil.Process(worker).ppid()
    os.kill(worker if victim == "worker" else guard, signal.SIGKILL)
    assert wait_for(lambda: len(running.workers("one")) == 2)
    assert wait_for(lambda: all(map(is_gone, (worker, child, guard))))
    assert len(running.workers("two")) == 1, "the other part is not touched"
    assert not any(map(is_gone, running.workers("two")[0]))
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(20) == 0


def test_part_that_never_stays_up_ends_the_stack_with_a_sentence(start: Callable[..., Running]) -> None:
    running = start("0")
    out, _ = running.process.communicate(timeout=60)
    assert running.process.returncode == 1
    assert out.splitlines()[-1] == "部件 one连续 5 次重启都没有成功，整套服务已停止：请查看日志目录。"
    assert len(running.workers("one")) == 6, "one start and five restarts"
    assert wait_for(
        lambda: all(is_gone(pid) for name in ("one", "two") for pair in running.workers(name) for pid in pair)
    )
