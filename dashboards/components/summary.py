"""The first paragraph of the overview: what stands, what is wrong, what has changed - sentences before any chart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from dashboards.components.light import build_light
from dashboards.components.lines import say_lights
from dashboards.queries.records import Change, Snapshot
from dashboards.source import State
from dashboards.texts import LIGHTS, Lang, pick
from dashboards.tiles import Group, Tile, chosen_plan, count_lights
from dashboards.view import SELF, View
from dashboards.words import label, say

NAMED = 3
"""So many targets are named in the paragraph; the cards below show all."""
SHOWN_UNITS = 6
SHOWN_CHANGES = 6


def build_paragraph(tiles: Sequence[Tile], state: State, view: View) -> html.P:
    """Two or three sentences, drafted from the figures."""
    lang, counts = view.lang, count_lights(tiles)
    parts: list[Any] = [_say_counts(counts, len(tiles), state, view)]
    parts += _name_worst([t for t in tiles if t.light == "red"], view)
    parts += _name_units(tiles, state.shown, view)
    carried = sum(1 for tile in tiles if tile.verdict and tile.verdict.carried_from)
    if carried:
        parts.append(
            say(
                f"其中 {carried} 项本期没有有效数据，仍按上次的灯显示。",
                f" {carried} of them have no valid data now and keep their last light.",
                lang,
            )
        )
    return html.P(parts, className="lead")


def build_apart(groups: Mapping[Group, Sequence[Tile]], view: View) -> html.P | None:
    """What the counts above leave out, each a way down to its own list."""
    lang = view.lang
    found: list[Any] = []
    for name in ("tasks", "external", "acceptance"):
        tiles = groups[name]
        if tiles:
            found += [say("、", ", ", lang)] if found else []
            told = say(f"{label(name, lang)} {len(tiles)} 项", f"{label(name, lang)} {len(tiles)}", lang)
            found.append(html.A(told, href=f"#{name}"))
            found.append(say(f"（{say_lights(count_lights(tiles), lang)}）", "", lang))
    if not found:
        return None
    return html.P(
        [label("counted_apart", lang), say("：", ": ", lang), *found, say("。", ".", lang)], className="apart"
    )


def _say_counts(counts: Counter[str], total: int, state: State, view: View) -> str:
    as_of, lang = state.shown.published.as_of, view.lang
    if lang == "en":
        words = ", ".join(
            f"{counts[light]} {pick(LIGHTS[light].word, lang).lower()}" for light in LIGHTS if counts[light]
        )
        return f"As of {as_of}, of {total} targets: {words or 'none judged'}. "
    words = "、".join(f"{pick(LIGHTS[light].word, lang)} {counts[light]} 项" for light in LIGHTS if counts[light])
    whose = f"{view.unit}的 " if view.unit else ""
    return f"截至 {as_of.year} 年 {as_of.month} 月 {as_of.day} 日，{whose}{total} 项指标中，{words or '还没有结论'}。"


def _name_worst(red: Sequence[Tile], view: View) -> list[Any]:
    """The red ones by name, each a link."""
    if not red:
        return []
    found: list[Any] = [say("需要先看：", "To look at first: ", view.lang)]
    for index, tile in enumerate(red[:NAMED]):
        unit = "" if tile.unit == SELF else tile.unit
        to = view.to(page="target", plan=tile.target.plan, target=tile.target.id, unit=unit)
        found += [say("、", ", ", view.lang)] if index else []
        found.append(dcc.Link(tile.target.name(view.lang), href=to.href))
    rest = len(red) - NAMED
    found.append(
        say(f"等 {len(red)} 项。" if rest > 0 else "。", f" and {rest} more. " if rest > 0 else ". ", view.lang)
    )
    return found


def _name_units(tiles: Sequence[Tile], snapshot: Snapshot, view: View) -> list[Any]:
    """Units with red lights of their own: a green total must not hide them. Each is a link to its own view."""
    if view.unit:
        return []
    shown = [v for t in tiles for v in snapshot.units_of(t.target.plan, t.target.id)]
    counts = Counter(v.unit for v in shown if v.light == "red")
    if not counts:
        return []
    lang = view.lang
    found: list[Any] = [say("分单位看，有红灯的：", "Units with red lights: ", lang)]
    plan = tiles[0].target.plan
    for index, (unit, number) in enumerate(counts.most_common(SHOWN_UNITS)):
        found += [say("、", ", ", lang)] if index else []
        text = snapshot.plan(plan).unit_name(unit, lang) + say(f"（{number}）", f" ({number})", lang)
        found.append(dcc.Link(text, href=view.to(unit=unit, light="").href))
    rest = len(counts) - SHOWN_UNITS
    found.append(
        say(f"等 {len(counts)} 个单位。" if rest > 0 else "。", f" and {rest} more. " if rest > 0 else ". ", lang)
    )
    return found


def build_counts(tiles: Sequence[Tile], view: View) -> html.Div:
    """Counts by light; each is a link that filters, the chosen one clears the filter."""
    counts, lang = count_lights(tiles), view.lang
    links: list[Any] = []
    for light in LIGHTS:
        chosen = view.light == light
        to = view.to(light="" if chosen else light)
        content = [build_light(light, lang), html.Span(str(counts[light]), className="count-number")]
        classes = "count is-chosen" if chosen else "count"
        links.append(dcc.Link(content, href=to.href, className=classes, title=label("clear", lang) if chosen else None))
    return html.Div(links, className="counts")


def build_changes(state: State, view: View) -> html.Section | None:
    """What changed since the previous set; where nothing did, the last set that changed a light is named."""
    snapshot = state.shown
    plan = chosen_plan(snapshot, view)
    lights = [c for c in snapshot.changes if c.kind == "light" and c.plan == plan]
    lights.sort(key=lambda c: (c.unit != SELF, list(LIGHTS).index(c.light_after)))
    rows = [html.Li(_build_change(change, snapshot, view)) for change in lights]
    children: list[Any] = [html.H2(label("changes", view.lang)), html.P(_say_since(snapshot, len(lights), view.lang))]
    if rows:
        children.append(html.Ul(rows[:SHOWN_CHANGES], className="change-list"))
    if len(rows) > SHOWN_CHANGES:
        more = f"{label('more_changes', view.lang)} ({len(rows) - SHOWN_CHANGES})"
        children.append(html.Details([html.Summary(more), html.Ul(rows[SHOWN_CHANGES:], className="change-list")]))
    return html.Section(children, className="changes")


def _say_since(snapshot: Snapshot, number: int, lang: Lang) -> str:
    now, before, changed_in = snapshot.published, snapshot.previous, snapshot.changed_in
    old = sum(1 for c in snapshot.changes if c.kind == "restatement" and c.set_id == now.set_id)
    restated = (
        say(f"另有 {old} 个以往期间的结论被更正。", f" {old} earlier verdicts were restated.", lang) if old else ""
    )
    if before is None:
        return say("这是第一版。", "This is the first set.", lang)
    if changed_in is not None and changed_in.set_id == now.set_id:
        zh = f"与上一版（第 {before.set_id} 版，截至 {before.as_of}）相比，{number} 盏灯有变化。"
        return say(zh, f"{number} lights changed since set {before.set_id} (as of {before.as_of}).", lang) + restated
    since = say(f"与上一版（第 {before.set_id} 版）相比没有变化。", f"No change since set {before.set_id}.", lang)
    if changed_in is not None and number:
        zh = f"最近一次变化在第 {changed_in.set_id} 版（截至 {changed_in.as_of}）："
        since += say(zh, f" The last change was in set {changed_in.set_id} (as of {changed_in.as_of}):", lang)
    return since + restated


def _build_change(change: Change, snapshot: Snapshot, view: View) -> list[Any]:
    target = snapshot.target(change.plan, change.target)
    name = target.name(view.lang) if target else change.target
    if change.unit != SELF:
        name += f" · {snapshot.plan(change.plan).unit_name(change.unit, view.lang)}"
    unit = "" if change.unit == SELF else change.unit
    to = view.to(page="target", plan=change.plan, target=change.target, unit=unit)
    new = say("新增", "new", view.lang)
    before = build_light(change.light_before, view.lang, size="small") if change.light_before else html.Span(new)
    arrow = html.Span("→", className="arrow")
    after = build_light(change.light_after, view.lang, size="small")
    return [
        html.Span([before, arrow, after], className="change-lights"),
        dcc.Link(name, href=to.href),
        html.Span(change.period, className="dim"),
    ]
