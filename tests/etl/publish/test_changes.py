"""Which difference between two sets is news, and of what kind."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from etl.publish import publish_set
from tests.etl.publish.cases import verdict

CHANGES = """
select kind, period, light_before, light_after from changes
where set_id = (select max(set_id) from publications) order by id
"""


def publish(ctx, *rows):
    return publish_set(ctx, rows, plans=("demo-city",))


@pytest.mark.parametrize(
    ("light", "is_news"), [("red", True), ("yellow", True), ("green", False), ("grey", False), ("neutral", False)]
)
def test_first_appearance(run, ask, light, is_news):
    published = publish(run(), verdict(light))
    assert ask(CHANGES) == ([("light", "2023-05", None, light)] if is_news else [])
    assert published.mails == int(is_news)


@pytest.mark.parametrize(
    ("before", "after", "is_news"),
    [
        ("green", "red", True),
        ("red", "green", True),
        ("red", "yellow", True),
        ("green", "grey", True),
        ("red", "grey", True),
        ("grey", "green", True),
        ("neutral", "green", True),
        ("grey", "red", True),
        ("green", "neutral", True),
        ("neutral", "grey", False),
        ("grey", "neutral", False),
        ("red", "red", False),
    ],
)
def test_light_of_the_next_period(run, ask, before, after, is_news):
    publish(run(day=1), verdict(before))
    publish(run(day=2), verdict(before, is_current=False), verdict(after, period="2023-06"))
    assert ask(CHANGES) == ([("light", "2023-06", before, after)] if is_news else [])


def test_a_carried_light_is_no_news(run, ask):
    publish(run(day=1), verdict("red"))
    silence = replace(verdict("red", period="2023-06", value=None), status="no_data", carried_from="2023-05")
    assert publish(run(day=2), verdict("red", is_current=False), silence).mails == 0
    assert ask(CHANGES) == []


@pytest.mark.parametrize(
    ("old", "new", "is_restated"),
    [
        (verdict("green"), verdict("red"), True),
        (verdict("green"), verdict("green", value=Decimal(97)), True),
        (verdict("grey"), verdict("green"), True),
        (verdict("green"), verdict("green", value=None), True),
        (verdict("green"), verdict("green", sentence="换一种说法。"), False),
        (verdict("green"), verdict("green", value=Decimal("96.500")), False),
    ],
)
def test_restatement_of_an_older_period(run, ask, old, new, is_restated):
    now = verdict("green", period="2023-06")
    publish(run(), replace(old, is_current=False), now)
    published = publish(run(day=2), replace(new, is_current=False), now)
    assert ask(CHANGES) == ([("restatement", "2023-05", old.light, new.light)] if is_restated else [])
    assert published.mails == int(is_restated)


def test_a_new_older_period_is_no_restatement(run, ask):
    publish(run(), verdict("green"))
    publish(run(day=2), verdict("red", period="2023-04", is_current=False), verdict("green"))
    assert ask(CHANGES) == []


@pytest.mark.parametrize("target", ["wish", "city-figure", "old-promise"])
def test_what_is_recorded_but_never_mailed(run, ask, target):
    assert publish(run(), verdict("red", target=target)).mails == 0
    assert len(ask(CHANGES)) == 1
    assert ask("select count(*) from outbox") == [0]


def test_breach_recovery_breach_are_three_mails(run, ask):
    for day, light in enumerate(("red", "green", "red"), start=1):
        assert publish(run(day=day), verdict(light)).mails == 1
    subjects = ask("select subject from mails order by id")
    words = ["1 项转红", "1 项恢复", "1 项转红"]
    assert subjects == [f"【营商环境监测】甲局：{w}（截至 2023-06-0{d}）" for d, w in enumerate(words, start=1)]
    assert len(set(ask("select message_id from mails"))) == 3


@pytest.mark.parametrize(
    ("now", "news"),
    [
        (verdict("red"), [("light", "2023-05", "green", "red")]),
        (verdict("green", value=Decimal(97)), []),
    ],
)
def test_the_current_period_is_never_a_restatement(run, ask, now, news):
    publish(run(), verdict("green"))
    publish(run(day=2), now)
    assert ask(CHANGES) == news
