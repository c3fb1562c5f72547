"""The mail sink as a process: a sent message is a file, whole and private."""

from __future__ import annotations

import email
import email.policy
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from etl.core.embedded.ports import find_free_port
from schemas.settings import Settings, inherited_environment


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Settings]:
    settings = Settings(home=tmp_path / "home", smtp_port=find_free_port())
    env = inherited_environment() | settings.child_environment()
    process = subprocess.Popen([sys.executable, "-m", "etl.stack.mail_sink"], env=env)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            smtplib.SMTP("127.0.0.1", settings.smtp_port, timeout=5).quit()
            break
        except OSError:
            time.sleep(0.1)
    yield settings
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def make_message(subject: str) -> EmailMessage:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = "bizenv@localhost", "unit@localhost", subject
    message.set_content("办结率低于目标，请核对。\n.单独一个点开头的行\n")
    return message


def test_messages_become_files_in_order_of_arrival(sink: Settings) -> None:
    with smtplib.SMTP("127.0.0.1", sink.smtp_port, timeout=10) as client:
        client.login("office", "any password")
        for subject in ("红灯提醒", "第二封"):
            client.send_message(make_message(subject), "bounce@localhost", ["a@localhost", "b@localhost"])
    files = sorted(sink.outbox.glob("*.eml"))
    read = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files]
    assert [message["Subject"] for message in read] == ["红灯提醒", "第二封"]
    assert read[0]["X-Envelope-To"] == "a@localhost, b@localhost"
    assert read[0]["X-Envelope-From"] == "bounce@localhost"
    assert read[0].get_content().replace("\r\n", "\n") == "办结率低于目标，请核对。\n.单独一个点开头的行\n"
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert sorted(sink.outbox.iterdir()) == files, "no draft is left"
