"""The world around publish: a clock that the test moves, and the handler of a real mail server."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Clock:
    """The time that stamps rows; the test moves it."""

    at: dt.datetime = dt.datetime(2023, 6, 1, 9, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.at


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Inbox:
    """Handler of the mail server: keeps what it accepted; `on_data` and `on_rcpt` may answer otherwise."""

    received: list[Any] = field(default_factory=list)
    on_data: Callable[..., str] | None = None
    on_rcpt: Callable[[str], str] | None = None

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        answer = self.on_rcpt(address) if self.on_rcpt else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        if self.on_data:
            return self.on_data(self, server, envelope)
        self.received.append(envelope)
        return "250 OK"


@dataclass(frozen=True)
class MailServer:
    inbox: Inbox
    port: int
    stop: Callable[[], None]
