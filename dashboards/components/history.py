"""各期走势: the chart, strip or scale of a target with all of its phases, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dashboards import ids
from dashboards.components.by_hand import build_scale, build_strip
from dashboards.components.goals import goal_text, interval_text, value_text
from dashboards.components.light import build_status, reason_text
from dashboards.components.tables import build_table
from dashboards.figures.ahead import look_ahead
from dashboards.figures.series import build_series
from dashboards.formats import fmt, fmt_number
from dashboards.queries.records import Snapshot, Target, Verdict
from dashboards.texts import PATHS, Lang, word
from dashboards.view import SELF, View
from dashboards.words import label, say

_CHANGES = ("reduction", "growth")
_PACED = ("by_deadline", "cumulative", *_CHANGES)


def build_history(
    rows: Sequence[Verdict], phases: Sequence[Target], target: Target, snapshot: Snapshot, view: View
) -> html.Section:
    """Picture, and the same as a table; a period of the table leads to its evidence."""
    lang = view.lang
    names = ("period", "value", "target", "status", "reason", "cases", "interval", "pooled")
    by_id = {phase.id: phase for phase in phases}
    lines = [_line(row, by_id.get(row.target, target), view) for row in reversed(rows)]
    chosen = next((i for i, row in enumerate(reversed(rows)) if row.period == view.period), None)
    table = build_table([label(n, lang) for n in names], lines, caption=label("series_table", lang), chosen=chosen)
    picture = _build_picture(rows, phases, target, snapshot, view)
    return html.Section([html.H2(label("series", lang)), *picture, table], className="panel")


def _build_picture(
    rows: Sequence[Verdict], phases: Sequence[Target], target: Target, snapshot: Snapshot, view: View
) -> list[Any]:
    """Windows as a strip, grades as a scale, a deliverable as neither, everything else as a chart."""
    lang, kind = view.lang, target.text("kind")
    if kind == "cadence":
        return [build_strip([row for row in rows if row.target == target.id], target, lang)]
    if target.text("unit") == "grade":
        scale = build_scale(snapshot.current(target.plan, target.id, view.unit or SELF), target, snapshot, lang)
        return [scale] if scale else []
    if kind == "milestone" or not any(row.value is not None for row in rows):
        return []
    graph = dcc.Graph(
        id=ids.SERIES_CHART,
        figure=build_series(rows, target, lang, look_ahead(rows, phases, target)),
        config={"displayModeBar": False, "displaylogo": False, "responsive": True},
        className="chart",
    )
    return [html.Div(graph, role="img", **{"aria-label": label("series", lang)})]  # type: ignore[arg-type]


def _line(row: Verdict, target: Target, view: View) -> list[Any]:
    lang = view.lang
    return [
        dcc.Link(row.period, href=view.to(target=row.target, period=row.period).href),
        value_text(row, target, lang),
        goal_text(row, target, lang),
        build_status(row, lang),
        reason_text(row, lang),
        fmt_number(row.n),
        interval_text(row, target, lang),
        fmt_number(row.pooled),
    ]


def say_baseline(target: Target, unit: str, lang: Lang) -> str:
    """`70%（2022-12-31，年报）`: the unit's own baseline, else that of all."""
    known = target.content.get("baselines") or ()
    found = next((b for b in known if b.get("unit") == unit), None)
    found = found or next((b for b in known if b.get("unit") is None), None)
    if found is None:
        return ""
    own = "" if target.text("kind") in _CHANGES else target.text("unit")
    number = fmt(Target(plan="", id="", rank=0, version="", content=found).number("value"), own, lang=lang)
    return number + say(f"（{found['date']}，{found['source']}）", f" ({found['date']}, {found['source']})", lang)


def say_path(target: Target, lang: Lang) -> str:
    """How the value is expected to move until its due day, with the agreed steps."""
    if target.text("kind") not in _PACED or target.day("due") is None:
        return ""
    path = target.content.get("path") or {}
    told = word(PATHS, path.get("form") or "linear", lang)
    unit = target.text("unit")
    points = [Target(plan="", id="", rank=0, version="", content=step) for step in path.get("steps") or ()]
    steps = [f"{point.text('at')} {fmt(point.number('value'), unit, lang=lang)}" for point in points]
    return told + (say("：", ": ", lang) + say("、", ", ", lang).join(steps) if steps else "")
