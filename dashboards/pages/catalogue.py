"""方案目录: what a plan's document says, part by part: targets, tasks, mechanisms, facts, skipped phrases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboards import ids
from dashboards.components.filters import build_switch
from dashboards.components.parts import PART_LINES, PART_NAMES, Line, find_lines
from dashboards.components.states import build_empty, build_no_set
from dashboards.components.tables import build_table
from dashboards.queries.records import Snapshot
from dashboards.source import State
from dashboards.tiles import chosen_plan
from dashboards.view import PARTS, View
from dashboards.words import label, say

_EXPLAINED: Mapping[str, tuple[str, str]] = {
    "targets": ("有数量或频次、逐期判定的目标。", "Targets with a quantity or a rhythm, judged period by period."),
    "tasks": (
        "交付事项和分季度步骤，由人工填报；没有截止日的“常态化”任务只列出，不判定。",
        "Deliverables and steps, entered by hand; tasks without an end are listed and not judged.",
    ),
    "mechanisms": (
        "文件建立的工作机制：环节、时限，以及检验它的目标现在是什么灯。",
        "Standing arrangements: stages, limits, and the lights of the targets that judge them.",
    ),
    "facts": ("文件报告的已达到情况，只作背景，不亮灯。", "What the document reports as reached: context, no light."),
    "skipped": (
        "有意不跟踪的数量词，每一处都写明理由。",
        "Phrases that are deliberately not tracked, each with a reason.",
    ),
}


def build_catalogue(state: State, view: View) -> list[Any]:
    """The body of the catalogue page."""
    snapshot, lang = state.snapshot, view.lang
    if snapshot is None:
        return [build_no_set(state, lang)]
    plan = chosen_plan(snapshot, view)
    switch = build_switch(snapshot, view, to=lambda name: view.to(plan=name))
    if plan not in snapshot.plans:
        return [switch, build_empty(say(f"本办没有使用方案“{plan}”", f"The plan “{plan}” is not in use here", lang))]
    every = {part: PART_LINES[part](snapshot, plan, view) for part in PARTS}
    found = {part: find_lines(lines, view.query) for part, lines in every.items()}
    tabs = html.Nav([_build_tab(part, found[part], view) for part in PARTS], className="sections")
    head = html.Div([html.H1(_title(snapshot, plan, view)), _build_downloads(plan, view)], className="data-top")
    told = html.P(say(*_EXPLAINED[view.part], lang), className="dim")
    return [switch, head, _build_search(view), tabs, told, _build_part(found[view.part], every[view.part], view)]


def _title(snapshot: Snapshot, plan: str, view: View) -> str:
    return label("catalogue", view.lang) + say("：", ": ", view.lang) + snapshot.plan(plan).name(view.lang)


def _build_downloads(plan: str, view: View) -> html.Div:
    """Plain links: they work without a script and can be copied."""
    links = [
        html.A(name, href=f"/api/catalogue{ending}?plan={plan}", className="download")
        for name, ending in (("Excel", ".xlsx"), ("JSON", ""))
    ]
    return html.Div([html.Span(label("download", view.lang)), *links], className="downloads")


def _build_search(view: View) -> html.Div:
    box = dmc.TextInput(
        id=ids.SEARCH,
        label=label("search", view.lang),
        placeholder=say("名称、条款、单位、理由……", "name, clause, unit, reason …", view.lang),
        value=view.query,
        debounce=400,
        size="xs",
        className="search",
    )
    return html.Div(box, className="filters")


def _build_tab(part: str, lines: Sequence[Line], view: View) -> dcc.Link:
    classes = "section-tab is-here" if view.part == part else "section-tab"
    text = f"{label(f'part_{part}', view.lang)} {len(lines)}"
    return dcc.Link(text, href=view.to(part=part).href, className=classes)


def _build_part(found: Sequence[Line], every: Sequence[Line], view: View) -> html.Div:
    lang = view.lang
    if not every:
        return build_empty(say("这份文件没有这一部分", "The document has nothing of this kind", lang))
    if not found:
        told = say(f"没有含“{view.query}”的条目", f"Nothing contains “{view.query}”", lang)
        return html.Div([build_empty(told), dcc.Link(label("clear", lang), href=view.to(query="").href)])
    names = [label(name, lang) for name in PART_NAMES[view.part]]
    table = build_table(names, [line.cells for line in found], caption=label(f"part_{view.part}", lang))
    return html.Div(table, className=f"panel part-{view.part}")
