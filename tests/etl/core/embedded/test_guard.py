"""Whatever is killed, nothing stays: a guard over a tree of stubborn processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from etl.core.embedded.guard import GuardPlan, list_descendants, try_lock
from etl.core.embedded.launch import open_log, spawn_guarded

pytestmark = [pytest.mark.stack, pytest.mark.skipif(sys.platform != "linux", reason="the full promise is Linux's")]

# A command with a child that ignores SIGTERM, and a grandchild in a session of its own whose parent has gone.
TREE = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN if "deaf" in sys.argv else signal.SIG_DFL)
sleep = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"]
child = subprocess.Popen(sleep)
fork = f"from subprocess import *; print(Popen({sleep!r}, start_new_session=True, stdout=DEVNULL).pid)"
orphan = subprocess.run([sys.executable, "-c", fork], stdout=subprocess.PIPE, text=True).stdout.strip()
with open(sys.argv[1] + ".part", "w") as file:
    file.write(f"{os.getpid()} {child.pid} {orphan}")
os.replace(sys.argv[1] + ".part", sys.argv[1])
time.sleep(float(sys.argv[2]))
sys.exit(7)
"""
# A parent that starts the guard and waits; argv: the plan without parent, log, command...
PARENT = """
import json, os, sys, time
from pathlib import Path
from etl.core.embedded.guard import GuardPlan
from etl.core.embedded.launch import spawn_guarded
plan = GuardPlan(parent=os.getpid(), stop=((15, .5), (9, 5)))
guard = spawn_guarded(sys.argv[2:], plan, env=os.environ, log=Path(sys.argv[1]))
print(guard.pid, flush=True)
time.sleep(600)
"""
QUICK = ((signal.SIGTERM, 0.5), (signal.SIGKILL, 5.0))


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_for(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not condition():
        time.sleep(0.05)
    return condition()


def tree_command(tmp_path: Path, *words: str) -> list[str]:
    return [sys.executable, "-c", TREE, str(tmp_path / "pids"), *words]


def read_pids(tmp_path: Path) -> list[int]:
    assert wait_for((tmp_path / "pids").exists)
    return [int(word) for word in (tmp_path / "pids").read_text().split()]


def start(tmp_path: Path, *words: str, plan: GuardPlan | None = None) -> subprocess.Popen[bytes]:
    plan = plan or GuardPlan(parent=os.getpid(), stop=QUICK)
    return spawn_guarded(tree_command(tmp_path, *words), plan, env=os.environ, log=tmp_path / "log")


def test_end_of_the_command_ends_its_orphans_and_passes_the_status_on(tmp_path: Path) -> None:
    guard = start(tmp_path, "0")
    assert guard.wait(15) == 7
    assert all(map(is_gone, read_pids(tmp_path)))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_the_guard_ends_also_the_deaf(tmp_path: Path, number: signal.Signals) -> None:
    guard = start(tmp_path, "600", "deaf")
    pids = read_pids(tmp_path)
    assert sorted(list_descendants(guard.pid)) == sorted(pids)
    guard.send_signal(number)
    guard.wait(15)
    assert all(map(is_gone, pids))


def test_kill_of_the_command_ends_its_orphans(tmp_path: Path) -> None:
    guard = start(tmp_path, "600")
    pids = read_pids(tmp_path)
    os.kill(pids[0], signal.SIGKILL)
    assert guard.wait(15) == 128 + signal.SIGKILL
    assert all(map(is_gone, pids))


def test_kill_of_the_parent_ends_the_guard_and_all_below(tmp_path: Path) -> None:
    program = [sys.executable, "-c", PARENT, str(tmp_path / "log"), *tree_command(tmp_path, "600", "deaf")]
    parent = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    try:
        pids = [int(parent.stdout.readline()), *read_pids(tmp_path)]
    finally:
        parent.kill()
        parent.communicate()
    assert wait_for(lambda: all(map(is_gone, pids)))


def test_command_ends_when_its_last_user_has_left(tmp_path: Path) -> None:
    users, mutex, holder = (str(tmp_path / name) for name in ("users", "mutex", "holder"))
    plan = GuardPlan(users=users, mutex=mutex, holder=holder, stop=QUICK)
    mine = try_lock(users)
    guard = start(tmp_path, "600", plan=plan)
    pids = read_pids(tmp_path)
    time.sleep(1.5)
    assert guard.poll() is None, "ended although it was in use"
    second = start(tmp_path, "600", plan=plan)
    assert second.wait(15) == 75, "a second guard for the same thing"
    assert mine is not None
    os.close(mine)
    guard.wait(15)
    assert all(map(is_gone, pids))


def test_unknown_command_is_said_in_the_log(tmp_path: Path) -> None:
    guard = spawn_guarded(["/no/such"], GuardPlan(parent=os.getpid()), env={}, log=tmp_path / "log")
    assert guard.wait(15) == 127
    assert "/no/such" in (tmp_path / "log").read_text()


def test_grown_log_moves_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.core.embedded.launch.MAX_LOG_BYTES", 3)
    path = tmp_path / "logs" / "a.log"
    for text in (b"1234", b"5"):
        with open_log(path) as log:
            log.write(text)
    assert (path.read_bytes(), path.with_suffix(".log.1").read_bytes()) == (b"5", b"1234")
