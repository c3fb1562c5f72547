"""The target page of all kinds: the clause itself, phases, path, strips, scales, what people entered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Engine, text

from dashboards.callbacks.render import Reader, draw
from dashboards.components.clause import build_clause
from dashboards.components.marks import say_process
from dashboards.components.phases import phase_rows
from dashboards.figures.ahead import expected_value, look_ahead, name_period
from dashboards.figures.series import build_series
from dashboards.source import Source, State
from dashboards.view import parse_view
from tests.dashboards.board_seed import PLAN
from tests.dashboards.board_steps import OTHER
from tests.dashboards.board_tree import hrefs, text_of, walk, with_class


@pytest.fixture
def source(both: Engine, make_source: Callable[..., Source]) -> Source:
    found = make_source(both)
    found.refresh()
    return found


@pytest.fixture
def two(source: Source) -> State:
    return source.state


@pytest.fixture
def open_page(source: Source) -> Callable[[str], object]:
    def open_it(address: str) -> object:
        path, _, query = address.partition("?")
        return asyncio.run(draw(parse_view(path, f"?{query}"), source.state, Reader(source)))

    return open_it


def by_id(tree: object, name: str) -> object:
    return next(item for item in walk(tree) if getattr(item, "id", None) == name)


def test_the_clause_is_quoted_with_its_phrase_marked(open_page: Callable[[str], object]) -> None:
    page = open_page(f"/target/{PLAN}/satisfaction")
    (quote,) = with_class(page, "quote")
    assert text_of(quote) == "一(一)　提升服务 · 诉求办理　原文第 17 行 满意率保持在 96%以上 。"
    assert [text_of(item) for item in walk(quote) if type(item).__name__ == "Mark"] == ["96%以上"]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("no_text", "还没有原文：把文件正文存成纯文本 texts/p.txt"),
        ("missing", "方案写明的原文文件 texts/p.txt 不存在"),
        ("unreadable", "读不出来：请另存为 UTF-8"),
        ("ok", "所存原文里没有找到这一条"),
    ],
)
def test_without_the_clause_it_says_what_to_do(two: State, state: str, told: str) -> None:
    target = two.shown.target(PLAN, "satisfaction")
    clauses = {PLAN: {"state": state, "name": "texts/p.txt", "is_same": None, "targets": {}}}
    snapshot = replace(two.shown, clauses=clauses)
    assert target is not None
    assert told in text_of(build_clause(target, snapshot, "zh"))
    assert "原文" not in text_of(build_clause(target, snapshot, "en"))


def test_phases_follow_each_other_in_table_and_figure(two: State, open_page: Callable[[str], object]) -> None:
    page = open_page(f"/target/{OTHER}/online-2")
    phases = text_of(by_id(page, "phases"))
    assert "网办率（一期） 2023-01-01 至 2023-03-31 ≥ 80% — ■ 绿 达标" in phases
    assert "网办率（二期） 2023-04-01 至 2023-12-31 ≥ 90% — ▲ 黄 预警" in phases
    assert f"/target/{OTHER}/online-1?period=2023-02" in hrefs(page)
    now = text_of(with_class(page, "now"))
    assert "基期 70%（2022-12-31，年报）" in now
    assert "进度算法 按工作日均匀推进" in now
    assert "按此速度到期为 86.13%" in now


def test_the_figure_steps_and_looks_ahead(two: State) -> None:
    shown = two.shown.target(OTHER, "online-2")
    assert shown is not None
    phases = two.shown.phases(shown)
    rows = phase_rows(phases, two.shown, "self")
    assert [(r.target, r.period) for r in rows] == [
        ("online-1", "2023-01"),
        ("online-1", "2023-02"),
        ("online-1", "2023-03"),
        ("online-2", "2023-04"),
        ("online-2", "2023-06"),
    ]
    ahead = look_ahead(rows, phases, shown)
    assert ahead.goals == (("2023-12", Decimal(90)),)
    assert ahead.projected == ("2023-12", Decimal("86.129"))
    # June: 80 with progress 0.5 to 90 began at 70; 0.62 of the way is 82.4
    assert dict(ahead.path)["2023-06"] == Decimal("82.4")
    figure = build_series(rows, shown, "zh", ahead)
    goal = figure.data[0]
    assert list(zip(goal.x, goal.y, strict=True))[2:] == [
        ("2023-03", 80.0),
        ("2023-04", 90.0),
        ("2023-06", 90.0),
        ("2023-12", 90.0),
    ]
    assert figure.layout.xaxis.categoryarray[-1] == "2023-12"
    names = [trace.name for trace in figure.data]
    assert "按进度应达" in names
    assert "按此速度到期为" in names


def test_a_way_that_is_done_has_no_expected_point(two: State) -> None:
    row = two.shown.series(OTHER, "online-2", "self")[-1]
    assert expected_value(row) == Decimal("82.4")
    assert expected_value(replace(row, progress=Decimal(1))) is None
    assert expected_value(replace(row, time_share=None)) is None
    day = two.shown.published.as_of
    assert [name_period(day, like) for like in ("2023-Q1", "2022", "2023-05", "2023-W05")] == [
        "2023-Q2",
        "2023",
        "2023-06",
        "2023-06",
    ]


def test_a_cadence_is_a_strip_of_windows_with_words(open_page: Callable[[str], object]) -> None:
    page = open_page(f"/target/{OTHER}/meetings")
    assert [text_of(w) for w in with_class(page, "window")] == [
        "2023-01..02 ■ 达标 2 次".replace("■", "■ 绿"),
        "2023-03..04 ● 红 未达标 0 次",
        "2023-05..06 ◇ 未到期 —",
    ]
    entries = text_of(by_id(page, "entries"))
    assert "2023-02-20 2023-02-20 示例〔2023〕9号 张三 人工填报.xlsx 填报 第 3 行" in entries
    assert f"bizenv source template manual --plan {OTHER}" in entries


def test_a_grade_shows_its_scale(open_page: Callable[[str], object]) -> None:
    page = open_page(f"/target/{OTHER}/grade")
    assert [text_of(grade) for grade in with_class(page, "grade")] == ["良好 现在", "优秀 要求"]
    assert "还没有人填报" in text_of(by_id(page, "entries"))


def test_a_step_shows_its_evidence(open_page: Callable[[str], object]) -> None:
    entries = text_of(by_id(open_page(f"/target/{OTHER}/step-plan"), "entries"))
    assert "示例〔2023〕9号" in entries
    assert "张三" in entries
    words = text_of(open_page(f"/target/{OTHER}/step-window"))
    assert "未交付" in words
    assert "到期无佐证材料" in words
    assert f"/?plan={OTHER}" in hrefs(open_page(f"/target/{OTHER}/step-window"))


def test_marks_of_variation_are_a_sentence(two: State) -> None:
    row = two.shown.series(OTHER, "online-2", "self")[-1]
    assert say_process(row, "zh") == ""
    marked = replace(row, marks={"variation": "deterioration", "assurance": "hit_and_miss"})
    told = say_process(marked, "zh")
    assert "确实在变差" in told
    assert "有的期达标、有的期不达标" in told
    assert "really worsening" in say_process(marked, "en")


def test_a_corrected_catalogue_is_seen_without_a_new_set(source: Source, both: Engine) -> None:
    before = source.state.set_token
    source.refresh()
    assert source.state.set_token == before
    with both.begin() as connection:
        connection.execute(
            text("update targets set content = content || '{\"name_zh\": \"改名\"}' where target = 'old'")
        )
    source.refresh()
    found = source.state.shown.target(OTHER, "old")
    assert found is not None
    assert (found.name("zh"), source.state.set_token != before) == ("改名", True)
