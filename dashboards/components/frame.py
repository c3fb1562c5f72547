"""What stands around every page: header with stamps and navigation, banners, legend."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboards.components.light import build_light
from dashboards.components.states import build_old, build_stale, seen_clock
from dashboards.formats import fmt_day, fmt_instant
from dashboards.source import State
from dashboards.texts import LIGHTS, Lang
from dashboards.view import View
from dashboards.words import label, say

_NAMES = {"cases": "cases_page"}
"""Pages whose label is not their own name: `cases` is the number of a sample."""


def build_header(state: State, view: View) -> html.Header:
    """Name, pages, as-of stamp with its age, simulated badge, language."""
    lang = view.lang
    pages = [
        ("overview", view.home(view.plan)),
        ("cases", view.home(view.plan).to(page="cases")),
        ("catalogue", view.home(view.plan).to(page="catalogue")),
        ("compare", view.home().to(page="compare")),
        ("data", view.home().to(page="data")),
    ]
    links = [
        dcc.Link(
            label(_NAMES.get(name, name), lang),
            href=to.href,
            className="nav-link is-here" if view.page == name else "nav-link",
        )
        for name, to in pages
    ]
    other = view.to(lang="zh" if lang == "en" else "en")
    switch = label("to_chinese" if lang == "en" else "to_english", lang)
    return html.Header(
        [
            html.A(label("skip", lang), href="#main", className="skip"),
            html.Div(label("brand", lang), className="brand"),
            html.Nav(links, className="nav"),
            html.Div(_build_stamps(state, lang), className="stamps"),
            dcc.Link(switch, href=other.href, className="switch"),
        ],
        className="header",
    )


def _build_stamps(state: State, lang: Lang) -> list[Any]:
    found: list[Any] = []
    if state.simulated:
        found.append(html.Span(label("simulated", lang), className="badge badge-simulated"))
    if state.snapshot:
        published = state.snapshot.published
        text = f"{label('as_of', lang)} {fmt_day(published.as_of)}"
        if (state.age_days or 0) > 0:
            text += say(f"（{state.age_days} 天前）", f" ({state.age_days} days ago)", lang)
        found.append(html.Span(text, className="as-of"))
        at = fmt_instant(published.published_at, zone=state.zone)
        title = say(f"发布于 {at}", f"published {at}", lang)
        found.append(html.Span(say(f"第 {published.set_id} 版", f"Set {published.set_id}", lang), title=title))
    if state.problem:
        at = seen_clock(state)
        found.append(
            html.Span(say(f"数据库不可用（{at} 起）", f"no database since {at}", lang), className="badge badge-away")
        )
    return found


def build_banners(state: State, lang: Lang) -> list[html.Div]:
    """What has to be known before any figure is read."""
    return [banner for banner in (build_stale(state, lang), build_old(state, lang)) if banner is not None]


def build_legend(lang: Lang) -> html.Div:
    """The five lights and the marks, in words."""
    marks = say(
        "灰色“沿用”：本期没有有效数据，仍按上次的灯；“解读/本地”：标准不是文件原话；“力争”：文件只要求力争。",
        "Grey 'carried': no valid data, the last light stands; 'interpretation/local': not the document's own words.",
        lang,
    )
    lights = [build_light(light, lang, size="small") for light in LIGHTS]
    return html.Div([html.Span(lights, className="legend-lights"), html.Span(marks)], className="legend")


def build_frame(state: State, view: View, body: list[Any]) -> html.Div:
    """A whole page: header, banners, body. A board with stale figures is grey as a whole."""
    classes = f"board page-{view.page}" + (" is-stale" if state.problem else "")
    main = html.Main([*build_banners(state, view.lang), *body], id="main", className="main")
    return html.Div([build_header(state, view), main], className=classes, lang="en" if view.lang == "en" else "zh-CN")
