"""Taken ports are named in one sentence, before anything is started."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.core.embedded.ports import find_free_port
from etl.stack.errors import StackError
from etl.stack.ports import check_ports, has_mail_sink, list_ports
from schemas.settings import Settings


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        yield squatter.getsockname()[1]


def make_settings(tmp_path: Path, **changes: object) -> Settings:
    names = ("postgres_port", "airflow_port", "board_port", "smtp_port")
    ports: dict[str, object] = {name: find_free_port() for name in names}
    return Settings(home=tmp_path, **(ports | changes))  # type: ignore[arg-type]


def test_free_ports_pass(tmp_path: Path) -> None:
    check_ports(make_settings(tmp_path))


@pytest.mark.parametrize("name", ["postgres_port", "airflow_port", "board_port", "smtp_port"])
def test_taken_port_is_named_with_its_setting(tmp_path: Path, taken: int, name: str) -> None:
    with pytest.raises(StackError) as error:
        check_ports(make_settings(tmp_path, **{name: taken}))
    assert f"{taken}（BIZENV_{name.upper()}）已被其他程序占用" in str(error.value)
    assert "\n" not in str(error.value)


def test_own_running_database_is_no_obstacle(tmp_path: Path, taken: int) -> None:
    check_ports(make_settings(tmp_path, postgres_port=taken), running=frozenset({taken}))


def test_one_port_for_two_parts_is_refused(tmp_path: Path) -> None:
    port = find_free_port()
    with pytest.raises(StackError, match="BIZENV_AIRFLOW_PORT、BIZENV_BOARD_PORT 写了同一个端口"):
        check_ports(make_settings(tmp_path, airflow_port=port, board_port=port))


@pytest.mark.parametrize(
    ("changes", "without"),
    [
        ({"database_url": "postgresql://u@db/x"}, "BIZENV_POSTGRES_PORT"),
        ({"smtp_sink": False}, "BIZENV_SMTP_PORT"),
        ({"smtp_host": "mail.example"}, "BIZENV_SMTP_PORT"),
    ],
)
def test_ports_of_parts_that_do_not_run_are_not_asked_for(tmp_path: Path, changes: dict, without: str) -> None:
    settings = make_settings(tmp_path, **changes)
    assert without not in list_ports(settings)
    assert has_mail_sink(settings) is ("database_url" in changes)
