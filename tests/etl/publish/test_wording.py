"""Numbers and lights in words, worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from etl.publish.advice import advise
from etl.publish.changes import Change
from etl.publish.views import view_change, view_open
from etl.publish.wording import name_light, write_exact, write_gap, write_number, write_target, write_value
from schemas.models.registry import load_registry
from schemas.settings import REPO
from tests.etl.publish.cases import verdict


@pytest.mark.parametrize(
    ("value", "decimals", "against", "words"),
    [
        ("95.995", 1, "96", "95.995%"),  # rounding must not carry a miss over the line
        ("95.94", 0, "95.95", "95.9%"),
        ("95.44", 1, "96", "95.4%"),
        ("96", 1, "96", "96.0%"),
        ("0.25", 1, None, "0.3%"),
        ("-0.04", 1, "-0.05", "0.0%"),
        (None, 1, "96", "—"),
    ],
)
def test_rounding_is_for_display_only(value, decimals, against, words):
    number = None if value is None else Decimal(value)
    limit = None if against is None else Decimal(against)
    assert write_number(number, "%", decimals=decimals, against=limit) == words


@pytest.mark.parametrize(
    ("comparator", "value", "limit", "unit", "words"),
    [
        (">=", "94.5", "95", "%", "还差 0.5 个百分点"),
        (">=", "95", "95", "%", "正好达到"),
        (">=", "97", "95", "%", "已达到，富余 2.0 个百分点"),
        ("<=", "0.75", "0.5", "workday", "超出 0.3 个工作日"),
        ("<=", "0.504", "0.5", "workday", "超出 0.004 个工作日"),
        ("<=", "69", "70", "hour", "已达到，富余 1.0 小时"),
        (">=", "38", "41", "count", "还差 3.0 个"),
    ],
)
def test_gap(comparator, value, limit, unit, words):
    for sign in (1, -1):  # whichever sign the judge gives it
        gap = sign * (Decimal(value) - Decimal(limit))
        row = verdict(
            value=Decimal(value), gap=gap, comparator=comparator, target_value=Decimal(limit), target_unit=unit
        )
        assert write_gap(row, decimals=1) == words


def test_targets_and_values():
    assert write_target(verdict(comparator="<=", target_value=Decimal("0.50"), target_unit="workday")) == (
        "不超过 0.5 个工作日"
    )
    assert write_target(verdict(target_value=None)) == "按期完成并提交佐证"
    assert write_exact(Decimal("1E+2"), "count") == "100 个"
    assert write_value(verdict("grey"), decimals=1) == "—"


def test_what_the_register_takes_out_is_said_with_the_value():
    marks = {"excluded": 1, "with_excluded": "50.0000000000"}
    parts = {"value": Decimal("55.5555555556"), "numerator": Decimal(5), "denominator": Decimal(9), "n": 9}
    row = verdict(target_value=Decimal(90), target_unit="%", marks=marks, **parts)
    assert write_value(row, decimals=1) == "55.6%（5 / 9），已剔除 1 件，不剔除则为 50.0%"


def test_lights_carry_shape_and_word():
    assert name_light("red") == "●红 未达标"
    assert name_light("red", carried_from="2023-03") == "●红 未达标（沿用 2023-03 的结论，本期无数据）"
    assert name_light(None) == "（首次判定）"
    assert name_light("yellow", strive=True) == "▲黄 力争未达到"


def test_an_unknown_reason_still_says_what_to_do():
    assert advise(verdict("red", reason="something_new")) == ("请核对来源数据；数据无误的，请制定整改措施并报办公室。")


def test_what_happened_so_many_times_is_counted_in_times():
    registry = load_registry([REPO / "schemas"])
    meant = {"plan": "wanli-2023", "target": "monthly-reports", "period": "2023-12", "target_unit": "count"}
    row = verdict(
        "red",
        **meant,
        comparator=">=",
        value=Decimal(21),
        target_value=Decimal(22),
        gap=Decimal(-1),
        numerator=None,
        denominator=None,
    )
    told = view_open(registry, row)
    assert (told.value, told.target) == ("21 次", "不低于 22 次")
    change = Change(0, "light", "green", "met", None, row)
    assert view_change(registry, change).gap == "还差 1 次"
