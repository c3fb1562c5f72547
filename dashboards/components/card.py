"""One card a target: light, value against its standard, the sentence, and where all of it comes from."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboards.components.goals import goal_number, goal_text, value_text
from dashboards.components.light import build_light, build_verdict_light, reason_text
from dashboards.components.marks import build_marks, build_promise_marks
from dashboards.components.since import say_since
from dashboards.components.sparkline import build_sparkline
from dashboards.components.states import stale_text
from dashboards.formats import MISSING, fmt, fmt_day, fmt_due
from dashboards.queries.records import Snapshot, Target, Verdict
from dashboards.source import State
from dashboards.texts import Lang
from dashboards.tiles import Tile
from dashboards.view import SELF, View
from dashboards.words import label, say


def tile_href(tile: Tile, view: View) -> str:
    """The target's page, for the unit whose light the tile shows."""
    unit = "" if tile.unit == SELF else tile.unit
    return view.to(page="target", plan=tile.target.plan, target=tile.target.id, unit=unit, period="").href


def build_card(tile: Tile, state: State, view: View) -> html.Article:
    """The card; the whole of it leads to the target's page."""
    href = tile_href(tile, view)
    verdict, target = tile.verdict, tile.target
    body = _build_judged(verdict, target, state, view.lang) if verdict else _build_unjudged(target, state, view.lang)
    return html.Article(
        [
            html.H3(dcc.Link(tile_title(tile, state.shown, view.lang), href=href), className="card-name"),
            *body,
            _build_foot(tile, state, view.lang),
        ],
        className=f"card card-{tile.light}",
    )


def tile_title(tile: Tile, snapshot: Snapshot, lang: Lang) -> str:
    name = tile.target.name(lang)
    return name if tile.unit == SELF else f"{name} · {snapshot.plan(tile.target.plan).unit_name(tile.unit, lang)}"


def _build_unjudged(target: Target, state: State, lang: Lang) -> list[Any]:
    text = say("还没有结论：这项指标从未判定过。", "No verdict yet: this target has never been judged.", lang)
    start = target.day("from")
    if start is not None and start > state.today:
        text = say(f"尚未开始：{start} 起判定。", f"Not begun: judged from {start} on.", lang)
    top = [build_light("grey", lang), *build_promise_marks(target, None, lang)]
    return [html.Div(top, className="card-top"), html.P(text, className="card-sentence")]


def _build_judged(verdict: Verdict, target: Target, state: State, lang: Lang) -> list[Any]:
    goal = goal_text(verdict, target, lang)
    if verdict.stretch is not None:
        goal += say("，力争 ", "; aspiration ", lang) + fmt(verdict.stretch, verdict.target_unit, lang=lang)
    rows = state.shown.series(*verdict.key)
    top = [build_verdict_light(verdict, lang), *build_marks(verdict, target, state.shown, state.today, lang)]
    spark = build_sparkline(rows, goal_number(verdict, target), lang)
    told = [
        html.Span(value_text(verdict, target, lang), className="card-value"),
        html.Span(f"{label('target', lang)} {goal}", className="card-goal"),
        _last(verdict, target, state, lang),
    ]
    numbers = [html.Div([t for t in told if t is not None], className="card-told"), *([] if spark is None else [spark])]
    sentence = verdict.sentence_en if lang == "en" else verdict.sentence
    return [
        html.Div(top, className="card-top"),
        html.Div(numbers, className="card-numbers"),
        html.P(sentence or reason_text(verdict, lang), className="card-sentence"),
    ]


def _last(verdict: Verdict, target: Target, state: State, lang: Lang) -> html.Span | None:
    """Beside a missing value: the last one that there was, marked as such."""
    if verdict.value is not None:
        return None
    rows = [v for v in state.shown.series(*verdict.key) if v.value is not None and v.period_end < verdict.period_end]
    if not rows:
        return None
    return html.Span(
        f"{label('last_value', lang)} {rows[-1].period}{say('：', ': ', lang)}{value_text(rows[-1], target, lang)}",
        className="card-last",
    )


def _build_foot(tile: Tile, state: State, lang: Lang) -> html.Div:
    """Clause, due day, period and the as-of stamp; greyed figures carry their own stamp."""
    as_of, verdict = state.shown.published.as_of, tile.verdict
    due = verdict.due if verdict else tile.target.day("due")
    bits = [f"{label('clause', lang)} {tile.target.text('clause') or MISSING}"]
    if due is not None:
        bits.append(f"{label('due', lang)} {fmt_due(due, state.today, lang)}")
    if verdict:
        bits.append(f"{label('period', lang)} {verdict.period}")
        if since := say_since(verdict, state.shown.series(*verdict.key), lang):
            bits.append(f"{label('lasting', lang)} {since}")
    stamp = f"{label('as_of', lang)} {fmt_day(as_of)}"
    if state.is_old:
        stamp += say(f"（{state.age_days} 天前）", f" ({state.age_days} days ago)", lang)
    stale = stale_text(state, lang)
    children: list[Any] = [html.Span(bit) for bit in bits] + [html.Span(stamp, className="stamp")]
    if stale:
        children.append(html.Span(stale, className="stamp stamp-stale"))
    return html.Div(children, className="card-foot")
