"""The chart by meaning: the target line at the target, gaps where data is missing, shapes beside colours."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import unquote

from dashboards.components.sparkline import build_sparkline, draw_sparkline
from dashboards.figures.series import SYMBOLS, build_series
from dashboards.source import State

PLAN = "plan-2023"
MONTHS = [f"2023-0{m}" for m in range(1, 7)]


def _figure(state: State, target: str, unit: str = "self"):
    return build_series(state.shown.series(PLAN, target, unit), state.shown.target(PLAN, target), "zh")


def test_target_line_stands_at_the_target(state: State) -> None:
    figure = _figure(state, "satisfaction")
    goal = figure.data[0]
    assert (list(goal.x), list(goal.y), goal.name) == (MONTHS, [96.0] * 6, "标准 ≥ 96%")


def test_a_missing_period_is_a_gap_with_its_reason(state: State) -> None:
    figure = _figure(state, "satisfaction")
    line = next(t for t in figure.data if t.mode == "lines" and t.name == "实际值")
    assert list(line.y) == [97.1, 96.8, 96.2, None, 95.995, 92.3]
    assert line.connectgaps is False
    gaps = next(t for t in figure.data if t.meta and "gaps" in t.meta)
    assert (list(gaps.x), list(gaps.text), gaps.yaxis) == (["2023-04"], ["未报送"], "y2")
    assert figure.layout.yaxis2.domain[1] < figure.layout.yaxis.domain[0]


def test_status_has_colour_and_shape(state: State) -> None:
    figure = _figure(state, "satisfaction")
    shown = {t.meta["status"]: t for t in figure.data if t.meta and "status" in t.meta}
    assert {status: list(t.x) for status, t in shown.items()} == {"met": MONTHS[:3], "missed": MONTHS[4:]}
    assert (shown["met"].marker.symbol, shown["missed"].marker.symbol) == ("square", "circle")
    assert len({symbol for symbol, _ in SYMBOLS.values()}) == len(SYMBOLS)
    assert "95.995%" in shown["missed"].hovertext[0]


def test_single_cases_are_drawn_as_a_share_against_the_required_share(state: State) -> None:
    figure = _figure(state, "deposit")
    assert (list(figure.data[0].y), figure.data[0].name) == ([100.0], "标准 每件 ≤ 5 个工作日")
    assert figure.layout.yaxis.ticksuffix == "%"
    assert figure.data[0].mode == "lines+markers"  # a line of one point would not be seen


def test_stretch_is_a_line_of_its_own(state: State) -> None:
    stretch = _figure(state, "half-day").data[1]
    assert (stretch.name, set(stretch.y), stretch.line.dash) == ("力争", {98.0}, "dot")


def test_sparkline_breaks_at_gaps_and_needs_two_periods(state: State) -> None:
    svg = draw_sparkline([Decimal(1), Decimal(2), None, Decimal(3), Decimal(4)], Decimal(2))
    assert svg is not None
    assert svg.count("<polyline") == 2
    assert draw_sparkline([None, None], Decimal(96)) is None
    assert draw_sparkline([Decimal(0), Decimal(0)], None) is not None
    image = build_sparkline(state.shown.series(PLAN, "satisfaction", "self"), Decimal(96), "zh")
    assert image is not None
    assert image.alt == "2023-01 至 2023-06 走势，虚线为标准"
    assert "stroke-dasharray" in unquote(image.src)
    assert build_sparkline(state.shown.series(PLAN, "deposit", "self"), Decimal(100), "zh") is None
