"""The key's rules on numbers small enough to work out by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest

from examples.answers.answer import Answer, to_rows
from examples.answers.facts import FACTS, Fact, Stay
from examples.answers.goals import GOALS, Goal
from examples.answers.judge import Moment, carry_lights, judge_period
from examples.answers.readings import Parts, Reading, add_open_stays, add_up
from examples.periods import Period, list_months, list_quarters

YEAR_END = dt.date(2023, 12, 31)
GOAL: dict[str, Goal] = {goal.id: goal for goal in GOALS}


def find_period(label: str) -> Period:
    return next(p for p in (*list_months(12), *list_quarters(12)) if p.label == label)


def parts(numerator: float | Fraction, denominator: int, **beside: int) -> Parts:
    return Parts(Fraction(str(numerator)), denominator, **beside)


def judge(goal: Goal, label: str, *history: Reading, as_of: dt.date = YEAR_END) -> Answer:
    return judge_period(goal, "self", history, Moment(find_period(label), as_of))


# Half-year: 123 of 249 working days. Exactly a tenth behind is not behind: 90 + 6 x (123/249 - 1/10).
EDGE = 90 + 6 * (Fraction(123, 249) - Fraction(1, 10))


@pytest.mark.parametrize(
    ("goal", "period", "reading", "verdict"),
    [
        ("online-items", "2023-06", parts(EDGE, 100), "met/on_path"),
        ("online-items", "2023-06", parts(EDGE - Fraction(1, 10**9), 100), "at_risk/behind_path"),
        ("online-items", "2023-06", parts(96, 100), "met/satisfied"),
        ("online-items", "2023-12", parts(95995, 100_000), "missed/not_reached"),  # 95.995 % is not 96 %
        ("online-items", "2023-12", parts(96, 100), "met/satisfied"),
        # t = 62/249 after the first quarter; 83.5 of 85 -> 70 is a tenth of the way, 14.9 points behind
        ("tax-hours", "2023-Q1", parts(835, 10), "at_risk/behind_path"),
        ("tax-hours", "2023-Q1", parts(820, 10), "met/on_path"),
        ("tax-hours", "2023-Q4", parts(701, 10), "missed/not_reached"),
        ("startup-half-day-rate", "2023-03", parts(94, 100), "not_due/before_due"),
        ("startup-time", "2023-03", parts(50, 100), "met/satisfied"),
        # t = 38/249: 6.3 of 41 expected by the end of February, 3.1 of 20
        ("industrial-projects", "2023-02", parts(2, 2), "at_risk/behind_path"),
        ("industrial-projects", "2023-02", parts(3, 3), "met/on_path"),
        ("industrial-projects", "2023-12", parts(40, 40), "missed/strive"),
        ("key-industrial-projects", "2023-11", parts(20, 20), "met/satisfied"),
        ("complaint-hard", "2023-04", parts(2, 3), "missed/late_cases"),
        ("complaint-hard", "2023-04", parts(1, 1), "met/satisfied"),  # one case is enough
        ("complaint-hard", "2023-04", parts(0, 0), "no_data/no_cases"),
        ("export-refund-days", "2023-04", parts(16, 5), "missed/over_limit"),
        ("export-refund-days", "2023-04", parts(15, 5), "met/satisfied"),
        # 2 days on average, but (10 + 20) / (5 + 3) = 3.75 with the open ones
        ("export-refund-days", "2023-04", parts(10, 5, open_sum=20, open_count=3), "at_risk/open_cases"),
        ("online-items", "2023-04", "parts_missing", "no_data/parts_missing"),
    ],
)
def test_status_and_reason_of_one_period(goal: str, period: str, reading: Reading, verdict: str) -> None:
    answer = judge(GOAL[goal], period, reading)
    assert f"{answer.status}/{answer.reason}" == verdict


def test_count_that_lags_by_less_than_one_is_not_behind() -> None:
    few = replace(GOAL["industrial-projects"], limit=Fraction(3))
    # 38/249 of the time is more than a tenth ahead of nothing, but only 0.46 of a project is expected
    assert judge(few, "2023-02", parts(0, 0)).reason == "on_path"


def test_the_day_before_the_due_day_misses_nothing_yet() -> None:
    before = judge(GOAL["online-items"], "2023-12", parts(95, 100), as_of=dt.date(2023, 12, 30))
    # all 249 working days are gone, five sixths of the way are made
    assert (before.status, before.reason) == ("at_risk", "behind_path")


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([parts(4, 5)], (80, 5, None)),
        ([parts(3, 3), parts(0, 0), parts(2, 3)], (Fraction(500, 6), 6, 3)),
        ([parts(9, 9), parts(3, 3), parts(2, 3)], (Fraction(500, 6), 6, 2)),  # the shortest run
        ([parts(9, 9), "not_reported", parts(2, 3)], None),  # silence breaks the run
        ([parts(9, 9), *[parts(0, 0)] * 11, parts(2, 3)], None),  # thirteen periods are too many
        ([parts(9, 9), *[parts(0, 0)] * 10, parts(2, 3)], (Fraction(1100, 12), 12, 12)),
    ],
)
def test_small_numbers_are_pooled(history: list[Reading], expected: tuple[object, ...] | None) -> None:
    answer = judge(GOAL["service-satisfaction"], "2023-11", *history)
    if expected is None:
        assert (answer.reason, answer.value, answer.n) == ("sample_too_small", None, 3)
    else:
        assert (answer.value, answer.n, answer.pooled) == expected


def test_district_is_sum_over_sum_and_nothing_with_a_part_missing() -> None:
    assert add_up([parts(1, 2), parts(8, 8)]) == parts(9, 10)
    assert add_up([parts(1, 2), "failed_check"]) == "parts_missing"


def test_open_cases_have_their_age_at_the_end_of_the_period() -> None:
    stays = [
        Stay(dt.date(2023, 4, 27), None),  # 28 April
        Stay(dt.date(2023, 4, 20), dt.date(2023, 5, 4)),  # 21, 23 (made up), 24-28: seven days
        Stay(dt.date(2023, 4, 20), dt.date(2023, 4, 30)),  # ended on that day
        Stay(dt.date(2023, 5, 1), None),  # not yet there
    ]
    assert add_open_stays(parts(0, 0), stays, dt.date(2023, 4, 30)) == parts(0, 0, open_sum=8, open_count=2)


def make_answer(period: str, status: str, light: str) -> Answer:
    return Answer("t", "self", period, status, "r", light)


def test_red_and_yellow_outlive_silence_and_green_does_not() -> None:
    told = [
        make_answer("01", "no_data", "grey"),
        make_answer("02", "missed", "red"),
        make_answer("03", "no_data", "grey"),
        make_answer("04", "no_data", "grey"),
        make_answer("05", "not_due", "neutral"),
        make_answer("06", "no_data", "grey"),
        make_answer("07", "missed", "yellow"),
        make_answer("08", "no_data", "grey"),
        make_answer("09", "met", "green"),
        make_answer("10", "no_data", "grey"),
    ]
    lights = [(a.light, a.carried_from) for a in carry_lights(told)]
    assert lights == [
        *[("grey", None), ("red", None), ("red", "02"), ("red", "02"), ("neutral", None)],
        *[("grey", None), ("yellow", None), ("yellow", "07"), ("green", None), ("grey", None)],
    ]


def make_deposit(principal: int | None, interest: int | None, *, candidate: str = "否") -> dict[str, object]:
    return {
        "是否中标候选人": candidate,
        "中标公示发出日期": dt.date(2023, 4, 28),  # five working days later: 9 May
        "本金退付日期": principal and dt.date(2023, 5, principal),
        "利息退付日期": interest and dt.date(2023, 5, interest),
    }


@pytest.mark.parametrize(
    ("case", "as_of", "expected"),
    [
        (make_deposit(8, 9), 31, [(9, 1)]),
        (make_deposit(8, 10), 31, [(9, 0)]),  # the interest is part of the promise
        (make_deposit(8, None), 8, []),  # not yet decided
        (make_deposit(8, None), 9, [(9, 0)]),  # the end of its last day decides
        (make_deposit(20, 20, candidate="是"), 31, []),
    ],
)
def test_deposit_is_returned_with_its_interest(
    case: dict[str, object], as_of: int, expected: list[tuple[int, int]]
) -> None:
    facts = FACTS["bid-deposit-refund"](case, as_of=dt.date(2023, 5, as_of))
    assert facts == [Fact("", dt.date(2023, 5, day), Fraction(amount)) for day, amount in expected]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("03-31 16:00:07", "04-03 11:00:07", ("04-03", 1)),  # the very last instant, in April
        ("03-31 16:00:07", "04-03 11:00:08", ("04-03", 0)),
        ("03-31 09:00:05", "04-03 09:30:00", ("03-31", 0)),  # late in March, where its deadline lay
        ("03-31 09:00:05", None, ("03-31", 0)),
    ],
)
def test_startup_counts_at_its_end_or_at_its_deadline(start: str, end: str | None, expected: tuple[str, int]) -> None:
    case = {
        "受理单位": "招贤镇",
        "受理时间": dt.datetime.fromisoformat(f"2023-{start}"),
        "办结时间": end and dt.datetime.fromisoformat(f"2023-{end}"),
    }
    (fact,) = FACTS["startup-half-day-rate"](case, as_of=YEAR_END)
    assert (f"{fact.day:%m-%d}", fact.amount) == expected


def test_rows_for_json_are_exact_text() -> None:
    answer = judge(GOAL["service-satisfaction"], "2023-11", parts(5, 8))
    (row,) = to_rows([answer])
    assert (row["value"], row["numerator"], row["denominator"], row["carried_from"]) == ("125/2", "5", 8, None)
