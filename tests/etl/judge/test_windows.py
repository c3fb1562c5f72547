"""Which periods judge a target, and where last year's values have to stand: the edges, by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from etl.judge.frame import Columns
from etl.judge.windows import gather_windows, select_window, window_of
from tests.etl.judge.hand import judge_rows, make_target, run_rule, value

COUNT = {"form": "count", "unit": "count"}
SUM = {"kind": "cumulative", "value": 100, "unit": "count", "path": {"form": "last_year"}}
LEVEL = {"path": {"form": "last_year"}, "value": 90}
NOBODY: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("day", "every", "text"),
    [
        ("2023-01-01", "week", "2022-W52"),
        ("2023-01-02", "week", "2023-W01"),
        ("2023-03-01", "ten_days", "2023-03-T1"),
        ("2023-03-10", "ten_days", "2023-03-T1"),
        ("2023-03-11", "ten_days", "2023-03-T2"),
        ("2023-03-20", "ten_days", "2023-03-T2"),
        ("2023-03-21", "ten_days", "2023-03-T3"),
        ("2023-03-31", "ten_days", "2023-03-T3"),
        ("2023-03-31", "month", "2023-03"),
        ("2023-01-01", "two_months", "2023-01..02"),
        ("2023-02-28", "two_months", "2023-01..02"),
        ("2023-12-01", "two_months", "2023-11..12"),
        ("2023-03-31", "quarter", "2023-Q1"),
        ("2023-04-01", "quarter", "2023-Q2"),
        ("2023-06-30", "half_year", "2023-H1"),
        ("2023-07-01", "half_year", "2023-H2"),
        ("2023-12-31", "year", "2023"),
    ],
)
def test_the_window_of_a_day(day: str, every: str, text: str) -> None:
    window = window_of(dt.date.fromisoformat(day), every)
    assert window.text == text
    assert window.start <= dt.date.fromisoformat(day) <= window.end


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        pytest.param({}, [1, 2, 3, 4, 5, 6], id="no window"),
        pytest.param({"from": "2023-02-28"}, [2, 3, 4, 5, 6], id="the period of the first day"),
        pytest.param({"from": "2023-03-01"}, [3, 4, 5, 6], id="and none before it"),
        pytest.param({"due": "2023-04-01"}, [1, 2, 3, 4], id="the period of the due day"),
        pytest.param({"due": "2023-03-31"}, [1, 2, 3], id="and none after it"),
        pytest.param({"due": "2023-03-31", "hold": True}, [1, 2, 3, 4, 5, 6], id="but with hold"),
    ],
)
def test_periods_that_touch_the_window(changes, kept) -> None:
    target = make_target(**{"kind": "standing", "due": None, "from": None, **changes})
    columns = Columns.of([value(f"2023-{m:02d}", 1, 1) for m in range(1, 7)])
    chosen = select_window(columns, target, (), NOBODY)
    assert [columns.periods[p].start.month for p in chosen.period] == kept


def test_who_judges_a_period_of_a_series() -> None:
    def kept(target, siblings) -> list[int]:
        columns = Columns.of([value(f"2023-{m:02d}", 1, 1) for m in range(1, 13)])
        chosen = select_window(columns, target, siblings, NOBODY)
        return [columns.periods[p].start.month for p in chosen.period]

    first = make_target(id="a", due="2023-04-15")
    second = make_target(id="b", due="2023-08-15", hold=True, **{"from": "2023-04-16"})
    third = make_target(id="c", kind="standing", due=None, **{"from": "2023-11-01"})
    series = [first, second, third]
    assert kept(first, series) == [1, 2, 3, 4]
    assert kept(second, series) == [5, 6, 7, 8, 9, 10]
    assert kept(third, series) == [11, 12]
    # an earlier window without an end has all that it touches
    endless = make_target(id="z", kind="standing", due=None)
    assert kept(second, [endless, second]) == []
    # a window of no known beginning claims nothing
    assert kept(second, [make_target(id="y", due=None, kind="standing", **{"from": None}), second]) == [
        4,
        *range(5, 13),
    ]


def test_what_a_gathered_window_holds() -> None:
    target = make_target(kind="cadence", value=3, unit="count", every="quarter", due=None)
    rows = [
        value("2023-01", 2, None, n=4, unit="a", batches=("x", "y")),
        value("2023-02", 1, None, n=5, unit="a", batches=("y", "z")),
        value("2023-03", None, None, n=None, unit="a", state="not_reported"),
        value("2023-01", 7, None, n=7, unit="b"),
    ]
    one, other = gather_windows(Columns.of(rows), target).values()
    # three events are enough, whatever March may tell
    assert (one.unit, one.period, one.state, one.numerator, one.denominator, one.n) == ("a", "2023-Q1", "ok", 3, 1, 9)
    assert one.batches == ("x", "y", "z")
    assert (one.open_denominator, other.open_denominator) == (None, 1)
    more = target.model_copy(update={"value": Decimal(4)})
    assert gather_windows(Columns.of(rows), more).values()[0].state == "not_reported"
    for comparator, state in ((">", "not_reported"), ("<=", "not_reported"), ("==", "not_reported"), (">=", "ok")):
        asked = target.model_copy(update={"comparator": comparator})
        assert gather_windows(Columns.of(rows), asked).values()[0].state == state, comparator


def test_a_first_window_may_begin_before_the_target() -> None:
    quarter = make_target(kind="cadence", value=3, unit="count", every="quarter", due=None, **{"from": "2023-02-10"})
    rows = [value(f"2023-{m:02d}", 1, None, n=1) for m in (2, 3)]
    assert run_rule(quarter, rows, as_of="2023-05-01", **COUNT)[0][:3] == ("2023-Q1", "missed", "too_few")
    rolling = quarter.model_copy(update={"window": "rolling"})
    # February and March are no three months yet: nothing is missing
    assert [row[1] for row in run_rule(rolling, rows, as_of="2023-05-01", **COUNT)] == ["not_due", "not_due"]
    # weeks do not roll by month
    weekly = make_target(kind="cadence", value=1, unit="count", every="week", due=None, window="rolling")
    assert run_rule(weekly, [value("2023-W02", 1, None, n=1)], **COUNT)[0][:2] == ("2023-W02", "met")


def last_year_sum(values, *, as_of: str = "2023-06-30", **changes):
    return judge_rows(make_target(**{**SUM, **changes}), values, as_of=as_of, wholes=frozenset("ab"), **COUNT)


def year_of(unit: str, numbers, year: int = 2022, **more):
    return [value(f"{year}-{m:02d}", n, None, n=1, unit=unit, **more) for m, n in enumerate(numbers, start=1)]


def test_each_unit_follows_its_own_last_year() -> None:
    now = [value("2023-03", 30, None, n=1, unit=unit) for unit in "ab"]
    rows = last_year_sum([*year_of("a", [10] * 12), *year_of("b", [0] * 9 + [40] * 3), *now])
    assert [(row.unit, row.time_share) for row in rows] == [("a", Decimal("0.25")), ("b", 0)]


@pytest.mark.parametrize(
    ("values", "changes", "is_followed"),
    [
        pytest.param(year_of("a", [10] * 12), {}, True, id="all of it is known"),
        pytest.param(year_of("a", [10] * 11), {}, False, id="December is not"),
        pytest.param(year_of("a", [10] * 12)[1:], {}, False, id="January is not"),
        pytest.param(year_of("a", [0] * 12), {}, False, id="nothing happened"),
        pytest.param(year_of("a", [10] * 11 + [None], state="not_reported"), {}, False, id="all silent"),
        pytest.param(year_of("b", [10] * 12), {}, False, id="another unit's"),
        pytest.param(year_of("a", [10] * 12, definition=7), {}, False, id="another definition"),
        pytest.param(year_of("a", [10] * 12, definition=1), {}, True, id="the present definition, by name"),
        pytest.param(year_of("a", [10] * 12, year=2021), {}, False, id="the year before"),
        pytest.param(year_of("a", [10] * 12), {"due": "2024-01-01"}, False, id="a window of more than a year"),
        pytest.param(year_of("a", [10] * 12), {"due": "2023-11-30"}, True, id="a window of less"),
        pytest.param([value("2022", 120, None, n=1, unit="a")], {}, False, id="another grain"),
    ],
)
def test_when_last_year_can_be_followed(values, changes, is_followed: bool) -> None:
    row = last_year_sum([*values, value("2023-03", 30, None, n=1, unit="a")], as_of="2023-03-31", **changes)[-1]
    assert ("pace" not in row.marks) == is_followed
    # 61 of 249 working days, or three of last year's twelve (eleven) months
    if is_followed:
        assert row.time_share == (Decimal("0.25") if not changes else Decimal("0.272727"))
    elif not changes:
        assert row.time_share == Decimal("0.24498")


def test_a_leap_day_has_a_year_before() -> None:
    window = {"from": "2024-02-29", "due": "2024-12-31"}
    before = [value(f"2023-{m:02d}", 1, None, n=1, unit="a") for m in range(2, 13)]
    now = [value("2024-02", 1, None, n=1, unit="a")]
    row = last_year_sum([*before, *now], as_of="2024-02-29", **window)[-1]
    assert row.time_share == Decimal("0.090909")  # one of eleven months


@pytest.mark.parametrize(
    ("before", "share"),
    [
        pytest.param({"2021-12": 40, "2022-06": 45, "2022-12": 60}, "0.25", id="5 of 20 points"),
        pytest.param({"2021-11": 30, "2021-12": 40, "2022-06": 45, "2022-12": 60}, "0.25", id="the last before counts"),
        pytest.param({"2021-12": 40, "2022-05": 45, "2022-12": 60}, None, id="not the same month"),
        pytest.param({"2022-01": 40, "2022-06": 45, "2022-12": 60}, None, id="no value before the window"),
        pytest.param({"2021-12": 40, "2022-06": 45, "2022-11": 60}, None, id="no value at its end"),
        pytest.param({"2021-12": 40, "2022-06": 45, "2022-12": 40}, None, id="it did not move"),
        pytest.param({"2021": 40, "2022-06": 45, "2022-12": 60}, None, id="of another grain"),
    ],
)
def test_last_years_way_of_a_level(before, share: str | None) -> None:
    values = [value(period, rate, 100) for period, rate in before.items()]
    row = judge_rows(make_target(**LEVEL), [*values, value("2023-06", 75, 100)], base=70, as_of="2023-06-30")[-1]
    assert (row.time_share == Decimal(share)) if share else (row.marks["pace"] == "linear")


def test_an_empty_month_is_no_level() -> None:
    values = [value("2021-12", 40, 100), value("2022-06", 0, 0, n=0), value("2022-12", 60, 100)]
    row = judge_rows(make_target(**LEVEL), [*values, value("2023-06", 75, 100)], base=70, as_of="2023-06-30")[-1]
    assert row.marks["pace"] == "linear"


def test_steps_of_ways_that_begin_apart() -> None:
    steps = [{"at": "2023-06-30", "value": 92}]
    values = [value("2023-06", 92, 100, unit=unit) for unit in "abc"]
    target = make_target(path={"form": "steps", "steps": steps})
    rows = judge_rows(target, values, bases={"a": 80, "b": 88, "c": 96}, as_of="2023-06-30")
    # to 96: three quarters from 80, half from 88, no way from 96, which is lost
    assert [(row.time_share, row.progress) for row in rows] == [
        (Decimal("0.75"), Decimal("0.75")),
        (Decimal("0.5"), Decimal("0.5")),
        (0, None),
    ]
    assert [row.projected for row in rows] == [96, 96, None]
    assert [row.reason for row in rows] == ["on_path", "on_path", "behind_path"]


def test_grades_have_words() -> None:
    target = make_target(kind="rank", indicator=None, unit="grade", grade="优异", scale="s", value=3, due=None)
    values = [value(str(2018 + i), place, 1) for i, place in enumerate((1, 2, 3))]
    silent = value("2022", None, None, n=None, state="manual_pending")
    rows = judge_rows(make_target(**{**target.model_dump(by_alias=True), "from": None}), [*values, silent])
    assert [row.marks for row in rows] == [
        {"grade": "一般", "grade_wanted": "优异"},
        {"grade": "良好", "grade_wanted": "优异"},
        {"grade": "优异", "grade_wanted": "优异"},
        {"grade_wanted": "优异"},
    ]
    place = make_target(kind="rank", indicator=None, unit="rank", comparator="<=", value=3, due=None)
    assert judge_rows(place, [value("2023", 1, 1)])[0].marks == {}


def test_units_are_held_apart() -> None:
    weeks = [("a", "W01", 97), ("a", "W02", 90), ("b", "W01", 90), ("b", "W02", 97), ("b", "W03", 97)]
    values = [value(f"2023-{week}", rate, 100, unit=unit) for unit, week, rate in weeks]
    rows = judge_rows(make_target(kind="standing", due=None), values)
    assert [row.light for row in rows] == ["green", "green", "red", "red", "green"]


def test_milestones_of_several_units() -> None:
    target = make_target(kind="milestone", indicator=None, unit="count", value=None, due="2023-06-30")
    values = [
        value("2023-06", 1, 1, unit="a"),
        value("2023-06", 0, 1, unit="b", open_numerator=Decimal(1), open_denominator=Decimal(1)),
        value("2023-06", 0, 1, unit="c", state="manual_pending"),
        value("2023-06", None, None, unit="d", state="failed_check"),
    ]
    assert [row[2] for row in run_rule(target, values)] == ["confirmed", "late", "no_evidence", "failed_check"]
    early = [row[2] for row in run_rule(target, values, as_of="2023-06-30")]
    assert early == ["confirmed", "before_due", "before_due", "failed_check"]
    assert all(row.value is None for row in judge_rows(target, values))


def test_who_owes_a_rank_at_its_due_day() -> None:
    target = make_target(kind="rank", indicator=None, unit="rank", comparator="<=", value=3, due="2023-12-31")
    values = [value("2023-Q3", 2, 1, unit="a"), value("2023-Q3", 2, 1, unit="b"), value("2023-Q4", 2, 1, unit="b")]
    owed = [("a", "2023-Q3", "satisfied"), ("a", "2023-Q4", "manual_pending"), ("b", "2023-Q3", "satisfied")]
    rows = judge_rows(target, values, as_of="2023-12-31")
    assert [(row.unit, row.period, row.reason) for row in rows] == [*owed, ("b", "2023-Q4", "satisfied")]
    assert len(judge_rows(target, values, as_of="2023-12-30")) == 3
    (first, last) = judge_rows(target, [value("2023-W30", 2, 1, n=None)], as_of="2024-01-01")
    assert (last.unit, last.period, first.n) == ("self", "2023-12", None)
