"""A small line of the last periods as an inline SVG image: no chart library, prints as it is."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import quote

from dash import html

from dashboards.queries.records import Verdict
from dashboards.texts import Lang
from dashboards.words import say

WIDTH, HEIGHT, PAD = 132, 34, 4
POINTS = 12
INK, GOAL = "#3b4a5e", "#8a94a3"


def _scale(values: Sequence[Decimal], goal: Decimal | None) -> tuple[float, float]:
    known = [float(v) for v in values] + ([float(goal)] if goal is not None else [])
    low, high = min(known), max(known)
    margin = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
    return low - margin, high + margin


def draw_sparkline(values: Sequence[Decimal | None], goal: Decimal | None) -> str | None:
    """SVG text of a line with gaps where there is no value and a dashed goal; None without any value."""
    known = [v for v in values if v is not None]
    if not known:
        return None
    low, high = _scale(known, goal)

    def place(index: int, value: Decimal) -> tuple[float, float]:
        x = PAD + (WIDTH - 2 * PAD) * (index / max(len(values) - 1, 1))
        return round(x, 1), round(HEIGHT - PAD - (HEIGHT - 2 * PAD) * (float(value) - low) / (high - low), 1)

    points = [place(i, v) if v is not None else None for i, v in enumerate(values)]
    parts = [f'<polyline points="{run}" fill="none" stroke="{INK}" stroke-width="1.6"/>' for run in _runs(points)]
    parts += [f'<circle cx="{p[0]}" cy="{p[1]}" r="1.5" fill="{INK}"/>' for p in points if p]
    last = next(p for p in reversed(points) if p)
    parts.append(f'<circle cx="{last[0]}" cy="{last[1]}" r="3" fill="{INK}"/>')
    if goal is not None:
        y = place(0, goal)[1]
        parts.insert(0, f'<path d="M0 {y}H{WIDTH}" stroke="{GOAL}" stroke-dasharray="3 3"/>')
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'


def _runs(points: Sequence[tuple[float, float] | None]) -> list[str]:
    """Stretches of neighbouring points; a missing one ends a stretch."""
    runs: list[list[str]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(f"{point[0]},{point[1]}")
    return [" ".join(run) for run in runs if len(run) > 1]


def build_sparkline(rows: Sequence[Verdict], goal: Decimal | None, lang: Lang) -> html.Img | None:
    """The last twelve periods; None where there is no value at all or nothing to compare."""
    shown = rows[-POINTS:]
    svg = draw_sparkline([row.value for row in shown], goal)
    if svg is None or len(shown) < 2:
        return None
    first, last = shown[0].period, shown[-1].period
    text = say(f"{first} 至 {last} 走势，虚线为标准", f"{first} to {last}; dashed: the standard", lang)
    return html.Img(src=f"data:image/svg+xml,{quote(svg)}", alt=text, title=text, className="spark", width=WIDTH)
