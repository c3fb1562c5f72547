"""A small city of its own, a clock that the test moves, and a real mail server."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine, text

from etl.core.context import Context
from schemas.models.plan import Contact
from schemas.models.registry import Registry, load_registry
from schemas.settings import Settings
from tests.etl.publish.world import Clock, Inbox, MailServer, free_port

SCHEMAS = Path(__file__).with_name("schemas")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def bare_registry() -> Registry:
    return load_registry([SCHEMAS])


@pytest.fixture
def registry(bare_registry: Registry) -> Registry:
    contacts = (Contact(unit="示例市甲局", address="jia@example.org"), Contact(unit="乙局", address="yi@example.org"))
    return replace(bare_registry, contacts=contacts)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    inbox, port = Inbox(), free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    with contextlib.ExitStack() as stack:
        stack.callback(controller.stop, no_assert=True)
        yield MailServer(inbox, port, stack.close)


@pytest.fixture
def run(settings: Settings, engine: Engine, registry: Registry, clock: Clock, mail_server: MailServer) -> Callable:
    """`run(day=1, **changed)`: the context of a run on that day of June 2023."""
    base = settings.model_copy(update={"smtp_port": mail_server.port, "office_mailbox": "office@example.org"})

    def make(*, day: int = 1, registry: Registry = registry, run_id: str = "", simulated: bool = False) -> Context:
        as_of = dt.date(2023, 6, day)
        return Context(base, registry, engine, as_of, run_id or f"run-{day}", clock, simulated)

    return make


@pytest.fixture
def ask(engine: Engine) -> Callable[[str], Sequence[Any]]:
    """Rows of one query; a single column comes as a plain list."""

    def query(statement: str) -> Sequence[Any]:
        with engine.connect() as connection:
            rows = connection.execute(text(statement)).all()
        return [row[0] if len(row) == 1 else tuple(row) for row in rows]

    return query
