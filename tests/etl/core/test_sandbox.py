"""A child that hangs, swells, crashes or raises: the caller is told what it was, and goes on at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from etl.core.sandbox import CrashedError, FaultError, Limits, TooCostlyError
from etl.core.sandbox.parent import Sandbox

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


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    (tmp_path / "subject.py").write_text(SUBJECT, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
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


def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    (tmp_path / "subject.py").write_text(SUBJECT, encoding="utf-8")
    program = (
        "import json, sys, time; from etl.core.sandbox import call_sandbox, Limits;"
        "print(call_sandbox('subject', ('pid',), Limits(1 << 30, 30)).decode(), flush=True);"
        "call_sandbox('subject', ('loop',), Limits(1 << 30, 30))"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    parent = subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        child = json.loads(parent.stdout.readline())[0]
    assert is_alive(child)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 5
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_alive(child)
