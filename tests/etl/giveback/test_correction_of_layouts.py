"""The round trip of rows kept back where a line is not a row: periods in the header, names in section headings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from etl.core.lake import open_lake
from etl.giveback.held_sheet import HEADER_LINE
from tests.etl.check.files import write_xlsx
from tests.etl.check.test_layouts import make_sectioned, make_wide
from tests.etl.giveback.conftest import Desk
from tests.etl.giveback.test_correction import hand_out, states


def in_lake(desk: Desk, columns: str) -> list[Any]:
    with open_lake(desk.ctx.settings, read_only=True) as lake:
        return lake.execute(f"select {columns} from lake.monthly order by all").fetchall()


def test_a_wide_line_goes_out_whole_and_comes_back(make_desk: Callable[..., Desk], tmp_path: Path) -> None:
    """Line 4 has two bad cells; mended one by one it is closed when both are right. 1月 is known without the title."""
    desk = make_desk(contract=make_wide())
    rows = [["2023年办件统计表"], ["序号", "责任单位", "1月", "2月", "3月"]]
    write_xlsx(desk.ctx.settings.inbox / "月报.xlsx", [*rows, [1, "甲局", 1, 2, 3], [2, "乙局", "几件", 5, -6]])
    (first,) = desk.take_in()
    good = [("甲局", "2023-01", 1), ("甲局", "2023-02", 2), ("甲局", "2023-03", 3), ("乙局", "2023-02", 5)]
    assert in_lake(desk, "unit, period, total") == sorted(good)
    assert [row[:2] for row in states(desk)] == [(4, "open")]

    book = hand_out(desk, first, tmp_path / "back.xlsx")
    sheet = book["隔离行"]
    assert [c.value for c in sheet[HEADER_LINE]][:4] == ["责任单位", "2023-01", "2023-02", "2023-03"]
    assert [c.value for c in sheet[3]][:4] == ["乙局", "几件", 5, -6]
    assert [bool(sheet[cell].comment) for cell in ("B3", "C3", "D3")] == [True, False, True]
    sheet["B3"] = 4
    book.save(desk.ctx.settings.inbox / "一.xlsx")
    desk.take_in()
    assert ("乙局", "2023-01", 4) in in_lake(desk, "unit, period, total")
    assert [row[:3] for row in states(desk)] == [(4, "open", ["VALUE.RANGE"])]

    sheet["D3"] = 6
    book.save(desk.ctx.settings.inbox / "二.xlsx")
    desk.take_in()
    assert in_lake(desk, "unit, period, total") == sorted([*good, ("乙局", "2023-01", 4), ("乙局", "2023-03", 6)])
    ((_, state, _, changes),) = states(desk)
    assert (state, changes) == ("corrected", [{"header": "3月", "before": "-6", "after": "6"}])


def test_a_row_below_a_section_heading_keeps_its_section(make_desk: Callable[..., Desk], tmp_path: Path) -> None:
    desk = make_desk(contract=make_sectioned())
    rows = [["2023年3月统计表"], ["责任单位", "办件量"], ["东片"], ["甲局", 1], ["西片"], ["乙局", "几件"], ["丙局", 3]]
    write_xlsx(desk.ctx.settings.inbox / "月报.xlsx", rows)
    (first,) = desk.take_in()
    book = hand_out(desk, first, tmp_path / "back.xlsx")
    assert [c.value for c in book["隔离行"][3]][:3] == ["西片", "乙局", "几件"]
    book["隔离行"]["C3"] = 2
    book.save(desk.ctx.settings.inbox / "改.xlsx")
    desk.take_in()
    assert in_lake(desk, "area, unit, total") == [("东片", "甲局", 1), ("西片", "丙局", 3), ("西片", "乙局", 2)]
    assert [row[1] for row in states(desk)] == ["corrected"]
