"""Where a child comes from: a fork of the warm program where one listens, else a process of our own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
from multiprocessing.connection import Connection
from typing import Protocol

from etl.core.sandbox import child as program
from etl.core.sandbox.warm import NUMBER, PATIENCE, address, is_same_user
from schemas.settings import inherited_environment

WARM = "BIZENV_WARM_SANDBOX"
"""Environment variable that names the warm program's socket; the stack sets it for those that check files."""


class Process(Protocol):
    """What the caller needs of the child's process; codes as of `subprocess.Popen`."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self) -> int: ...

    def kill(self) -> None: ...


class BorrowedProcess:
    """A child of the warm program, which tells over `control` how it ended."""

    def __init__(self, pid: int, control: socket.socket) -> None:
        self.pid = pid
        self._control = control
        self._code: int | None = None

    def poll(self) -> int | None:
        if self._code is None:
            self._control.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                self._receive()
        return self._code

    def wait(self) -> int:
        if self._code is None:
            self._control.setblocking(True)
            self._receive()
        return self._code if self._code is not None else -signal.SIGKILL

    def kill(self) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _receive(self) -> None:
        said = self._control.recv(NUMBER.size)
        # the warm program itself was killed, and its children with it
        self._code = NUMBER.unpack(said)[0] if len(said) == NUMBER.size else -signal.SIGKILL
        self._control.close()


def start_child() -> tuple[Process, Connection]:
    """A child that waits for requests on the connection."""
    mine, other = socket.socketpair()
    with other:
        process = _borrow(other) or _spawn(other)
    return process, Connection(mine.detach())


def _borrow(other: socket.socket) -> BorrowedProcess | None:
    name = os.environ.get(WARM)
    if not name:
        return None
    control = socket.socket(socket.AF_UNIX)
    control.settimeout(PATIENCE)
    try:
        control.connect(address(name))
        if is_same_user(control):
            socket.send_fds(control, [b"!"], [other.fileno()])
            return BorrowedProcess(NUMBER.unpack(control.recv(NUMBER.size))[0], control)
    except (OSError, struct.error):
        pass  # not there yet, or no longer: a process of our own does the same
    control.close()
    return None


def _spawn(other: socket.socket) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", program.__name__, str(other.fileno()), str(os.getpid())]
    return subprocess.Popen(  # noqa: S603 - our own program
        command,
        env=inherited_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # a panic may quote what it read
        pass_fds=(other.fileno(),),
    )
