"""任务: the deliverables and steps of a plan by the quarter in which they are due, one line each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dashboards.components.card import tile_href
from dashboards.components.light import build_light, build_verdict_light, reason_text
from dashboards.components.lines import build_light_counts, name_units
from dashboards.components.marks import build_promise_marks
from dashboards.components.tables import build_table
from dashboards.formats import MISSING, fmt_due
from dashboards.source import State
from dashboards.texts import Lang
from dashboards.tiles import Tile, count_lights
from dashboards.view import View
from dashboards.words import label, say

ALERT = ("red", "yellow")
Quarter = tuple[int, int]


def quarter_of(day: dt.date) -> Quarter:
    return day.year, (day.month + 2) // 3


def quarter_name(quarter: Quarter, lang: Lang) -> str:
    year, number = quarter
    return say(f"{year} 年第 {number} 季度", f"{year} Q{number}", lang)


def by_quarter(tiles: Sequence[Tile]) -> dict[Quarter, list[Tile]]:
    """Quarter of the due day -> its steps in the order of their due days; quarters in order."""
    found: dict[Quarter, list[Tile]] = {}
    for tile in sorted(tiles, key=lambda t: (t.target.day("due") or dt.date.max, t.target.rank)):
        found.setdefault(quarter_of(tile.target.day("due") or dt.date.max), []).append(tile)
    return found


def build_steps(tiles: Sequence[Tile], state: State, view: View) -> html.Section:
    """All steps; a quarter is open where something is wrong, where it is this one, or where a filter chose."""
    lang = view.lang
    own, others = ([t for t in tiles if (t.control == "external") is apart] for apart in (False, True))
    heads: list[Any] = [
        label("tasks", lang),
        html.Span(say(f"{len(own)} 项", str(len(own)), lang), className="dim"),
        build_light_counts(count_lights(own), lang),
    ]
    if others:
        told = say(f"另有外部事项 {len(others)} 项，不计入", f"plus {len(others)} of others, not counted", lang)
        heads.append(html.Span(told, className="dim"))
    hint = say(
        "由人工填报：完成后在填报表里写明完成日期和佐证，报入收件箱即可。",
        "Entered by hand: write the day and the evidence into the form and put it into the inbox.",
        lang,
    )
    quarters = by_quarter(tiles)
    now, few = quarter_of(state.today), len(quarters) == 1
    groups = [
        _build_quarter(quarter, found, state, view, is_open=few or view.is_filtered or quarter == now)
        for quarter, found in quarters.items()
    ]
    return html.Section([html.H2(heads), html.P(hint, className="dim"), *groups], className="panel steps", id="tasks")


def _build_quarter(quarter: Quarter, tiles: Sequence[Tile], state: State, view: View, *, is_open: bool) -> html.Details:
    lang = view.lang
    name = quarter_name(quarter, lang)
    counts = build_light_counts(count_lights(tiles), lang)
    number = html.Span(say(f"{len(tiles)} 项", str(len(tiles)), lang), className="dim")
    names = ("status", "step", "due", "lead", "area", "note")
    lines = [_line(tile, state, view) for tile in tiles]
    table = build_table([label(n, lang) for n in names], lines, caption=name, compact=True)
    alert = any(tile.light in ALERT for tile in tiles)
    summary = html.Summary([html.Span(name, className="quarter-name"), " ", number, " ", counts])
    return html.Details([summary, table], open=is_open or alert, className="quarter")


def _line(tile: Tile, state: State, view: View) -> list[Any]:
    lang, verdict = view.lang, tile.verdict
    light = build_verdict_light(verdict, lang, size="small") if verdict else build_light("grey", lang, size="small")
    name = dcc.Link(tile.target.name(lang), href=tile_href(tile, view), className="name")
    return [
        light,
        [name, " ", *build_promise_marks(tile.target, verdict, lang)],
        fmt_due(tile.target.day("due"), state.today, lang),
        say("、", ", ", lang).join(name_units(tile, state, lang)),
        tile.area,
        reason_text(verdict, lang) if verdict else MISSING,
    ]
