"""The cluster of a home: `initdb`, passwords, roles and databases.

Passwords are made once and kept in `home/secrets/postgres.json` (0600); every connection uses scram, none `trust`.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from etl.core.embedded.account import Account, choose_account, find_binaries
from etl.core.embedded.errors import EmbeddedServerError

MAJOR = "18"
SUPERUSER, OWNER, AIRFLOW, BOARD = "postgres", "bizenv", "airflow", "bizenv_board"
ROLES = (OWNER, AIRFLOW, BOARD)
DATABASES = {OWNER: OWNER, AIRFLOW: AIRFLOW}


@dataclass(frozen=True)
class Cluster:
    """Places and account of one home's cluster."""

    folder: Path
    secrets_file: Path
    account: Account | None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @contextmanager
    def open_folder(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The folder as the server's account can name it, and the descriptors that have to be passed on for that."""
        if self.account is None:
            yield str(self.folder), ()
            return
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{descriptor}", (descriptor,)
        finally:
            os.close(descriptor)

    def read_passwords(self) -> dict[str, str]:
        return json.loads(self.secrets_file.read_text("utf-8"))


def describe_cluster(home: Path) -> Cluster:
    """The cluster of a home, made or not."""
    folder = home / "pg"
    return Cluster(folder, home / "secrets" / "postgres.json", choose_account(folder))


def prepare_cluster(cluster: Cluster) -> None:
    """Make the cluster where there is none; refuse one that this server cannot run.

    Raises:
        EmbeddedServerError: another user's folder, another version's data, or lost passwords.
    """
    claim_folder(cluster)
    version_file = cluster.data / "PG_VERSION"
    if not version_file.exists():
        write_passwords(cluster.secrets_file)
        initialise(cluster)
        return
    if version_file.read_text("utf-8").strip() != MAJOR:
        raise EmbeddedServerError(
            f"{cluster.data} 是 PostgreSQL {version_file.read_text('utf-8').strip()} 的数据，内置数据库是 {MAJOR} 版："
            "请先用旧版本执行 bizenv backup，再在新版本执行 bizenv restore。"
        )
    if not cluster.secrets_file.exists():
        raise EmbeddedServerError(
            f"找不到数据库口令文件 {cluster.secrets_file}：请从备份中恢复它；没有它就打不开 {cluster.data}。"
        )


def claim_folder(cluster: Cluster) -> None:
    """`home/pg`, 0700, of the server's account; nothing above it is touched."""
    cluster.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    owner, account = cluster.folder.stat().st_uid, cluster.account
    wanted = account.uid if account else os.geteuid()
    if owner != wanted and account is None:
        raise EmbeddedServerError(f"{cluster.folder} 属于另一个用户：请用建立它的用户运行，或换一个 BIZENV_HOME。")
    if owner != wanted and account is not None:
        for path in (cluster.folder, *cluster.folder.rglob("*")):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
    cluster.folder.chmod(0o700)


def write_passwords(path: Path) -> None:
    """New passwords for every role; an existing file stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        return
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({role: secrets.token_urlsafe(24) for role in (SUPERUSER, *ROLES)}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def initialise(cluster: Cluster) -> None:
    """`initdb` into a draft folder that takes its name when it is complete, so that a kill leaves no half cluster."""
    draft, password_file = cluster.folder / "draft", cluster.folder / "password"
    shutil.rmtree(draft, ignore_errors=True)
    password_file.unlink(missing_ok=True)
    password_file.touch(mode=0o600)
    password_file.write_text(cluster.read_passwords()[SUPERUSER], "utf-8")
    if cluster.account:
        os.chown(password_file, cluster.account.uid, cluster.account.gid)
    try:
        with cluster.open_folder() as (folder, descriptors):
            run_initdb(cluster, folder, descriptors)
    finally:
        password_file.unlink(missing_ok=True)
    draft.replace(cluster.data)


def run_initdb(cluster: Cluster, folder: str, descriptors: tuple[int, ...]) -> None:
    account = cluster.account
    command = [
        str(find_binaries(account) / "initdb"),
        *("-D", f"{folder}/draft", "-U", SUPERUSER, "--pwfile", f"{folder}/password"),
        *("-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *("-A", "scram-sha-256", "--no-instructions"),
    ]
    result = subprocess.run(  # noqa: S603 - no word of the command is a user's
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        pass_fds=descriptors,
        **({"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}),
    )
    if result.returncode:
        raise EmbeddedServerError(f"建立数据库失败（{cluster.folder}）：{result.stderr.strip().splitlines()[-1:]}")


def ensure_roles(connection: psycopg.Connection, passwords: dict[str, str]) -> None:
    """Roles and databases that are missing; the grants on tables are the migrations' matter.

    Args:
        connection: of the superuser, in autocommit.
        passwords: role -> password, set again at each start, so that the file is the one truth.
    """
    roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
    for role in ROLES:
        verb = sql.SQL("ALTER" if role in roles else "CREATE")
        connection.execute(
            sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, sql.Identifier(role), sql.Literal(passwords[role]))
        )
    present = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
    for database, owner in DATABASES.items():
        if database in present:
            continue
        name = sql.Identifier(database)
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, sql.Identifier(owner)))
    for database in DATABASES:
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(OWNER), sql.Identifier(BOARD))
    )
