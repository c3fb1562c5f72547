"""Marks beside the light, carried and held lights, pooling, series, windows: worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.etl.judge.hand import judge_rows, make_target, run_rule, value

STANDING = {"kind": "standing", "due": None}
COUNT = {"form": "count", "unit": "count"}


def months(*rates: float, denominator: int = 100, year: int = 2023):
    return [
        value(f"{year + i // 12}-{i % 12 + 1:02d}", Decimal(str(rate)), denominator) for i, rate in enumerate(rates)
    ]


def marks_of(rates, *, goal: float = 90, comparator: str = ">=", **indicator):
    target = make_target(**STANDING, value=goal, comparator=comparator)
    return [row.marks for row in judge_rows(target, months(*rates), as_of="2025-12-31", **indicator)]


# twelve points between 50 and 52 around 51: mean moving range 2, limits 51 -+ 5.32
WAVE = [50, 52] * 6


def test_marks_begin_with_the_twelfth_point() -> None:
    marks = marks_of(WAVE, goal=10)
    assert [("variation" in m, "assurance" in m) for m in marks] == [(False, False)] * 11 + [(True, True)]


@pytest.mark.parametrize(
    ("goal", "comparator", "assurance"),
    [
        pytest.param(45.68, ">=", "consistently_meets", id="the lower limit is the goal"),
        pytest.param(45.69, ">=", "hit_and_miss", id="a hundredth above it"),
        pytest.param(56.32, ">=", "hit_and_miss", id="the upper limit is the goal"),
        pytest.param(56.33, ">=", "consistently_misses", id="the goal is out of reach"),
        pytest.param(45.68, ">", "hit_and_miss", id="more than the lower limit"),
        pytest.param(56.32, ">", "consistently_misses", id="never more than the upper limit"),
        pytest.param(56.32, "<=", "consistently_meets", id="a ceiling at the upper limit"),
        pytest.param(56.31, "<=", "hit_and_miss", id="a ceiling below it"),
        pytest.param(45.67, "<=", "consistently_misses", id="a ceiling below both limits"),
        pytest.param(51, "==", "hit_and_miss", id="exactly 51 now and then"),
        pytest.param(60, "==", "consistently_misses", id="exactly 60 never"),
    ],
)
def test_whether_the_process_can_meet_its_target(goal: float, comparator: str, assurance: str) -> None:
    # the mean of WAVE is 51, its mean moving range 2: limits 51 -+ 2.66 * 2
    assert marks_of(WAVE, goal=goal, comparator=comparator)[-1]["assurance"] == assurance


def test_limits_of_rates_are_clipped() -> None:
    # 97..99 around 98, limits 92.68 and 103.32: no rate is above 100, so more than 100 is out of reach
    assert marks_of([97, 99] * 6, goal=100, comparator=">")[-1]["assurance"] == "consistently_misses"
    # of a mean 103.32 can be reached
    hours = {"form": "case_mean", "unit": "hour", "direction": "lower_is_better"}
    target = make_target(**STANDING, value=100, comparator=">", unit="hour")
    rows = judge_rows(target, months(*[9700, 9900] * 6), as_of="2025-12-31", **hours)
    assert rows[-1].marks["assurance"] == "hit_and_miss"
    # all at 100 %: the limits meet there, and 100 is always met
    assert marks_of([100] * 12, goal=100)[-1]["assurance"] == "consistently_meets"


@pytest.mark.parametrize(
    ("rates", "comparator", "variation"),
    [
        pytest.param(WAVE, ">=", "common_cause", id="it only waves"),
        # 13 points: mean 53.38, mean moving range 52 / 12: upper limit 64.91
        pytest.param([*WAVE, 82], ">=", "improvement", id="far above is good where more is better"),
        pytest.param([*WAVE, 82], "<=", "deterioration", id="and bad where less is better"),
        pytest.param([*WAVE, 20], ">=", "deterioration", id="far below"),
        # 14 points: sum 723, mean 51.6; the last seven lie above it, the seven before it do not
        pytest.param([40, 60] * 3 + [40] + [53, 57] * 3 + [53], ">=", "improvement", id="seven above the mean"),
        # sum 730, mean 52.1; the seventh from the end is 40
        pytest.param([60, 40] * 4 + [53, 57] * 3, ">=", "common_cause", id="six above the mean"),
        pytest.param([*[50, 54] * 5, 50, 51, 52, 53, 54], "<=", "common_cause", id="five rising"),
        pytest.param([*[50, 54] * 5, 49, 50, 51, 52, 53, 54], "<=", "deterioration", id="six rising"),
        pytest.param([*[50, 54] * 5, 55, 54, 53, 52, 51, 50], "<=", "improvement", id="six falling"),
    ],
)
def test_whether_a_change_is_real(rates, comparator: str, variation: str) -> None:
    assert marks_of(rates, goal=1, comparator=comparator)[-1]["variation"] == variation


def test_two_of_three_near_the_limit() -> None:
    # 14 points: sum 734, mean 52.43; ranges 11 * 2 + 6 + 0 = 28, mean 2.154; two thirds of the way 56.25
    assert marks_of([*WAVE, 58, 58], goal=1)[-1]["variation"] == "improvement"
    # one of three is near: 58, then 51
    assert marks_of([*WAVE, 58, 51], goal=1)[-1]["variation"] == "common_cause"
    # this point itself has to be one of the two
    assert marks_of([*WAVE, 58, 58, 51], goal=1)[-1]["variation"] == "common_cause"


def test_a_value_that_is_only_a_percentage_may_be_rounded() -> None:
    target = make_target(**STANDING)
    for shown, marked in ((96, True), (95.95, True), (95.9, False), (96.05, True), (96.1, False)):
        (row,) = judge_rows(target, [value("2023-03", shown, 100, n=None)])
        assert ("rounding" in row.marks, row.n) == (marked, None), shown
    assert "rounding" not in judge_rows(target, [value("2023-03", 96, 100)])[0].marks  # the parts are known


def test_strive_held_and_carried_lights() -> None:
    weeks = [("W01", 97), ("W02", 90), ("W03", 97), ("W04", 90), ("W05", None), ("W06", 90), ("W07", 97)]
    values = [
        value(f"2023-{w}", rate, 100) if rate else value(f"2023-{w}", None, None, n=None, state="not_reported")
        for w, rate in weeks
    ]
    rows = judge_rows(make_target(**STANDING), values)
    assert [row.status for row in rows] == ["met", "missed", "met", "missed", "no_data", "missed", "met"]
    # a week alone changes nothing; silence neither advances nor resets: W04 and W06 together do
    assert [row.light for row in rows] == ["green", "green", "green", "green", "grey", "red", "red"]
    assert [row.marks.get("held") for row in rows] == [None, "red", None, "red", None, None, "green"]
    assert rows[1].sentence.endswith("灯暂不改变。")


@pytest.mark.parametrize(
    ("changes", "period", "indicator"),
    [
        pytest.param(STANDING, "2023-{:02d}", {}, id="months do not flicker"),
        pytest.param({}, "2023-W{:02d}", {}, id="a deadline is never held"),
        pytest.param({**STANDING, "unit": "hour"}, "2023-W{:02d}", {"unit": "hour", "factor": 100}, id="no rate"),
    ],
)
def test_what_is_never_held(changes, period: str, indicator) -> None:
    values = [value(period.format(i), rate, 100) for i, rate in enumerate((97, 90, 97), start=1)]
    rows = run_rule(make_target(**{"due": "2023-01-01", "hold": True, **changes}), values, **indicator)
    assert [row[3] for row in rows] == ["green", "red", "green"]


def test_an_open_window_does_not_hide_the_one_before() -> None:
    target = make_target(kind="cadence", indicator=None, value=1, unit="count", every="month", due=None)
    rows = run_rule(
        target, [value("2023-01", 0, 1), value("2023-02", 0, 1), value("2023-03", 1, 1)], as_of="2023-02-10"
    )
    assert [row[1:] for row in rows] == [
        ("missed", "too_few", "red", None),
        ("not_due", "before_due", "red", "2023-01"),
        ("met", "satisfied", "green", None),
    ]


def test_the_windows_of_a_counted_cadence() -> None:
    target = make_target(kind="cadence", value=2, unit="count", every="quarter", due=None, comparator=">=")
    values = [value(f"2023-{m:02d}", n, None, n=n) for m, n in ((1, 1), (2, 0), (3, 1), (4, 1), (5, 0))]
    # quarter 1: two events; quarter 2: one so far, June is not told yet, so that it can still be made up
    assert [row[:3] for row in run_rule(target, values, as_of="2023-07-05", **COUNT)] == [
        ("2023-Q1", "met", "satisfied"),
        ("2023-Q2", "not_due", "before_due"),
    ]
    full = [*values, value("2023-06", 0, None, n=0)]
    assert run_rule(target, full, as_of="2023-07-05", **COUNT)[-1][:3] == ("2023-Q2", "missed", "too_few")
    silent = [*values, value("2023-06", None, None, n=None, state="not_reported")]
    assert run_rule(target, silent, as_of="2023-07-05", **COUNT)[-1][:3] == ("2023-Q2", "no_data", "not_reported")
    # a gap of two months is no gap of quarters, but rolling windows of three months see one of three
    rolling = make_target(
        **{"kind": "cadence", "value": 1, "unit": "count", "every": "two_months", "due": None}, window="rolling"
    )
    values = [value(f"2023-{m:02d}", n, None, n=n) for m, n in ((1, 1), (2, 0), (3, 0), (4, 1))]
    assert [row[:3] for row in run_rule(rolling, values, as_of="2023-07-05", **COUNT)] == [
        ("2023-01", "met", "satisfied"),
        ("2023-02", "met", "satisfied"),
        ("2023-03", "missed", "too_few"),
        ("2023-04", "met", "satisfied"),
    ]


def test_a_series_has_one_judge_for_each_period() -> None:
    first = make_target(id="a", series="s", value=80, due="2023-06-15", hold=True)
    second = make_target(id="b", series="s", value=90, **{"from": "2023-06-16"})
    values = [value(f"2023-{m:02d}", 85, 100) for m in (5, 6, 7)]
    both = [first, second]
    assert [r[:3] for r in run_rule(first, values, siblings=both)] == [
        ("2023-05", "met", "satisfied"),
        ("2023-06", "met", "satisfied"),
    ]
    assert [r[:2] for r in run_rule(second, values, siblings=both)] == [("2023-07", "not_due")]
    # without a successor `hold` goes on
    assert [r[0] for r in run_rule(first, values)] == ["2023-05", "2023-06", "2023-07"]


def test_what_was_due_before_the_plan_is_judged_once() -> None:
    target = make_target(due="2022-12-31", **{"from": None}).model_copy(update={"acceptance": True})
    values = [value("2022-11", 90, 100), value("2022-12", 96, 100), value("2023-01", 10, 100)]
    (row,) = judge_rows(target, values)
    assert (row.period, row.status, row.reason, row.marks["acceptance"]) == ("2022-12", "met", "satisfied", True)
    (row,) = judge_rows(target, [])
    assert (row.period, row.status, row.reason) == ("2022-12", "no_data", "not_reported")


@pytest.mark.parametrize(
    ("changes", "as_of", "expected"),
    [
        pytest.param(
            {"kind": "milestone", "value": None}, "2023-06-01", ("2023-12", "not_due", "before_due"), id="deed"
        ),
        pytest.param(
            {"kind": "milestone", "value": None}, "2024-01-01", ("2023-12", "missed", "no_evidence"), id="gone"
        ),
        pytest.param({"kind": "rank"}, "2023-06-01", ("2023-06", "no_data", "manual_pending"), id="rank"),
        pytest.param(
            {"kind": "cadence", "every": "quarter"}, "2023-06-01", ("2023-Q2", "not_due", "before_due"), id="window"
        ),
        pytest.param(
            {"kind": "cadence", "every": "quarter"}, "2024-06-01", ("2023-Q4", "no_data", "manual_pending"), id="over"
        ),
    ],
)
def test_before_anybody_entered_anything(changes, as_of: str, expected) -> None:
    target = make_target(indicator=None, unit="count", **changes)
    assert [row[:3] for row in run_rule(target, [], as_of=as_of)] == [expected]
    assert run_rule(target, [], as_of="2022-12-31") == []


def test_a_rank_that_nobody_told_at_its_due_day() -> None:
    target = make_target(kind="rank", indicator=None, unit="rank", comparator="<=", value=3, due="2023-12-31")
    rows = run_rule(target, [value("2023-09", 2, 1)], as_of="2024-02-01")
    assert [row[:3] for row in rows] == [("2023-09", "met", "satisfied"), ("2023-12", "no_data", "manual_pending")]


def test_last_years_share_of_a_sum() -> None:
    target = make_target(kind="cumulative", value=100, unit="count", path={"form": "last_year"})
    before = [value(f"2022-{m:02d}", 10 if m < 12 else 90, None, n=1) for m in range(1, 13)]
    now = [value(f"2023-{m:02d}", 5, None, n=1) for m in range(1, 7)]
    # 60 of 200 by the end of June of last year is 30 %; 30 of 100 now
    row = judge_rows(target, [*before, *now], as_of="2023-06-30", **COUNT)[-1]
    assert (row.reason, row.time_share, row.progress) == ("on_path", Decimal("0.3"), Decimal("0.3"))
    assert row.projected == 100
    assert "pace" not in row.marks
    # a tenth of a running month counts a tenth: 50 + 10 * 3 / 30 of 200 on 3 June
    row = judge_rows(target, [*before, *now], as_of="2023-06-03", **COUNT)[-1]
    assert row.time_share == Decimal("0.255")
    # November is not known: working days stand in, and say so
    row = judge_rows(target, [*before[:10], *before[11:], *now], as_of="2023-06-30", **COUNT)[-1]
    assert (row.reason, row.time_share, row.marks["pace"]) == ("behind_path", Decimal("0.493976"), "linear")
    assert "按工作日均匀推算" in row.sentence


def test_last_years_share_of_a_level() -> None:
    target = make_target(path={"form": "last_year"}, value=90)
    before = [value("2021-12", 40, 100), value("2022-06", 45, 100), value("2022-12", 60, 100)]
    # a quarter of last year's 20 points was done by June; now 70 -> 90, a quarter is 75
    now = [value("2023-06", 75, 100)]
    row = judge_rows(target, [*before, *now], base=70, as_of="2023-06-30")[-1]
    assert (row.reason, row.time_share, row.progress) == ("on_path", Decimal("0.25"), Decimal("0.25"))
    old = [value("2021-12", 40, 100, definition=1), *before[1:]]
    row = judge_rows(target, [*old, *now], base=70, as_of="2023-06-30", version=2)[-1]
    assert row.marks["pace"] == "linear"


def test_steps_tell_the_way() -> None:
    steps = [{"at": "2023-03-31", "value": 82}, {"at": "2023-06-30", "value": 92}]
    target = make_target(path={"form": "steps", "steps": steps})
    rows = judge_rows(target, months(80, 80, 80, 90, 90, 90), base=80, as_of="2023-06-30")
    # 80 -> 96: an eighth at the end of March, three quarters at the end of June
    assert [row.time_share for row in rows] == [Decimal(x) for x in ("0", "0", "0.125", "0.125", "0.125", "0.75")]
    assert [row.reason for row in rows] == ["on_path", "on_path", "behind_path", "on_path", "on_path", "behind_path"]


def test_a_baseline_of_another_definition_gives_no_way() -> None:
    row = judge_rows(
        *(make_target(), [value("2023-06", 82, 100)]), base=80, base_version=1, version=2, as_of="2023-06-30"
    )[0]
    assert (row.status, row.reason, row.progress, row.marks) == (
        *("not_due", "before_due", None),
        {"definition_changed": True},
    )


def test_the_numbers_of_a_verdict() -> None:
    row = judge_rows(make_target(stretch=98), [value("2023-12", 99, 100)])[0]
    assert (row.value, row.numerator, row.denominator, row.n, row.gap) == (99, 99, 100, 100, 3)
    assert row.exceeded
    # Wilson with z^2 = 3.8415: (1.009207 -+ 1.959964 * sqrt(0.000099 + 0.000096037)) / 1.038415
    assert (row.low, row.high) == (Decimal("94.5514"), Decimal("99.8233"))
    row = judge_rows(make_target(stretch=99.5), [value("2023-12", 99, 100)])[0]
    assert not row.exceeded
    row = judge_rows(make_target(kind="reduction", value=25), [value("2023-12", 60, 10)], base=8, unit="hour")[0]
    # (8 - 6) / 8, both times the ten users behind the mean
    assert (row.value, row.numerator, row.denominator, row.low) == (25, 20, 80, None)
    ceiling = make_target(**STANDING, comparator="<=", value=3, unit="hour")
    row = judge_rows(ceiling, [value("2023-12", 40, 10)], form="case_mean", unit="hour")[0]
    assert (row.value, row.gap) == (4, -1)


@pytest.mark.parametrize(
    ("changes", "values", "options", "sentence"),
    [
        (
            {},
            [value("2023-12", "95.996", 100)],
            {},
            "2023年12月甲为 95.996%，到期未达到目标（≥ 96%），还差 0.004 个百分点。",
        ),
        (
            *(
                {"kind": "rank", "indicator": None, "unit": "rank", "comparator": "<=", "value": 3},
                [value("2023", 5, 1)],
            ),
            *({}, "2023年甲为 第 5 名，到期未达到目标（前 3 名），还差 2 位。"),
        ),
        (
            {
                "kind": "rank",
                "indicator": None,
                "unit": "grade",
                "grade": "优异",
                "scale": "s",
                "value": 3,
                "due": None,
            },
            *([value("2023", 2, 1)], {}, "2023年甲为 “良好”，未达到目标（最高档“优异”），还差 1 档。"),
        ),
        (
            {"kind": "cadence", "indicator": None, "unit": "count", "value": 2, "every": "two_months", "due": None},
            *([value("2023-01..02", 1, 1)], {}, "2023年1—2月甲 1 次，少于要求（每两个月 ≥ 2 次），还差 1 次。"),
        ),
        (
            {"kind": "milestone", "indicator": None, "unit": "count", "value": None, "due": "2023-06-30"},
            *([], {}, "甲：已过2023年6月30日期限，没有收到完成佐证。"),
        ),
    ],
)
def test_sentences(changes, values, options, sentence: str) -> None:
    assert judge_rows(make_target(**changes), values, **options)[-1].sentence == sentence
