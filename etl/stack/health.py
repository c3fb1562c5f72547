"""Do the parts answer? Asked over HTTP on this machine only."""

from __future__ import annotations

import json
import urllib.request
from http.client import HTTPException

from etl.stack.airflow_env import airflow_url, local_host
from schemas.settings import Settings

AIRFLOW_PARTS = ("metadatabase", "scheduler", "dag_processor", "triggerer")


def fetch(url: str) -> bytes | None:
    """The body of a 200 answer, else None; a proxy of the environment is never asked."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=3) as answer:
            return answer.read()
    except (OSError, HTTPException):
        return None


def is_airflow_answering(settings: Settings) -> bool:
    """Whether the interface that every task reports to answers."""
    return fetch(f"{airflow_url(settings)}/api/v2/monitor/health") is not None


def is_airflow_healthy(settings: Settings) -> bool:
    """Whether all four Airflow processes report a fresh heartbeat."""
    body = fetch(f"{airflow_url(settings)}/api/v2/monitor/health")
    if body is None:
        return False
    try:
        states = json.loads(body)
        return all(states[part]["status"] == "healthy" for part in AIRFLOW_PARTS)
    except (ValueError, KeyError, TypeError):
        return False


def board_url(settings: Settings) -> str:
    return f"http://{local_host(settings)}:{settings.board_port}"


def is_board_up(settings: Settings) -> bool:
    """Whether the board answers `/health`."""
    return fetch(f"{board_url(settings)}/health") is not None
