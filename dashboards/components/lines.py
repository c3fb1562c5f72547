"""Targets one line each, for plans with too many of them for a card apiece; counts of lights in one short line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from dashboards.components.card import tile_href, tile_title
from dashboards.components.goals import goal_text, promised_text, value_text
from dashboards.components.light import build_light, build_verdict_light, reason_text
from dashboards.components.marks import build_marks, build_promise_marks
from dashboards.components.tables import build_grouped_table, build_table
from dashboards.formats import MISSING, fmt_due
from dashboards.source import State
from dashboards.texts import LIGHTS, Lang, pick
from dashboards.tiles import Tile, count_lights
from dashboards.view import View
from dashboards.words import label, say

_NAMES = ("light", "indicator_name", "value", "target", "due", "lead", "note")


def say_lights(counts: Counter[str], lang: Lang) -> str:
    """`未达标 1、达标 3`: for readers and titles."""
    told = [f"{pick(LIGHTS[light].word, lang)} {counts[light]}" for light in LIGHTS if counts[light]]
    return say("、", ", ", lang).join(told)


def build_light_counts(counts: Counter[str], lang: Lang) -> html.Span:
    """`● 1 ■ 3` in the shapes of the lights, the words as their title."""
    shown = [
        html.Span(f"{LIGHTS[light].shape} {counts[light]}", className=f"tally tally-{light}")
        for light in LIGHTS
        if counts[light]
    ]
    return html.Span(shown, className="tallies", title=say_lights(counts, lang))


def build_lines(tiles: Sequence[Tile], state: State, view: View, *, caption: str) -> html.Div:
    """A table of targets: light, name with its marks, value, standard, due day, lead units, the reason in words."""
    heads = [label(name, view.lang) for name in _NAMES]
    return build_table(heads, [_line(tile, state, view) for tile in tiles], caption=caption, compact=True)


def build_grouped_lines(areas: Mapping[str, Sequence[Tile]], state: State, view: View, *, caption: str) -> html.Div:
    """The same under the heading of each area, with the counts of its lights."""
    heads = [label(name, view.lang) for name in _NAMES]
    groups = [
        ([area, " ", build_light_counts(count_lights(tiles), view.lang)], [_line(tile, state, view) for tile in tiles])
        for area, tiles in areas.items()
    ]
    return build_grouped_table(heads, groups, caption=caption)


def _line(tile: Tile, state: State, view: View) -> list[Any]:
    lang, target, verdict = view.lang, tile.target, tile.verdict
    due = verdict.due if verdict else target.day("due")
    name = dcc.Link(tile_title(tile, state.shown, lang), href=tile_href(tile, view), className="name")
    if verdict is None:
        marks = build_promise_marks(target, None, lang)
        light, note = build_light("grey", lang, size="small"), say("还没有结论", "no verdict yet", lang)
        value, goal = MISSING, promised_text(target, lang)
    else:
        marks = build_marks(verdict, target, state.shown, state.today, lang)
        light, note = build_verdict_light(verdict, lang, size="small"), reason_text(verdict, lang)
        value, goal = value_text(verdict, target, lang), goal_text(verdict, target, lang)
    units = say("、", ", ", lang).join(name_units(tile, state, lang))
    return [light, [name, " ", *marks], value, goal, fmt_due(due, state.today, lang), units, note]


def name_units(tile: Tile, state: State, lang: Lang) -> list[str]:
    plan = state.shown.plan(tile.target.plan)
    return [plan.unit_name(unit, lang) for unit in tile.target.units("lead_units")]
