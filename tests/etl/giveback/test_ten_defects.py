"""One messy workbook with ten different defects: out, mended in the sheet of held rows alone, and back."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from etl.core.lake import open_lake
from etl.giveback import case_of_batch, make_giveback
from etl.giveback.held_sheet import HEADER_LINE
from tests.etl.check.files import make_report
from tests.etl.giveback.conftest import Desk

HEADER = ["事项", "责任单位", "办件量（件）", "网办量", "网办率"]
ITEMS = make_report(
    columns=[
        {"name": "item", "header": "事项", "type": "text"},
        {"name": "unit", "header": "责任单位", "type": "unit"},
        {"name": "total", "header": "办件量（件）", "type": "integer", "minimum": 0},
        {"name": "online", "header": "网办量", "type": "integer", "minimum": 0},
        {"name": "rate", "header": "网办率", "type": "percent", "required": False, "maximum": 100},
    ],
    key=["item"],
    rules=[
        {
            **{"kind": "pair", "code": "ONLINE_ABOVE_TOTAL", "left": "online", "op": "<=", "right": "total"},
            **{"message": "网办量多于办件量", "todo": "请核对"},
        }
    ],
)
GOOD = ["事项零", "甲局", 10, 8, "80%"]
DEFECTS: list[tuple[list[Any], str, str, Any]] = [
    # the row, its code, the column to mend, what the sender writes there
    (["事项一", "乙局", -3, 0, "50%"], "VALUE.RANGE", "办件量（件）", 3),
    (["事项二", "乙局", "几件", 0, "50%"], "VALUE.UNREADABLE", "办件量（件）", 4),
    (["事项三", "乙局", 5, 9, "50%"], "ONLINE_ABOVE_TOTAL", "网办量", 5),
    (["事项四", "丁局", 5, 5, "50%"], "UNIT.UNKNOWN", "责任单位", "丙局"),
    (["事项五", "乙局", None, 0, "50%"], "VALUE.MISSING", "办件量（件）", 6),
    (["事项六", "乙局", "=6+1", 0, "50%"], "VALUE.NOT_CALCULATED", "办件量（件）", 7),
    (["事项七", "乙局", 8.5, 0, "50%"], "VALUE.UNREADABLE", "办件量（件）", 8),
    (["事项八", "乙局", 9, 0, "很高"], "VALUE.UNREADABLE", "网办率", "88%"),
    (["事项九", "乙局", 9, 0, "150%"], "VALUE.RANGE", "网办率", "15%"),
    (["=cmd|'/C calc'!A0", "乙局", 9, "#DIV/0!", "50%"], "VALUE.ERROR_CELL", "网办量", 1),
]
FOOTER = [["合计", "", 53, "", ""], ["填报人：某人", "", "联系电话：1234567", "", "2023年4月3日"]]


def write_messy(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in [["2023年3月办件情况表"], ["（单位：件、%）"], HEADER, GOOD, *(row for row, *_ in DEFECTS), *FOOTER]:
        sheet.append(row)
    sheet.merge_cells("A1:E1")
    sheet["A14"].data_type = "s"
    sheet["D14"].data_type = "e"
    book.save(path)


def test_ten_defects_go_out_are_mended_and_come_back(make_desk: Callable[..., Desk], tmp_path: Path) -> None:
    desk = make_desk(contract=ITEMS)
    write_messy(desk.ctx.settings.inbox / "三月月报.xlsx")
    (batch,) = desk.take_in()
    found = desk.ask("select line, codes from quarantine order by line")
    assert [(line, codes[0]) for line, codes in found] == [(5 + i, d[1]) for i, d in enumerate(DEFECTS)]
    content = make_giveback(case_of_batch(desk.ctx, batch)).content
    Path(os.environ.get("BIZENV_KEEP", tmp_path)).joinpath("back.xlsx").write_bytes(content)
    path = tmp_path / "mended.xlsx"
    path.write_bytes(content)
    book = openpyxl.load_workbook(path)
    assert all(s.page_setup.fitToWidth == 1 and s.sheet_properties.pageSetUpPr.fitToPage for s in book.worksheets[:2])
    sheet = book["隔离行"]
    header = [cell.value for cell in sheet[HEADER_LINE]]
    for line, (_, _, column, mended) in enumerate(DEFECTS, start=HEADER_LINE + 1):
        assert any("怎么办" in cell.comment.text for cell in sheet[line] if cell.comment)
        sheet.cell(line, header.index(column) + 1).value = mended
    assert not [c.coordinate for s in book.worksheets[:2] for row in s.iter_rows() for c in row if c.data_type == "f"]
    book.save(desk.ctx.settings.inbox / "改好了.xlsx")
    desk.take_in()
    assert desk.ask("select distinct state from quarantine") == ["corrected"]
    changes = dict(desk.ask("select line, changes from quarantine order by line"))
    assert changes[5] == [{"header": "办件量（件）", "before": "-3", "after": "3"}]
    assert changes[8] == [{"header": "责任单位", "before": "丁局", "after": "丙局"}]
    with open_lake(desk.ctx.settings, read_only=True) as lake:
        rows = lake.execute("select item, unit, total, online from lake.monthly order by item").fetchall()
    wanted = [GOOD[:4]]
    for row, _, column, mended in DEFECTS:
        wanted.append([mended if name == column else cell for name, cell in zip(HEADER, row, strict=True)][:4])
    assert rows == sorted(tuple(row) for row in wanted)
