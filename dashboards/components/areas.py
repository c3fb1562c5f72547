"""The fields of a plan at a glance: one line an area with the counts of its lights, each a filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dashboards.components.lines import build_light_counts, say_lights
from dashboards.tiles import Tile, by_area, count_lights
from dashboards.view import View
from dashboards.words import label, say


def build_areas(tiles: Sequence[Tile], view: View) -> html.Details | None:
    """Counts of the plan's own targets; tasks, what others decide and acceptance targets beside, as one number."""
    areas = by_area(tiles)
    if len(areas) < 2:
        return None
    number = html.Span(str(len(areas)), className="dim")
    found = [_build_area(area, mine, view) for area, mine in areas.items()]
    summary = html.Summary(html.H2([label("areas", view.lang), number]))
    return html.Details([summary, html.Ul(found, className="area-list")], open=True, className="panel area-index")


def _build_area(area: str, tiles: Sequence[Tile], view: View) -> html.Li:
    lang, chosen = view.lang, view.area == area
    counts = count_lights(tile for tile in tiles if tile.group == "own")
    apart = sum(1 for tile in tiles if tile.group != "own")
    more: list[Any] = []
    if apart:
        more = [html.Span(say(f"另 {apart}", f"+{apart}", lang), className="dim", title=label("counted_apart", lang))]
    spoken = f"{area}：{say_lights(counts, lang)}" + (f"；{label('counted_apart', lang)} {apart}" if apart else "")
    link = dcc.Link(
        [html.Span(area, className="area-name"), build_light_counts(counts, lang), *more],
        href=view.to(area="" if chosen else area).href,
        className="area-chip is-chosen" if chosen else "area-chip",
        title=spoken,
    )
    return html.Li(link)
