"""Edges of charts, parts and pooled runs that only mutation showed: each line fails with one sign turned."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from etl.judge.xmr import Chart
from tests.etl.judge.hand import judge_rows, make_target, run_rule, value

STANDING = {"kind": "standing", "due": None}
# twelve points around 51: mean moving range 2, limits 51 -+ 5.32
WAVE = [50, 52] * 6


def last_marks(rates, *, goal: object = 1, comparator: str = ">=", **indicator):
    target = make_target(**STANDING, value=goal, comparator=comparator, unit=indicator.get("unit", "%"))
    months = [value(f"{2023 + i // 12}-{i % 12 + 1:02d}", rate, 100) for i, rate in enumerate(rates)]
    return judge_rows(target, months, as_of="2025-12-31", **indicator)[-1].marks


def mirrored(rates) -> list[int]:
    return [100 - rate for rate in rates]


@pytest.mark.parametrize(
    ("rates", "is_special"),
    [
        # 14 points: mean 51.86, mean range 27 / 13: two thirds of the way lie at 55.5, the limit at 57.4
        pytest.param([*WAVE, 57, 57], True, id="this one and the one before it"),
        pytest.param([*WAVE, 58, 51, 58], True, id="this one and the one before that"),
        pytest.param([*WAVE, 58, 51, 50, 58], False, id="this one and one three back"),
        pytest.param([*WAVE, 58, 58, 51], False, id="two before it"),
        pytest.param([*WAVE, 57], False, id="this one alone, inside its limit"),
        # mean 51.6; 13 ranges; the last seven above, one of them moved onto the mean ends it
        pytest.param([40, 60] * 3 + [40] + [53, 57] * 3 + [53], True, id="seven above"),
        pytest.param([60, 40] * 4 + [53, 57] * 3, False, id="six above"),
        # 14 points that sum to 14 * 52
        pytest.param([40, 60] * 3 + [40] + [52, 57, 53, 57, 53, 57, 59], False, id="one of seven on the mean"),
        pytest.param([*[50, 54] * 5, 49, 50, 51, 52, 53, 54], True, id="six rising"),
        pytest.param([*[50, 54] * 5, 50, 51, 52, 53, 54], False, id="five rising"),
        pytest.param([*[50, 54] * 5, 49, 50, 51, 51, 53, 54], False, id="two of six are the same"),
        pytest.param(WAVE, False, id="a wave"),
        pytest.param([51] * 12, False, id="no change at all"),
    ],
)
def test_special_causes_upwards_and_downwards(rates, is_special: bool) -> None:
    good, bad = ("improvement", "deterioration") if is_special else ("common_cause", "common_cause")
    assert last_marks(rates)["variation"] == good
    assert last_marks(mirrored(rates))["variation"] == bad
    assert last_marks(rates, comparator="<=")["variation"] == bad
    assert last_marks(mirrored(rates), comparator="<=")["variation"] == good


def test_a_goal_of_exactly_a_number_takes_the_direction_of_its_indicator() -> None:
    rates = [*WAVE, 82]
    assert last_marks(rates, comparator="==", goal=50)["variation"] == "improvement"
    assert last_marks(rates, comparator="==", goal=50, direction="lower_is_better")["variation"] == "deterioration"


@pytest.mark.parametrize(
    ("comparator", "goal", "assurance"),
    [
        ("<", "56.33", "consistently_meets"),
        ("<", "56.32", "hit_and_miss"),
        ("<", "45.69", "hit_and_miss"),
        ("<", "45.68", "consistently_misses"),
        ("<=", "45.68", "hit_and_miss"),
        (">", "45.67", "consistently_meets"),
        ("==", "45.68", "hit_and_miss"),
        ("==", "45.67", "consistently_misses"),
        ("==", "56.32", "hit_and_miss"),
        ("==", "56.33", "consistently_misses"),
    ],
)
def test_limits_against_the_goal(comparator: str, goal: str, assurance: str) -> None:
    assert last_marks(WAVE, goal=goal, comparator=comparator)["assurance"] == assurance


def test_limits_that_meet_in_the_goal() -> None:
    assert last_marks([51] * 12, goal=51, comparator="==")["assurance"] == "consistently_meets"
    # a rate is never below 0: 1..3 around 2 has the limits 0 and 7.32, so at least 0 is always met
    assert last_marks([1, 3] * 6, goal=0)["assurance"] == "consistently_meets"
    assert last_marks([1, 3] * 6, goal=0, comparator=">")["assurance"] == "hit_and_miss"
    assert last_marks([1, 3] * 6, goal=0, unit="hour", factor=100)["assurance"] == "hit_and_miss"


def test_a_point_with_a_good_and_a_bad_sign() -> None:
    # 30 points: mean 52.02, mean range 0.46, limits 50.8 and 53.2: above them, and falling for six points
    falling = [50, "50.1"] * 12 + ["60.6", "60.5", "60.4", "60.3", "60.2", "60.1"]
    rising = [100 - Decimal(rate) for rate in falling]
    # what lies outside on the bad side is bad, whatever it does
    assert last_marks(falling, comparator="<=")["variation"] == "deterioration"
    assert last_marks(rising)["variation"] == "deterioration"
    # what lies outside on the good side is good, though it moves the wrong way
    assert last_marks(falling)["variation"] == "improvement"
    assert last_marks(rising, comparator="<=")["variation"] == "improvement"


def test_each_unit_has_its_own_chart() -> None:
    high = [rate + 40 for rate in WAVE]
    units = [("a", WAVE), ("b", high), ("c", high[:11])]
    months = [value(f"2023-{i:02d}", rate, 100, unit=u) for u, rates in units for i, rate in enumerate(rates, start=1)]
    rows = judge_rows(make_target(**STANDING, value=70), months)
    assert [row.marks for row in rows if row.marks] == [
        {"assurance": "consistently_misses", "variation": "common_cause"},
        {"assurance": "consistently_meets", "variation": "common_cause"},
    ]


def test_the_smallest_step_counts() -> None:
    """In units of the last stored decimal: a rise of one is a rise, and one more than the mean lies above it."""

    def last_special(points: list[int]) -> tuple[bool, bool]:
        size = len(points)
        chart = Chart.of(np.array(points), np.zeros(size, dtype=np.int32), np.ones(size, dtype=bool))
        return bool(chart.special(high=True)[-1]), bool(chart.special(high=False)[-1])

    # twelve points that sum to 11: twelve times a one is one more than that
    assert last_special([1, 1, 1, 0, 1] + [1] * 7) == (True, False)
    assert last_special([0, 0, 0, 1, 0] + [0] * 7) == (False, True)
    assert last_special([*[50, 54] * 5, 49, 50, 51, 52, 53, 54]) == (True, False)
    assert last_special([*[50, 54] * 5, 55, 54, 53, 52, 51, 50]) == (False, True)
    for points, falling in (([10, 9, 8], True), ([8, 9, 10], False)):
        chart = Chart.of(np.array(points), np.zeros(3, dtype=np.int32), np.ones(3, dtype=bool))
        aim = Fraction(15 if falling else 3, 2 * 10**10)
        assert chart.crosses_next(">=" if falling else "<=", aim).tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("rates", "goal", "reason"),
    [
        pytest.param([99, 98, "96.5"], 96, "early_warning_trend", id="the line stands at 95.33 next"),
        pytest.param([99, 98, 97], 96, "satisfied", id="at exactly 96"),
        pytest.param([99, 99, "96.1"], 96, "satisfied", id="at 95.1, but the first step is none"),
        pytest.param([98, 99, "96.1"], 96, "satisfied", id="at 95.8, but the first step goes up"),
        pytest.param([99, 96, "96.1"], 96, "satisfied", id="at 94.1, but the second step goes up"),
        pytest.param([99, "96.1", "96.1"], 96, "satisfied", id="at 94.2, but the second step is none"),
        pytest.param([98, "96.1"], 96, "satisfied", id="two points are no trend"),
        # mean 97.96, mean moving range 16 / 11: limits 94.09 and 101.8
        pytest.param([98, 99] * 5 + [98, 92], 90, "early_warning_xmr", id="below the limits"),
        pytest.param([61, 60] * 5 + [61, 99], 50, "satisfied", id="far on the good side"),
        # the line stands at 90.5 next, but the limits are 95.5 -+ 8.7
        pytest.param([98, 94] * 4 + [97, 95, "93.5", 92], 91, "satisfied", id="of twelve points no trend is asked"),
    ],
)
def test_early_warnings_of_floors_and_ceilings(rates, goal: int, reason: str) -> None:
    def last_reason(numbers, **changes) -> str:
        months = [value(f"2023-{i:02d}", rate, 100) for i, rate in enumerate(numbers, start=1)]
        return run_rule(make_target(**STANDING, **changes), months)[-1][2]

    below = [100 - Decimal(rate) for rate in rates]
    assert last_reason(rates, value=goal) == reason
    assert last_reason(below, value=100 - goal, comparator="<=") == reason
    # both of two units, one after the other, are charted alone
    months = [value(f"2023-{i:02d}", rate, 100, unit=unit) for unit in "ab" for i, rate in enumerate(rates, start=1)]
    rows = run_rule(make_target(**STANDING, value=goal), months)
    assert (rows[len(rates) - 1][2], rows[-1][2]) == (reason, reason)


def test_a_goal_of_exactly_a_number_has_no_early_warning() -> None:
    months = [value(f"2023-{i:02d}", rate, 100) for i, rate in enumerate([61, 60] * 5 + [61, 50], start=1)]
    assert run_rule(make_target(**STANDING, value=50, comparator="=="), months)[-1][2] == "satisfied"


def test_a_month_without_a_row_ends_a_run() -> None:
    target = make_target(**STANDING, value=50)
    rows = run_rule(target, [value("2023-01", 4, 4, n=4), value("2023-03", 4, 4, n=4)])
    assert [row[2] for row in rows] == ["sample_too_small", "sample_too_small"]
    other = [value("2023-01", 4, 4, n=4, unit="a"), value("2023-02", 4, 4, n=4, unit="b")]
    assert [row[2] for row in run_rule(target, other)] == ["sample_too_small", "sample_too_small"]
    # a percentage without its cases has nothing to add
    mixed = [value("2023-01", 96, 100, n=None), value("2023-02", 4, 4, n=4)]
    assert [row[2] for row in run_rule(target, mixed)] == ["satisfied", "sample_too_small"]


def test_late_cases_are_counted() -> None:
    target = make_target(kind="each_case", comparator="<=", value=5, unit="workday", due=None, required_share="97.5")
    row = judge_rows(target, [value("2023-03", 38, 40, n=40)], form="case_share")[0]
    assert row.marks == {"late": 2, "required_share": "97.5", "value_unit": "%"}
    assert row.sentence == "2023年3月甲：应办 40 件，2 件超过 5 个工作日，按时率 95%，未达到要求。"
    assert (row.value, row.gap, row.status) == (95, Decimal("-2.5"), "missed")


def test_parts_of_a_change_are_exact() -> None:
    # base 7.25 hours, now 19.5 / 3 = 6.5: 0.75 of 7.25
    row = judge_rows(
        *(make_target(kind="reduction", value=10), [value("2023-12", "19.5", 3)]),
        **{"bases": {"self": "7.25", "x": "0.125"}, "unit": "hour", "minimum_n": 0},
    )[0]
    assert (row.numerator, row.denominator) == (Decimal("2.25"), Decimal("21.75"))
    assert row.value == Decimal("10.3448275862")
    growth = judge_rows(
        *(make_target(kind="growth", value=10), [value("2023-12", 8, 4)]), base=4, unit="hour", factor="0.5"
    )[0]
    # half of 8 / 4 is 1: three quarters less than 4
    assert (growth.value, growth.numerator, growth.denominator) == (-75, -12, 16)


def test_the_mean_with_open_cases_is_noted() -> None:
    target = make_target(kind="average_case", comparator="<=", value=3, unit="workday", due=None)
    mean = {"form": "case_mean", "unit": "workday", "direction": "lower_is_better", "decimals": 1}
    opened = value("2023-03", 30, 12, n=12, open_numerator=Decimal(50), open_denominator=Decimal(16))
    row = judge_rows(target, [opened], **mean)[0]
    assert row.marks == {"with_open_cases": "3.125"}
    assert (
        row.sentence
        == "2023年3月甲为 2.5 个工作日，达到目标（≤ 3 个工作日），但计入在办件后为 3.1 个工作日，请尽快办结在办件。"
    )


def test_nothing_is_shown_of_a_window_that_nobody_spoke_of() -> None:
    target = make_target(kind="cadence", indicator=None, value=2, unit="count", every="month", due=None)
    values = [value("2023-05", 0, 1, state="manual_pending"), value("2023-06", 0, 1, state="manual_pending")]
    over, still_open = judge_rows(target, values, as_of="2023-06-29")
    assert (over.reason, still_open.reason) == ("manual_pending", "before_due")
    assert (over.value, still_open.value, still_open.numerator) == (None, None, None)
    assert still_open.sentence == "2023年6月甲：要求每月 ≥ 2 次，本期还没有结束。"
    told = judge_rows(target, [value("2023-06", 0, 1)], as_of="2023-06-29")[0]
    assert (told.value, told.sentence) == (0, "2023年6月甲 0 次，要求每月 ≥ 2 次，本期还没有结束。")
