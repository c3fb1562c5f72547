"""Notices about open cases through a real mail server: the day before, overdue, once, complete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import pytest
from sqlalchemy import Engine, text

from etl import pipeline
from etl.core.context import Context
from etl.publish import send_pending
from etl.publish.case_notices import queue_case_notices
from schemas.settings import Settings
from tests.etl.compute.open_cases import load_city, run_at, take_in, write_cases
from tests.etl.publish.test_sending import read_part
from tests.etl.publish.world import MailServer

# Monday 6 March 2023; five working days end on Monday the 13th, so yellow from Friday the 10th, red on the 14th
CASE = ("A1", "市规划局", "1 号窗", "2023-03-06 09:30", "2023-03-06 09:40")
OTHER = ("B1", "市人社局", "3 号窗", "2023-03-06 10:00", "2023-03-06 10:10")

At = Callable[..., Context]


@pytest.fixture(scope="module")
def city():
    return load_city()


@pytest.fixture
def at(settings: Settings, engine: Engine, city: Any, mail_server: MailServer) -> At:
    wired = settings.model_copy(update={"smtp_port": mail_server.port, "office_mailbox": "office@example.org"})
    return lambda moment, run_id: run_at(wired, engine, city, moment, run_id)


def relight(ctx: Context) -> None:
    """What the DAG does every quarter of an hour."""
    pipeline.light_cases(ctx)
    pipeline.send_mails(ctx)


def received(server: MailServer) -> list[tuple[str, str, str]]:
    """(recipient, subject, text) of what arrived."""
    found = []
    for envelope in server.inbox.received:
        message = message_from_bytes(envelope.content, policy=policy.default)
        found.append((envelope.rcpt_tos[0], str(message["Subject"]), read_part(message, "plain")))
    return found


@pytest.fixture
def one_case(settings: Settings, at: At) -> None:
    write_cases(settings.inbox, "窗口办件一.csv", [CASE])
    take_in(at("2023-03-06", "first"))


@pytest.mark.usefixtures("one_case")
def test_the_day_before_then_overdue_each_once(
    at: At, mail_server: MailServer, ask: Callable[[str], Sequence[Any]]
) -> None:
    relight(at("2023-03-09 17:00", "r1"))
    assert received(mail_server) == []
    relight(at("2023-03-10 09:00", "r2"))
    relight(at("2023-03-10 09:15", "r3"))
    relight(at("2023-03-13 17:30", "r4"))
    assert [(to, subject) for to, subject, _ in received(mail_server)] == [
        ("plan@example.org", "【在办件提醒】市规划局：1 件临近期限（截至 2023-03-10 09:00）")
    ]
    relight(at("2023-03-14 09:00", "r5"))
    relight(at("2023-03-15 09:00", "r6"))
    _, (to, subject, body) = received(mail_server)
    assert (to, subject) == ("plan@example.org", "【在办件提醒】市规划局：1 件已超期（截至 2023-03-14 09:00）")
    for told in (
        "1. A1（窗口办件五日办结）",
        "期限：2023-03-13，超期 1 天",
        "时限：5 个工作日，起算 2023-03-06 09:30（已 8 天）",
        "窗口：1 号窗",
        "出处：《窗口办件计时约定》测试一",
        "数据来源：窗口办件一.csv，第 2 行",
        "请立即办结",
        "超期 1 件，临期 0 件",
        "请联系市大厅",
    ):
        assert told in body
    rows = ask(
        "select light_after, address from case_notices n join case_light_changes c on c.id = n.change_id order by c.id"
    )
    assert rows == [("yellow", "plan@example.org"), ("red", "plan@example.org")]


def test_one_mail_a_unit_and_units_without_address_through_the_office(
    at: At, settings: Settings, mail_server: MailServer, ask: Callable[[str], Sequence[Any]]
) -> None:
    write_cases(settings.inbox, "窗口办件一.csv", [CASE, ("A2", *CASE[1:]), OTHER])
    take_in(at("2023-03-06", "first"))
    relight(at("2023-03-14 09:00", "r1"))
    told = {to: (subject, body) for to, subject, body in received(mail_server)}
    assert sorted(told) == ["office@example.org", "plan@example.org"]
    assert len(mail_server.inbox.received) == 2
    assert "2 件已超期" in told["plan@example.org"][0]
    assert "A1（" in told["plan@example.org"][1]
    assert "A2（" in told["plan@example.org"][1]
    assert "【请办公室转交】以下单位尚未登记收件邮箱，请转交并补登：市人社局。" in told["office@example.org"][1]
    assert ask("select code from outcomes where subject = 'case-notices'") == ["CONTACT.MISSING"]
    assert ask("select count(*) from case_notices") == [3]


@pytest.mark.usefixtures("one_case")
def test_killed_between_writing_and_telling_nothing_is_told_twice(
    at: At, engine: Engine, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = at("2023-03-14 09:00", "r1")
    pipeline.light_cases(ctx)
    monkeypatch.setattr("etl.publish.case_notices._TOLD", "select 1 / 0 where cast(:last as bigint) > 0")
    with pytest.raises(Exception, match="division by zero"):
        queue_case_notices(ctx)
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from mails")).scalar_one() == 0
    monkeypatch.undo()
    assert queue_case_notices(ctx) == 1
    assert queue_case_notices(at("2023-03-14 09:15", "r2")) == 0
    assert send_pending(ctx).sent == 1
    assert send_pending(ctx).sent == 0
    assert len(received(mail_server)) == 1


@pytest.mark.usefixtures("one_case")
def test_a_case_that_has_ended_meanwhile_is_no_news(at: At, settings: Settings, mail_server: MailServer) -> None:
    pipeline.light_cases(at("2023-03-14 09:00", "r1"))
    write_cases(settings.inbox, "窗口办件二.csv", [(*CASE, "2023-03-14 09:05")])
    take_in(at("2023-03-14 09:10", "r2"))
    pipeline.light_cases(at("2023-03-14 09:10", "r2"))
    pipeline.send_mails(at("2023-03-14 09:10", "r2"))
    assert received(mail_server) == []
    pipeline.send_mails(at("2023-03-14 09:15", "r3"))
    assert received(mail_server) == []


@pytest.mark.usefixtures("one_case")
def test_a_home_with_a_set_day_and_a_long_list(at: At, settings: Settings, mail_server: MailServer) -> None:
    """Of 120 late cases fifty are listed, the rest counted; a day that was set is told as a day."""
    write_cases(settings.inbox, "窗口办件二.csv", [(f"C{n:03}", *CASE[1:]) for n in range(120)])
    take_in(at("2023-03-14", "r1"))
    relight(replace(at("2023-03-14", "r1"), simulated=True))
    ((_, subject, body),) = received(mail_server)
    assert subject.endswith("121 件已超期（截至 2023-03-14）")
    assert "【模拟数据】" in body
    assert body.count("期限：2023-03-13") == 50
    assert "另有 71 件同样已超期" in body
