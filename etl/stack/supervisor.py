"""Start parts, watch them, start a dead one again, end all of them. Knows nothing of what the parts are."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import psutil

from etl.core.embedded.guard import PR_SET_CHILD_SUBREAPER, STOP_SIGNALS, set_process_flag
from etl.core.postgres import EmbeddedServerError
from etl.stack.errors import StackError
from etl.stack.parts import Part

MAX_RESTARTS = 5
# Seconds before the 1st, 2nd ... restart; a part that ran this long since is taken for healthy again.
BACKOFF_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0)
HEALTHY_SECONDS = 120.0
STOP_SECONDS = 30.0


class StopRequested(BaseException):
    """SIGINT, SIGTERM or SIGHUP arrived; not an error, so that no `except Exception` swallows it."""


def ignore_stop_signals() -> None:
    """From here on the stop runs to its end."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def stop_signals() -> Iterator[None]:
    """The first stop signal raises `StopRequested` in the main thread, later ones are ignored (a stop is under way).

    An ignored SIGHUP stays ignored: that is what `nohup` asks for.
    """
    chosen = [n for n in STOP_SIGNALS if n != signal.SIGHUP or signal.getsignal(n) != signal.SIG_IGN]

    def request(_number: int, _frame: object) -> None:
        ignore_stop_signals()
        raise StopRequested

    before = {number: signal.signal(number, request) for number in chosen}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass
class Watch:
    """What the supervisor remembers of one part."""

    part: Part
    started_at: float = 0.0
    restarts: int = 0
    due_at: float | None = None


@dataclass
class Supervisor:
    """Owns the parts from their start to their end. Use it from the main thread.

    Attributes:
        say: gets one Chinese line for people at each event.
        clock: monotonic seconds.
    """

    say: Callable[[str], None]
    backoff: Sequence[float] = BACKOFF_SECONDS
    clock: Callable[[], float] = time.monotonic
    watches: list[Watch] = field(default_factory=list)

    def __post_init__(self) -> None:
        # orphans of a killed guard come here instead of to init
        set_process_flag(PR_SET_CHILD_SUBREAPER, 1)

    def start(self, part: Part) -> None:
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("parts die with the thread that starts them: use the main thread")
        watch = Watch(part)
        self.watches.append(watch)
        part.start()
        watch.started_at = self.clock()

    def watch_once(self) -> None:
        """Look at every part; start dead ones again when their time has come.

        Raises:
            StackError: a part died once more after `MAX_RESTARTS` restarts.
        """
        for watch in self.watches:
            if watch.due_at is not None:
                self.restart_when_due(watch)
            elif not watch.part.is_alive():
                self.plan_restart(watch)

    def plan_restart(self, watch: Watch) -> None:
        self.end_orphans()
        if self.clock() - watch.started_at > HEALTHY_SECONDS:
            watch.restarts = 0
        if watch.restarts >= MAX_RESTARTS:
            raise StackError(
                f"{watch.part.label}连续 {MAX_RESTARTS} 次重启都没有成功，整套服务已停止：请查看日志目录。"
            )
        wait = self.backoff[min(watch.restarts, len(self.backoff) - 1)]
        watch.restarts += 1
        watch.due_at = self.clock() + wait
        self.say(f"{watch.part.label}意外退出，{wait:g} 秒后第 {watch.restarts} 次重启。")

    def restart_when_due(self, watch: Watch) -> None:
        if watch.due_at is None or self.clock() < watch.due_at:
            return
        watch.due_at = None
        watch.started_at = self.clock()
        try:
            watch.part.start()
        except EmbeddedServerError as error:
            self.say(str(error))  # it counts as dead at the next look

    def end_orphans(self) -> None:
        """Kill what a dead guard has left: children of ours that no part and no server of ours stands for."""
        known = {watch.part.pid for watch in self.watches}
        for child in psutil.Process().children():
            if child.pid in known:
                continue
            for process in (child, *child.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    process.kill()
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child.pid, 0)

    def stop(self) -> None:
        """End every part, the first started last; returns when nothing of them is left."""
        for watch in reversed(self.watches):
            watch.part.ask_to_stop()
        for watch in reversed(self.watches):
            watch.part.wait(STOP_SECONDS)
        self.end_orphans()
        self.watches.clear()
