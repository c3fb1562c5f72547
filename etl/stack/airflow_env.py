"""Everything Airflow is told: its environment, its secrets, its commands.

Stray `AIRFLOW*` variables of the caller never reach it (`inherited_environment` leaves them out).
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sys
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path

from schemas.settings import REPO, Settings, inherited_environment

AUTH_MANAGER = "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
USER = "admin"


def write_private_json(path: Path, content: Mapping[str, str]) -> None:
    """A file of secrets, 0600 from its first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(dict(content), file)
    draft.replace(path)


def read_secrets(home: Path) -> dict[str, str]:
    """Airflow's keys, made once a home: Fernet for stored connections, one for sessions, one for tokens."""
    path = home / "secrets" / "airflow.json"
    if not path.exists():
        fernet = urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")
        keys = {"fernet": fernet, "session": secrets.token_urlsafe(32), "token": secrets.token_urlsafe(48)}
        write_private_json(path, keys)
    return json.loads(path.read_text("utf-8"))


def password_file(home: Path) -> Path:
    """Airflow's sign-in (user `admin`), made once a home; Airflow reads it in this form."""
    path = home / "secrets" / "airflow-password.json"
    if not path.exists():
        write_private_json(path, {USER: secrets.token_urlsafe(12)})
    return path


def local_host(settings: Settings) -> str:
    """The address under which this machine reaches what listens on `bind`."""
    return "127.0.0.1" if settings.bind in ("0.0.0.0", "::", "localhost") else settings.bind  # noqa: S104 - compared only


def airflow_url(settings: Settings) -> str:
    return f"http://{local_host(settings)}:{settings.airflow_port}"


def build_environment(settings: Settings, *, database_url: str, dags: Path = REPO / "dags") -> dict[str, str]:
    """The whole environment of an Airflow process.

    Args:
        settings: ports, bind address, home; passed on as `BIZENV_*`.
        database_url: SQLAlchemy URL of Airflow's metadata (psycopg 3 serves its synchronous and asynchronous engines).
        dags: folder of the DAGs.
    """
    keys, url, home = read_secrets(settings.home), airflow_url(settings), settings.home / "airflow"
    sections: dict[str, dict[str, object]] = {
        "core": {
            "dags_folder": dags,
            "load_examples": False,
            "executor": "CeleryExecutor" if settings.celery_broker else "LocalExecutor",
            "parallelism": 4,
            "dags_are_paused_at_creation": False,
            "default_timezone": "utc",
            "fernet_key": keys["fernet"],
            "auth_manager": AUTH_MANAGER,
            "simple_auth_manager_users": f"{USER}:admin",
            "simple_auth_manager_passwords_file": password_file(settings.home),
            # without it every task calls port 8080 and fails with "connection refused"
            "execution_api_server_url": f"{url}/execution/",
        },
        "database": {"sql_alchemy_conn": database_url, "sql_alchemy_conn_async": database_url},
        "api": {
            "host": settings.bind,
            "port": settings.airflow_port,
            "base_url": url,
            "workers": 1,
            "secret_key": keys["session"],
        },
        "api_auth": {"jwt_secret": keys["token"]},
        # the interface's first answer to a task takes 5 s (its default patience) even on an idle machine
        "workers": {"execution_api_timeout": 30},
        "scheduler": {
            "scheduler_heartbeat_sec": 1,
            "scheduler_idle_sleep_time": 1,
            "enable_health_check": False,
            # after a kill -9 of the scheduler a task caught in the middle waits two minutes, not five
            "orphaned_tasks_check_interval": 30,
            "task_instance_heartbeat_timeout": 120,
        },
        "dag_processor": {"refresh_interval": 30, "min_file_process_interval": 30, "parsing_processes": 1},
        "logging": {
            "base_log_folder": settings.logs / "airflow",
            "dag_processor_child_process_log_directory": settings.logs / "airflow" / "dag_processor",
            "logging_level": settings.log_level,
        },
        "usage_data_collection": {"enabled": False},
    }
    if settings.celery_broker:
        for section, options in _celery_sections(settings, settings.celery_broker.get_secret_value()).items():
            sections[section] = sections.get(section, {}) | options
    told = {
        f"AIRFLOW__{section}__{option}".upper(): str(value)
        for section, options in sections.items()
        for option, value in options.items()
    }
    return inherited_environment() | settings.child_environment() | told | {"AIRFLOW_HOME": str(home)}


def _celery_sections(settings: Settings, broker: str) -> dict[str, dict[str, object]]:
    """A worker reserves no more than it runs, so the death of one takes few tasks along.

    One that had started is given up after its heartbeat is missed, and tried again like any that failed.
    """
    return {
        "core": {"parallelism": 64},  # what the workers together may run; each of them has its own limit
        "celery": {
            "broker_url": broker,
            "worker_concurrency": 2,
            "task_acks_late": True,
            "worker_prefetch_multiplier": 1,
        },
        # longer than any task may take: what is not acknowledged by then is taken for lost
        "celery_broker_transport_options": {"visibility_timeout": 5 * 3600},
        "operators": {"default_queue": celery_queue(settings)},
    }


def celery_queue(settings: Settings) -> str:
    """One a home: several homes may share a broker."""
    return f"bizenv-{hashlib.sha256(str(settings.home).encode()).hexdigest()[:12]}"


def worker_command(settings: Settings, name: str) -> tuple[str, ...]:
    """One Celery worker; its logs are read from disk."""
    return airflow_command(
        "celery", "worker", "--queues", celery_queue(settings), "--celery-hostname", f"{name}@%h", "--skip-serve-logs"
    )


def airflow_command(*words: str) -> tuple[str, ...]:
    """The `airflow` of this very environment."""
    return (sys.executable, "-m", "airflow", *words)
