"""The series of one target: value by period against its standard, gaps left open with their reason."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go

from dashboards.components.goals import goal_number, goal_text, interval_text, value_text, value_unit
from dashboards.components.light import reason_text
from dashboards.figures.ahead import Ahead
from dashboards.queries.records import Target, Verdict
from dashboards.texts import STATUSES, UNITS, Lang, pick, word
from dashboards.words import label

SYMBOLS = {
    "met": ("square", "#1e7f45"),
    "at_risk": ("triangle-up", "#b06a00"),
    "missed": ("circle", "#c4281c"),
    "no_data": ("diamond", "#6b7280"),
    "not_due": ("diamond-open", "#41597f"),
}
"""Marker shape and colour of a status: the shapes of the lights."""

INK, GOAL, PATH = "#3b4a5e", "#1f3a5f", "#7a5c00"
FONT = '"Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "SimHei", sans-serif'
NOTHING_AHEAD = Ahead()
TEXTED_GAPS = 8
"""Up to so many gaps their reasons are printed; above, the table below the chart has them."""


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _hover(row: Verdict, target: Target | None, lang: Lang) -> str:
    lines = [
        f"<b>{row.period}</b> {word(STATUSES, row.status, lang)}",
        f"{label('actual', lang)} {value_text(row, target, lang)}",
        f"{label('target', lang)} {goal_text(row, target, lang)}",
        reason_text(row, lang),
    ]
    if row.n is not None:
        lines.append(f"n = {row.n:,}；{label('interval', lang)} {interval_text(row, target, lang)}")
    return "<br>".join(lines)


def _trace_line(rows: Sequence[Verdict], lang: Lang) -> go.Scatter:
    """The line, broken where a period has no value; whiskers where the interval is known."""
    up = [float(r.high - r.value) if r.high is not None and r.value is not None else 0.0 for r in rows]
    down = [float(r.value - r.low) if r.low is not None and r.value is not None else 0.0 for r in rows]
    bars = {
        "type": "data",
        "symmetric": False,
        "array": up,
        "arrayminus": down,
        "color": "#b3bcc8",
        "thickness": 1,
        "width": 3,
    }
    return go.Scatter(
        x=[r.period for r in rows],
        y=[_float(r.value) for r in rows],
        mode="lines",
        name=label("actual", lang),
        line={"color": INK, "width": 1.6},
        connectgaps=False,
        hoverinfo="skip",
        error_y=bars if any(up) or any(down) else None,
        showlegend=False,
    )


def _trace_goal(rows: Sequence[Verdict], target: Target | None, lang: Lang, ahead: Ahead) -> go.Scatter:
    """The standard of each period, and of what is still to come: a phased target steps."""
    goals = [_float(goal_number(r, target)) for r in rows] + [float(value) for _, value in ahead.goals]
    return go.Scatter(
        x=[r.period for r in rows] + [period for period, _ in ahead.goals],
        y=goals,
        mode="lines" if len(goals) > 1 else "lines+markers",
        marker={"symbol": "line-ew", "size": 60, "line": {"width": 2, "color": GOAL}},
        line={"color": GOAL, "width": 1.4, "dash": "dash", "shape": "hvh"},
        name=f"{label('target', lang)} {goal_text(rows[-1], target, lang)}",
        hoverinfo="skip",
    )


def _trace_stretch(rows: Sequence[Verdict], lang: Lang) -> go.Scatter:
    return go.Scatter(
        x=[r.period for r in rows],
        y=[_float(r.stretch) for r in rows],
        mode="lines",
        line={"color": GOAL, "width": 1.1, "dash": "dot"},
        name=label("stretch", lang),
        hoverinfo="skip",
    )


def _trace_ahead(ahead: Ahead, rows: Sequence[Verdict], lang: Lang) -> list[go.Scatter]:
    """Where the value should have stood by its path, and where its pace leads at the due day."""
    traces = []
    if ahead.path:
        points = dict(ahead.path)
        traces.append(
            go.Scatter(
                x=[r.period for r in rows],
                y=[_float(points.get(r.period)) for r in rows],
                mode="lines+markers",
                marker={"symbol": "line-ew-open", "size": 8, "color": PATH},
                line={"color": PATH, "width": 1.1, "dash": "dashdot"},
                name=label("path", lang),
                hoverinfo="skip",
                connectgaps=False,
            )
        )
    if ahead.projected:
        period, value = ahead.projected
        last = next((r for r in reversed(rows) if r.value is not None), rows[-1])
        traces.append(
            go.Scatter(
                x=[last.period, period],
                y=[_float(last.value), float(value)],
                mode="lines+markers",
                marker={"symbol": ["circle", "star-open"], "size": [1, 11], "color": INK},
                line={"color": INK, "width": 1, "dash": "dot"},
                name=label("projected", lang),
                hoverinfo="skip",
            )
        )
    return traces


def _trace_status(rows: Sequence[Verdict], status: str, target: Target | None, lang: Lang) -> go.Scatter:
    """The points of one status, in the shape of its light."""
    symbol, colour = SYMBOLS[status]
    mine = [r for r in rows if r.status == status and r.value is not None]
    return go.Scatter(
        x=[r.period for r in mine],
        y=[_float(r.value) for r in mine],
        mode="markers",
        name=word(STATUSES, status, lang),
        marker={
            "symbol": symbol,
            "color": colour,
            "size": 10,
            "line": {"width": 1, "color": "white"} if symbol != "diamond-open" else {"width": 2},
        },
        hovertext=[_hover(r, target, lang) for r in mine],
        hoverinfo="text",
        meta={"status": status},
    )


def _trace_gaps(rows: Sequence[Verdict], target: Target | None, lang: Lang) -> go.Scatter:
    """Periods without a value, on a strip of their own below the chart, never at zero."""
    mine = [r for r in rows if r.value is None]
    symbol, _ = SYMBOLS["no_data"]
    return go.Scatter(
        x=[r.period for r in mine],
        y=[0.0] * len(mine),
        yaxis="y2",
        mode="markers+text" if len(mine) <= TEXTED_GAPS else "markers",
        text=[reason_text(r, lang) for r in mine],
        textposition="top center",
        textfont={"size": 11, "color": "#4b5563"},
        name=label("no_value", lang),
        marker={"symbol": symbol, "color": SYMBOLS["no_data"][1], "size": 9},
        hovertext=[_hover(r, target, lang) for r in mine],
        hoverinfo="text",
        meta={"gaps": True},
        cliponaxis=False,
    )


def build_series(rows: Sequence[Verdict], target: Target | None, lang: Lang, ahead: Ahead = NOTHING_AHEAD) -> go.Figure:
    """The chart of all periods of (target, unit), oldest first. `rows` is not empty.

    Values and goals are in the unit of the verdict (96 is 96 %); floats here are for drawing only.
    """
    traces = [_trace_goal(rows, target, lang, ahead)]
    if any(r.stretch is not None for r in rows):
        traces.append(_trace_stretch(rows, lang))
    traces += [_trace_line(rows, lang), *_trace_ahead(ahead, rows, lang)]
    present = {r.status for r in rows if r.value is not None}
    traces += [_trace_status(rows, status, target, lang) for status in SYMBOLS if status in present]
    has_gaps = any(r.value is None for r in rows)
    if has_gaps:
        traces.append(_trace_gaps(rows, target, lang))
    figure = go.Figure(traces)
    unit = value_unit(rows[-1], target)
    suffix = pick(UNITS[unit], lang) if unit in UNITS else ""
    figure.update_layout(**_layout([*(r.period for r in rows), *ahead.periods], has_gaps=has_gaps, suffix=suffix))
    return figure


def _layout(periods: Sequence[str], *, has_gaps: bool, suffix: str) -> dict[str, Any]:
    """Plain white, few grid lines, periods as categories in their order."""
    plain = {"showgrid": False, "zeroline": False, "fixedrange": True}
    layout: dict[str, Any] = {
        "template": "none",
        "font": {"family": FONT, "size": 13, "color": "#1f2937"},
        "margin": {"l": 56, "r": 16, "t": 34, "b": 42},
        "height": 320,
        # grows upwards: on a phone its lines would else cover the highest points
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 12}},
        "xaxis": {
            **plain,
            "type": "category",
            "categoryorder": "array",
            "categoryarray": list(periods),
            "anchor": "free",
            "position": 0,
            "nticks": 13,
            "automargin": True,
        },
        "yaxis": {
            "gridcolor": "#e5e8ec",
            "zeroline": False,
            "fixedrange": True,
            "ticksuffix": suffix,
            "separatethousands": True,
            "exponentformat": "none",
            "automargin": True,
            "domain": [0.2 if has_gaps else 0.0, 1.0],
            "side": "left",
        },
        "hoverlabel": {"align": "left", "bgcolor": "white", "font": {"color": "#111827"}},
    }
    if has_gaps:
        layout["yaxis2"] = {
            **plain,
            "domain": [0.0, 0.15],
            "range": [-0.6, 2.2],
            "showticklabels": False,
            "anchor": "x",
        }
    return layout
