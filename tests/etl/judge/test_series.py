"""Days on which windows meet, and rows that are owed: each of them on the very day, where `<` and `<=` part."""

from __future__ import annotations

from decimal import Decimal

import pytest

from etl.judge.frame import Columns
from etl.judge.windows import gather_windows, select_window
from tests.etl.judge.hand import judge_rows, make_target, run_rule, value

COUNT = {"form": "count", "unit": "count"}
QUARTERLY = {"kind": "cadence", "value": 3, "unit": "count", "every": "quarter", "due": None}
RANK = {"kind": "rank", "indicator": None, "unit": "rank", "comparator": "<=", "value": 3}
YEAR = [f"2023-{month:02d}" for month in range(1, 13)]


def judged(target, *siblings) -> list[int]:
    """Months of 2023 that judge the target."""
    columns = Columns.of([value(period, 1, 1) for period in YEAR])
    chosen = select_window(columns, target, [target, *siblings], frozenset())
    return [columns.periods[code].start.month for code in chosen.period]


@pytest.mark.parametrize(
    ("due", "following", "first_months", "second_months"),
    [
        pytest.param("2023-06-15", "2023-06-16", [1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12], id="within a month"),
        pytest.param("2023-06-01", "2023-06-02", [1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12], id="a month's first day"),
        pytest.param("2023-06-30", "2023-07-01", [1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12], id="a month's last day"),
        pytest.param("2023-04-15", "2023-05-31", [1, 2, 3, 4], [5, 6, 7, 8, 9, 10, 11, 12], id="a later last day"),
    ],
)
def test_a_month_that_two_windows_touch_has_one_judge(due, following, first_months, second_months) -> None:
    first = make_target(id="a", due=due, hold=True)
    second = make_target(id="b", **{"from": following})
    assert (judged(first, second), judged(second, first)) == (first_months, second_months)


def test_windows_that_begin_together_are_both_judged() -> None:
    half, full = make_target(id="a", value=80, due="2023-06-30"), make_target(id="b", value=90)
    assert judged(half, full) == [1, 2, 3, 4, 5, 6]
    assert judged(full, half) == list(range(1, 13))


def gathered(values, **changes):
    return gather_windows(Columns.of(values), make_target(**{**QUARTERLY, **changes})).values()[0]


@pytest.mark.parametrize(
    ("comparator", "goal", "state"),
    [
        pytest.param(">=", 3, "ok", id="enough"),
        pytest.param(">=", 4, "not_reported", id="one more may be in the silent month"),
        pytest.param(">", 2, "ok", id="more than wanted"),
        pytest.param(">", 3, "not_reported", id="not yet more than wanted"),
        pytest.param(">", 0, "ok", id="more than none"),
        pytest.param("<=", 2, "ok", id="too many already"),
        pytest.param("<=", 3, "not_reported", id="as many as are allowed"),
        pytest.param("<", 3, "ok", id="as many as are forbidden"),
        pytest.param("<", 4, "not_reported", id="fewer than are forbidden"),
        pytest.param("==", 2, "not_reported", id="exactly so many is never known early"),
    ],
)
def test_what_a_silent_month_leaves_open(comparator: str, goal: int, state: str) -> None:
    silent = value("2023-03", None, None, n=None, state="not_reported")
    values = [value("2023-01", 2, None, n=2), value("2023-02", 1, None, n=1), silent]
    assert gathered(values, comparator=comparator, value=goal).state == state
    if goal == 0:
        one = [value("2023-01", 1, None, n=1), silent]
        assert gathered(one, comparator=comparator, value=goal).state == "ok"


def test_too_many_events_are_red_though_a_month_is_silent() -> None:
    values = [value("2023-01", 4, None, n=4), value("2023-02", None, None, n=None, state="not_reported")]
    target = make_target(**QUARTERLY, comparator="<=")
    assert run_rule(target, values, as_of="2023-05-01", **COUNT)[0][:4] == ("2023-Q1", "missed", "not_satisfied", "red")


def test_events_may_have_decimals() -> None:
    values = [value("2023-01", "1.5", None), value("2023-02", "0.25", None), value("2023-03", 0, None)]
    assert (gathered(values).numerator, gathered(values).denominator) == (Decimal("1.75"), 1)
    row = judge_rows(make_target(**QUARTERLY), values, as_of="2023-05-01", **COUNT)[0]
    assert (row.value, row.gap, row.reason) == (Decimal("1.75"), Decimal("-1.25"), "too_few")


def test_a_rolling_window_may_begin_with_its_target() -> None:
    values = [value(f"2023-{month:02d}", 1, None, n=1) for month in (2, 3, 4)]
    for goal, last in ((3, ("2023-04", "met")), (4, ("2023-04", "missed"))):
        target = make_target(**{**QUARTERLY, "value": goal, "from": "2023-02-01", "window": "rolling"})
        rows = run_rule(target, values, as_of="2023-06-01", **COUNT)
        assert [row[:2] for row in rows] == [("2023-02", "not_due"), ("2023-03", "not_due"), last]


@pytest.mark.parametrize("due", ["2023-12-01", "2023-12-15", "2023-12-31"])
def test_a_rank_of_the_month_of_its_due_day_is_told(due: str) -> None:
    rows = run_rule(make_target(**RANK, due=due), [value("2023-12", 2, 1)], as_of="2024-01-15")
    assert [row[:3] for row in rows] == [("2023-12", "met", "satisfied")]


def test_a_rank_without_a_due_day_is_owed_until_the_plan_ends() -> None:
    target = make_target(**RANK, due=None)
    for as_of, period in (("2023-05-10", "2023-05"), ("2024-06-01", "2023-12")):
        (row,) = judge_rows(target, [], as_of=as_of)
        assert (row.unit, row.period, row.reason) == ("self", period, "manual_pending")


def test_what_is_owed_from_which_day() -> None:
    target = make_target(**RANK, due="2023-12-31")
    assert judge_rows(target, [], as_of="2022-12-31") == []
    assert [row.period for row in judge_rows(target, [], as_of="2023-01-01")] == ["2023-01"]
    # due before the plan was issued: judged at its due day alone, whoever has to tell it
    accepted = make_target(**RANK, due="2022-12-31", **{"from": None}).model_copy(update={"acceptance": True})
    (row,) = judge_rows(accepted, [])
    assert (row.period, row.status, row.reason) == ("2022-12", "no_data", "manual_pending")
    (row,) = judge_rows(accepted, [value("2022-11", 9, 1), value("2022-12", 3, 1), value("2023-01", 9, 1)])
    assert (row.period, row.status, row.reason) == ("2022-12", "met", "satisfied")


def test_who_owes_a_rank_keeps_what_was_told_before() -> None:
    told = [
        value("2023-09", "2.5", 2, n=None, unit="a", definition=0, batches=("x",)),
        value("2023-09", 2, 1, n=4, unit="b"),
    ]
    rows = judge_rows(make_target(**RANK, due="2023-12-31"), told, as_of="2024-01-15")
    assert [(row.unit, row.period, row.value, row.batches) for row in rows] == [
        ("a", "2023-09", Decimal("1.25"), ("x",)),
        ("a", "2023-12", None, ()),
        ("b", "2023-09", 2, ()),
        ("b", "2023-12", None, ()),
    ]


def test_a_refused_entry_shows_no_grade() -> None:
    target = make_target(kind="rank", indicator=None, unit="grade", grade="优异", scale="s", value=3, due=None)
    (row,) = judge_rows(target, [value("2023", 2, 1, state="failed_check")])
    assert (row.marks, row.value) == ({"grade_wanted": "优异"}, None)


def test_nothing_to_compare_is_no_row() -> None:
    assert judge_rows(make_target(kind="reduction", value=10), [], base=8, unit="hour") == []
