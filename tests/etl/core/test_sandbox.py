"""A child that hangs, swells, crashes or raises: the caller is told what it was, and goes on at once."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from etl.core.sandbox import CrashedError, FaultError, Limits, TooCostlyError, warm
from etl.core.sandbox.launch import WARM
from etl.core.sandbox.parent import Sandbox
from schemas.settings import inherited_environment

SUBJECT = '''
import ctypes, os, signal, sys, time
prepared = []
def prepare():
    prepared.append(1)
def swell():
    kept = []
    while True:
        kept.append(bytearray(8 << 20))
        time.sleep(0.005)
def fail():
    raise KeyError("secret words")
def end(number):
    os.kill(os.getpid(), number)
    time.sleep(9)
def once(path):
    """Dies the first time, answers the second."""
    if not os.path.exists(path):
        open(path, "w").close()
        os._exit(0)
def out_of_memory():
    raise MemoryError
def loop():
    while True:
        pass
def answer(argument):
    name, *rest = argument
    others = {"pid": os.getpid, "env": lambda: sorted(os.environ)}
    result = globals()[name](*rest) if name in globals() else others[name]()
    return repr([result, len(prepared)]).encode()
'''
PLENTY = Limits(512 << 20, 30)


@pytest.fixture(params=["its own process", "a fork of the warm program"])
def source(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Both places where children come from."""
    (tmp_path / "subject.py").write_text(SUBJECT, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    if request.param == "its own process":
        yield request.param
        return
    name = f"bizenv-test-{os.getpid()}-{time.monotonic_ns()}"
    monkeypatch.setenv(WARM, name)
    server = subprocess.Popen([sys.executable, "-m", warm.__name__, name, "json"], env=inherited_environment())
    wait_until(lambda: can_connect(name))
    yield request.param
    assert server.poll() is None, "it outlives all its children"
    server.kill()
    server.wait()


def can_connect(name: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(warm.address(name)) == 0


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def ask(source: str) -> Iterator[Callable[..., Any]]:
    sandbox = Sandbox()

    def call(*argument: Any, limits: Limits = PLENTY) -> list[Any]:
        return eval(sandbox.call("subject", argument, limits))  # noqa: S307 - our own text

    yield call
    sandbox.close()


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_one_warm_child_answers_all_and_is_replaced_when_it_is_gone(ask: Callable[..., Any]) -> None:
    first, second = ask("pid"), ask("pid")
    assert first == second
    assert first[0] != os.getpid()
    assert first[1] == 1  # prepared once
    psutil.Process(first[0]).kill()
    third = ask("pid")
    assert third[0] != first[0]


def test_each_end_has_its_own_name_and_the_caller_goes_on(ask: Callable[..., Any]) -> None:
    before = ask("pid")[0]
    for call, limits, error, told in (
        (("swell",), Limits(100 << 20, 30), TooCostlyError, "memory"),
        (("loop",), Limits(512 << 20, 0.3), TooCostlyError, "time"),
        (("out_of_memory",), PLENTY, TooCostlyError, "memory"),
        (("end", 11), PLENTY, CrashedError, "SIGSEGV"),
        (("end", 9), PLENTY, CrashedError, "SIGKILL"),
        (("end", 15), PLENTY, FaultError, "SIGTERM"),  # somebody stops us: no fault of the file
        (("fail",), PLENTY, FaultError, "KeyError（subject.py:12）：'secret words'"),
    ):
        with pytest.raises(error) as raised:
            ask(*call, limits=limits)
        assert told in str(raised.value), call
    assert not is_alive(before)
    assert isinstance(ask("pid")[0], int)


def test_a_fault_without_words() -> None:
    assert str(FaultError("KeyError", "a.py:1", "张三").without_words()) == "KeyError（a.py:1）"


def test_by_the_clock_it_may_not_wait_for_ever(ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    ask("pid")
    monkeypatch.setattr("etl.core.sandbox.parent.WALL_FACTOR", 2)
    with pytest.raises(TooCostlyError, match="time"):
        ask("swell", limits=Limits(8 << 30, 0.2))


def test_a_child_that_left_is_not_the_fault_of_the_next_file(ask: Callable[..., Any], tmp_path: Path) -> None:
    assert ask("once", str(tmp_path / "left"))[0] is None


def test_it_knows_no_settings(ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIZENV_DATABASE_URL", "postgresql://x:secret@y/z")
    assert [name for name in ask("env")[0] if name.startswith(("BIZENV", "AIRFLOW"))] == []


def test_a_module_that_does_not_load_is_a_fault_of_ours(ask: Callable[..., Any]) -> None:
    sandbox = Sandbox()
    with pytest.raises(FaultError, match="ModuleNotFoundError"):
        sandbox.call("no_such_module", 1, PLENTY)
    sandbox.close()


def test_it_dies_with_its_parent(source: str) -> None:
    program = (
        "import json, sys, time; from etl.core.sandbox import call_sandbox, Limits;"
        "print(call_sandbox('subject', ('pid',), Limits(1 << 30, 30)).decode(), flush=True);"
        "call_sandbox('subject', ('loop',), Limits(1 << 30, 30))"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        child = json.loads(parent.stdout.readline())[0]
    assert is_alive(child)
    parent.kill()
    parent.wait()
    wait_until(lambda: not is_alive(child))


def test_children_come_from_the_warm_program_while_it_lives(
    ask: Callable[..., Any], source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They end with it, and the next call does without."""
    if source == "its own process":
        assert psutil.Process(ask("pid")[0]).ppid() == os.getpid()
        return
    child = ask("pid")[0]
    server = psutil.Process(child).parent()
    assert server is not None
    assert warm.__name__ in server.cmdline()
    others = [Sandbox() for _ in range(3)]
    pids = {eval(sandbox.call("subject", ("pid",), PLENTY))[0] for sandbox in others}  # noqa: S307 - our own text
    assert len({*pids, child}) == 4
    for sandbox in others:
        sandbox.close()
    wait_until(lambda: not any(psutil.pid_exists(pid) for pid in pids))
    psutil.Process(child).kill()
    assert psutil.Process(ask("pid")[0]).ppid() == server.pid
    monkeypatch.setenv(WARM, "nobody-listens-here")
    psutil.Process(ask("pid")[0]).kill()
    assert psutil.Process(ask("pid")[0]).ppid() == os.getpid()
