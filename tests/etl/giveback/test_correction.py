"""The round trip of the rows kept back: handed out, mended, sent back, merged; on the real warehouse and lake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl

from dashboards.components.data_rows import translate_rows
from dashboards.queries.data import read_section
from etl import pipeline
from etl.core.lake import open_lake
from etl.giveback import case_of_batch, make_giveback
from etl.giveback.held_sheet import HEADER_LINE
from tests.etl.giveback.conftest import Desk

GOOD = ["甲局", 10, 8, "80%"]
ROWS = (GOOD, ["乙局", -3, 2, "50%"], ["丙局", "几件", 1, "50%"])


def hand_out(desk: Desk, batch: str, path: Path) -> Any:
    """The workbook as the sender opens it."""
    path.write_bytes(make_giveback(case_of_batch(desk.ctx, batch)).content)
    return openpyxl.load_workbook(path)


def in_lake(desk: Desk) -> list[Any]:
    with open_lake(desk.ctx.settings, read_only=True) as lake:
        return lake.execute("select unit, total, online from lake.monthly order by unit").fetchall()


def states(desk: Desk) -> list[Any]:
    return desk.ask("select line, state, codes, changes from quarantine order by line")


def test_rows_go_out_are_mended_and_come_back(make_desk: Callable[..., Desk], tmp_path: Path) -> None:
    """`resend: replace`: 甲局, accepted at first, stays. 乙局 (line 4) is mended, 丙局 (line 5) is still no number."""
    desk = make_desk()
    desk.send("三月月报.xlsx", *ROWS)
    (first,) = desk.take_in()
    assert in_lake(desk) == [("甲局", 10, 8)]
    book = hand_out(desk, first, tmp_path / "back.xlsx")
    assert book.sheetnames[:2] == ["需要处理", "隔离行"]
    sheet = book["隔离行"]
    assert [c.value for c in sheet[HEADER_LINE]][:4] == ["责任单位", "办件量（件）", "网办量", "网办率"]
    assert [c.value for c in sheet[3]][:4] == ["乙局", -3, 2, "50%"]
    assert sheet.column_dimensions["F"].hidden
    sheet["B3"], sheet["B4"] = 3, "若干"
    book.save(desk.ctx.settings.inbox / "随便叫什么.xlsx")
    (second,) = desk.take_in()
    assert desk.ask(f"select source, correction_of, status, period from batches where batch_id = '{second}'") == [
        ("monthly", first, "loaded", "2023-03")
    ]
    assert in_lake(desk) == [("乙局", 3, 2), ("甲局", 10, 8)]
    assert states(desk) == [
        (
            4,
            "corrected",
            ["VALUE.RANGE", "ONLINE_ABOVE_TOTAL"],
            [{"header": "办件量（件）", "before": "-3", "after": "3"}],
        ),
        (5, "open", ["VALUE.UNREADABLE"], None),
    ]
    before = desk.ask(f"select status, rows_accepted, rows_quarantined from batches where batch_id = '{first}'")
    assert before == [("loaded", 1, 2)]
    assert desk.ask(f"select cell, value from findings where batch_id = '{second}'") == [("B4", "若干")]
    rows, _ = read_section(desk.ctx.engine, "quarantine")
    shown = translate_rows("quarantine", rows, "zh", zone=None, name_source=str)  # type: ignore[arg-type]
    assert sorted(row["state"] for row in shown) == ["已更正：办件量（件） -3 → 3", "待更正"]

    # the same bytes again: nothing
    book.save(tmp_path / "x.xlsx")
    (desk.ctx.settings.inbox / "再来.xlsx").write_bytes(
        next((desk.ctx.settings.landing / "monthly" / second).glob("original*")).read_bytes()
    )
    assert desk.take_in() == []
    # the copy that went back for the rest brings the last row
    again = hand_out(desk, first, tmp_path / "again.xlsx")
    assert [c.value for c in again["隔离行"][3]][:2] == ["丙局", "几件"]
    again["隔离行"]["B3"] = 6
    again.save(desk.ctx.settings.inbox / "又一次.xlsx")
    desk.take_in()
    assert in_lake(desk) == [("丙局", 6, 1), ("乙局", 3, 2), ("甲局", 10, 8)]
    assert [row[1] for row in states(desk)] == ["corrected", "corrected"]
    # mended once more from the first copy: the row of the same key gives way, what is still bad there changes nothing
    sheet["B3"] = 4
    book.save(desk.ctx.settings.inbox / "再改.xlsx")
    desk.take_in()
    assert in_lake(desk) == [("丙局", 6, 1), ("乙局", 4, 2), ("甲局", 10, 8)]
    assert [row[1] for row in states(desk)] == ["corrected", "corrected"]


def test_a_whole_file_mended_in_the_copy_is_a_whole_file(make_desk: Callable[..., Desk], tmp_path: Path) -> None:
    desk = make_desk()
    desk.send("三月月报.xlsx", *ROWS)
    (first,) = desk.take_in()
    book = hand_out(desk, first, tmp_path / "back.xlsx")
    book["Sheet1"]["B4"], book["Sheet1"]["B5"] = 4, 5
    book.save(desk.ctx.settings.inbox / "三月月报更正.xlsx")
    (second,) = desk.take_in()
    assert desk.ask(f"select correction_of, rows_accepted from batches where batch_id = '{second}'") == [(None, 3)]
    assert in_lake(desk) == [("丙局", 5, 1), ("乙局", 4, 2), ("甲局", 10, 8)]


def test_a_later_file_stands_against_an_older_correction(make_desk: Callable[..., Desk], tmp_path: Path) -> None:
    """A whole new file of March came between: the mended row of the first one comes too late."""
    desk = make_desk()
    desk.send("三月月报.xlsx", *ROWS)
    (first,) = desk.take_in()
    book = hand_out(desk, first, tmp_path / "back.xlsx")
    later = replace(desk, ctx=replace(desk.ctx, now=lambda: desk.ctx.now().replace(hour=9)))
    later.send("三月月报新.xlsx", ["甲局", 20, 8, "40%"])
    later.take_in()
    book["隔离行"]["B3"] = 3
    book.save(desk.ctx.settings.inbox / "更正.xlsx")
    last = replace(desk, ctx=replace(desk.ctx, now=lambda: desk.ctx.now().replace(hour=10)))
    last.take_in()
    assert in_lake(desk) == [("甲局", 20, 8)]
    assert last.ask("select code from outcomes where stage = 'load' order by id desc limit 1") == ["LOAD.SUPERSEDED"]


def test_the_whole_run_carries_a_correction(make_desk: Callable[..., Desk], tmp_path: Path) -> None:
    desk = make_desk()
    desk.send("三月月报.xlsx", *ROWS)
    assert pipeline.run(desk.ctx).checked == {"accepted": 1}
    (first,) = desk.ask("select batch_id from batches")
    (attached,) = desk.mails()[0].iter_attachments()
    path = tmp_path / "mail.xlsx"
    path.write_bytes(attached.get_content())
    book = openpyxl.load_workbook(path)
    book["隔离行"]["B3"], book["隔离行"]["B4"] = 3, 4
    book.save(desk.ctx.settings.inbox / "a.xlsx")
    report = pipeline.run(replace(desk.ctx, run_id="second"))
    assert (report.landed, report.loaded, report.mails.sent) == (1, 1, 0)  # type: ignore[union-attr]
    assert [row[1] for row in states(desk)] == ["corrected", "corrected"]
    assert {row[0] for row in in_lake(desk)} == {"甲局", "乙局", "丙局"}
    assert desk.ask("select distinct correction_of from batches where correction_of is not null") == [first]
