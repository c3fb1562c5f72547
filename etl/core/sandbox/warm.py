"""A program that has imported everything and forks a child for whoever asks: seconds of imports are paid once a stack.

`python -m etl.core.sandbox.warm NAME MODULE ...` listens on the abstract Unix socket NAME (no file whose path could be
too long, gone with its process). A caller of the same user sends one end of a socket pair; a fork serves it as
`child.serve`. The caller is told the child's process id, and when the child has ended, how.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import selectors
import signal
import socket
import struct
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection

from etl.core.embedded.guard import PR_SET_PDEATHSIG, set_process_flag
from etl.core.sandbox import child

NUMBER = struct.Struct("!i")
"""A process id, later its end: as of `Popen.returncode`."""
PATIENCE = 5.0
_CREDENTIALS = struct.Struct("3i")


def address(name: str) -> str:
    """Of the abstract socket."""
    return f"\0{name}"


def is_same_user(peer: socket.socket) -> bool:
    """Anybody on this machine may connect to an abstract socket."""
    found = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return _CREDENTIALS.unpack(found)[1] == os.getuid()


class WarmServer:
    """Forks on demand, reaps, and ends the children whose callers have gone."""

    def __init__(self, name: str) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(address(name))
        self._listener.listen(64)
        self._callers: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._wake, wake = socket.socketpair()
        for end in (self._wake, wake):
            end.setblocking(False)
        self._selector.register(self._wake, selectors.EVENT_READ)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._kept = wake

    def run(self) -> None:
        """Until it is killed."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj is self._wake:
                    with contextlib.suppress(BlockingIOError):
                        self._wake.recv(4096)
                else:
                    self._drop(int(key.data))
            self._reap()

    def _accept(self) -> None:
        caller, _ = self._listener.accept()
        caller.settimeout(PATIENCE)
        try:
            _, descriptors, _, _ = socket.recv_fds(caller, 1, 1)
        except OSError:
            descriptors = []
        if len(descriptors) != 1 or not is_same_user(caller):
            for descriptor in descriptors:
                os.close(descriptor)
            caller.close()
            return
        pid = os.fork()
        if pid == 0:
            self._become_child(descriptors[0], caller)
        os.close(descriptors[0])
        self._callers[pid] = caller
        self._selector.register(caller, selectors.EVENT_READ, pid)
        with contextlib.suppress(OSError):
            caller.sendall(NUMBER.pack(pid))

    def _become_child(self, descriptor: int, caller: socket.socket) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for other in (self._listener, self._wake, self._kept, caller, *self._callers.values()):
            other.close()
        self._selector.close()
        set_process_flag(PR_SET_PDEATHSIG, signal.SIGKILL)
        try:
            child.serve(Connection(descriptor))
        finally:
            os._exit(0)

    def _drop(self, pid: int) -> None:
        """The caller has nothing to say any more: it has gone, and its child with it."""
        caller = self._callers[pid]
        self._selector.unregister(caller)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            caller = self._callers.pop(pid)
            with contextlib.suppress(KeyError):
                self._selector.unregister(caller)
            with contextlib.suppress(OSError):
                caller.sendall(NUMBER.pack(os.waitstatus_to_exitcode(status)))
            caller.close()


def main(name: str, modules: Sequence[str]) -> None:
    """Listen only when everything is there: until then callers start a child of their own."""
    for module in modules:
        found = importlib.import_module(module)
        if prepare := getattr(found, "prepare", None):
            prepare()
    gc.collect()
    gc.freeze()  # a fork that collects would copy every page
    WarmServer(name).run()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
