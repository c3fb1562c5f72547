"""Who gets which mail, and what stands in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from etl.publish import publish_set
from schemas.models.plan import Contact
from tests.etl.publish.cases import proof, verdict

TO = "select recipient_unit, address from mails order by id"


def publish(ctx, *rows):
    return publish_set(ctx, rows, plans=("demo-city",))


def give_contacts(registry, **addresses):
    """Registry with these addresses alone."""
    return replace(registry, contacts=tuple(Contact(unit=u, address=a) for u, a in addresses.items()))


@pytest.mark.parametrize(
    ("row", "readers"),
    [
        (verdict("red"), [("甲局", "jia@example.org")]),
        (verdict("red", target="shared"), [("甲局", "jia@example.org"), ("乙局", "yi@example.org")]),
        (verdict("red", unit="乙局"), [("乙局", "yi@example.org"), ("甲局", "jia@example.org")]),
        (verdict("red", unit="甲局"), [("甲局", "jia@example.org")]),
    ],
)
def test_who_is_told(run, ask, row, readers):
    publish(run(), row)
    assert ask(TO) == readers
    assert ask("select count(*) from outbox") == [len(readers)]


def test_one_mail_a_unit_however_many_changes(run, ask):
    rows = [
        verdict("red"),
        verdict("yellow", target="shared"),
        verdict("red", unit="乙局"),
        verdict("green", unit="甲局"),
    ]
    assert publish(run(), *rows).mails == 2
    assert dict(ask("select recipient_unit, subject from mails")) == {
        "甲局": "【营商环境监测】甲局：2 项转红，1 项转黄（截至 2023-06-01）",
        "乙局": "【营商环境监测】乙局：1 项转红，1 项转黄（截至 2023-06-01）",
    }


def test_an_address_of_the_plan_wins(run, ask, registry):
    own = Contact(unit="甲局", address="jia-plan@example.org", plan="demo-city")
    publish(run(registry=replace(registry, contacts=(*registry.contacts, own))), verdict("red"))
    assert ask(TO) == [("甲局", "jia-plan@example.org")]


def test_units_without_an_address_go_to_the_office_by_name(run, ask, registry):
    ctx = run(registry=give_contacts(registry, 甲局="jia@example.org"))
    published = publish(ctx, verdict("red", target="shared", unit="东街所"))
    assert published.without_address == ("东街所", "乙局")
    assert ask(TO) == [("东街所", "office@example.org"), ("甲局", "jia@example.org")]
    texts = ask("select body_text from mails order by id")
    assert "尚未登记收件邮箱，请转交并补登：东街所、乙局。" in texts[0]
    assert "尚未登记" not in texts[1]
    (note,) = ask("select message from outcomes where code = 'CONTACT.MISSING'")
    assert "东街所、乙局" in note


def test_a_shared_mailbox_gets_a_change_once(run, ask, registry):
    ctx = run(registry=give_contacts(registry, 甲局="hall@example.org", 乙局="hall@example.org"))
    publish(ctx, verdict("red", target="shared"), verdict("red", target="shared", unit="乙局"))
    assert ask(TO) == [("甲局", "hall@example.org"), ("乙局", "hall@example.org")]
    assert ask("select count(*), count(distinct change_id) from outbox") == [(2, 2)]
    assert "共用本邮箱的单位（不另发同样内容）：乙局" in ask("select body_text from mails order by id")[0]


def test_what_the_mail_says(run, ask):
    publish(run(), verdict("green"), verdict("yellow", target="shared"))
    publish(
        run(day=2, simulated=True),
        verdict("red", stretch=98, evidence=(proof(),)),
        verdict("yellow", target="shared"),
    )
    (body, html, set_id) = ask("select body_text, body_html, set_id from mails order by id desc limit 1")[0]
    for words in (
        "1. 网上办理率（示例市（汇总），2023-05）",
        "灯号：■绿 达标 → ●红 未达标",
        "数值：90.5%（181 / 200）",
        "目标：不低于 95%（力争 98%）",
        "差距：还差 4.5 个百分点",
        "结论：2023-05 网上办理率的结论。",
        "出处：《示例市优化营商环境方案》一(一)",
        "数据来源：办件2023-05.xlsx，工作表“统计”，第 4 行，单元格 C4（网上办件）",
        "处理建议：请核对来源数据",
        "- ▲黄 预警　两局共管率（示例市（汇总），2023-05）：95.5%（191 / 200），目标不低于 95%",
        f"数据截至 2023-06-02，第 {set_id} 次发布，模拟数据。",
        "看板：http://127.0.0.1:18050/",
    ):
        assert words in body
    for words in ("●红 未达标", "90.5%（181 / 200）", "C4（网上办件）", "两局共管率", "【模拟数据】"):
        assert words in html
    for trap in ("<img", "<script", "url(", "<link", "None", "Decimal"):
        assert trap not in html
        assert trap not in body


def test_restatements_stand_apart(run, ask):
    now = verdict("green", period="2023-06")
    publish(run(), verdict("green", is_current=False), now)
    publish(run(day=2), verdict("red", is_current=False, evidence=(proof(),)), now)
    subject, body = ask("select subject, body_text from mails")[0]
    assert subject == "【营商环境监测】甲局：1 项往期更正（截至 2023-06-02）"
    assert "一、灯号变化：无。" in body
    assert "三、往期更正（1 项）" in body
    assert "2023-05）：■绿 达标 → ●红 未达标；数值 96.5% → 90.5%（181 / 200）" in body


def test_words_from_files_are_escaped_in_html(run, ask):
    publish(run(), verdict("red", sentence="<b>高于</b> & 低于"))
    (html,) = ask("select body_html from mails")
    assert "&lt;b&gt;高于&lt;/b&gt; &amp; 低于" in html


def test_a_long_list_of_open_lights_is_cut_and_counted(run, ask):
    rows = [verdict("yellow", unit=f"所{i:02}") for i in range(33)]
    publish(run(), *rows)
    publish(run(day=2), *rows, verdict("red"))
    body = ask("select body_text from mails where recipient_unit = '甲局' order by id desc limit 1")[0]
    assert "二、其他尚未解除的红灯、黄灯（33 项）" in body
    assert body.count("- ▲黄 预警") == 30
    assert "另有 3 项" in body
