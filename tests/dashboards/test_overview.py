"""The overview of a long plan: switch, groups that are counted apart, steps by quarter, filters, many targets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from dashboards.components.marks import build_marks, build_promise_marks
from dashboards.components.steps import quarter_of
from dashboards.pages.overview import MOST_CARDS, build_overview
from dashboards.queries.records import Target
from dashboards.source import Source, State
from dashboards.tiles import filter_tiles, select_tiles
from dashboards.view import View
from tests.dashboards.board_seed import PLAN
from tests.dashboards.board_steps import OTHER
from tests.dashboards.board_tree import hrefs, text_of, walk, with_class


@pytest.fixture
def two(both: Engine, make_source: Callable[..., Source]) -> State:
    source = make_source(both)
    source.refresh()
    return source.state


def by_id(tree: object, name: str) -> object:
    return next(item for item in walk(tree) if getattr(item, "id", None) == name)


def test_the_plan_is_switched_in_the_address(two: State) -> None:
    page = build_overview(two, View(light="red"))
    assert hrefs(with_class(page, "plan-switch")) == [f"/?plan={PLAN}", f"/?plan={OTHER}"]
    assert "示例区 2023 年" in text_of(with_class(page, "plan-link")[0])
    assert [link.className for link in with_class(page, "plan-link")] == ["plan-link is-here", "plan-link"]
    other = build_overview(two, View(plan=OTHER))
    assert "步骤区提升年方案" in text_of(other)
    assert "群众诉求办理满意率" not in text_of(other)


def test_what_others_decide_tasks_and_acceptance_are_counted_apart(two: State) -> None:
    page = build_overview(two, View(plan=OTHER))
    # own: online-1 met, online-2 behind, meetings open, grade not due; nothing else is in the sentence
    assert "4 项指标中，预警 1 项、达标 1 项、未到期 2 项" in text_of(with_class(page, "lead"))
    told = "单列 ： 任务 4 项 （未达标 2、达标 1、未到期 1） 、 外部评价 1 项 （未达标 1） 、 验收 1 项 （达标 1） 。"
    assert text_of(with_class(page, "apart")) == told
    assert "民商事案件平均审理天数" in text_of(by_id(page, "external"))
    assert "上一年承诺事项" in text_of(by_id(page, "acceptance"))
    assert {card.children[0].children.children for card in with_class(page, "card")} == {
        "网办率（一期）",
        "网办率（二期）",
        "调度会议",
        "省评价等次",
    }


def test_steps_stand_under_the_quarter_in_which_they_are_due(two: State) -> None:
    steps = by_id(build_overview(two, View(plan=OTHER)), "tasks")
    quarters = with_class(steps, "quarter")
    names = [text_of(with_class(q, "quarter-name")) for q in quarters]
    assert names == ["2023 年第 1 季度", "2023 年第 2 季度", "2023 年第 4 季度"]
    # the first has a red one, the second is today's (2023-06-30) and red, the last waits
    assert [q.open for q in quarters] == [True, True, False]
    first = " ".join(text_of(quarters[0]).split())
    assert "● 红 未达标 开通专窗 2023-03-31（已过 91 天） 营商办 政务服务 到期无佐证材料" in first
    assert "另有外部事项 1 项，不计入" in text_of(steps)
    assert "人工填报" in text_of(steps)
    assert [quarter_of(dt.date(2023, m, 1)) for m in (1, 3, 4, 12)] == [(2023, 1), (2023, 1), (2023, 2), (2023, 4)]


def test_every_filter_stands_in_the_address_and_narrows(two: State) -> None:
    view = View(plan=OTHER)
    tiles = select_tiles(two.shown, view)

    def left(**chosen: str) -> set[str]:
        return {tile.target.id for tile in filter_tiles(tiles, view.to(**chosen))}

    assert left(area="司法") == {"trial", "old", "step-court"}
    assert left(kind="task") == {"step-plan", "step-window", "step-review", "step-court"}
    assert left(kind="cadence") == {"meetings"}
    assert left(strength="strive") == {"grade"}
    assert left(control="external") == {"trial", "step-court"}
    assert left(kind="task", control="external") == {"step-court"}
    page = build_overview(two, View(plan=OTHER, light="neutral"))
    assert "年度考评" in text_of(by_id(page, "tasks"))
    assert "制定改革方案" not in text_of(page)
    assert f"/?plan={OTHER}&area=%E5%8F%B8%E6%B3%95" in hrefs(with_class(page, "area-index"))[2]


def test_marks_say_who_read_and_who_enters(two: State) -> None:
    def marks(name: str) -> list[str]:
        target = two.shown.target(OTHER, name)
        return [text_of(mark) for mark in build_promise_marks(target, None, "zh")]

    assert marks("online-2") == ["解读"]
    assert marks("grade") == ["力争", "人工填报"]
    assert marks("trial") == ["外部评价"]
    (mark,) = build_promise_marks(two.shown.target(OTHER, "online-2"), None, "zh")
    spoken = mark.to_plotly_json()["props"]
    assert (spoken["data-note"], spoken["tabIndex"], spoken["role"]) == ("原文没有写年份", "0", "note")


def test_what_is_left_out_of_a_value_is_said(two: State) -> None:
    shown = next(verdict for verdict in two.shown.verdicts if verdict.value is not None and verdict.target_unit == "%")
    marks = {"excluded": 3, "with_excluded": "95.2000000000", "undated": 2}
    left = replace(shown, marks=marks)
    told = [text_of(mark) for mark in build_marks(left, None, two.shown, dt.date(2023, 7, 1), "zh")]
    assert told[-2:] == ["已剔除 3 件，不剔除则为 95.2%", "2 件没有期限，未计入"]


def test_nothing_there_says_what_to_do(two: State) -> None:
    page = build_overview(two, View(plan="far-2020"))
    assert "本办没有使用方案“far-2020”" in text_of(page)
    assert "office.yml" in text_of(page)
    nothing = build_overview(two, View(plan=OTHER, area="无此领域"))
    assert "没有符合筛选条件的指标" in text_of(nothing)
    assert f"/?plan={OTHER}" in hrefs(nothing)


def _many(state: State, number: int) -> State:
    snapshot = state.shown
    pattern = next(t for t in snapshot.targets if t.id == "power")
    own = [replace(pattern, id=f"t{i}", rank=i, content={**pattern.content, "id": f"t{i}"}) for i in range(number)]
    red = next(v for v in snapshot.verdicts if v.target == "deposit")
    changed = replace(snapshot, targets=tuple(own), verdicts=(replace(red, target="t3"),))
    return replace(state, snapshot=changed)


@pytest.mark.parametrize(("number", "cards"), [(MOST_CARDS, MOST_CARDS), (MOST_CARDS + 1, 1)])
def test_a_long_plan_has_cards_only_for_what_needs_attention(state: State, number: int, cards: int) -> None:
    page = build_overview(_many(state, number), View())
    assert len(with_class(page, "card")) == cards
    assert len(with_class(page, "name")) == (number if cards == 1 else 0)


def test_texts_of_the_overview_are_english_too(two: State) -> None:
    words = text_of(build_overview(two, View(plan=OTHER, lang="en")))
    for told in ("Tasks", "2023 Q1", "Decided by others", "Acceptance", "entered by hand", "interpretation"):
        assert told in words, told


def test_a_grade_and_a_cadence_read_as_words(two: State) -> None:
    cards = {
        c.children[0].children.children: text_of(c) for c in with_class(build_overview(two, View(plan=OTHER)), "card")
    }
    assert "良好" in cards["省评价等次"]
    assert "标准 不低于 优秀" in cards["省评价等次"]
    assert "标准 每两个月 ≥ 1 次" in cards["调度会议"]


def test_a_target_without_a_verdict_keeps_its_marks() -> None:
    content = {"kind": "rank", "control": "external", "strength": "must", "basis": "local"}
    target = Target(plan="p", id="t", rank=1, version="v", content=content)
    assert [text_of(m) for m in build_promise_marks(target, None, "en")] == ["local", "external", "entered by hand"]
