"""What goes back by mail and over the board: prepared once, mailed at most once, persons kept out."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace

import openpyxl
import pytest

from etl import pipeline
from etl.core.secret import ensure_key
from etl.giveback import stage
from tests.etl.check.files import CASE_HEADER, make_cases, write_xlsx
from tests.etl.giveback.conftest import NOW, Desk

GOOD, BAD = ["甲局", 10, 8, "80%"], ["乙局", -3, "", "1%"]


def test_a_bad_file_goes_back_once_with_its_workbook(make_desk: Callable[..., Desk]) -> None:
    """-3 stands in B4, the empty cell in C4; the second run writes and sends nothing more."""
    desk = make_desk()
    desk.send("三月月报.xlsx", GOOD, BAD)
    desk.send("四月月报.xlsx", ["甲局", 11, 8, "80%"], title="2023年4月")
    (desk.ctx.settings.inbox / "不认识.txt").write_text("x")
    desk.take_in()
    assert pipeline.send_mails(desk.ctx).sent == 2
    desk.take_in()
    assert pipeline.send_mails(replace(desk.ctx, run_id="again")).sent == 0
    by_address = {mail["To"]: mail for mail in desk.mails()}
    assert sorted(by_address) == ["jia@example.org", "office@example.org"]  # nobody owns the second file
    mail = by_address["jia@example.org"]
    assert mail["Subject"] == "【营商环境监测】三月月报.xlsx：有 1 行未通过校验，请更正"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,)).get_content()
        for said in ("接收 1 行，隔离 1 行", "单元格 B4", "应不小于 0", "单元格 C4", "请补填该单元格", "2023-03"):
            assert said in body, (kind, said)
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "三月月报_批注.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(attached.get_content()))
    assert book.sheetnames[0] == "需要处理"
    assert book.worksheets[2]["B4"].comment is not None
    other = by_address["office@example.org"].get_body(("plain",)).get_content()
    assert "不属于任何约定报送的表" in other


@pytest.mark.parametrize(("owner", "asked"), [("营商办", False), ("丁局", True)])
def test_the_office_is_not_asked_to_pass_its_own_mail_on(
    make_desk: Callable[..., Desk], owner: str, asked: bool
) -> None:
    desk = make_desk(owner=owner, contacts=())
    desk.send("三月月报.xlsx", GOOD, BAD)
    desk.take_in()
    assert pipeline.send_mails(desk.ctx).sent == 1
    assert ("请办公室转交" in desk.mails()[-1].get_body(("plain",)).get_content()) is asked


def test_a_note_that_asks_nothing_is_not_mailed(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    write_xlsx(
        desk.ctx.settings.inbox / "月报.xlsx",
        [["2023年3月"], ["责任单位", "办件量", "网办量", "网办率", "电话"], [*GOOD, 1]],
    )
    desk.take_in()
    assert desk.ask("select code from findings") == ["COLUMN.EXTRA"]
    assert pipeline.send_mails(desk.ctx).sent == 0
    assert desk.ask("select asks, content is null from giveback") == [(False, True)]


def test_persons_go_to_their_sender_alone(make_desk: Callable[..., Desk]) -> None:
    """The workbook is not kept in the warehouse; without an address of the owner it is not mailed either."""
    rows = [CASE_HEADER, ["A1", "欧阳甲乙", "昨天", "", "在办"]]
    for contacts, count in ((("jia@example.org",), 1), ((), 0)):
        desk = make_desk(contract=make_cases(), contacts=contacts)
        ensure_key(desk.ctx.settings)
        rows[1][0] += "x"
        write_xlsx(desk.ctx.settings.inbox / "办件明细202303.xlsx", rows)
        desk.take_in()
        assert pipeline.send_mails(desk.ctx).sent == 1
        mail = desk.mails()[-1]
        assert "欧阳甲乙" not in mail.get_body(("plain",)).get_content()
        files = list(mail.iter_attachments())
        assert len(files) == count
        if files:
            book = openpyxl.load_workbook(io.BytesIO(files[0].get_content()))
            assert book.worksheets[2]["B2"].value == "欧阳甲乙"
    assert set(desk.ask("select content is null from giveback")) == {True}


def test_what_is_too_large_or_too_old_is_told_in_words(make_desk: Callable[..., Desk], monkeypatch) -> None:
    desk = make_desk()
    desk.send("三月月报.xlsx", GOOD, BAD)
    batch = desk.take_in()[0]
    assert desk.ask("select content is not null, word is null from giveback") == [(True, True)]
    later = replace(desk.ctx, now=lambda: NOW + dt.timedelta(days=91))
    stage.prepare(later)
    assert desk.ask("select content is null from giveback") == [True]
    assert f"bizenv giveback {batch}" in desk.ask("select word from giveback")[0]
    monkeypatch.setattr(stage, "MAX_BYTES", 100)
    stage.prepare_again(desk.ctx, batch)
    (word,) = desk.ask("select word from giveback")
    assert word.startswith("批注文件超过")


def test_a_refused_batch_passes_after_its_alias_was_accepted(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    write_xlsx(
        desk.ctx.settings.inbox / "月报.xlsx", [["2023年3月"], ["责任单位", "办理数量", "网办量", "网办率"], GOOD]
    )
    (batch,) = desk.take_in()
    assert desk.ask("select status from batches") == ["refused"]
    columns = [c.model_dump(mode="json") for c in desk.contract.columns]
    columns[1]["aliases"] = ["办理数量"]
    mended = make_desk(columns=columns)
    assert pipeline.recheck(mended.ctx, batch).status == "accepted"
    assert mended.ask("select asks from giveback") == [False]
    assert pipeline.load(mended.ctx)[0].rows == 1
