"""Lights of several units side by side: which row is the newest, what is carried over silence, what waits."""

from __future__ import annotations

import datetime as dt

from tests.etl.judge.hand import judge_rows, make_target, value

STANDING = {"kind": "standing", "due": None}
SILENT = {"numerator": None, "denominator": None, "n": None, "state": "not_reported"}


def test_the_newest_row_of_each_unit() -> None:
    values = [
        value("2023-Q1", 97, 100, unit="a"),
        value("2023-Q2", 97, 100, unit="a"),
        value("2023-Q1", 97, 100, unit="b"),
    ]
    rows = judge_rows(make_target(**STANDING), values)
    assert [(row.unit, row.period_end, row.is_current) for row in rows] == [
        ("a", dt.date(2023, 3, 31), False),
        ("a", dt.date(2023, 6, 30), True),
        ("b", dt.date(2023, 3, 31), True),
    ]


def test_red_and_yellow_are_carried_and_green_is_not() -> None:
    def lights(first, **changes) -> list[tuple[str, str | None]]:
        values = [first, value("2023-02", **SILENT), value("2023-03", **SILENT)]
        return [(row.light, row.carried_from) for row in judge_rows(make_target(**STANDING, **changes), values)]

    assert lights(value("2023-01", 90, 100)) == [("red", None), ("red", "2023-01"), ("red", "2023-01")]
    yellow = [("yellow", None), ("yellow", "2023-01"), ("yellow", "2023-01")]
    assert lights(value("2023-01", 90, 100), strength="strive") == yellow
    assert lights(value("2023-01", 97, 100)) == [("green", None), ("grey", None), ("grey", None)]
    assert lights(value("2023-01", **SILENT)) == [("grey", None)] * 3


def test_silence_before_the_first_value_of_a_unit_takes_nothing_from_another() -> None:
    values = [
        value("2023-01", 90, 100, unit="a"),
        value("2023-02", **SILENT, unit="b"),
        value("2023-03", 90, 100, unit="b"),
    ]
    rows = judge_rows(make_target(**STANDING), values)
    assert [(row.light, row.carried_from) for row in rows] == [("red", None), ("grey", None), ("red", None)]


def test_what_is_not_due_is_neutral_and_carries_nothing() -> None:
    values = [value("2023-01", 90, 100), value("2023-02", **SILENT)]
    rows = judge_rows(make_target(), values, as_of="2023-03-01")
    assert [(row.light, row.carried_from) for row in rows] == [("neutral", None), ("grey", None)]


def test_a_held_light_is_what_silence_carries() -> None:
    weeks = [("W01", 90), ("W02", 97), ("W03", None), ("W04", 97), ("W05", 97)]
    values = [value(f"2023-{w}", rate, 100) if rate else value(f"2023-{w}", **SILENT) for w, rate in weeks]
    rows = judge_rows(make_target(**STANDING), values)
    # week 2 is green but waits; silence keeps the red that is shown; weeks 2 and 4 are two in a row
    assert [(row.light, row.carried_from, row.marks) for row in rows] == [
        ("red", None, {}),
        ("red", None, {"held": "green"}),
        ("red", "2023-W02", {}),
        ("green", None, {}),
        ("green", None, {}),
    ]


def test_all_grains_below_a_month_are_held() -> None:
    values = [value("2023-01-02", 97, 100), value("2023-01-T2", 90, 100), value("2023-W05", 97, 100)]
    assert [row.light for row in judge_rows(make_target(**STANDING), values)] == ["green", "green", "green"]
    # one month among them and nothing is
    values = [value("2023-01-02", 97, 100), value("2023-01-T2", 90, 100), value("2023-02", 97, 100)]
    assert [row.light for row in judge_rows(make_target(**STANDING), values)] == ["green", "red", "green"]


def test_cases_are_a_share_whatever_their_limit_is_counted_in() -> None:
    target = make_target(kind="each_case", comparator="<=", value=5, unit="workday", due=None, required_share=90)
    values = [value("2023-03", 19, 20), value("2023-04", **SILENT)]
    row, silent = judge_rows(target, values, form="case_share", unit="workday", factor=1)
    assert (row.value, row.gap, row.reason) == (95, 5, "satisfied")
    assert (row.marks, silent.marks) == ({"late": 1, "required_share": "90", "value_unit": "%"}, {})
