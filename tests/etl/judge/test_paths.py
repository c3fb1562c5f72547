"""Ways to a target: where last year stood to the day, whose sums they are, and how much a lag may be."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from etl.judge.case import Case, Gauge
from etl.judge.frame import Columns
from etl.judge.last_year import last_year_shares
from etl.judge.path import time_share
from tests.etl.judge.hand import CALENDAR, judge_rows, make_target, run_rule, value

JUNE = "2023-06-30"
COUNT = {"form": "count", "unit": "count"}
SUM = {"kind": "cumulative", "value": 100, "unit": "count"}
LIKE_LAST_YEAR = {"path": {"form": "last_year"}}


def months(year: int, numbers, **more):
    return [value(f"{year}-{m:02d}", number, None, n=1, **more) for m, number in enumerate(numbers, start=1)]


def last_sum(values, as_of: str, **changes):
    return judge_rows(make_target(**{**SUM, **LIKE_LAST_YEAR, **changes}), values, as_of=as_of, **COUNT)[-1]


def test_sums_of_several_units_do_not_mix() -> None:
    values = [value(f"2023-0{m}", m, None, n=m * 10, unit=unit) for unit in "ab" for m in (1, 2, 3)]
    rows = judge_rows(make_target(**SUM), values, as_of="2023-03-31", wholes=frozenset("ab"), **COUNT)
    # 1, 1 + 2, 1 + 2 + 3
    assert [(row.unit, row.value, row.n) for row in rows] == [
        *(("a", 1, 10), ("a", 3, 30), ("a", 6, 60)),
        *(("b", 1, 10), ("b", 3, 30), ("b", 6, 60)),
    ]


def test_one_event_last_year_is_a_way() -> None:
    row = last_sum([*months(2022, [0, 0, 1] + [0] * 9), *months(2023, [0, 0, 0, 1])], "2023-04-30")
    assert (row.time_share, row.marks) == (1, {})


def test_a_way_may_end_on_the_first_day_of_a_month() -> None:
    row = last_sum([*months(2022, [10] * 6), *months(2023, [10] * 3)], "2023-03-31", due="2023-06-01")
    assert (row.time_share, row.marks) == (Decimal("0.5"), {})


@pytest.mark.parametrize("due", ["2024-01-01", "2024-12-31"])
def test_a_window_of_more_than_a_year_follows_no_year(due: str) -> None:
    row = last_sum([*months(2022, [10] * 12), *months(2023, [10] * 12)], "2023-12-31", due=due)
    assert row.marks == {"pace": "linear"}


def test_of_a_month_to_come_nothing_is_over() -> None:
    row = last_sum([*months(2022, [10] * 12), *months(2023, [10] * 3)], "2023-02-15")
    assert (row.period, row.time_share) == ("2023-03", Decimal("0.166667"))  # January and February of twelve
    begun = last_sum([*months(2022, [10] * 12), *months(2023, [10] * 3)], "2023-03-01")
    assert begun.time_share == Decimal("0.169355")  # (20 + 10 / 31) / 120


def test_levels_before_and_at_the_end_of_a_window() -> None:
    def level(before, **window):
        values = [value(period, rate, 100) for period, rate in before.items()]
        target = make_target(value=90, **LIKE_LAST_YEAR, **window)
        return judge_rows(target, [*values, value("2023-06", 75, 100)], base=70, as_of=JUNE)[-1]

    # January ends on the first day of the window and is no value from before it: (45 - 40) / (60 - 40)
    row = level({"2021-12": 40, "2022-01": 50, "2022-06": 45, "2022-12": 60}, **{"from": "2023-01-31"})
    assert row.time_share == Decimal("0.25")
    row = level({"2021-12": 40, "2022-06": 45, "2022-12": 60}, due="2023-12-01")
    assert (row.time_share, row.marks) == (Decimal("0.25"), {})
    # last year went down by 20 points, 5 of them by June
    row = level({"2021-12": 60, "2022-06": 55, "2022-12": 40})
    assert row.time_share == Decimal("0.25")


def test_last_year_needs_no_calendar() -> None:
    window = {"from": "2033-01-01", "due": "2033-12-31"}
    row = last_sum([*months(2032, [10] * 12), *months(2033, [10] * 3)], "2033-03-31", **window)
    assert (row.reason, row.time_share, row.progress, row.marks) == ("on_path", Decimal("0.25"), Decimal("0.3"), {})
    row = last_sum(months(2033, [10] * 3), "2033-03-31", **window)
    assert (row.status, row.reason, row.time_share) == ("no_data", "calendar_not_published", None)


def test_without_a_history_nothing_is_followed() -> None:
    columns = Columns.of(months(2023, [10] * 3))
    standing, day = make_target(kind="standing", due=None), dt.date(2023, 3, 31)
    for target, history in ((make_target(**SUM), None), (standing, columns)):
        case = Case(target, Gauge(), CALENDAR, day, {}, history)
        assert last_year_shares(case, columns)[1].tolist() == [False, False, False]


def test_a_linear_way_does_not_look_back() -> None:
    row = last_sum([*months(2022, [10] * 12), *months(2023, [10] * 3)], "2023-03-31", path={"form": "linear"})
    assert (row.time_share, row.marks) == (Decimal("0.24498"), {})  # 61 of 249 working days


def test_marks_of_a_way() -> None:
    (row,) = judge_rows(make_target(), [value("2023-06", 90, 100)], base=80, as_of=JUNE)
    assert (row.marks, row.time_share) == ({}, Decimal("0.493976"))  # 123 of 249 working days
    values = [value("2023-05", 90, 100), value("2023-06", None, None, n=None, state="not_reported")]
    rows = judge_rows(make_target(), values, base=80, base_version=1, version=2, as_of=JUNE)
    assert [row.marks for row in rows] == [{"definition_changed": True}, {}]


@pytest.mark.parametrize(
    ("start", "due", "day", "share"),
    [
        pytest.param("2023-03-06", "2023-03-10", "2023-03-05", Decimal(0), id="the day before"),
        pytest.param("2023-03-06", "2023-03-10", "2023-01-01", Decimal(0), id="long before"),
        pytest.param("2023-03-06", "2023-03-10", "2023-03-06", Decimal("0.2"), id="the first of five days"),
        pytest.param("2023-03-06", "2023-03-10", "2023-03-10", Decimal(1), id="the last of them"),
        pytest.param("2023-03-06", "2023-03-10", "2023-04-10", Decimal(1), id="long after"),
        pytest.param("2023-03-04", "2023-03-05", "2023-03-04", Decimal(1), id="a weekend has no working day"),
    ],
)
def test_the_share_of_the_time(start: str, due: str, day: str, share: Decimal) -> None:
    days = (dt.date.fromisoformat(text) for text in (start, due, day))
    assert time_share(CALENDAR, *days) == share


# the five working days of a week: at the end of 8 March three fifths are gone
WEEK = {"from": "2023-03-06", "due": "2023-03-10"}


@pytest.mark.parametrize(
    ("changes", "base", "number", "reason"),
    [
        # 0 -> 50 per cent: 30 should be there, five points (a tenth of the way) are tolerated
        pytest.param({"value": 50}, 0, 25, "on_path", id="a tenth behind is tolerated"),
        pytest.param({"value": 50}, 0, "24.9", "behind_path", id="more is not"),
        pytest.param({"value": 50, "path": {"form": "linear", "tolerance": 5}}, 0, "27.4", "behind_path", id="or less"),
        pytest.param({"value": 50, "path": {"form": "linear", "tolerance": 5}}, 0, "27.5", "on_path", id="on the dot"),
        # 0 -> 5 per cent: 3 should be there; a rate is behind without lacking a whole point
        pytest.param({"value": 5}, 0, "2.4", "behind_path", id="less than a point behind"),
        # 50 -> 10 per cent: 26 should be there
        pytest.param({"value": 10, "comparator": "<="}, 50, 30, "on_path", id="falling, a tenth behind"),
        pytest.param({"value": 10, "comparator": "<="}, 50, "30.1", "behind_path", id="falling, more"),
    ],
)
def test_how_far_a_level_may_lag(changes, base: int, number, reason: str) -> None:
    target = make_target(**WEEK, **changes)
    assert run_rule(target, [value("2023-03", number, 100)], base=base, as_of="2023-03-08")[0][2] == reason


@pytest.mark.parametrize(
    ("changes", "number", "reason"),
    [
        # 3 of 5 should be there: 2 is a fifth behind and a whole one
        pytest.param({"value": 5}, 2, "behind_path", id="a whole one behind"),
        pytest.param({"value": 5}, "2.1", "on_path", id="not a whole one"),
        pytest.param({"value": 5, "comparator": "<="}, 4, "over_pace", id="a whole one too many"),
        pytest.param({"value": 5, "comparator": "<="}, "3.9", "on_path", id="less than one too many"),
        # 30 of 50: a tenth of the way is five
        pytest.param({"value": 50, "comparator": "<="}, 35, "on_path", id="a tenth too many is tolerated"),
        pytest.param({"value": 50, "comparator": "<="}, 36, "over_pace", id="more is not"),
        pytest.param({"value": 50, "comparator": "<="}, 10, "on_path", id="under a ceiling little is good"),
        pytest.param({"value": 50}, 25, "on_path", id="a tenth too few is tolerated"),
        pytest.param({"value": 50}, 24, "behind_path", id="fewer are not"),
    ],
)
def test_how_far_a_sum_may_lag(changes, number, reason: str) -> None:
    target = make_target(**{**SUM, **WEEK, **changes})
    assert run_rule(target, [value("2023-03", number)], as_of="2023-03-08", **COUNT)[0][2] == reason


def test_where_a_value_will_end() -> None:
    # 80 -> 96: at 92 three quarters are done in 123 of 249 days, which goes on to 80 + 12 * 249 / 123
    (row,) = judge_rows(make_target(), [value("2023-06", 92, 100)], base=80, as_of=JUNE)
    assert (row.progress, row.projected) == (Decimal("0.75"), Decimal("104.292683"))
    # no day of the way is gone: no end can be told
    (row,) = judge_rows(make_target(**{"from": "2023-07-01"}), [value("2023-07", 92, 100)], base=80, as_of=JUNE)
    assert (row.time_share, row.projected) == (0, None)


def test_what_was_reached_at_the_start_is_no_progress() -> None:
    # 98 at the start and 97 now are both above 96: the formula would call it half of the way
    (row,) = judge_rows(make_target(), [value("2023-06", 97, 100)], base=98, as_of=JUNE)
    assert (row.status, row.progress, row.projected) == ("met", None, Decimal("95.97561"))
    # of two units each has its own start; no calendar is needed to see that something is lost
    values = [value("2023-06", 90, 100, unit=unit) for unit in "ab"]
    rows = judge_rows(make_target(due="2099-12-31"), values, bases={"a": 98, "b": 80}, as_of=JUNE)
    assert [(row.status, row.reason) for row in rows] == [
        *(("at_risk", "behind_path"), ("no_data", "calendar_not_published")),
    ]


def test_who_has_a_way() -> None:
    target = make_target(due=JUNE, hold=True)
    values = [value(period, 90, 100, unit=unit) for unit in "ab" for period in ("2023-05", "2023-07")]
    rows = judge_rows(target, values, bases={"a": 80}, as_of="2023-07-31")
    # b has no baseline, and after the due day there is no way to be on: 102 of 123 working days
    assert [(row.time_share, row.progress, row.projected is None) for row in rows] == [
        *((Decimal("0.829268"), Decimal("0.625"), False), (None, None, True)),
        *((None, None, True), (None, None, True)),
    ]
    # the first day is not known
    (row,) = judge_rows(make_target(**{"from": None}), [value("2023-05", 90, 100)], base=80, as_of="2023-05-31")
    assert (row.reason, row.time_share) == ("before_due", None)


@pytest.mark.parametrize("due", ["2023-12-01", "2023-12-15", "2023-12-31"])
def test_the_month_of_the_due_day_decides(due: str) -> None:
    (row,) = judge_rows(make_target(due=due), [value("2023-12", 95, 100)], base=80, as_of="2023-12-31")
    assert (row.status, row.reason) == ("missed", "not_reached")
