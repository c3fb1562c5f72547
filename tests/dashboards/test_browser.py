"""The board in a real browser, without a network: every request goes to this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from sqlalchemy import Engine, text

from schemas.warehouse.dialect import SET_CHANNEL, notify
from tests.dashboards.board_cases import seed_cases
from tests.dashboards.board_seed import PLAN, publish_next
from tests.dashboards.board_steps import OTHER
from tests.dashboards.test_source import start_database, stop_database

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
SLOW = 20_000


@pytest.fixture
def open_board(chromium: str, board_url: str) -> Iterator[Callable[..., Page]]:
    """`open_board("/path", width=390)`; afterwards: no request left this machine, nothing failed in the console."""
    hosts: set[str | None] = set()
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)

        def open_it(path: str, *, width: int = 1366, height: int = 768) -> Page:
            page = browser.new_context(viewport={"width": width, "height": height}).new_page()
            page.on("request", lambda r: hosts.add(urlsplit(r.url).hostname) if r.url.startswith("http") else None)
            page.on("pageerror", lambda e: errors.append(str(e)))
            page.goto(f"{board_url}{path}")
            page.wait_for_selector(".main", timeout=SLOW)
            return page

        yield open_it
        browser.close()
    assert hosts == {"127.0.0.1"}
    assert errors == []


def test_overview_then_target_then_cell(open_board: Callable[..., Page]) -> None:
    page = open_board("/")
    expect(page.locator(".card")).to_have_count(10)
    red = page.locator(".card-red").first
    expect(red).to_contain_text("●红未达标")
    page.get_by_role("link", name="群众诉求办理满意率").last.click()
    expect(page.locator(".big-value")).to_have_text("92.3%", timeout=SLOW)
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=SLOW)
    expect(page.locator("code.address").first).to_have_text("D27")
    page.get_by_role("link", name="2023-05").first.click()
    expect(page.locator("#evidence")).to_contain_text("2023-05", timeout=SLOW)
    assert "period=2023-05" in page.url


def test_a_new_set_appears_without_reload(open_board: Callable[..., Page], seeded: Engine) -> None:
    page = open_board("/")
    deposit = page.locator(".card", has_text="投标保证金按期退还")
    expect(deposit).to_contain_text("未达标")
    page.evaluate("window.notReloaded = true")
    publish_next(seeded)
    expect(deposit).to_contain_text("■绿达标", timeout=SLOW)
    expect(page.locator(".stamps")).to_contain_text("第 13 版")
    assert page.evaluate("window.notReloaded") is True


def test_open_cases_follow_a_refresh_without_reload(open_board: Callable[..., Page], seeded: Engine) -> None:
    with seeded.begin() as connection:
        seed_cases(connection, is_day=True)
    page = open_board("/cases", width=390)
    expect(page.locator(".case-tile")).to_have_count(3, timeout=SLOW)
    late = page.locator(".case-list").first.locator("tbody tr")
    expect(late).to_have_count(6)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.evaluate("window.notReloaded = true")
    with seeded.begin() as connection:
        connection.execute(text("delete from case_lights where case_key = '20230613-004'"))
        connection.execute(text("update case_clocks set lit_at = lit_at + interval '15 minutes'"))
        notify(connection, SET_CHANNEL, "case_lights")
    expect(late).to_have_count(5, timeout=SLOW)
    assert page.evaluate("window.notReloaded") is True
    page.locator(".case-tile", has_text="税务局").get_by_role("link", name="11 号窗口").click()
    expect(page.locator(".case-list").first).to_contain_text("没有这样的在办件", timeout=SLOW)


def test_a_stopped_database_is_said_and_forgotten(
    open_board: Callable[..., Page], postgres_admin: str, database_url: str
) -> None:
    page = open_board("/")
    expect(page.locator(".banner-stale")).to_have_count(0)
    stop_database(postgres_admin, database_url)
    try:
        expect(page.locator(".banner-stale")).to_contain_text("数据库不可用，以下为", timeout=SLOW)
        expect(page.locator(".stamp-stale")).to_have_count(10)
        for greyed in (".card", ".area-index"):
            assert "grayscale" in page.locator(greyed).first.evaluate("e => getComputedStyle(e).filter")
        page.locator(".nav-link", has_text="数据").click()
        expect(page.locator(".state-error")).to_contain_text("读不到这张表", timeout=SLOW)
    finally:
        start_database(postgres_admin, database_url)
    expect(page.locator(".banner-stale")).to_have_count(0, timeout=SLOW)
    expect(page.locator(".grid")).to_contain_text("诉求办理6月.xlsx", timeout=SLOW)


def test_data_page_and_the_button(open_board: Callable[..., Page], seeded: Engine) -> None:
    page = open_board("/data")
    expect(page.locator(".grid")).to_contain_text("已入库", timeout=SLOW)
    page.get_by_role("button", name="立即处理收件箱").click()
    expect(page.locator("#run-state")).to_contain_text("已提交，等待处理", timeout=SLOW)
    with seeded.begin() as connection:
        done = "update requests set state = 'done', handled_at = now() returning kind, requested_by"
        assert [tuple(row) for row in connection.execute(text(done))] == [("run", "board")]
    expect(page.locator("#run-state")).to_contain_text("处理完成", timeout=SLOW)
    expect(page.get_by_role("button", name="立即处理收件箱")).to_be_enabled()


def test_catalogue_search_comparison_and_back(both: Engine, open_board: Callable[..., Page]) -> None:
    page = open_board(f"/catalogue?plan={OTHER}", width=390, height=844)
    page.get_by_label("查找").fill("二期")
    expect(page.locator(".table tbody tr")).to_have_count(1, timeout=SLOW)
    assert "query=" in page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="网办率（二期）").click()
    expect(page.locator("#phases")).to_contain_text("网办率（一期）", timeout=SLOW)
    mark = page.locator(".now .has-note")
    mark.focus()
    note = mark.evaluate("e => getComputedStyle(e, '::after').content")
    assert note == '"原文没有写年份"'
    page.go_back()
    expect(page.locator(".table tbody tr")).to_have_count(1, timeout=SLOW)
    page.locator(".nav-link", has_text="对标").click()
    expect(page.locator(".family")).to_contain_text("以事项为分母。", timeout=SLOW)
    expect(page.locator(".data-top")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_filter_and_language_stand_in_the_address(open_board: Callable[..., Page]) -> None:
    page = open_board("/")
    page.locator("#filter-unit").click()
    page.get_by_role("option", name="税务局").click()
    expect(page.locator(".card")).to_have_count(2, timeout=SLOW)
    assert "unit=" in page.url
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("Sample district plan 2023", timeout=SLOW)
    expect(page.locator(".card")).to_have_count(2)
    assert "lang=en" in page.url


@pytest.mark.parametrize("path", ["/", f"/target/{PLAN}/satisfaction", "/data", "/?lang=en"])
def test_a_phone_needs_no_sideways_scrolling(open_board: Callable[..., Page], path: str) -> None:
    page = open_board(path, width=390, height=844)
    page.wait_for_timeout(800)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_phone_the_legend_covers_no_point(open_board: Callable[..., Page]) -> None:
    page = open_board(f"/target/{PLAN}/satisfaction", width=390, height=844)
    expect(page.locator(".legend .traces")).not_to_have_count(0, timeout=SLOW)
    bottom = page.locator("svg .legend").first.evaluate("e => e.getBoundingClientRect().bottom")
    tops = page.locator(".scatterlayer path.point").evaluate_all("es => es.map(e => e.getBoundingClientRect().top)")
    assert tops
    assert bottom <= min(tops)


def test_a_board_that_does_not_answer_is_said(open_board: Callable[..., Page]) -> None:
    page = open_board("/")
    expect(page.locator("#offline")).to_be_hidden()
    page.route("**/api/state", lambda route: route.abort())
    expect(page.locator("#offline")).to_be_visible(timeout=SLOW)
    page.unroute("**/api/state")
    expect(page.locator("#offline")).to_be_hidden(timeout=SLOW)
