"""The embedded server for real: who may connect, who ends it, what a `kill -9` leaves."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from etl.core.embedded.ports import find_free_port
from etl.core.postgres import EmbeddedServerError, Server, connect_or_start, start_server, to_libpq
from schemas.settings import Settings

pytestmark = pytest.mark.stack

HOLD_SERVER = """
import sys, time
from pathlib import Path
from etl.core.postgres import connect_or_start
from schemas.settings import Settings
with connect_or_start(Settings(home=Path(sys.argv[1]), postgres_port=int(sys.argv[2]))) as server:
    print(server.pid, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def office(tmp_path: Path) -> Settings:
    """A home whose path has a space and Chinese letters, on a port of its own."""
    return Settings(home=tmp_path / "营商 home", postgres_port=find_free_port())


def ask(url: str, query: str) -> tuple:
    with psycopg.connect(to_libpq(url)) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def hold_elsewhere(office: Settings) -> tuple[subprocess.Popen[str], int]:
    """Another process that uses the server until its input closes, and the postmaster it sees."""
    program = [sys.executable, "-c", HOLD_SERVER, str(office.home), str(office.postgres_port)]
    process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def guard_of(server: Server) -> psutil.Process:
    assert server.pid is not None
    parent = psutil.Process(server.pid).parent()
    assert parent is not None
    return parent


def test_fresh_server_serves_its_three_roles(office: Settings) -> None:
    with connect_or_start(office) as server:
        assert ask(server.url_bizenv, "select current_user, current_database()") == ("bizenv", "bizenv")
        assert ask(server.url_airflow, "select current_user, current_database()") == ("airflow", "airflow")
        assert ask(server.url_board, "select current_user, current_database()") == ("bizenv_board", "bizenv")
        assert ask(server.url_bizenv, "show server_encoding") == ("UTF8",)
        assert ask(server.url_bizenv, "select datlocale from pg_database where datname = 'bizenv'") == ("C.UTF-8",)
        assert ask(server.url_bizenv, "select split_part(current_setting('server_version'), '.', 1)") == ("18",)
        for url, statement in (
            (server.url_board, "create table t (a int)"),
            (server.url_airflow.replace("/airflow", "/bizenv"), "select 1"),
            (server.url_board.replace("/bizenv", "/airflow"), "select 1"),
        ):
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.OperationalError)):
                ask(url, statement)


def test_nothing_is_open_to_others(office: Settings) -> None:
    with connect_or_start(office) as server:
        for url in (server.url_bizenv, server.url_admin):
            wrong = re.sub(r":[^:@]+@", ":wrong@", to_libpq(url))
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                psycopg.connect(wrong)
        process = psutil.Process(server.pid)
        listening = {c.laddr for c in process.net_connections("all") if c.status == psutil.CONN_LISTEN}
        assert {(address.ip, address.port) for address in listening} == {("127.0.0.1", server.port)}
        assert not [c for c in process.net_connections("unix") if c.laddr]
        assert process.uids().effective != 0
    for path, mode in {"pg": 0o700, "pg/data": 0o700, "secrets": 0o700, "secrets/postgres.json": 0o600}.items():
        assert (office.home / path).stat().st_mode & 0o777 == mode, path
    assert "trust" not in re.sub(r"#.*", "", (office.home / "pg/data/pg_hba.conf").read_text())


def test_home_stays_as_closed_as_it_was(office: Settings, tmp_path: Path) -> None:
    before = {folder: folder.stat().st_mode for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent)}
    with connect_or_start(office):
        pass
    assert {folder: folder.stat().st_mode for folder in before} == before
    assert office.home.stat().st_mode & 0o777 == 0o700


def test_server_lives_until_its_last_user_has_left(office: Settings) -> None:
    with connect_or_start(office) as server:
        other, seen = hold_elsewhere(office)
        assert seen == server.pid
    assert psutil.pid_exists(seen), "ended under the feet of the other"
    other.communicate("")
    assert not psutil.pid_exists(seen)


@pytest.mark.parametrize("victim", ["command", "guard", "postmaster"])
def test_kill_leaves_nothing_and_the_next_start_recovers(office: Settings, victim: str) -> None:
    other, postmaster = hold_elsewhere(office)
    with connect_or_start(office) as server:
        with psycopg.connect(to_libpq(server.url_bizenv)) as connection:
            connection.execute("create table kept as select 42 as answer")
        guard = guard_of(server)
        backends = psutil.Process(postmaster).children()
        if victim != "command":
            os.kill({"guard": guard.pid, "postmaster": postmaster}[victim], signal.SIGKILL)
            assert wait_for(lambda: not server.is_alive())
    os.kill(other.pid, signal.SIGKILL)
    other.communicate()
    left = [guard, *backends]
    assert wait_for(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in left))
    assert wait_for(lambda: not psutil.pid_exists(postmaster))
    with connect_or_start(office) as server:
        assert ask(server.url_bizenv, "select answer from kept") == (42,)


def test_stale_pid_file_that_names_a_living_stranger_is_no_obstacle(office: Settings) -> None:
    with connect_or_start(office) as server:
        data = office.home / "pg" / "data"
        lines = (data / "postmaster.pid").read_text().splitlines()
        assert lines[0] == str(server.pid)
    stranger = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    (data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
    with connect_or_start(office) as server:
        assert ask(server.url_bizenv, "select 1") == (1,)
    assert stranger.poll() is None, "the stranger was hurt"
    stranger.communicate(b"")


def test_taken_port_is_one_sentence_for_the_stack_and_another_port_for_a_command(office: Settings) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", office.postgres_port))
        squatter.listen()
        with pytest.raises(EmbeddedServerError, match=f"端口 {office.postgres_port} 已被其他程序占用.*。$"):
            start_server(office)
        with connect_or_start(office) as server:
            assert server.port != office.postgres_port
            assert ask(server.url_bizenv, "select 1") == (1,)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda home: (home / "secrets/postgres.json").unlink(), "找不到数据库口令文件"),
        (lambda home: (home / "pg/data/PG_VERSION").write_text("17\n"), "是 PostgreSQL 17 的数据"),
    ],
    ids=["lost passwords", "older data"],
)
def test_unusable_home_is_one_sentence(office: Settings, spoil: Callable[[Path], object], sentence: str) -> None:
    with connect_or_start(office):
        pass
    spoil(office.home)
    with pytest.raises(EmbeddedServerError, match=sentence):
        start_server(office)


def test_half_made_cluster_is_made_again(office: Settings) -> None:
    draft = office.home / "pg" / "draft"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    with connect_or_start(office) as server:
        assert ask(server.url_bizenv, "select 1") == (1,)
    assert not draft.exists()


def test_external_server_is_named_and_never_started(tmp_path: Path) -> None:
    url = "postgresql://u:p%40@db.example:5432/results?sslmode=require"
    office = Settings(home=tmp_path / "home", database_url=url)
    with connect_or_start(office) as server:
        assert server.url_bizenv == "postgresql+psycopg://u:p%40@db.example:5432/results?sslmode=require"
        assert server.url_airflow == "postgresql+psycopg://u:p%40@db.example:5432/airflow?sslmode=require"
        assert server.url_board == server.url_bizenv
        assert (server.pid, server.is_alive()) == (None, True)
    assert not (tmp_path / "home" / "pg").exists()
    with pytest.raises(EmbeddedServerError, match="BIZENV_DATABASE_URL"):
        start_server(Settings(home=tmp_path, database_url="sqlite:///x"))
