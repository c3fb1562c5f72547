"""The parent's side: one warm child for all calls of this process, watched while it works, replaced when it is gone."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import pickle
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import psutil

from etl.core.sandbox import child as program
from etl.core.sandbox.errors import CrashedError, FaultError, TooCostlyError
from etl.core.sandbox.launch import Process, start_child

START_SECONDS = 180.0
"""For the child's own start and imports, which no file is blamed for."""
WALL_FACTOR = 10
"""Computing time is limited: a busy machine is not the sender's fault. By the clock it may take ten times that."""
MAX_ANSWER = 512 * 1024**2
_FIRST_LOOK, _LATER_LOOK = 0.01, 0.05
_STOPPED = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


@dataclass(frozen=True)
class Limits:
    """What one call may take on top of what the warm child has: bytes of memory, seconds of computing."""

    memory: int
    seconds: float


class _GoneError(Exception):
    """The child ended without an answer; `code` as of `Popen`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class _Child:
    """One running child.

    Attributes:
        owner: the process that started it; a fork of that one must not use it.
        prepared: modules that it has imported and warmed.
        resting: its memory after the first of them was.
    """

    process: Process
    connection: Connection
    owner: int
    prepared: set[str] = field(default_factory=set)
    resting: int = 0

    def send(self, name: str, argument: Any) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # then the reading side tells how it ended
            self.connection.send_bytes(pickle.dumps((name, argument)))

    def receive(self) -> bytes:
        try:
            return self.connection.recv_bytes(MAX_ANSWER)
        except (EOFError, ConnectionResetError):
            raise _GoneError(self.process.wait()) from None
        except OSError:
            # an answer beyond all bounds; the rest of the pipe cannot be trusted
            raise TooCostlyError("memory") from None

    def watch(self, limits: Limits) -> bytes:
        """Wait for the answer.

        Raises:
            TooCostlyError: a limit is reached.
            _GoneError: the child has ended.
        """
        usage = psutil.Process(self.process.pid)
        memory, computed, started = usage.memory_info().rss, _computed(usage), time.monotonic()
        pause = _FIRST_LOOK
        while not self.connection.poll(pause):
            pause = _LATER_LOOK
            with contextlib.suppress(psutil.NoSuchProcess):
                if usage.memory_info().rss - memory > limits.memory:
                    raise TooCostlyError("memory")
                if _computed(usage) - computed > limits.seconds:
                    raise TooCostlyError("time")
            if time.monotonic() - started > limits.seconds * WALL_FACTOR:
                raise TooCostlyError("time")
        return self.receive()

    def is_bloated(self, limits: Limits) -> bool:
        """Whether it still holds much of what its last call took."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).memory_info().rss - self.resting > limits.memory / 2
        return False

    def end(self) -> None:
        self.connection.close()
        if self.owner == os.getpid():
            self.process.kill()
            self.process.wait()


def _computed(usage: psutil.Process) -> float:
    times = usage.cpu_times()
    return times.user + times.system


class Sandbox:
    """The child of this process. Calls of several threads wait for each other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def call(self, name: str, argument: Any, limits: Limits) -> bytes:
        """As `call_sandbox`."""
        with self._lock:
            try:
                return self._ask(name, argument, limits)
            except _GoneError:
                # Once more in a fresh child: it may have left while idle, or been killed for another's memory.
                self._end()
            try:
                return self._ask(name, argument, limits)
            except _GoneError as gone:
                self._end()
                raise CrashedError(_name_end(gone.code)) from None

    def _ask(self, name: str, argument: Any, limits: Limits) -> bytes:
        child = self._prepare(name)
        child.send(name, argument)
        try:
            reply = child.watch(limits)
        except TooCostlyError:
            self._end()
            raise
        except _GoneError as gone:
            if -gone.code in _STOPPED:
                self._end()
                raise FaultError("Stopped", _name_end(gone.code)) from None
            raise
        if reply[:1] == program.TOO_LARGE or child.is_bloated(limits):
            self._end()
        return _open_reply(reply)

    def _prepare(self, name: str) -> _Child:
        child = self._child
        if child is None or child.owner != os.getpid() or child.process.poll() is not None:
            child = self._child = _Child(*start_child(), os.getpid())
        if name not in child.prepared:
            child.send(name, None)
            try:
                _open_reply(child.watch(Limits(sys.maxsize, START_SECONDS)))
            except (TooCostlyError, _GoneError) as error:
                self._end()
                raise FaultError("NotStarted", f"{name}: {error}") from None
            child.prepared.add(name)
            child.resting = psutil.Process(child.process.pid).memory_info().rss
        return child

    def _end(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None

    def close(self) -> None:
        """End the child; the next call starts another one."""
        with self._lock:
            self._end()


def _open_reply(reply: bytes) -> bytes:
    if reply[:1] == program.ANSWER:
        return reply[1:]
    if reply[:1] == program.TOO_LARGE:
        raise TooCostlyError("memory")
    raise FaultError(**json.loads(reply[1:]))


def _name_end(code: int) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"exit {code}"


_SANDBOX = Sandbox()
atexit.register(_SANDBOX.close)


def close_sandbox() -> None:
    """End the child, which gives its memory back; the next call starts another one."""
    _SANDBOX.close()


def call_sandbox(name: str, argument: Any, limits: Limits) -> bytes:
    """Let the child answer.

    Args:
        name: of a module with `prepare()` and `answer(argument) -> bytes`.
        argument: anything that pickles, never None.
        limits: of this call.

    Raises:
        TooCostlyError: the limits are reached; the child has been ended.
        CrashedError: the child died of it, twice.
        FaultError: an exception of the module, or a child that does not start or was stopped by somebody.
    """
    return _SANDBOX.call(name, argument, limits)
