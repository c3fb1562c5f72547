"""What Airflow is told, and what it is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from etl.stack.airflow_env import build_environment, password_file, read_secrets, worker_command
from schemas.settings import Settings

URL = "postgresql+psycopg://airflow:x@127.0.0.1:1/airflow"


def test_environment_is_complete_and_stray_settings_stay_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("AIRFLOW_CONN_STRAY", "x")
    monkeypatch.setenv("BIZENV_STRAY", "x")
    settings = Settings(home=tmp_path / "a home", airflow_port=18111, board_port=18112)
    env = build_environment(settings, database_url=URL, dags=tmp_path / "dags")
    wanted = {
        "AIRFLOW_HOME": str(tmp_path / "a home" / "airflow"),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__DAGS_FOLDER": str(tmp_path / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": "http://127.0.0.1:18111/execution/",
        "AIRFLOW__API__BASE_URL": "http://127.0.0.1:18111",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": URL,
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "BIZENV_HOME": str(tmp_path / "a home"),
        "BIZENV_BOARD_PORT": "18112",
    }
    assert {name: env[name] for name in wanted} == wanted
    assert not {"AIRFLOW_CONN_STRAY", "BIZENV_STRAY"} & set(env)


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    first = read_secrets(tmp_path)
    assert len(set(first.values())) == 3
    assert read_secrets(tmp_path) == first
    assert read_secrets(tmp_path / "other") != first
    for path in (tmp_path / "secrets" / "airflow.json", password_file(tmp_path)):
        assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_open_bind_address_is_reached_over_loopback(tmp_path: Path) -> None:
    env = build_environment(Settings(home=tmp_path, bind="0.0.0.0"), database_url=URL)  # noqa: S104 - the case in point
    assert env["AIRFLOW__API__HOST"] == "0.0.0.0"  # noqa: S104
    assert env["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:18080/execution/"


def test_a_broker_puts_the_tasks_on_workers_of_this_home(tmp_path: Path) -> None:
    broker = SecretStr("redis://127.0.0.1:6379/3")
    homes = (Settings(home=tmp_path / name, celery_broker=broker) for name in ("甲", "乙"))
    first, second = (build_environment(settings, database_url=URL) for settings in homes)
    assert first["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert first["AIRFLOW__CELERY__BROKER_URL"] == "redis://127.0.0.1:6379/3"
    assert int(first["AIRFLOW__CORE__PARALLELISM"]) > 4
    queues = [env["AIRFLOW__OPERATORS__DEFAULT_QUEUE"] for env in (first, second)]
    assert queues[0] != queues[1]
    assert queues[0] in worker_command(Settings(home=tmp_path / "甲", celery_broker=broker), "second")
    plain = build_environment(Settings(home=tmp_path / "丙"), database_url=URL)
    assert plain["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert not any(name.startswith("AIRFLOW__CELERY") for name in plain)
