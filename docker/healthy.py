"""Health check of one container: `python healthy.py PART`; exit code 0 where it is well. Standard library only."""

from __future__ import annotations

import json
import socket
import sys
import urllib.request

AIRFLOW = "http://api-server:18080/api/v2/monitor/health"
BOARD = "http://127.0.0.1:18050/health"
SECONDS = 4


def fetch(url: str) -> bytes:
    """The body of the answer; a proxy of the environment is never asked."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=SECONDS) as answer:
        return answer.read()


def is_well(part: str) -> bool:
    """Whether `part` answers: board, mail-sink, or one of Airflow's parts by its own heartbeat."""
    try:
        if part == "mail-sink":
            socket.create_connection(("127.0.0.1", 10025), SECONDS).close()
            return True
        if part == "board":
            return bool(fetch(BOARD))
        return json.loads(fetch(AIRFLOW))[part]["status"] == "healthy"
    except (OSError, ValueError, KeyError):
        return False


if __name__ == "__main__":
    sys.exit(0 if is_well(sys.argv[1]) else 1)
