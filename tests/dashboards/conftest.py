"""A seeded warehouse, a board on it in memory, and the same board behind a real server."""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from sqlalchemy import Engine

from dashboards.app import create_app
from dashboards.source import Source, State
from schemas.settings import Settings
from tests.dashboards.board_seed import seed
from tests.dashboards.board_steps import seed_other


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def seeded(engine: Engine) -> Engine:
    seed(engine)
    return engine


@pytest.fixture
def both(seeded: Engine) -> Engine:
    """Two plans in use; the second has tasks, mechanisms, facts and what people enter."""
    with seeded.begin() as connection:
        seed_other(connection)
    return seeded


@pytest.fixture
def make_source(settings: Settings) -> Callable[..., Source]:
    def make(engine: Engine, *, clock: str | None = None, at: Callable[[], dt.datetime] = now) -> Source:
        return Source(engine, zone="Asia/Shanghai", clock=clock, now=at)

    return make


@pytest.fixture
def state(seeded: Engine, make_source: Callable[..., Source]) -> State:
    source = make_source(seeded)
    source.refresh()
    return source.state


@pytest.fixture
def board_url(settings: Settings, seeded: Engine) -> Iterator[str]:
    """Address of a running board on the seeded warehouse."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_app(settings, seeded)
    server = uvicorn.Server(uvicorn.Config(app.server, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.started
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)
