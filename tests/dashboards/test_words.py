"""Numbers, addresses, words and colours: each expectation worked out by hand."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest

from dashboards import texts
from dashboards.formats import fmt, fmt_due, fmt_gap, fmt_goal, fmt_number
from dashboards.view import View, parse_view

CSS = Path(__file__).parents[2] / "dashboards/assets/board.css"


@pytest.mark.parametrize(
    ("value", "unit", "lang", "told"),
    [
        (Decimal("95.2"), "%", "zh", "95.2%"),
        (Decimal("96.000000"), "%", "zh", "96%"),
        (Decimal("3.5"), "workday", "zh", "3.5 个工作日"),
        (Decimal("3.5"), "workday", "en", "3.5 working days"),
        (Decimal(1234567), "CNY", "zh", "1,234,567 元"),
        (Decimal(0), "count", "zh", "0 个"),
        (Decimal("-0.001"), "count", "zh", "0 个"),
        (Decimal(2), "rank", "zh", "第 2 名"),
        (None, "%", "zh", "—"),
        (Decimal("NaN"), "%", "zh", "—"),
    ],
)
def test_values_read_with_their_unit(value: Decimal | None, unit: str, lang: texts.Lang, told: str) -> None:
    assert fmt(value, unit, lang=lang) == told


def test_a_near_miss_is_never_printed_as_the_target() -> None:
    assert fmt_number(Decimal("95.995"), against=Decimal(96)) == "95.995"
    assert fmt_number(Decimal("95.99999"), against=Decimal(96)) == "95.99999"
    assert fmt_number(Decimal("96.004"), against=Decimal(96)) == "96.004"
    assert fmt_number(Decimal("95.2345"), against=Decimal(96)) == "95.23"


def test_goals_gaps_and_due_days() -> None:
    today = dt.date(2023, 6, 30)
    assert fmt_goal("<=", Decimal("0.5"), "workday") == "≤ 0.5 个工作日"
    assert fmt_goal(">=", None, "count") == "—"
    assert fmt_gap(Decimal("-3.7"), "%") == "-3.7 个百分点"
    assert fmt_due(dt.date(2023, 7, 2), today) == "2023-07-02（还有 2 天）"
    assert fmt_due(dt.date(2023, 6, 29), today) == "2023-06-29（已过 1 天）"
    assert fmt_due(None, today) == "—"


@pytest.mark.parametrize(
    "view",
    [
        View(),
        View(plan="p", unit="市监局", light="red", lang="en"),
        View(page="target", plan="p", target="t", unit="镇/街", period="2023-01..02"),
        View(page="data", section="mails"),
    ],
)
def test_an_address_gives_back_its_view(view: View) -> None:
    path, _, query = view.href.partition("?")
    assert parse_view(path, f"?{query}") == view


def test_an_address_it_does_not_know() -> None:
    assert parse_view("/nonsense/x", "").page == "missing"
    assert parse_view("/", "?light=purple&lang=fr&x=1") == View()
    assert parse_view(None, None) == View()


def test_every_reason_of_the_rules_has_words() -> None:
    told = """satisfied on_path behind_path open_cases early_warning_xmr early_warning_trend not_reached late_cases
    over_limit not_satisfied strive no_evidence before_due not_reported reported_empty unchanged_copy failed_check
    no_cases sample_too_small parts_missing baseline_missing definition_changed precision_too_coarse
    calendar_not_published manual_pending rule_could_not_run confirmed over_pace late too_few"""
    assert set(texts.REASONS) == set(told.split())
    assert texts.word(texts.REASONS, "never_seen", "zh") == "“never_seen”"


def test_each_light_has_a_shape_and_a_word_of_its_own() -> None:
    assert len({words.shape for words in texts.LIGHTS.values()}) == len(texts.LIGHTS) == 5
    assert len({words.word for words in texts.LIGHTS.values()}) == 5


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two `#rrggbb`."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_of_lights_is_readable_on_its_ground() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#f0a500", "#ffffff") < 4.5  # the guard can fail
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", CSS.read_text("utf-8")))
    for light in texts.LIGHTS:
        assert contrast(colours[light], colours[f"{light}-soft"]) >= 4.5, light
        assert contrast(colours[light], colours["paper"]) >= 4.5, light
    for ink in ("ink", "dim", "link"):
        assert contrast(colours[ink], colours["ground"]) >= 4.5, ink
