"""Filters of the overview and the switch between plans. What they choose stands in the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboards import ids
from dashboards.components.lines import build_light_counts
from dashboards.queries.records import Snapshot
from dashboards.texts import ALL_CONTROLS, KINDS, STRENGTHS, word
from dashboards.tiles import Tile, chosen_plan, count_lights, kind_of, select_tiles
from dashboards.view import View
from dashboards.words import label, say

CHOICES = ("area", "unit", "kind", "strength", "control")
"""Filters with a list to choose from; the lights filter by the counts above them."""
Options = Sequence[tuple[str, str]]


def build_switch(snapshot: Snapshot, view: View, *, to: Callable[[str], View] | None = None) -> html.Nav | None:
    """The plans in use, each with its own lights; nothing where there is only one.

    `to` makes the view that a plan's link leads to; by default its overview.
    """
    if len(snapshot.plans) < 2:
        return None
    links = [_build_plan(plan, snapshot, view, to or view.home) for plan in snapshot.plans]
    return html.Nav(links, className="plan-switch", **{"aria-label": label("plan", view.lang)})  # type: ignore[arg-type]


def _build_plan(plan: str, snapshot: Snapshot, view: View, to: Callable[[str], View]) -> dcc.Link:
    here = plan == chosen_plan(snapshot, view)
    counts = count_lights(t for t in select_tiles(snapshot, view.home(plan)) if t.group == "own")
    told = [html.Span(snapshot.plan(plan).name(view.lang)), build_light_counts(counts, view.lang)]
    return dcc.Link(told, href=to(plan).href, className="plan-link is-here" if here else "plan-link")


def build_filters(snapshot: Snapshot, tiles: Sequence[Tile], view: View) -> html.Div:
    """Lists of what the plan has; `tiles` are all of its targets."""
    slots: list[Any] = [
        html.Div(_build_select(name, options, view), className="filter-slot")
        for name, options in _options(snapshot, tiles, view).items()
    ]
    if view.is_filtered:
        clear = view.home(view.plan).href
        slots.append(dcc.Link(label("clear", view.lang), href=clear, className="clear"))
    return html.Div(slots, className="filters")


def _options(snapshot: Snapshot, tiles: Sequence[Tile], view: View) -> dict[str, Options]:
    plan, lang = snapshot.plan(chosen_plan(snapshot, view)), view.lang
    kinds = {kind_of(tile.target) for tile in tiles}
    controls, strengths = {tile.control for tile in tiles}, {tile.strength for tile in tiles}
    return {
        "area": [(area, area) for area in dict.fromkeys(tile.area for tile in tiles)],
        "unit": [(unit, plan.unit_name(unit, lang)) for unit in snapshot.units_in(plan.id)],
        "kind": [(kind, word(KINDS, kind, lang)) for kind in KINDS if kind in kinds],
        "strength": [(key, word(STRENGTHS, key, lang)) for key in STRENGTHS if key in strengths],
        "control": [(key, word(ALL_CONTROLS, key, lang)) for key in ALL_CONTROLS if key in controls],
    }


def _build_select(name: str, options: Options, view: View) -> dmc.Select:
    return dmc.Select(
        id=ids.filter_of(name),
        label=label(name, view.lang),
        data=[{"value": key, "label": text} for key, text in options],
        value=getattr(view, name) or None,
        placeholder=label("all", view.lang),
        nothingFoundMessage=say("没有匹配的项", "nothing found", view.lang),
        searchable=True,
        clearable=True,
        size="xs",
        className="filter",
    )
