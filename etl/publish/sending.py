"""Sends the waiting mails, each at most once, whatever dies in between.

A mail is claimed (`sending`) and that is committed before the server hears of it, so a sender that dies can never lead
to a second sending. Who finds a mail in `sending` asks whether its sender still lives: a sender holds a session lock of
PostgreSQL on its mail, which ends with its connection. Is the lock free, the sender is dead and nobody can know whether
the mail left: it becomes `unknown`, is shown, and is never sent again by itself.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row, func, select, text, update

from etl.core.context import Context
from etl.core.outcomes import Outcome, record
from etl.publish.smtp import WIRE, Delivery, Fate, deliver
from schemas.warehouse.tables import mails

MAX_ATTEMPTS = 5
_XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CLAIM = """
update mails set state = 'sending', claimed_at = :at, attempts = attempts + 1, error = null
where id = (select id from mails where state = 'pending' and id > :after order by id limit 1 for update skip locked)
returning id, address, message_id, subject, body_text, body_html, attempts, batch_id
"""
_DIED = "发送进程中断，无法确认邮件是否已送达；不会自动重发，请在邮件服务器日志中按 Message-ID 核实。"
_STATES = {Fate.SENT: "sent", Fate.REFUSED: "failed", Fate.UNKNOWN: "unknown"}


class Attached(Protocol):
    """A workbook that goes with a mail."""

    @property
    def name(self) -> str: ...
    @property
    def content(self) -> bytes: ...


Attach = Callable[[Context, str, str], Attached | None]
"""(run, batch, address) -> what goes with the mail."""


@dataclass(frozen=True)
class MailCounts:
    """Mails of one run. `retry` wait for the next run; `unknown` includes those of senders that died."""

    sent: int = 0
    retry: int = 0
    failed: int = 0
    unknown: int = 0


def send_pending(ctx: Context, *, limit: int = 500, attach: Attach | None = None) -> MailCounts:
    """Send the mails that wait, oldest first, each tried once.

    A refusal before acceptance puts a mail back (at most `MAX_ATTEMPTS` times, then `failed`); a refusal for good is
    `failed`; no answer after the text was sent is `unknown`. Several senders at once share the work. Without a mail
    server the run stops at its first mail and the others keep their attempts.

    Args:
        ctx: the run; its settings name the mail server.
        limit: try at most so many mails.
        attach: the workbook that goes with the mail about a batch; asked again at every attempt, never stored.
    """
    with record(ctx, "publish", "mail") as outcome:
        with ctx.engine.connect() as connection:
            states = Counter({"unknown": _give_up_on_dead_senders(connection)})
            states.update(_send_each(connection, ctx, limit=limit, attach=attach))
        counts = MailCounts(states["sent"], states["pending"], states["failed"], states["unknown"])
        _report(outcome, counts)
    return counts


def _send_each(connection: Connection, ctx: Context, *, limit: int, attach: Attach | None) -> Iterator[str]:
    """Yield the state that each mail came to."""
    after = 0
    for _ in range(limit):
        with _claiming(connection, after=after, at=ctx.now()) as mail:
            if mail is None:
                return
            after = mail.id
            delivery = _deliver_mail(ctx, mail, attach)
            state = _state_after(delivery, mail.attempts)
            _settle(connection, mail.id, state=state, error=delivery.error, at=ctx.now())
        yield state
        if delivery.fate is Fate.NO_SERVER:
            return


@contextmanager
def _claiming(connection: Connection, *, after: int, at: dt.datetime) -> Iterator[Row[Any] | None]:
    """The next waiting mail, marked as being sent before anybody hears of it; its lock is held meanwhile."""
    mail = connection.execute(text(_CLAIM), {"after": after, "at": at}).first()
    if mail is None:
        connection.rollback()
        yield None
        return
    connection.execute(select(func.pg_advisory_lock(_lock_of(mail.id))))
    connection.commit()
    try:
        yield mail
    finally:
        connection.rollback()
        connection.execute(select(func.pg_advisory_unlock(_lock_of(mail.id))))
        connection.commit()


def _lock_of(mail_id: int) -> Any:
    """A session lock, unlike those of `dialect`: it has to outlive the commit and die with the sender."""
    return func.hashtextextended(f"bizenv.mail.{mail_id}", 0)


def _give_up_on_dead_senders(connection: Connection) -> int:
    given_up = 0
    for mail_id in connection.execute(select(mails.c.id).where(mails.c.state == "sending")).scalars().all():
        if not connection.execute(select(func.pg_try_advisory_lock(_lock_of(mail_id)))).scalar_one():
            continue
        dead = update(mails).where(mails.c.id == mail_id, mails.c.state == "sending")
        given_up += connection.execute(dead.values(state="unknown", error=_DIED)).rowcount
        connection.commit()
        connection.execute(select(func.pg_advisory_unlock(_lock_of(mail_id))))
    connection.commit()
    return given_up


def _deliver_mail(ctx: Context, mail: Row[Any], attach: Attach | None) -> Delivery:
    attached = attach(ctx, mail.batch_id, mail.address) if attach and mail.batch_id else None
    try:
        message = build_message(mail, sender=ctx.settings.mail_from, at=ctx.now(), attached=attached)
    except ValueError as error:  # an address with a line break cannot become a header
        return Delivery(Fate.REFUSED, f"{type(error).__name__}: {error}"[:500])
    return deliver(message, sender=ctx.settings.mail_from, recipient=mail.address, settings=ctx.settings)


def build_message(mail: Any, *, sender: str, at: dt.datetime, attached: Attached | None = None) -> EmailMessage:
    """The stored mail as a message: text first, HTML beside it, then the workbook; nothing fetched from elsewhere."""
    message = EmailMessage(policy=WIRE)
    message["From"] = sender
    message["To"] = mail.address
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body_text)
    message.add_alternative(mail.body_html, subtype="html")
    if attached is not None:
        message.add_attachment(attached.content, maintype="application", subtype=_XLSX, filename=attached.name)
    return message


def _state_after(delivery: Delivery, attempts: int) -> str:
    if delivery.fate in _STATES:
        return _STATES[delivery.fate]
    return "failed" if attempts >= MAX_ATTEMPTS else "pending"


def _settle(connection: Connection, mail_id: int, *, state: str, error: str | None, at: dt.datetime) -> None:
    values = {"state": state, "error": error} | ({"sent_at": at} if state == "sent" else {})
    connection.execute(update(mails).where(mails.c.id == mail_id).values(values))
    connection.commit()


def _report(outcome: Outcome, counts: MailCounts) -> None:
    outcome.counts |= {"sent": counts.sent, "retry": counts.retry, "failed": counts.failed, "unknown": counts.unknown}
    if not any(outcome.counts.values()):
        outcome.skip("MAIL.NONE", "没有待发送的邮件。")
    elif counts.unknown:
        outcome.code, outcome.message = "MAIL.UNKNOWN", f"{counts.unknown} 封邮件无法确认是否送达，请人工核实。"
    elif counts.failed:
        outcome.code, outcome.message = "MAIL.FAILED", f"{counts.failed} 封邮件被邮件服务器拒收，请核对收件地址。"
    elif counts.retry:
        outcome.code, outcome.message = "MAIL.RETRY", f"{counts.retry} 封邮件暂未发出，下次运行时再试。"
