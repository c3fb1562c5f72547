"""Tiles of open cases: the hall, the units with their counters, the limits; worst light first, with the shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dashboards.components.light import build_chip
from dashboards.queries.cases import OpenCases, Row
from dashboards.queries.records import Plan
from dashboards.texts import CASE_LIGHTS, Lang, pick
from dashboards.view import View
from dashboards.words import label, say
from schemas.warehouse.case_tables import LIGHTS


def worst_of(counts: Row) -> str | None:
    """The worst light that some case has; one without a colour only where none has one."""
    return next((light for light in LIGHTS if counts[light]), None)


def total_of(counts: Row) -> int:
    return sum(counts[light] for light in CASE_LIGHTS)


def build_case_light(light: str, lang: Lang, *, text: str | None = None) -> html.Span:
    """A light chip of cases: shape, colour, word."""
    tone = {"suspended": "neutral", "none": "grey"}.get(light, light)
    return build_chip(CASE_LIGHTS[light], lang, text=text, look=f"light-{tone} light-small")


def build_shares(counts: Row, lang: Lang) -> html.Div:
    """A bar of shares with the numbers in words below it."""
    total = total_of(counts)
    shown = [(light, counts[light]) for light in CASE_LIGHTS if counts[light]]
    bar = [
        html.Span(className=f"share share-{light}", style={"width": f"{100 * number / total:.2f}%"})
        for light, number in shown
    ]
    told = [html.Span(_say_share(light, number, total, lang), className="share-word") for light, number in shown]
    return html.Div([html.Div(bar, className="shares", **{"aria-hidden": "true"}), html.Div(told, className="dim")])  # type: ignore[arg-type]


def _say_share(light: str, number: int, total: int, lang: Lang) -> str:
    name, share = pick(CASE_LIGHTS[light].word, lang), f"{100 * number / total:.1f}%"
    return say(f"{name} {number}（{share}）", f"{name} {number} ({share})", lang)


def build_hall(found: OpenCases, view: View) -> html.Section:
    """The light of all open cases of the plan."""
    (hall,) = found.counts_of("hall") or [None]
    lang = view.lang
    if hall is None:
        text = say("现在没有在办件。", "There are no open cases now.", lang)
        return html.Section(html.P(text), className="panel")
    worst = worst_of(hall)
    total = say(f"{total_of(hall)} 件", f"{total_of(hall)} cases", lang)
    head = [label("hall", lang), html.Span(total, className="dim"), build_case_light(worst, lang) if worst else None]
    return html.Section([html.H2(head), build_shares(hall, lang)], className="panel hall")


def build_units(found: OpenCases, plan: Plan, view: View) -> html.Section | None:
    """A tile a unit, each with its counters; a click filters the cases below."""
    units = sorted(found.counts_of("unit"), key=_worst_first)
    if not units:
        return None
    windows = found.counts_of("window")
    tiles = [_build_unit(unit, [w for w in windows if w["unit"] == unit["unit"]], plan, view) for unit in units]
    head = html.H2(label("by_unit", view.lang))
    return html.Section([head, html.Div(tiles, className="case-tiles")], className="long")


def _worst_first(counts: Row) -> tuple[Any, ...]:
    return (-counts["red"], -counts["yellow"], -total_of(counts), counts["unit"], counts["window_name"])


def _build_unit(unit: Row, windows: Sequence[Row], plan: Plan, view: View) -> html.Div:
    lang, name, here = view.lang, unit["unit"], view.unit == unit["unit"]
    worst = worst_of(unit) or "none"
    to = view.to(unit="" if here and not view.window else name, window="")
    head = html.H3([dcc.Link(plan.unit_name(name, lang), href=to.href), build_case_light(worst, lang)])
    lines = [_build_window(window, view) for window in sorted(windows, key=_worst_first)]
    inside = [head, build_shares(unit, lang), html.Ul(lines, className="case-windows") if lines else None]
    classes = f"case-tile case-tile-{worst}" + (" is-chosen" if here else "")
    return html.Div([part for part in inside if part is not None], className=classes)


def _build_window(window: Row, view: View) -> html.Li:
    name, unit, worst = window["window_name"], window["unit"], worst_of(window) or "none"
    here = (view.unit, view.window) == (unit, name)
    to = view.to(unit="" if here else unit, window="" if here else name)
    counts = " · ".join(
        f"{CASE_LIGHTS[light].shape} {window[light]}" for light in ("red", "yellow", "green", "suspended", "none")
        if window[light]
    )  # fmt: skip
    link = dcc.Link(name, href=to.href, className="is-chosen" if here else None)
    return html.Li([link, html.Span(counts, className=f"window-counts worst-{worst}")])
