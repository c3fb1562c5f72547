"""Who uses the server of a home: counted by file locks, which the kernel releases also after a `kill -9`.

`mutex` is held while a server is started or ended; `users` is held shared by every process that uses it; `keeper` is
held by the guard of the running server.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
from pathlib import Path

from etl.core.embedded.guard import try_lock


class Lease:
    """One process's use of the server of one home.

    Attributes:
        guard: the server's guard where this process has started it.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / "run"
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.mutex, self.users, self.keeper = (
            str(self.folder / f"postgres.{name}") for name in ("mutex", "users", "keeper")
        )
        self.descriptors: dict[str, int] = {}
        self.guard: subprocess.Popen[bytes] | None = None

    def hold(self, path: str, *, exclusive: bool) -> None:
        """Wait for a lock and keep it."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        self.descriptors[path] = descriptor

    def release(self, path: str) -> None:
        descriptor = self.descriptors.pop(path, None)
        if descriptor is not None:
            # also frees it for children that were forked meanwhile and share the descriptor
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)

    def is_held(self, path: str) -> bool:
        """Whether this very object holds the lock."""
        return path in self.descriptors

    def is_used_by_others(self) -> bool:
        """Whether another process uses the server (a guard that is ending it does not count)."""
        for mode in (fcntl.LOCK_EX, fcntl.LOCK_SH):
            descriptor = try_lock(self.users, mode)
            if descriptor is not None:
                os.close(descriptor)
                return mode == fcntl.LOCK_SH
        return False

    def is_kept(self) -> bool:
        """Whether a guard keeps a server of this home."""
        descriptor = try_lock(self.keeper)
        if descriptor is None:
            return True
        os.close(descriptor)
        return False

    def write_port(self, port: int) -> None:
        (self.folder / "postgres.json").write_text(json.dumps({"port": port}), "utf-8")

    def read_port(self) -> int:
        return int(json.loads((self.folder / "postgres.json").read_text("utf-8"))["port"])
