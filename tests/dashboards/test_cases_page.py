"""The page of open cases: tiles, what is overdue with its time left, what stands still, and no database."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from dashboards.callbacks.render import Reader, draw
from dashboards.queries.cases import read_open_cases
from dashboards.source import Source
from dashboards.view import View, parse_view
from tests.dashboards.board_cases import seed_cases
from tests.dashboards.board_seed import PLAN
from tests.dashboards.board_tree import text_of, walk, with_class

NOON = dt.datetime(2023, 6, 30, 6, tzinfo=dt.UTC)
"""14:00 in Shanghai."""


@pytest.fixture
def source(seeded: Engine, make_source: Callable[..., Source]) -> Source:
    with seeded.begin() as connection:
        seed_cases(connection)
    made = make_source(seeded, at=lambda: NOON)
    made.refresh()
    return made


def draw_page(source: Source, view: View) -> Any:
    return asyncio.run(draw(view, source.state, Reader(source)))


def of_type(tree: Any, name: str) -> list[Any]:
    return [item for item in walk(tree) if getattr(item, "_type", None) == name]


def plain(tree: Any) -> str:
    """The words without the blanks between the elements."""
    return text_of(tree).replace(" ", "")


def rows_of(tree: object, caption: str) -> list[str]:
    """The lines of the table with this caption."""
    for table in of_type(tree, "Table"):
        if text_of(of_type(table, "Caption")[0]) == caption:
            return [plain(row) for row in of_type(of_type(table, "Tbody")[0], "Tr")]
    return []


def test_hall_units_windows_and_what_is_overdue(source: Source) -> None:
    tree = draw_page(source, View(page="cases"))
    told = plain(tree)
    assert "全部在办9件" in told
    assert "已超期3（33.3%）" in told
    tiles = [plain(tile) for tile in with_class(tree, "case-tile")]
    assert [tile[:3] for tile in tiles] == ["市监局", "税务局", "行政审"]
    lines = rows_of(tree, "超期和临期办件")
    assert len(lines) == 6
    assert "20230613-004超期10天2023-06-20税务局11号窗口" in lines[0]
    assert "最后一日才中止" in lines[1]
    assert "20230630-051超时45分2023-06-3013:15市监局" in lines[2]
    assert "2个工作小时，二(一)" in lines[2]
    assert "20230628-040今天到期2023-06-30" in next(line for line in lines if "040" in line)
    assert "还有1小时20分" in next(line for line in lines if "052" in line)
    assert "还有3天2023-07-03" in next(line for line in lines if "012" in line)
    assert "诉求办理6月.xlsx·Sheet1第51行" in lines[2]


def test_suspended_cases_show_their_age_and_unlit_ones_why(source: Source) -> None:
    tree = draw_page(source, View(page="cases"))
    (stopped,) = rows_of(tree, "中止计时的办件")
    assert "20230601-00929天2023-06-05" in stopped
    assert "只有日期没有时刻" in plain(tree)


def test_filters_stand_in_the_address_and_persons_stay_masked(source: Source) -> None:
    tree = draw_page(source, parse_view("/cases", "?unit=行政审批局&case=green"))
    assert len(of_type(tree, "Tbody")) == 2
    assert "*** / 7" in text_of(tree)
    assert "h:abcdef" not in text_of(tree)
    tree = draw_page(source, parse_view("/cases", "?unit=税务局&window=11 号窗口"))
    assert [line[:14] for line in rows_of(tree, "超期和临期办件")] == ["●红已超期20230613-"]


def test_english(source: Source) -> None:
    told = text_of(draw_page(source, View(page="cases", lang="en")))
    for words in ("Open cases", "10 days overdue", "1 h 20 min left", "suspended on the last day"):
        assert words in told


def test_no_database_and_no_clock_are_said(source: Source, seeded: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with seeded.begin() as connection:
        connection.execute(text("delete from case_clocks"))
    assert "没有逐件计时" in text_of(draw_page(source, View(page="cases")))
    with seeded.begin() as connection:
        connection.execute(text("alter table case_lights rename to elsewhere"))
    assert "读不到在办件" in text_of(draw_page(source, View(page="cases")))


def test_the_pulse_follows_a_refresh(source: Source, seeded: Engine) -> None:
    before = source.state.tokens
    with seeded.begin() as connection:
        connection.execute(text("update case_clocks set lit_at = lit_at + interval '15 minutes'"))
    source.refresh()
    after = source.state.tokens
    assert (before["set"], before["data"]) == (after["set"], after["data"])
    assert before["cases"] != after["cases"]


def test_a_set_day_counts_to_its_end(seeded: Engine) -> None:
    with seeded.begin() as connection:
        seed_cases(connection, is_day=True)
    found = read_open_cases(seeded, PLAN, light="red")
    assert [row["case_key"] for row in found.alert] == ["20230613-004", "20230620-017", "20230630-051"]
    assert found.stopped == []
