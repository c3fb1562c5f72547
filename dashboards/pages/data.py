"""数据页: what came in, what was wrong with it, what was mailed, what ran; and the viewer's one action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboards import ids
from dashboards.components.data_rows import COLUMNS, translate_rows
from dashboards.components.grid import build_grid
from dashboards.components.states import build_empty, build_error
from dashboards.formats import fmt_instant
from dashboards.queries.data import LIMIT, Rows
from dashboards.queries.requests import RunRequest
from dashboards.source import State
from dashboards.texts import REQUEST_STATES, Lang, word
from dashboards.view import SECTIONS, View
from dashboards.words import label, say

_EXPLAINED = {
    "batches": (
        "每份收到的文件一行：读出多少行、接收多少、扣下多少。",
        "One row a file: lines read, accepted, kept back.",
    ),
    "findings": ("每个问题一行：在哪个单元格、错在哪里、怎么改。", "One row a problem: where, what, and what to do."),
    "quarantine": ("未通过校验、没有参与计算的行，按原文保留。", "Rows that failed a check and were not counted."),
    "mails": ("灯变化时发给责任单位的邮件。", "Mails to the responsible units when a light changes."),
    "runs": ("每一步的结果。“退回”是文件问题，“系统故障”是系统问题。", "The outcome of every step."),
}


@dataclass(frozen=True, kw_only=True)
class Section:
    """What was read for the page; `rows` None: it could not be read."""

    rows: Rows | None
    has_more: bool = False
    request: RunRequest | None = None


def build_data(state: State, view: View, found: Section) -> list[Any]:
    """The body of the data page."""
    lang = view.lang
    zh, en = _EXPLAINED[view.section]
    return [
        html.Div([html.H1(label("data", lang)), build_run_panel(state, found.request, lang)], className="data-top"),
        html.Nav([_build_tab(section, view) for section in SECTIONS], className="sections"),
        html.P(say(zh, en, lang), className="dim"),
        _build_rows(found, state, view),
    ]


def _build_tab(section: str, view: View) -> dcc.Link:
    classes = "section-tab is-here" if view.section == section else "section-tab"
    return dcc.Link(label(section, view.lang), href=view.to(section=section).href, className=classes)


def _build_rows(found: Section, state: State, view: View) -> html.Div:
    lang = view.lang
    if found.rows is None:
        text = say("恢复后本页自动更新，不需要刷新。", "The page comes back by itself, no reload needed.", lang)
        return build_error(
            say("数据库不可用，读不到这张表", "Database unavailable, this table cannot be read", lang), text
        )
    if not found.rows:
        return build_empty(say("这里还没有记录", "Nothing here yet", lang))
    known = state.snapshot
    rows = translate_rows(
        view.section,
        found.rows,
        lang,
        zone=state.zone,
        name_source=lambda source: known.source_name(source, lang) if known else source,
    )
    grid: list[Any] = [build_grid(view.section, COLUMNS[view.section], rows, lang)]
    if found.has_more:
        grid.append(
            html.P(say(f"只列出最新的 {LIMIT} 条。", f"Only the newest {LIMIT} are listed.", lang), className="dim")
        )
    return html.Div(grid)


def build_run_panel(state: State, request: RunRequest | None, lang: Lang) -> html.Div:
    """The button and how far the newest request got."""
    busy = bool(request and request.is_open)
    button = dmc.Button(
        label("run_now", lang), id=ids.RUN_BUTTON, disabled=busy or state.problem is not None, size="sm"
    )
    return html.Div(
        [button, html.Div(say_request(state, request, lang), id=ids.RUN_STATE, role="status")], className="run-panel"
    )


def say_request(state: State, request: RunRequest | None, lang: Lang) -> str:
    """`09:30 提交：正在处理`."""
    if request is None:
        return say("收件箱平时每 10 秒自动检查一次。", "The inbox is looked at every 10 seconds in any case.", lang)
    told = word(REQUEST_STATES, request.state, lang)
    asked = fmt_instant(request.requested_at, zone=state.zone)
    text = say(f"{asked} 提交：{told}", f"Asked {asked}: {told}", lang)
    if request.handled_at:
        at = fmt_instant(request.handled_at, zone=state.zone)
        text += say(f"（{at}）", f" ({at})", lang)
    return text
