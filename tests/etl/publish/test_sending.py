"""At most one mail, against a real mail server that refuses, stalls, drops the line, and with senders that die."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import text

from etl.publish import MailCounts, publish_set, send_pending
from schemas.settings import inherited_environment
from tests.etl.publish.cases import proof, verdict
from tests.etl.publish.world import free_port

HERE = Path(__file__).parent
STATES = "select state, attempts from mails order by id"


def publish(ctx, *rows):
    return publish_set(ctx, rows, plans=("demo-city",))


def start_sender(ctx, port: int, *, known_in: list[subprocess.Popen] | None = None) -> subprocess.Popen:
    """A sending process that has finished its imports and looks for mails now; noted before it can send."""
    settings = ctx.settings.model_copy(update={"smtp_port": port})
    env = inherited_environment() | settings.child_environment()
    command = [sys.executable, str(HERE / "send_child.py"), str(HERE / "schemas")]
    child = subprocess.Popen(command, env=env, cwd=HERE.parents[2], stdout=subprocess.PIPE, text=True)
    if known_in is not None:
        known_in.append(child)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def end(child: subprocess.Popen) -> None:
    child.kill()
    child.communicate()


def read_part(message, kind: str) -> str:
    """The text of one alternative of a mail, with the line ends of the stored one."""
    part = message.get_body((kind,))
    assert part is not None
    return part.get_content().replace("\r\n", "\n")


def wait_for(condition, *, seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def test_sent_once_and_readable(run, ask, mail_server, clock):
    publish(run(), verdict("red", evidence=(proof(),)))
    assert send_pending(run()) == MailCounts(sent=1)
    assert send_pending(run(run_id="again")) == MailCounts()
    assert publish(run(run_id="third"), verdict("red", evidence=(proof(),))).set_id is None
    assert send_pending(run(run_id="third")) == MailCounts()
    (envelope,) = mail_server.inbox.received
    assert (envelope.mail_from, envelope.rcpt_tos) == ("bizenv@localhost", ["jia@example.org"])
    message = message_from_bytes(envelope.content, policy=policy.default)
    subject, body, message_id = ask("select subject, body_text, message_id from mails")[0]
    assert (message["Subject"], message["Message-ID"], message["To"]) == (subject, message_id, "jia@example.org")
    assert read_part(message, "plain") == body
    assert "处理建议" in read_part(message, "html")
    assert envelope.content.isascii()
    assert ask("select state, sent_at, error from mails") == [("sent", clock.at, None)]
    assert ask("select code from outcomes where subject = 'mail' order by id") == [None, "MAIL.NONE", "MAIL.NONE"]


def test_lines_that_begin_with_a_dot_arrive_whole(run, mail_server, engine):
    publish(run(), verdict("red"))
    with engine.begin() as connection:
        connection.execute(text("update mails set body_text = E'.\\n..two\\n.\\nend\\n'"))
    send_pending(run())
    message = message_from_bytes(mail_server.inbox.received[0].content, policy=policy.default)
    assert read_part(message, "plain") == ".\n..two\n.\nend\n"


@pytest.mark.parametrize(
    ("hook", "answer", "states"),
    [
        (
            "on_rcpt",
            "450 mailbox busy",
            [("pending", 1), ("pending", 2), ("pending", 3), ("pending", 4), ("failed", 5)],
        ),
        ("on_data", "451 try later", [("pending", 1), ("pending", 2), ("pending", 3), ("pending", 4), ("failed", 5)]),
        ("on_rcpt", "550 no such user", [("failed", 1)] * 2),
        ("on_data", "554 not wanted", [("failed", 1)] * 2),
    ],
)
def test_refused_before_acceptance(run, ask, mail_server, hook, answer, states):
    setattr(mail_server.inbox, hook, lambda *_: answer)
    publish(run(), verdict("red"))
    seen = []
    for _ in states:
        send_pending(run())
        seen += ask(STATES)
    assert seen == states
    assert answer in ask("select error from mails")[0]


def test_put_back_and_sent_in_the_next_run(run, ask, mail_server):
    mail_server.inbox.on_rcpt = lambda address: "450 busy" if address.startswith("jia") else "250 OK"
    publish(run(), verdict("red", target="shared"))
    assert send_pending(run()) == MailCounts(sent=1, retry=1)
    mail_server.inbox.on_rcpt = None
    assert send_pending(run()) == MailCounts(sent=1)
    assert [e.rcpt_tos[0] for e in mail_server.inbox.received] == ["yi@example.org", "jia@example.org"]


def test_without_a_server_only_the_first_mail_is_tried(run, ask, mail_server):
    publish(run(), verdict("red", target="shared"))
    mail_server.stop()
    assert send_pending(run()) == MailCounts(retry=1)
    assert ask(STATES) == [("pending", 1), ("pending", 0)]
    assert ask("select code from outcomes where subject = 'mail'") == ["MAIL.RETRY"]


def test_accepted_then_dropped_is_unknown_and_never_sent_again(run, ask, mail_server):
    def accept_and_drop(inbox, server, envelope):
        inbox.received.append(envelope)
        server.transport.abort()
        return "250 never heard"

    mail_server.inbox.on_data = accept_and_drop
    publish(run(), verdict("red"))
    assert send_pending(run()) == MailCounts(unknown=1)
    mail_server.inbox.on_data = None
    assert send_pending(run()) == MailCounts()
    assert ask(STATES) == [("unknown", 1)]
    assert len(mail_server.inbox.received) == 1


def test_sender_killed_between_claim_and_sending(run, ask, mail_server):
    publish(run(), verdict("red"))
    with socket.create_server(("127.0.0.1", free_port())) as stalled:  # takes the line and never says a word
        child = start_sender(run(), stalled.getsockname()[1])
        try:
            wait_for(lambda: ask(STATES) == [("sending", 1)])
            assert send_pending(run()) == MailCounts()  # its sender lives: hands off
        finally:
            end(child)
    wait_for(lambda: ask("select count(*) from pg_locks where locktype = 'advisory'") == [0])
    assert send_pending(run()) == MailCounts(unknown=1)
    assert send_pending(run()) == MailCounts()
    assert ask(STATES) == [("unknown", 1)]
    assert mail_server.inbox.received == []


def test_sender_killed_between_sending_and_commit(run, ask, mail_server):
    children: list[subprocess.Popen] = []

    def accept_and_kill(inbox, server, envelope):
        inbox.received.append(envelope)
        os.kill(children[0].pid, signal.SIGKILL)
        children[0].wait()
        return "250 OK"

    mail_server.inbox.on_data = accept_and_kill
    publish(run(), verdict("red"))
    child = start_sender(run(), mail_server.port, known_in=children)
    try:
        wait_for(lambda: child.poll() is not None)
    finally:
        end(child)
    mail_server.inbox.on_data = None
    wait_for(lambda: ask("select count(*) from pg_locks where locktype = 'advisory'") == [0])
    assert send_pending(run()) == MailCounts(unknown=1)
    assert send_pending(run()) == MailCounts()
    assert len(mail_server.inbox.received) == 1


def test_senders_at_once_share_the_work(run, ask, mail_server):
    publish(run(), *(verdict("red", unit=f"所{i:02}") for i in range(12)))
    with_addresses = ask("select count(*) from mails")[0]
    done: list[MailCounts] = []
    threads = [threading.Thread(target=lambda: done.append(send_pending(run()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sum(c.sent for c in done) == with_addresses == len(mail_server.inbox.received)
    assert ask("select distinct state, attempts from mails") == [("sent", 1)]
    identities = [message_from_bytes(e.content)["Message-ID"] for e in mail_server.inbox.received]
    assert len(set(identities)) == with_addresses


def test_an_impossible_address_fails_alone(run, ask, registry, mail_server, engine):
    publish(run(), verdict("red", target="shared"))
    with engine.begin() as connection:
        connection.execute(text("update mails set address = E'a@b\\nBcc: c@d' where recipient_unit = '甲局'"))
    assert send_pending(run()) == MailCounts(sent=1, failed=1)
    assert mail_server.inbox.received[0].rcpt_tos == ["yi@example.org"]


def test_limit(run, mail_server):
    publish(run(), verdict("red", target="shared"))
    assert send_pending(run(), limit=1) == MailCounts(sent=1)
    assert send_pending(run(), limit=1) == MailCounts(sent=1)
