"""总览: the plans in use; of the chosen one sentences first, then areas, targets, tasks, and what is judged apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from dashboards.components.areas import build_areas
from dashboards.components.card import build_card
from dashboards.components.filters import build_filters, build_switch
from dashboards.components.frame import build_legend
from dashboards.components.lines import build_grouped_lines, build_light_counts, build_lines
from dashboards.components.states import build_empty, build_no_set
from dashboards.components.steps import ALERT, build_steps
from dashboards.components.summary import build_apart, build_changes, build_counts, build_paragraph
from dashboards.source import State
from dashboards.tiles import Group, Tile, by_area, chosen_plan, count_lights, filter_tiles, select_tiles, worst_first
from dashboards.view import View
from dashboards.words import label, say

MOST_CARDS = 24
"""Above so many targets only what is red or yellow is a card; the rest are lines of a table."""


def build_overview(state: State, view: View) -> list[Any]:
    """The body of the overview."""
    snapshot = state.snapshot
    if snapshot is None:
        return [build_no_set(state, view.lang)]
    plan = chosen_plan(snapshot, view)
    switch = build_switch(snapshot, view)
    if plan not in snapshot.plans:
        return [switch, _build_unknown(plan, view)]
    every = select_tiles(snapshot, view)
    chosen = filter_tiles(every, view)
    groups = _sort_into_groups(chosen)
    top = html.Div(
        [
            html.Div(
                [
                    html.H1(snapshot.plan(plan).name(view.lang)),
                    build_paragraph(groups["own"], state, view),
                    build_counts(groups["own"], view),
                    build_apart(groups, view),
                    build_filters(snapshot, every, view),
                ],
                className="top-main",
            ),
            build_changes(state, view),
        ],
        className="top",
    )
    shown = _sort_into_groups([tile for tile in chosen if view.light in ("", tile.light)])
    body = [section for section in _build_groups(shown, state, view) if section is not None]
    return [switch, top, build_areas(every, view), *(body or [_build_nothing(view)]), build_legend(view.lang)]


def _sort_into_groups(tiles: Sequence[Tile]) -> dict[Group, list[Tile]]:
    found: dict[Group, list[Tile]] = {"own": [], "external": [], "tasks": [], "acceptance": []}
    for tile in tiles:
        found[tile.group].append(tile)
    return found


def _build_groups(groups: Mapping[Group, Sequence[Tile]], state: State, view: View) -> list[html.Section | None]:
    lang = view.lang
    apart = say(
        "由上级、法院或评价方决定，单列，不计入上面的数。",
        "Decided by others; shown apart and not counted above.",
        lang,
    )
    judged_once = say(
        "方案印发前已经到期，只在到期日验收一次，不计分、不发邮件。",
        "Due before the plan was issued: judged once, never scored or mailed.",
        lang,
    )
    return [
        _build_own(groups["own"], state, view),
        _build_apart("external", groups["external"], apart, state, view),
        build_steps(groups["tasks"], state, view) if groups["tasks"] else None,
        _build_apart("acceptance", groups["acceptance"], judged_once, state, view),
    ]


def _build_own(tiles: Sequence[Tile], state: State, view: View) -> html.Section | None:
    """Area by area: cards, or for a long plan first cards for what needs attention, then every target as a line."""
    if not tiles:
        return None
    areas = by_area(tiles)
    if len(tiles) > MOST_CARDS:
        return _build_long(areas, state, view)
    found = [_build_cards(area, worst_first(mine), state, view) for area, mine in areas.items()]
    return html.Section(found, className="areas")


def _head(area: str, tiles: Sequence[Tile], view: View) -> html.H2:
    number = say(f"{len(tiles)} 项", str(len(tiles)), view.lang)
    return html.H2(
        [area, html.Span(number, className="dim"), build_light_counts(count_lights(tiles), view.lang)],
    )


def _build_cards(area: str, tiles: Sequence[Tile], state: State, view: View) -> html.Section:
    cards = html.Div([build_card(tile, state, view) for tile in tiles], className="cards")
    return html.Section([_head(area, tiles, view), cards], className=f"area span-{min(len(tiles), 3)}")


def _build_long(areas: Mapping[str, Sequence[Tile]], state: State, view: View) -> html.Section:
    tiles = [tile for mine in areas.values() for tile in mine]
    alert = [tile for tile in worst_first(tiles) if tile.light in ALERT]
    found: list[Any] = []
    if alert:
        cards = html.Div([build_card(tile, state, view) for tile in alert], className="cards")
        found.append(html.Section([_head(label("attention", view.lang), alert, view), cards], className="area span-3"))
    ordered = {area: worst_first(mine) for area, mine in areas.items()}
    lines = build_grouped_lines(ordered, state, view, caption=label("all_targets", view.lang))
    found.append(html.Section([_head(label("all_targets", view.lang), tiles, view), lines], className="panel"))
    return html.Section(found, className="long")


def _build_apart(name: str, tiles: Sequence[Tile], told: str, state: State, view: View) -> html.Section | None:
    if not tiles:
        return None
    head = _head(label(name, view.lang), tiles, view)
    lines = build_lines(worst_first(tiles), state, view, caption=label(name, view.lang))
    return html.Section([head, html.P(told, className="dim"), lines], className="panel", id=name)


def _build_nothing(view: View) -> html.Div:
    """Says why nothing is there, and the way out of it."""
    lang = view.lang
    if not view.is_filtered:
        return build_empty(
            say("这个方案里还没有指标", "This plan has no targets yet", lang),
            say(
                "请在方案的 targets.yml 里写入指标，再运行一次 bizenv run。",
                "Write them into targets.yml of the plan and run bizenv run.",
                lang,
            ),
        )
    clear = dcc.Link(label("clear", lang), href=view.home(view.plan).href)
    return html.Div([build_empty(say("没有符合筛选条件的指标", "No target matches the filter", lang)), clear])


def _build_unknown(plan: str, view: View) -> html.Div:
    lang = view.lang
    title = say(f"本办没有使用方案“{plan}”", f"The plan “{plan}” is not in use here", lang)
    if not plan:
        title = say("本办还没有使用任何方案", "No plan is in use here yet", lang)
    todo = say(
        "要使用它：把方案编号写进本办 office.yml 的 plans，运行一次 bizenv run，本页会自动更新。",
        "To use one, add its id to plans in the office's office.yml and run bizenv run; the page follows.",
        lang,
    )
    return html.Div([build_empty(title, todo), dcc.Link(label("back", lang), href=view.home().href)])
