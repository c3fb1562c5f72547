"""方案目录 and 对标: all that a document says, found and downloaded; plans side by side and never merged."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from dash import dcc
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from dashboards.api import add_api
from dashboards.api_catalogue import add_catalogue_api
from dashboards.callbacks.render import Reader, draw
from dashboards.downloads import neutralise, write_catalogue
from dashboards.pages.compare import build_compare
from dashboards.source import Source, State
from dashboards.view import View, parse_view
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


@pytest.fixture
def api(source: Source) -> TestClient:
    server = FastAPI()
    add_api(server, source)
    add_catalogue_api(server, source)
    return TestClient(server)


def body_rows(page: object) -> list[str]:
    bodies = [item for item in walk(page) if type(item).__name__ == "Tbody"]
    return [" ".join(text_of(row).split()) for body in bodies for row in body.children]


def test_every_part_has_its_page(open_page: Callable[[str], object]) -> None:
    tabs = text_of(with_class(open_page(f"/catalogue?plan={OTHER}"), "sections"))
    assert tabs == "目标 6 任务 2 机制 1 已达到 1 不跟踪 1"
    targets = body_rows(open_page(f"/catalogue?plan={OTHER}"))
    assert targets[1].startswith("▲ 黄 预警 网办率（二期） 解读 ≥ 90% 限期达到 2023-12-31 政务服务")
    assert "验收" in targets[5]
    tasks = body_rows(open_page(f"/catalogue?plan={OTHER}&part=tasks"))
    assert tasks[0].startswith("■ 绿 达标 制定改革方案 2023-Q1 2023-03-31")
    assert tasks[1].startswith("常态化，不判定 常态化巡查 — 常态化，不判定")
    (mechanism,) = body_rows(open_page(f"/catalogue?plan={OTHER}&part=mechanisms"))
    assert "逐件计时 联系企业 2 小时 本地 办结" in mechanism
    assert "● 红 未达标 调度会议" not in mechanism  # the window of today is open, nothing is red
    assert "◇ 未到期 调度会议 ● 红 未达标 民商事案件平均审理天数" in mechanism
    (fact,) = body_rows(open_page(f"/catalogue?plan={OTHER}&part=facts"))
    assert fact.startswith("已建成站点 ≥ 120 个 2022")
    assert body_rows(open_page(f"/catalogue?plan={OTHER}&part=skipped")) == ["二十大 原文第 7 行 会议名称"]


def test_a_search_finds_words_in_any_order(open_page: Callable[[str], object]) -> None:
    found = body_rows(open_page(f"/catalogue?plan={OTHER}&query=二期 网办"))
    assert [row.split()[3] for row in found] == ["网办率（二期）"]
    nothing = open_page(f"/catalogue?plan={OTHER}&part=skipped&query=没有的词")
    assert "没有含“没有的词”的条目" in text_of(nothing)
    assert "这份文件没有这一部分" in text_of(open_page(f"/catalogue?plan={PLAN}&part=facts"))
    assert "本办没有使用方案“x”" in text_of(open_page("/catalogue?plan=x"))


def test_the_workbook_holds_all_parts_as_plain_text(two: State) -> None:
    evil = "=HYPERLINK(1)"
    skipped = [{"phrase": evil, "line": 1, "offset": 0, "reason": "-1"}]
    parts = {**two.shown.parts, OTHER: {**two.shown.parts[OTHER], "skipped": skipped}}
    made = write_catalogue(replace(two.shown, parts=parts), OTHER, "zh")
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["目标", "任务", "机制", "已达到", "不跟踪"]
    targets = list(book["目标"].iter_rows(values_only=True))
    assert len(targets) == 7
    assert targets[2][:4] == ("online-2", "黄 预警", "网办率（二期）", "≥ 90%")
    assert [cell.value for cell in book["不跟踪"][2]] == ["'=HYPERLINK(1)", "1:0", "'-1"]
    assert all(cell.data_type == "s" for row in book["不跟踪"].iter_rows() for cell in row)
    assert [neutralise(t) for t in ("@x", "+1", "\tx", "正常")] == ["'@x", "'+1", "'\tx", "正常"]
    english = openpyxl.load_workbook(io.BytesIO(write_catalogue(two.shown, OTHER, "en")))
    assert english.sheetnames[0] == "Targets"


def test_a_family_is_grouped_by_indicator_and_never_merged(two: State) -> None:
    page = build_compare(two, View(page="compare", family="online"))
    assert "事项与件数不能比较。" in text_of(page)
    panels = with_class(page, "panel")
    assert [text_of(panel.children[0]) for panel in panels] == ["网办率", "网上办结率", "已达到情况（文件报告）"]
    assert "口径 ： 以事项为分母。" in text_of(panels[0])
    assert body_rows(panels[0])[0].startswith("远方市 远方市方案 远方网办率 解读 ≥ 75%，力争 85%")
    assert body_rows(panels[0])[1].startswith("步骤区 步骤区方案 网办率（二期） 解读 ≥ 90%")
    assert len(body_rows(panels[1])) == 1
    assert "备用口径" not in text_of(page)  # nobody aims at it
    links = [href for href in hrefs(page) if href.startswith("/target")]
    assert links == [f"/target/{OTHER}/online-2"]  # the other plan is not in use here
    assert "没有这个指标族" in text_of(build_compare(two, View(page="compare", family="x")))
    none = replace(two, snapshot=replace(two.shown, families=()))
    assert "还没有发布过对标" in text_of(build_compare(none, View(page="compare")))


@pytest.mark.parametrize("path", ["/compare", f"/catalogue?plan={OTHER}&part=mechanisms", f"/?plan={OTHER}"])
def test_english_pages_have_no_chinese_of_the_board(open_page: Callable[[str], object], path: str) -> None:
    join = "&" if "?" in path else "?"
    page = open_page(f"{path}{join}lang=en")
    links = [item for item in walk(page) if isinstance(item, dcc.Link)]
    texts = text_of([with_class(page, "nav"), with_class(page, "sections"), with_class(page, "dim")])
    heads = text_of([item for item in walk(page) if type(item).__name__ == "Th"])
    own = [c for c in texts + heads if "\u4e00" <= c <= "\u9fff"]
    assert own == []
    assert all("lang=en" in link.href for link in links if getattr(link, "className", "") != "switch")


def test_the_api_gives_the_same(api: TestClient) -> None:
    plans = api.get("/api/plans").json()["plans"]
    assert [plan["id"] for plan in plans] == [PLAN, OTHER]
    assert plans[1]["lights"]["own"] == {"green": 1, "yellow": 1, "neutral": 2}
    assert plans[1]["lights"]["tasks"] == {"green": 1, "red": 2, "neutral": 1}
    found = api.get("/api/catalogue", params={"plan": OTHER}).json()
    assert {k: len(v) for k, v in found.items() if isinstance(v, list)} == {
        "targets": 6,
        "tasks": 2,
        "mechanisms": 1,
        "facts": 1,
        "skipped": 1,
    }
    assert (found["set_id"], found["as_of"], found["fresh"]) == (12, "2023-06-30", True)
    clause = api.get(f"/api/clauses/{PLAN}/satisfaction").json()
    assert (clause["state"], clause["quotes"][0]["marks"]) == ("ok", [[6, 11]])
    (family,) = api.get("/api/families").json()["families"]
    assert (family["indicators"], family["targets"], family["facts"]) == (3, 3, 1)
    compared = api.get("/api/compare", params={"family": "online"}).json()
    assert [member["id"] for member in compared["indicators"]] == ["online", "cases", "idle"]
    answer = api.get("/api/catalogue.xlsx", params={"plan": OTHER})
    assert answer.content[:2] == b"PK"
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/catalogue?plan=x", 404),
        ("/api/catalogue.xlsx?plan=x", 404),
        (f"/api/clauses/{OTHER}/x", 404),
        ("/api/compare?family=x", 404),
        ("/api/compare", 422),
    ],
)
def test_what_is_not_there_is_said_in_the_api(api: TestClient, path: str, status: int) -> None:
    assert api.get(path).status_code == status


def test_before_the_first_set_the_api_says_so(engine: Engine, make_source: Callable[..., Any]) -> None:
    empty, server = make_source(engine), FastAPI()
    empty.refresh()
    add_catalogue_api(server, empty)
    assert TestClient(server).get("/api/plans").status_code == 503
