"""Start a command below its own guard process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from etl.core.embedded import guard

MAX_LOG_BYTES = 20_000_000


def open_log(path: Path) -> IO[bytes]:
    """Append to a log of one process; a log grown too big moves to `.1` first."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
        path.replace(path.with_suffix(path.suffix + ".1"))
    return path.open("ab")


def spawn_guarded(
    command: Sequence[str],
    plan: guard.GuardPlan,
    *,
    env: Mapping[str, str],
    log: Path,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `command` under a guard in a session of its own; output goes to `log`.

    Call it from the main thread: the kernel takes the death of the starting *thread* for the parent's.
    """
    program = [sys.executable, "-I", "-S", guard.__file__, plan.to_json(), *command]
    with open_log(log) as output:
        return subprocess.Popen(  # noqa: S603 - the command is ours, never a user's text
            program,
            env=dict(env),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=tuple(pass_fds),
            start_new_session=True,
        )
