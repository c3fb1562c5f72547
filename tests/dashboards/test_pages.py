"""The pages as component trees: what a reader finds on them."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, insert, text

from dashboards.callbacks.render import Reader, draw, show_fault
from dashboards.components.card import build_card
from dashboards.pages.overview import build_overview
from dashboards.source import Source, State
from dashboards.tiles import select_tiles
from dashboards.view import View, parse_view
from schemas.warehouse.tables import definitions
from tests.dashboards.board_seed import PLAN
from tests.dashboards.board_tree import hrefs, text_of, walk, with_class


@pytest.fixture
def open_page(seeded: Engine, make_source: Callable[..., Source]) -> Callable[..., object]:
    """`open_page("/path?query")`: the whole page as the callback makes it."""
    source = make_source(seeded)
    source.refresh()

    def open_it(address: str, **changes: object) -> object:
        path, _, query = address.partition("?")
        state = replace(source.state, **changes)
        return asyncio.run(draw(parse_view(path, f"?{query}"), state, Reader(source)))

    return open_it


def _cards(state: State, view: View) -> dict[str, str]:
    return {tile.target.id: text_of(build_card(tile, state, view)) for tile in select_tiles(state.shown, view)}


def test_overview_counts_in_words_before_any_card(open_page: Callable[..., object]) -> None:
    page = open_page("/")
    lead = text_of(with_class(page, "lead"))
    told = "截至 2023 年 6 月 30 日，10 项指标中，未达标 3 项、预警 3 项、达标 2 项、无数据 1 项、未到期 1 项。"
    assert told in lead
    assert "分单位看，有红灯的： 市监局（1） 。" in lead
    assert "/?unit=%E5%B8%82%E7%9B%91%E5%B1%80" in hrefs(with_class(page, "lead"))
    assert "其中 1 项本期没有有效数据" in lead
    counts = "● 红 未达标 3 ▲ 黄 预警 3 ■ 绿 达标 2 ◆ 灰 无数据 1 ◇ 未到期 1"
    assert text_of(with_class(page, "counts")) == counts
    changes = text_of(with_class(page, "changes"))
    assert "与上一版（第 11 版，截至 2023-05-31）相比，2 盏灯有变化" in changes
    assert "▲ 黄 预警 → ● 红 未达标 群众诉求办理满意率" in changes


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("satisfaction", ["● 红 未达标", "92.3%", "标准 ≥ 96%", "条款 一(一)", "截至 2023-06-30", "低于 96% 的标准"]),
        ("half-day", ["■ 绿 达标", "解读", "已达力争值", "标准 ≥ 95%，力争 98%"]),
        ("mean-time", ["▲ 黄 预警", "本地", "0.46 个工作日", "标准 ≤ 0.5 个工作日"]),
        ("deposit", ["● 红 未达标", "98.21%", "每件 ≤ 5 个工作日", "超期 1 件"]),
        ("key-projects", ["▲ 黄 力争未达", "力争", "期限 2023-06-30（今天）"]),
        ("e-tender", ["● 红 未达标", "沿用 2023-05（30 天前）", "未报送", "—", "上次 2023-05：97%"]),
        ("power", ["◆ 灰 无数据", "样本不足", "—", "共同完成"]),
        ("list", ["■ 绿 达标", "已交付", "标准 按期交付"]),
    ],
)
def test_a_card_tells(state: State, target: str, told: list[str]) -> None:
    card = _cards(state, View())[target]
    assert [part for part in told if part not in card] == []
    assert "nan" not in card.lower()


def test_a_value_is_printed_with_the_decimals_of_its_indicator(
    seeded: Engine, make_source: Callable[..., Source]
) -> None:
    with seeded.begin() as connection:
        row = {"kind": "indicator", "name": "half_day_rate", "version": "3f2a", "content": {"decimals": 0}}
        connection.execute(insert(definitions).values(row))
        connection.execute(
            text(
                """update targets set content = content || '{"indicator": "half_day_rate"}' where target = 'half-day'"""
            )
        )
    source = make_source(seeded)
    source.refresh()
    card = _cards(source.state, View())["half-day"]
    assert "98%" in card
    assert "98.4%" not in card


@pytest.mark.parametrize(
    ("target", "unit", "told"),
    [
        ("satisfaction", "", "持续 2023-05 起（2 期）"),  # April is silent and March was met
        ("satisfaction", "市监局", "持续 2023-05 起（1 期）"),  # carried over a silent June
        ("half-day", "", None),  # green
    ],
)
def test_red_and_yellow_say_since_when(
    open_page: Callable[..., object], target: str, unit: str, told: str | None
) -> None:
    words = text_of(with_class(open_page(f"/target/{PLAN}/{target}?unit={unit}"), "now"))
    assert (told in words) if told else "持续" not in words


def test_filters(state: State) -> None:
    assert len(with_class(build_overview(state, View(light="red")), "card")) == 3
    own = _cards(state, View(unit="税务局"))
    assert set(own) == {"satisfaction", "tax-hours"}
    assert "■ 绿 达标" in own["satisfaction"]
    assert "98%" in own["satisfaction"]
    assert with_class(build_overview(state, View(plan="other")), "state-empty")


def test_stale_figures_say_so_on_every_card(open_page: Callable[..., object], state: State) -> None:
    seen = dt.datetime(2023, 6, 30, 6, 5, tzinfo=dt.UTC)
    page = open_page("/", problem="away", seen_at=seen, now=seen + dt.timedelta(minutes=1))
    stamp = "数据库不可用，以下为 14:05 的最后一版"
    assert stamp in text_of(with_class(page, "banner-stale"))
    cards = with_class(page, "card")
    assert len(cards) == 10
    assert all(stamp in text_of(card) for card in cards)
    assert with_class(page, "is-stale")
    fresh = open_page("/")
    assert stamp not in text_of(fresh)
    assert not with_class(fresh, "is-stale")


@pytest.mark.parametrize(("days", "is_old"), [(3, False), (4, True)])
def test_a_frozen_board_shows_its_age(open_page: Callable[..., object], days: int, is_old: bool) -> None:
    page = open_page("/", today=dt.date(2023, 6, 30) + dt.timedelta(days=days))
    assert f"截至 2023-06-30 （{days} 天前）".replace(" （", "（") in text_of(with_class(page, "as-of"))
    assert bool(with_class(page, "banner-old")) is is_old
    assert (f"数据已 {days} 天没有更新" in text_of(page)) is is_old


def test_target_page_says_who_set_it_and_ends_at_the_cell(open_page: Callable[..., object]) -> None:
    page = open_page(f"/target/{PLAN}/satisfaction")
    words = text_of(page)
    for told in (
        "《示例区优化营商环境方案》",
        "示例〔2023〕1号",
        "一(一)",
        "90.8% ~ 93.8%",
        "923 / 1,000",
        "-3.7 个百分点",
    ):
        assert told in words, told
    assert text_of(with_class(page, "address")) == "D27 B27"
    assert "诉求办理6月.xlsx Sheet1 27 D27 满意度 40 B27 办理单位 市监局 不满意" in words
    assert f"/target/{PLAN}/satisfaction?period=2023-05" in hrefs(page)
    assert "95.995%" in words
    local = text_of(open_page(f"/target/{PLAN}/mean-time"))
    assert "标准为本地设定：平均时长按办结件计算" in local


def test_a_carried_unit_shows_the_period_that_decided(open_page: Callable[..., object]) -> None:
    page = open_page(f"/target/{PLAN}/satisfaction?unit=市监局")
    now = text_of(with_class(page, "now"))
    assert "● 红 未达标" in now
    assert "沿用 2023-05（30 天前）" in now
    assert "报送内容与上期完全相同" in now
    decided = next(item for item in walk(page) if getattr(item, "id", None) == "evidence")
    assert "判定依据 2023-05 ● 红 未达标" in text_of(decided)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (f"/target/{PLAN}/none", "没有这个指标"),
        (f"/target/{PLAN}/satisfaction?unit=无此单位", "这个单位还没有结论"),
        (f"/target/{PLAN}/satisfaction?period=1999-01", "没有 1999-01 这一期"),
        ("/nowhere", "没有这个页面"),
    ],
)
def test_what_is_not_there_is_said(open_page: Callable[..., object], address: str, told: str) -> None:
    assert told in text_of(open_page(address))


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("batches", ["诉求办理台账", "已入库", "表头 1、合计 1、备注 2、数据 1003", "已退回", "请取消密码后重新导出"]),
        ("findings", ["Sheet1!D14", "扣下该行", "请核对后重新报送这一行"]),
        ("quarantine", ["办理单位：市监局", "满意度：105", "满意度“105”不在 0 到 100 之间"]),
        ("mails", ["群众诉求办理满意率转红", "已发送", "2023-06-30 14:05"]),
        ("runs", ["发布", "完成", "接收", "退回", "结论 plan-2023", "结论 26", "诉求办理台账", "内含 6月.csv"]),
    ],
)
def test_data_page_speaks_in_words(open_page: Callable[..., object], section: str, told: list[str]) -> None:
    page = open_page(f"/data?section={section}")
    grid = next(item for item in walk(page) if getattr(item, "rowData", None))
    rows = str(grid.rowData)
    assert [part for part in told if part not in rows] == []
    assert "VALUE.RANGE" not in rows
    assert grid.dashGridOptions["localeText"]["noRowsToShow"] == "没有数据"


def test_english_page(open_page: Callable[..., object]) -> None:
    page = open_page("/?lang=en")
    assert "of 10 targets: 3 missed, 3 at risk, 2 met, 1 no data, 1 not due" in text_of(page)
    assert "92.3 % in June, below 96 %." in text_of(page)
    assert all("lang=en" in href for href in hrefs(page) if href.startswith(("/target", "/data")))


def test_a_fault_is_a_sentence_not_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    assert "这个页面出错了" in text_of(show_fault(RuntimeError("secret detail")))
    assert "secret detail" not in text_of(show_fault(RuntimeError("secret detail")))
    assert "secret detail" in caplog.text
