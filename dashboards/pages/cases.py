"""在办件: the lights of open cases; the hall, units and counters, then what is overdue, nearly so, or stands still."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dashboards.components.case_table import build_alerts, build_stopped
from dashboards.components.case_tiles import build_case_light, build_hall, build_units, worst_of
from dashboards.components.filters import build_switch
from dashboards.components.states import build_empty, build_error, build_no_set
from dashboards.components.tables import build_table
from dashboards.formats import fmt_instant
from dashboards.queries.cases import LISTED, OpenCases
from dashboards.queries.records import Plan
from dashboards.source import State
from dashboards.texts import CASE_LIGHTS, pick
from dashboards.tiles import chosen_plan
from dashboards.view import View
from dashboards.words import label, say


def build_cases(state: State, view: View, found: OpenCases | None) -> list[Any]:
    """The body of the page; `found` None: it could not be read."""
    snapshot, lang = state.snapshot, view.lang
    if snapshot is None:
        return [build_no_set(state, lang)]
    plan = snapshot.plan(chosen_plan(snapshot, view))
    switch = build_switch(snapshot, view, to=lambda name: view.to(plan=name, unit="", window=""))
    head = html.H1(label("cases_page", lang) + say("：", ": ", lang) + plan.name(lang))
    if found is None:
        text = say("恢复后本页自动更新，不需要刷新。", "The page comes back by itself, no reload needed.", lang)
        told = say("数据库不可用，读不到在办件", "Database unavailable, open cases cannot be read", lang)
        return [switch, head, build_error(told, text)]
    if not found.clocks:
        told = say("这个方案没有逐件计时的在办件灯号", "No limit on single cases is lit in this plan", lang)
        todo = say(
            "方案里有逐件时限的目标、且办件台账入库后，运行 bizenv compute，本页会自动出现。",
            "It appears once the plan has limits on single cases and bizenv compute has run.",
            lang,
        )
        return [switch, head, build_empty(told, todo)]
    now = _now(found, state)
    body = [_build_lit(found, state, view), build_hall(found, view), _build_clocks(found, view)]
    return [switch, head, *body, build_units(found, plan, view), _build_chooser(view), *_lists(found, plan, view, now)]


def _now(found: OpenCases, state: State) -> dt.datetime:
    """The real instant; of lights that stand for a whole day, its last second."""
    newest = max(found.clocks, key=lambda row: row["lit_at"])
    if newest["is_day"]:
        return newest["moment"] + dt.timedelta(days=1, seconds=-1)
    return state.now.astimezone(state.zone).replace(tzinfo=None)


def _build_lit(found: OpenCases, state: State, view: View) -> html.P:
    newest = max(found.clocks, key=lambda row: row["lit_at"])
    at = fmt_instant(newest["lit_at"], zone=state.zone)
    day = f"{newest['moment']:%Y-%m-%d}"
    if newest["is_day"]:
        told = say(
            f"灯号截至 {day}（设定日期），{at} 计算。", f"Lights as of {day} (a set day), worked out {at}.", view.lang
        )
    else:
        told = say(
            f"灯号刷新于 {at}；办公时间内每 15 分钟自动刷新，剩余时间按当前时刻计算。",
            f"Lights refreshed {at}; every 15 minutes in office hours. Time left is as of now.",
            view.lang,
        )
    return html.P(told, className="dim lit-at")


def _build_clocks(found: OpenCases, view: View) -> html.Section:
    """Each limit with its own light: a case on time as a whole can have an overdue stage."""
    lang = view.lang
    heads = [label(name, lang) for name in ("light", "limit", "clause")]
    heads += [pick(words.word, lang) for words in CASE_LIGHTS.values()]
    rows = []
    for clock in found.clocks:
        (counts,) = found.counts_of("hall", clock=clock["clock"]) or [dict.fromkeys(CASE_LIGHTS, 0)]
        worst, content = worst_of(counts), clock["content"]
        name = content.get("name_en" if lang == "en" else "name_zh")
        light = build_case_light(worst, lang) if worst else html.Span(say("无在办", "none open", lang), className="dim")
        rows.append([light, name, content.get("clause"), *(str(counts[key]) for key in CASE_LIGHTS)])
    return html.Section([html.H2(label("clocks", lang)), build_table(heads, rows, caption=label("clocks", lang))],
                        className="panel")  # fmt: skip


def _build_chooser(view: View) -> html.Nav:
    """Which lights are listed, and the way out of a filter."""
    lang = view.lang
    links: list[Any] = [
        dcc.Link(
            build_case_light(light, lang),
            href=view.to(case="" if view.case == light else light).href,
            className="count is-chosen" if view.case == light else "count",
        )
        for light in CASE_LIGHTS
    ]
    if view.unit or view.window or view.case:
        place = " / ".join(part for part in (view.unit, view.window) if part)
        clear = view.to(unit="", window="", case="")
        links.append(html.Span(place, className="chosen-place"))
        links.append(dcc.Link(label("clear", lang), href=clear.href, className="clear"))
    return html.Nav(links, className="counts", **{"aria-label": label("light", lang)})  # type: ignore[arg-type]


def _lists(found: OpenCases, plan: Plan, view: View, now: dt.datetime) -> list[html.Section]:
    lang = view.lang
    alerts = build_alerts(found.alert, found, plan, view, now) if found.alert else None
    sections = []
    if view.case in ("", "red", "yellow", "green"):
        title = label("alert_cases", lang) if view.case != "green" else pick(CASE_LIGHTS["green"].word, lang)
        nothing = build_empty(say("没有这样的在办件", "No such open case", lang))
        sections.append(_section(title, found.alert, alerts or nothing, view))
    if found.stopped:
        table = build_stopped(found.stopped, found, plan, view, now)
        sections.append(_section(label("stopped_cases", lang), found.stopped, table, view))
    if found.unlit:
        table = build_alerts(found.unlit, found, plan, view, now)
        sections.append(_section(label("unlit_cases", lang), found.unlit, table, view))
    return sections


def _section(title: str, rows: Sequence[Any], body: Any, view: View) -> html.Section:
    told = None
    if len(rows) == LISTED:
        text = say(
            f"只列出最紧急的 {LISTED} 条；点上面的单位或窗口缩小范围。",
            f"Only the {LISTED} most urgent are listed; choose a unit or counter above.",
            view.lang,
        )
        told = html.P(text, className="dim")
    return html.Section(
        [part for part in (html.H2(title), told, body) if part is not None], className="panel case-list"
    )
