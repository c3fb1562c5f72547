"""A desk with one source: an inbox, the warehouse, and a real mail server."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine, text

from etl import pipeline
from etl.core.context import Context
from schemas.models.contract import Contract
from schemas.models.plan import Contact
from schemas.models.registry import Registry
from schemas.settings import Settings
from tests.etl.check.files import AS_OF, UNITS, make_report, report_rows, write_xlsx
from tests.etl.publish.world import Inbox, free_port

OWNER = "jia@example.org"
NOW = dt.datetime(2024, 1, 5, 8, tzinfo=dt.UTC)


@dataclass
class Desk:
    ctx: Context
    contract: Contract
    mail_inbox: Inbox

    def send(self, name: str, *rows: Sequence[Any], title: str = "2023年3月") -> None:
        write_xlsx(self.ctx.settings.inbox / name, report_rows(*rows, title=title))

    def take_in(self) -> list[str]:
        landed = pipeline.land(self.ctx)
        pipeline.check(self.ctx)
        pipeline.load(self.ctx)
        return landed

    def ask(self, statement: str) -> list[Any]:
        with self.ctx.engine.connect() as connection:
            return [row[0] if len(row) == 1 else tuple(row) for row in connection.execute(text(statement))]

    def mails(self) -> list[Any]:
        return [message_from_bytes(e.content, policy=policy.default) for e in self.mail_inbox.received]


@pytest.fixture
def make_desk(settings: Settings, engine: Engine) -> Iterator[Callable[..., Desk]]:
    """`make_desk(contacts=(...), **changes of the contract)`."""
    inbox, port = Inbox(), free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    wired = settings.model_copy(update={"smtp_port": port, "office_mailbox": "office@example.org"})

    def make(
        *, contract: Contract | None = None, contacts: tuple[str, ...] = ("jia@example.org",), **changes: Any
    ) -> Desk:
        promised = contract or make_report(**changes)
        known = tuple(Contact(unit="甲局", address=address) for address in contacts)
        registry = Registry({promised.id: promised}, {}, {}, {}, known, (), UNITS)
        return Desk(Context(wired, registry, engine, AS_OF, "run", now=lambda: NOW), promised, inbox)

    with contextlib.ExitStack() as stack:
        stack.callback(controller.stop, no_assert=True)
        yield make
