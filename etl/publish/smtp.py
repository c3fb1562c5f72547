"""One SMTP conversation, told apart by the only question that counts: has the server got the mail or not?

Until the server answers DATA with 354 nothing of the mail has left us, so any trouble may be tried again. From then on
only the server's own answer settles it; a connection lost while waiting for that answer leaves it unknown for ever.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum

from schemas.settings import Settings

TIMEOUT_SECONDS = 30.0
WIRE = SMTP.clone(cte_type="7bit")
"""Message policy: bodies as base64 or quoted-printable, for servers without 8BITMIME."""
_LEADING_DOT = re.compile(rb"(?m)^\.")


class Fate(StrEnum):
    """What became of one mail."""

    SENT = "sent"
    NO_SERVER = "no_server"
    """The server could not be talked to at all; no use trying the next mail now."""
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Delivery:
    """`error` is the server's own answer, for the people who run it."""

    fate: Fate
    error: str | None = None


class _Answered(Exception):  # noqa: N818 - an answer, not an error
    """The server said no, and so has not got the mail."""

    def __init__(self, code: int, reply: bytes, *, may_retry: bool = False) -> None:
        super().__init__(f"{code} {reply.decode('utf-8', 'replace')}"[:500])
        self.fate = Fate.DEFERRED if code < 500 or may_retry else Fate.REFUSED


def deliver(message: EmailMessage, *, sender: str, recipient: str, settings: Settings) -> Delivery:
    """Hand one message to the configured server.

    Returns:
        What became of it; never raises for what a server or an address does.
    """
    try:
        payload = message.as_bytes(policy=WIRE)
        with _open_session(settings) as session:
            try:
                _offer(session, sender=sender, recipient=recipient)
            except (OSError, smtplib.SMTPException) as error:
                return Delivery(Fate.DEFERRED, _describe(error))
            return _hand_over(session, payload)
    except _Answered as answer:
        return Delivery(answer.fate, str(answer))
    except (OSError, smtplib.SMTPException) as error:
        return Delivery(Fate.NO_SERVER, _describe(error))
    except ValueError as error:  # an address that no SMTP command can carry
        return Delivery(Fate.REFUSED, _describe(error))


@contextlib.contextmanager
def _open_session(settings: Settings) -> Iterator[smtplib.SMTP]:
    session = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS)
    try:
        if settings.smtp_starttls:
            session.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            password = settings.smtp_password.get_secret_value() if settings.smtp_password else ""
            session.login(settings.smtp_user, password)
        session.ehlo_or_helo_if_needed()
        yield session
        with contextlib.suppress(OSError, smtplib.SMTPException):
            session.quit()
    finally:
        session.close()


def _offer(session: smtplib.SMTP, *, sender: str, recipient: str) -> None:
    """MAIL, RCPT, DATA: up to here the server has only been asked."""
    code, reply = session.mail(sender)
    if code != 250:  # the sender is our own setting: it can be mended, and the mail sent then
        raise _Answered(code, reply, may_retry=True)
    code, reply = session.rcpt(recipient)
    if code not in (250, 251):
        raise _Answered(code, reply)
    code, reply = session.docmd("DATA")
    if code != 354:
        raise _Answered(code, reply)


def _hand_over(session: smtplib.SMTP, payload: bytes) -> Delivery:
    """Not `session.data`: it does not tell a connection lost before 354 from one lost after the text."""
    body = _LEADING_DOT.sub(b"..", payload)
    end = b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"
    try:
        session.send(body + end)
        code, reply = session.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Delivery(Fate.UNKNOWN, _describe(error))
    if 200 <= code < 300:
        return Delivery(Fate.SENT)
    raise _Answered(code, reply)


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
