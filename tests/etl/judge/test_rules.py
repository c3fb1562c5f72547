"""Verdicts by hand: small tables of values, and what the rules of the semantics say of them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from etl.judge.frame import Value
from tests.etl.judge.hand import CALENDAR, make_target, run_rule, value


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        pytest.param("96", "100", ("met", "satisfied"), id="the number itself is included"),
        pytest.param("95.995", "100", ("missed", "not_reached"), id="95.995 % is not 96 %"),
        pytest.param("95999999", "100000000", ("missed", "not_reached"), id="one in a hundred million short"),
        pytest.param("96000000000000", "100000000000000", ("met", "satisfied"), id="beyond 64 bits"),
        pytest.param("95999999999999", "100000000000000", ("missed", "not_reached"), id="beyond 64 bits, short"),
        pytest.param("0", "0", ("no_data", "no_cases"), id="0*100 >= 96*0 is true and means nothing"),
    ],
)
def test_the_edge_of_a_deadline_target(numerator: str, denominator: str, expected: tuple[str, str]) -> None:
    row = run_rule(make_target(), [value("2023-12", numerator, denominator)])[0]
    assert row[1:3] == expected


@pytest.mark.parametrize(
    ("share", "base", "expected"),
    [
        pytest.param("96", None, ("met", "satisfied"), id="reached early"),
        pytest.param("90", None, ("not_due", "before_due"), id="no baseline, nothing can be said"),
        # 80 -> 96 is 16 points; 123 of 249 working days are gone at the end of June, 49.398 % of the time
        pytest.param("88", "80", ("met", "on_path"), id="half of the way"),
        pytest.param("86.3", "80", ("at_risk", "behind_path"), id="39.375 % of the way: 10.02 points behind"),
        pytest.param("86.31", "80", ("met", "on_path"), id="39.4375 %: 9.96 points behind are tolerated"),
    ],
)
def test_before_due_the_way_decides(share: str, base: str | None, expected: tuple[str, str]) -> None:
    rows = run_rule(make_target(), [value("2023-06", share, "100")], base=base, as_of="2023-06-30")
    assert rows[0][1:3] == expected


def test_time_share_counts_official_working_days() -> None:
    # by hand from the official arrangement of 2023: 18 + 20 + 23 + 20 + 21 + 21 to the end of June
    assert CALENDAR.number(dt.date(2023, 6, 30)) - CALENDAR.number(dt.date(2022, 12, 31)) == 123
    assert CALENDAR.number(dt.date(2023, 12, 31)) - CALENDAR.number(dt.date(2022, 12, 31)) == 249


def test_silence_keeps_red_and_drops_green() -> None:
    target = make_target(kind="standing", due=None)
    rows = run_rule(
        target,
        [
            value("2023-01", 97, 100),
            value("2023-02", None, None, state="not_reported"),
            value("2023-03", 90, 100),
            value("2023-04", None, None, state="failed_check"),
            value("2023-05", 0, 0),
            value("2023-06", 99, 100),
        ],
    )
    assert [row[3:] for row in rows] == [
        ("green", None),
        ("grey", None),
        ("red", None),
        ("red", "2023-03"),
        ("red", "2023-03"),
        ("green", None),
    ]
    assert [row[1] for row in rows] == ["met", "no_data", "missed", "no_data", "no_data", "met"]


@pytest.mark.parametrize(
    ("late", "decided", "share", "expected"),
    [
        pytest.param(0, 30, 100, ("met", "satisfied"), id="all in time"),
        pytest.param(1, 1000, 100, ("missed", "late_cases"), id="one late case is a breach however many there are"),
        pytest.param(1, 2, 100, ("missed", "late_cases"), id="and however few"),
        pytest.param(1, 100, 99, ("met", "satisfied"), id="exactly the required share"),
        pytest.param(0, 0, 100, ("no_data", "no_cases"), id="no cases"),
    ],
)
def test_each_case(late: int, decided: int, share: int, expected: tuple[str, str]) -> None:
    target = make_target(kind="each_case", comparator="<=", value=5, unit="workday", due=None, required_share=share)
    rows = run_rule(target, [value("2023-03", decided - late, decided, n=decided)], form="case_share")
    assert rows[0][1:3] == expected


@pytest.mark.parametrize(
    ("mean", "with_open", "expected"),
    [
        pytest.param((300, 100), (330, 110), ("met", "satisfied"), id="three days are within three days"),
        pytest.param((300, 100), (340, 110), ("at_risk", "open_cases"), id="the open cases will break it"),
        pytest.param((301, 100), (301, 100), ("missed", "over_limit"), id="a hundredth over"),
    ],
)
def test_average_case(mean: tuple[int, int], with_open: tuple[int, int], expected: tuple[str, str]) -> None:
    target = make_target(kind="average_case", comparator="<=", value=3, unit="workday", due=None)
    opened = {"open_numerator": Decimal(with_open[0]), "open_denominator": Decimal(with_open[1])}
    row = value("2023-03", *mean, **opened)
    rows = run_rule(target, [row], form="case_mean", unit="workday", direction="lower_is_better")
    assert rows[0][1:3] == expected


def counts(*monthly: int) -> list[Value]:
    return [value(f"2023-{month:02d}", number, n=number) for month, number in enumerate(monthly, start=1)]


@pytest.mark.parametrize(
    ("monthly", "as_of", "expected"),
    [
        # 18 of 249 working days are gone at the end of January, 7.2 % of the time; 3 of 41 is 7.3 %
        pytest.param((3,), "2023-01-31", ("met", "on_path"), id="on pace"),
        pytest.param((0, 0, 0, 5), "2023-04-30", ("at_risk", "behind_path"), id="a third of the year, an eighth done"),
        pytest.param((20, 21), "2023-02-28", ("met", "satisfied"), id="already there"),
        pytest.param((3,) * 12, "2023-12-31", ("missed", "strive"), id="36 of 41 at the end, only striven for"),
    ],
)
def test_cumulative(monthly: tuple[int, ...], as_of: str, expected: tuple[str, str]) -> None:
    target = make_target(kind="cumulative", value=41, unit="count", strength="strive")
    rows = run_rule(target, counts(*monthly), as_of=as_of, base=0, form="count", unit="count")
    assert rows[-1][1:3] == expected
    assert rows[-1][3] == {"met": "green", "at_risk": "yellow", "missed": "yellow"}[expected[0]]


def test_a_count_is_behind_only_by_a_whole_one() -> None:
    # goal 4: at the end of March 61 of 249 working days are gone, 0.98 of one is expected; 0 is 0.24 behind in time
    target = make_target(kind="cumulative", value=4, unit="count")
    rows = run_rule(target, counts(0, 0, 0), as_of="2023-03-31", base=0, form="count", unit="count")
    assert rows[-1][1:3] == ("met", "on_path")


def test_small_numbers_pool_the_shortest_run() -> None:
    target = make_target(kind="standing", due=None, value=90)
    rows = run_rule(
        target,
        [
            value("2023-01", 2, 2, n=2),
            value("2023-02", 9, 10, n=10),
            value("2023-03", 1, 2, n=2),  # with February 10 of 12: 83 %
            value("2023-04", 0, 0, n=0),
            value("2023-05", 3, 3, n=3),  # April answered with nothing, March makes five: 4 of 5
            value("2023-06", None, None, n=0, state="not_reported"),
            value("2023-07", 4, 4, n=4),  # silence breaks the run
        ],
    )
    assert [row[1:3] for row in rows] == [
        ("no_data", "sample_too_small"),
        ("met", "satisfied"),
        ("missed", "not_satisfied"),
        ("no_data", "no_cases"),
        ("missed", "not_satisfied"),
        ("no_data", "not_reported"),
        ("no_data", "sample_too_small"),
    ]


def test_units_do_not_mix() -> None:
    target = make_target(kind="standing", due=None)
    rows = run_rule(
        target,
        [
            value("2023-01", 90, 100, unit="a"),
            value("2023-02", None, None, unit="a", state="not_reported"),
            value("2023-01", None, None, unit="b", state="not_reported"),
            value("2023-02", 2, 2, n=2, unit="b"),
        ],
    )
    assert [row[3:] for row in rows] == [("red", None), ("red", "2023-01"), ("grey", None), ("grey", None)]


@pytest.mark.parametrize(
    ("kind", "actual", "base", "expected"),
    [
        pytest.param("reduction", 75, 100, ("met", "satisfied"), id="a quarter less is 25 %"),
        pytest.param("reduction", 76, 100, ("missed", "not_reached"), id="24 %"),
        pytest.param("growth", 125, 100, ("met", "satisfied"), id="a quarter more"),
        pytest.param("reduction", 75, None, ("no_data", "baseline_missing"), id="nothing to compare with"),
    ],
)
def test_change_against_a_baseline(kind: str, actual: int, base: int | None, expected: tuple[str, str]) -> None:
    target = make_target(kind=kind, value=25)
    rows = run_rule(target, [value("2023-12", actual, 1)], base=base, unit="hour", factor=1)
    assert rows[0][1:3] == expected


def test_early_warning_of_a_falling_standing_rate() -> None:
    target = make_target(kind="standing", due=None, value=96)
    months = [value(f"2023-0{i}", share, 100) for i, share in enumerate(("99", "98", "96.5"), start=1)]
    # the line through 99, 98, 96.5 falls 1.25 a period and stands at 95.33 next period, below 96
    assert run_rule(target, months)[-1][1:4] == ("at_risk", "early_warning_trend", "yellow")


def test_early_warning_by_xmr_limits() -> None:
    target = make_target(kind="standing", due=None, value=90)
    months = [value(f"2023-{i:02d}", 98 + i % 2, 100) for i in range(1, 12)] + [value("2023-12", "92", 100)]
    # twelve points: mean 97.96, mean moving range 16/11 = 1.4545, lower limit 94.09; 92 lies below, 90 is still met
    assert run_rule(target, months)[-1][1:3] == ("at_risk", "early_warning_xmr")
