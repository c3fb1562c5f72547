"""The child: a program that answers one request after another until its pipe closes, or nobody asks for a while.

A request is (name of a module, its argument or None). The module has `prepare()`, called once, and `answer(argument)`,
which gives bytes. Requests come from the parent and are trusted; what they point to is not.
"""

from __future__ import annotations

import importlib
import json
import os
import pickle
import resource
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from etl.core.embedded.guard import PR_SET_PDEATHSIG, set_process_flag

ANSWER, TOO_LARGE, FAULT = b"a", b"m", b"f"
IDLE_SECONDS = 60
"""A child that nobody needs any more gives its memory back."""


def main(descriptor: int, parent: int) -> None:
    """Serve the pipe of the parent that started this program."""
    set_process_flag(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == parent:
        serve(Connection(descriptor))


def serve(connection: Connection) -> None:
    """Answer until the pipe closes or nobody asks for a while."""
    # the parent decides what an interrupt means; a dump of this memory would hold what was read
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while connection.poll(IDLE_SECONDS):
        try:
            request = connection.recv_bytes()
        except EOFError:
            return
        connection.send_bytes(_reply(request))


def _reply(request: bytes) -> bytes:
    try:
        name, argument = pickle.loads(request)  # noqa: S301 - from our own parent, over a pipe that only it holds
        return ANSWER + _call(name, argument)
    except MemoryError:
        return TOO_LARGE
    except Exception as error:  # noqa: BLE001 - every fault is told to the parent, which raises it
        return FAULT + json.dumps(_describe(error)).encode()


def _call(name: str, argument: Any) -> bytes:
    module = importlib.import_module(name)
    if argument is None:
        module.prepare()
        return b""
    return module.answer(argument)


def _describe(error: Exception) -> dict[str, str]:
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return {"kind": type(error).__name__, "place": place, "words": str(error)[:500]}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
