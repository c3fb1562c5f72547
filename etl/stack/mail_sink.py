"""A mail server that sends nothing: every message becomes an `.eml` file. Run as `python -m etl.stack.mail_sink`.

For demonstration and development: whoever looks at the folder sees each mail as its recipients would.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from schemas.settings import Settings, get_settings

MAX_BYTES = 25_000_000


class Folder:
    """Handler of the SMTP server: one file a message, complete or not there at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.original_content or b""
        head = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        write_message(self.folder, head.encode("utf-8") + content)
        return "250 OK"


def write_message(folder: Path, content: bytes) -> Path:
    """Store one message, 0600; names sort by arrival."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{time.time_ns()}-{secrets.token_hex(4)}.eml"
    draft = path.with_suffix(".part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft.replace(path)


def make_session(folder: Path) -> SMTP:
    """The protocol of one connection; any sign-in is accepted, so that production's settings can be tried."""
    return SMTP(
        Folder(folder),
        data_size_limit=MAX_BYTES,
        enable_SMTPUTF8=True,
        auth_require_tls=False,
        authenticator=lambda *_: AuthResult(success=True),
        ident="bizenv mail sink",
    )


async def serve(settings: Settings) -> None:
    """Listen until SIGTERM or SIGINT."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(lambda: make_session(settings.outbox), settings.smtp_host, settings.smtp_port)
    async with server:
        await stop.wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(get_settings()))
