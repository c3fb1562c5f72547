"""Run one command and leave nothing of it behind. A program of its own, standard library only.

Airflow, uvicorn and PostgreSQL start processes of their own, and "die with your parent" reaches only direct
children. So each part of the stack runs below a guard: the guard is the reaper of everything below it and dies
with *its* parent, ending the whole tree first. Whatever gets a `kill -9` (the part, the guard, the supervisor), the
rest is ended by who is left: the part's orphans by the guard, the guard's child by the kernel, the guard by its signal.

Linux gives the full promise; elsewhere the parent is polled once a second (best effort).
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
POLL_SECONDS = 0.5
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
LINUX = sys.platform == "linux"


@dataclass(frozen=True)
class GuardPlan:
    """What a guard is told: whom it dies with, and how it ends its command.

    Attributes:
        parent: pid whose death ends the tree; None when `users` decides.
        users: lock file; the tree ends when no process holds a shared lock on it any more.
        mutex: lock file that starters and leavers hold, so that the end never runs into a start.
        holder: lock file held exclusively while the guard lives ("the server is up").
        account: uid and gid the command runs under; None: the caller's.
        stop: signals in order, with the seconds each may take.
        first_to_all: the first signal goes to the whole tree too, not to the command alone.
        on_guard_death: what the kernel sends to the command when the guard itself is killed.
    """

    parent: int | None = None
    users: str | None = None
    mutex: str | None = None
    holder: str | None = None
    account: tuple[int, int] | None = None
    stop: tuple[tuple[int, float], ...] = ((signal.SIGTERM, 10), (signal.SIGTERM, 3), (signal.SIGKILL, 5))
    first_to_all: bool = False
    on_guard_death: int = signal.SIGKILL

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def set_process_flag(option: int, value: int) -> None:
    """`prctl` on Linux, nothing elsewhere."""
    if LINUX:
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def try_lock(path: str, mode: int = fcntl.LOCK_EX) -> int | None:
    """A lock without waiting: the open descriptor, or None where another process holds one that excludes it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def iterate_parents() -> Iterator[tuple[int, int]]:
    """(pid, pid of its parent) of every process that is not a zombie."""
    if not LINUX:
        listing = subprocess.run(["/bin/ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=False)
        yield from (tuple(map(int, line.split())) for line in listing.stdout.splitlines())  # type: ignore[misc]
        return
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError, ValueError):
            # the name in parentheses may hold anything, so the fields start after the last one
            state, parent = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[:2]
            if state not in "ZX":
                yield int(entry.name), int(parent)


def list_descendants(root: int) -> list[int]:
    """Every living process below `root`, parents before children."""
    below: dict[int, list[int]] = {}
    for pid, parent in iterate_parents():
        below.setdefault(parent, []).append(pid)
    found = list(below.get(root, ()))
    for pid in found:
        found.extend(below.get(pid, ()))
    return found


class Guard:
    """The one command of this process, its descendants, and the reasons to end them."""

    def __init__(self, plan: GuardPlan, command: list[str]) -> None:
        self.plan, self.command = plan, command
        self.child, self.status = 0, None
        self.asked_to_stop = False
        self.wakeup, writer = os.pipe()
        for end in (self.wakeup, writer):
            os.set_blocking(end, False)
        for number in (*STOP_SIGNALS, signal.SIGCHLD):
            signal.signal(number, self.note_signal)
        signal.set_wakeup_fd(writer)

    def note_signal(self, number: int, _frame: object) -> None:
        self.asked_to_stop = self.asked_to_stop or number in STOP_SIGNALS

    def run(self) -> int:
        """Start the command, wait for a reason to end, end the tree; the command's exit status."""
        set_process_flag(PR_SET_CHILD_SUBREAPER, 1)
        if self.plan.parent is not None:
            set_process_flag(PR_SET_PDEATHSIG, signal.SIGTERM)
        self.child = os.fork()
        if self.child == 0:
            self.become_command()
        while self.status is None and not self.should_stop() and not self.is_unused():
            self.wait(POLL_SECONDS)
        self.end_tree()
        return self.status if self.status is not None else 0

    def should_stop(self) -> bool:
        orphaned = self.plan.parent is not None and os.getppid() != self.plan.parent
        return self.asked_to_stop or orphaned

    def is_unused(self) -> bool:
        """Whether no process uses the command any more; both locks then stay held until this process has ended."""
        if self.plan.users is None or self.plan.mutex is None:
            return False
        mutex = try_lock(self.plan.mutex)
        if mutex is None:
            return False
        if try_lock(self.plan.users) is None:
            os.close(mutex)
            return False
        return True

    def become_command(self) -> None:
        """In the child: own process group, plain signals, the account, and death together with the guard."""
        try:
            guard = os.getppid()
            os.setpgid(0, 0)
            signal.set_wakeup_fd(-1)
            for number in (*STOP_SIGNALS, signal.SIGCHLD, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            if self.plan.account:
                uid, gid = self.plan.account
                os.setgroups([])
                os.setgid(gid)
                os.setuid(uid)
            # after setuid: changing the account clears the flag
            set_process_flag(PR_SET_PDEATHSIG, self.plan.on_guard_death)
            if os.getppid() == guard:
                os.execvp(self.command[0], self.command)  # noqa: S606 - no shell is the point
        except OSError as error:
            sys.stderr.write(f"{self.command[0]}: {error}\n")
        os._exit(127)

    def wait(self, seconds: float) -> None:
        """Sleep until a signal or the time is up, then bury the dead."""
        with contextlib.suppress(InterruptedError):
            if select.select([self.wakeup], [], [], seconds)[0]:
                os.read(self.wakeup, 4096)
        with contextlib.suppress(ChildProcessError):
            while (dead := os.waitpid(-1, os.WNOHANG))[0]:
                if dead[0] == self.child:
                    self.status = os.waitstatus_to_exitcode(dead[1])

    def end_tree(self) -> None:
        """Signal after signal until nothing is left below this process."""
        for step, (number, seconds) in enumerate(self.plan.stop):
            to_command_alone = step == 0 and self.status is None and not self.plan.first_to_all
            deadline = time.monotonic() + seconds
            for pid in [self.child] if to_command_alone else list_descendants(os.getpid()):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
            while list_descendants(os.getpid()):
                if time.monotonic() > deadline:
                    break
                self.wait(0.05)
            else:
                self.wait(0)
                return


def claim_holder(path: str) -> bool:
    """Lock the holder file for life; a few tries, since others look at it for a moment."""
    for _ in range(20):
        if try_lock(path) is not None:
            return True
        time.sleep(0.1)
    return False


def main(arguments: list[str]) -> int:
    """`guard.py PLAN_JSON COMMAND...`; exit code 128 + signal where a signal ended the command, 75 when one runs."""
    fields = json.loads(arguments[0])
    plan = GuardPlan(**fields)
    if plan.holder and not claim_holder(plan.holder):
        return 75
    status = Guard(plan, arguments[1:]).run()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
