"""The numbers that stand in a verdict: which rows have them, how exact they are, and how they read."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from etl.core.periods import parse_period
from etl.judge.numbers import wilson
from etl.judge.words import decimal_texts, exact_text, number_texts, show_period, to_decimal, unit_word
from tests.etl.judge.hand import judge_rows, make_target, value

STANDING = {"kind": "standing", "due": None}
COUNT = {"form": "count", "unit": "count"}
SUM = {"kind": "cumulative", "value": 100, "unit": "count"}
MEAN = {"form": "case_mean", "unit": "hour", "direction": "lower_is_better"}


def test_every_number_of_a_row() -> None:
    target = make_target(
        value=90, stretch=95, clause="3.1", control="shared", strength="strive", basis="local", basis_note="x"
    )
    values = [
        value("2023-06", 38, 40, n=40, batches=("b1", "b2")),
        value("2023-07", None, None, n=None, state="no_cases"),
    ]
    row, silent = judge_rows(target, values, base=70, as_of="2023-07-31")
    assert (row.value, row.numerator, row.denominator, row.n, row.gap) == (95, 38, 40, 40, 5)
    # 25 of 20 points in 123 of 249 days; 70 + 25 * 249 / 123
    assert (row.progress, row.time_share) == (Decimal("1.25"), Decimal("0.493976"))
    assert row.projected == Decimal("120.609756")
    # Wilson, with z * z = 3.8415: 0.998018 less and more 1.959964 times the root of 0.001787728, over 1.0960365
    assert (row.low, row.high) == (Decimal("83.4961"), Decimal("98.6179"))
    assert (row.exceeded, row.batches, row.pooled, row.is_current) == (True, ("b1", "b2"), None, False)
    assert (row.period, row.period_end.isoformat(), row.carried_from) == ("2023-06", "2023-06-30", None)
    assert (row.target_value, row.target_unit, row.stretch, row.comparator) == (90, "%", 95, ">=")
    assert (row.plan, row.target, row.clause, row.control, row.due) == ("p", "t", "3.1", "shared", target.due)
    assert (row.basis, row.strength) == ("local", "strive")
    numbers = (silent.value, silent.numerator, silent.denominator, silent.n, silent.gap, silent.low, silent.high)
    assert numbers == (None,) * 7
    assert (silent.progress, silent.time_share, silent.projected, silent.exceeded) == (None, None, None, False)
    assert silent.is_current


@pytest.mark.parametrize(
    ("changes", "options", "values", "low", "denominator", "n"),
    [
        pytest.param(STANDING, {}, [value("2023-03", 0, 5, n=5)], 0, 5, 5, id="none of five"),
        pytest.param(STANDING, {}, [value("2023-03", 5, 5, n=5)], Decimal("56.5518"), 5, 5, id="five of five"),
        pytest.param(STANDING, {}, [value("2023-03", 96, 100, n=None)], None, 100, None, id="only a percentage"),
        pytest.param(STANDING, {}, [value("2023-03", 101, 100)], None, 100, 100, id="more than all"),
        pytest.param(STANDING, {}, [value("2023-03", -1, 100)], None, 100, 100, id="less than none"),
        pytest.param({**STANDING, "unit": "hour"}, MEAN, [value("2023-03", 30, 100)], None, 100, 100, id="a mean"),
        pytest.param(SUM, COUNT, [value("2023-03", 30, n=30)], None, None, 30, id="a sum"),
        pytest.param(
            *({"kind": "growth", "value": 1}, {"base": 1}, [value("2023-12", 6, 10)], None, 10, 100), id="a growth"
        ),
        pytest.param(
            *({"kind": "each_case", "value": 5, "unit": "workday", "comparator": "<=", "due": None},),
            *({"form": "case_share", "unit": "workday"}, [value("2023-03", 5, 5, n=5)], Decimal("56.5518"), 5, 5),
            id="cases",
        ),
        pytest.param(
            *({"kind": "rank", "indicator": None, "unit": "rank", "comparator": "<=", "value": 3, "due": None}, {}),
            *([value("2023", 2, 1, n=7)], None, 1, None),
            id="a place",
        ),
    ],
)
def test_intervals_are_those_of_shares(changes, options, values, low, denominator, n) -> None:
    row = judge_rows(make_target(**changes), values, **options)[-1]
    assert (row.low, row.denominator, row.n) == (low, denominator, n)
    assert (row.high is None) == (low is None)


def test_wilson_by_hand() -> None:
    # z^2 = 3.841459. 0 of 4: high = z^2 / (4 + z^2); 4 of 4: low = 4 / (4 + z^2)
    low, high = wilson(np.array([0, 4]), np.array([4, 4]))
    assert low.tolist() == [0, 510109 * 10**6]
    assert high.tolist() == [489891 * 10**6, 100 * 10**10]


@pytest.mark.parametrize(
    ("number", "stretch", "comparator", "exceeded"),
    [
        pytest.param("98", 98, ">=", True, id="reached"),
        pytest.param("97.99", 98, ">=", False, id="not reached"),
        pytest.param("98", None, ">=", False, id="no stretch"),
        pytest.param("50", 50, "<=", True, id="a ceiling"),
        pytest.param("50.1", 50, "<=", False, id="a ceiling, not reached"),
    ],
)
def test_what_is_more_than_promised(number: str, stretch, comparator: str, exceeded: bool) -> None:
    target = make_target(**STANDING, stretch=stretch, comparator=comparator)
    assert judge_rows(target, [value("2023-03", number, 100)])[0].exceeded is exceeded


def test_a_missed_target_exceeds_nothing() -> None:
    # one case of 100 may be late; the limit of the case has the stretch, not the share
    target = make_target(kind="each_case", value=5, stretch=3, unit="workday", comparator="<=", due=None)
    assert [judge_rows(target, [value("2023-03", n, 100)])[0].exceeded for n in (100, 99)] == [False, False]
    # falling 1, then 1.5: the wish is reached, and the promise about to be lost
    months = [value(f"2023-{i:02d}", rate, 100) for i, rate in enumerate(("99", "98", "96.5"), start=1)]
    rows = judge_rows(make_target(**STANDING, value=96, stretch="96.2"), months)
    assert [(row.status, row.exceeded) for row in rows] == [("met", True), ("met", True), ("at_risk", False)]


def test_parts_beyond_64_bits_and_below_a_millionth() -> None:
    big = Decimal(10) ** 21
    row = judge_rows(make_target(**STANDING), [value("2023-03", big * 97, big * 100)])[0]
    assert (row.value, row.numerator, row.denominator, row.reason) == (97, big * 97, big * 100, "satisfied")
    small = judge_rows(make_target(**STANDING), [value("2023-03", "0.000097", "0.0001")])[0]
    assert (small.value, small.numerator, small.denominator) == (97, Decimal("0.000097"), Decimal("0.0001"))
    # a baseline of a third: 60 / 10 - 1/3 over 1/3, both times ten, is 56 2/3 over 3 1/3
    growth = judge_rows(
        *(make_target(kind="growth", value=10), [value("2023-12", 60, 10)]), base=Fraction(1, 3), unit="hour"
    )[0]
    assert (growth.value, growth.numerator, growth.denominator) == (
        *(1700, Decimal("56.666666667")),
        Decimal("3.333333333"),
    )


def test_the_sign_of_a_distance() -> None:
    for comparator, gap in ((">=", -6), (">", -6), ("==", -6), ("<=", 6), ("<", 6)):
        target = make_target(**STANDING, comparator=comparator)
        assert judge_rows(target, [value("2023-03", 90, 100)])[0].gap == gap, comparator
    # the goal of cases is their share
    target = make_target(kind="each_case", value=5, unit="workday", comparator="<=", due=None, required_share=90)
    assert judge_rows(target, [value("2023-03", 95, 100)])[0].gap == 5


@pytest.mark.parametrize(
    ("units", "decimals", "goal", "text"),
    [
        pytest.param(955, 1, None, "9.6", id="half up"),
        pytest.param(-955, 1, None, "-9.6", id="away from zero"),
        pytest.param(954, 1, None, "9.5", id="down"),
        pytest.param(900, 1, None, "9", id="no zeros of whole numbers"),
        pytest.param(1000, 0, None, "10", id="but those of ten"),
        pytest.param(0, 2, None, "0", id="none"),
        pytest.param(995, 0, 10, "9.95", id="short of its goal"),
        pytest.param(1005, 0, 10, "10.1", id="past its goal"),
        pytest.param(1000, 0, 10, "10", id="at its goal"),
        pytest.param(1049, 1, Fraction(21, 2), "10.49", id="short of a half"),
        pytest.param(333, 1, Fraction(10, 3), "3.3", id="short of a third"),
        pytest.param(334, 1, Fraction(10, 3), "3.34", id="past a third"),
    ],
)
def test_how_a_number_reads(units: int, decimals: int, goal, text: str) -> None:
    aim = None if goal is None else Fraction(goal)
    assert number_texts(np.array([units]), 2, decimals, goal=aim).tolist() == [text]


def test_digits_are_added_where_they_are_needed() -> None:
    units = np.array([9_999_999_999, 10_000_000_000, 9_000_000_000])
    # six decimals are the most: beyond them a number may look like its goal
    assert number_texts(units, 10, 0, goal=Fraction(1)).tolist() == ["1", "1", "0.9"]
    assert number_texts(np.array([9_999_990_000]), 10, 0, goal=Fraction(1)).tolist() == ["0.999999"]
    assert number_texts(np.array([9_999_999_000]), 10, 0, goal=Fraction(1)).tolist() == ["1"]
    # a half beyond what floats hold
    assert number_texts(np.array([123_456_789_012_345_645]), 2, 1).tolist() == ["1234567890123456.5"]
    # more decimals than are stored
    assert number_texts(np.array([15]), 1, 3).tolist() == ["1.5"]


def test_texts_and_decimals() -> None:
    assert decimal_texts(np.array([31250, 30000, -5, 31250]), 4).tolist() == ["3.125", "3", "-0.0005", "3.125"]
    texts = [exact_text(number) for number in (96, Decimal("0.50"), Fraction(5, 2), Fraction(100))]
    assert texts == ["96", "0.5", "2.5", "100"]
    assert [unit_word("hour"), unit_word("hour", english=True), unit_word("件", english=True)] == [
        " 小时",
        " hours",
        " 件",
    ]
    assert (to_decimal(Fraction(2, 3), 2), to_decimal(Fraction(-1, 2), 0)) == (Decimal("0.67"), -1)
    assert (to_decimal(Fraction(1, 3)), str(to_decimal(Fraction(100)))) == (Decimal("0.3333333333"), "100")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2023-W07", "2023年第7周"),
        ("2023-W17", "2023年第17周"),
        ("2023-03", "2023年3月"),
        *((f"2023-Q{i}", f"2023年第{word}季度") for i, word in enumerate("一二三四", start=1)),
        ("2023-H1", "2023年上半年"),
        ("2023-H2", "2023年下半年"),
        ("2023", "2023年"),
        ("2023-03..05", "2023年3—5月"),
        *((f"2023-03-T{i}", f"2023年3月{word}旬") for i, word in enumerate("上中下", start=1)),
        ("2023-03-09", "2023年3月9日"),
    ],
)
def test_how_a_period_reads(text: str, shown: str) -> None:
    assert show_period(parse_period(text)) == shown


def test_what_a_pooled_run_holds() -> None:
    target = make_target(**STANDING, value=50)

    def pooled(numbers, **indicator):
        months = [value(f"{2022 + i // 12}-{i % 12 + 1:02d}", n - 1, n, n=n) for i, n in enumerate(numbers)]
        rows = judge_rows(make_target(**{**STANDING, "value": 50, "from": None}), months, **indicator)
        return [(row.pooled, row.numerator, row.denominator, row.n) for row in rows]

    # March needs both months before it, April only March; five are enough for May
    assert pooled([2, 2, 2, 4, 5]) == [
        *((None, None, None, 2), (None, None, None, 2)),
        *((3, 3, 6, 6), (2, 4, 6, 6), (None, 4, 5, 5)),
    ]
    # four and one are exactly five
    assert pooled([3, 4, 1])[-1] == (2, 3, 5, 5)
    # at most twelve periods
    assert pooled([1] * 13, minimum_n=12)[-1] == (12, 0, 12, 12)
    assert pooled([1] * 14, minimum_n=13)[-1] == (None, None, None, 1)
    # nobody knows how many cases: nothing is small
    (row,) = judge_rows(target, [value("2023-03", 96, 100, n=None)])
    assert (row.pooled, row.reason) == (None, "satisfied")


def test_a_small_count_is_no_small_sample() -> None:
    (row,) = judge_rows(make_target(value=6, unit="count"), [value("2023-12", 6, n=2)], **COUNT)
    assert (row.reason, row.value, row.pooled, row.n) == ("satisfied", 6, None, 2)


@pytest.mark.parametrize(
    ("decimals", "number", "may_be_rounded"),
    [
        (0, "96.5", True),
        (0, "96.6", False),
        (0, "95.4", False),
        (2, "96.005", True),
        (2, "96.006", False),
        (2, "95.995", True),
        (2, "95.994", False),
    ],
)
def test_half_of_the_last_digit(decimals: int, number: str, may_be_rounded: bool) -> None:
    (row,) = judge_rows(make_target(**STANDING), [value("2023-03", number, 100, n=None)], decimals=decimals)
    assert row.marks == ({"rounding": True} if may_be_rounded else {})


def test_only_percentages_are_called_rounded() -> None:
    (row,) = judge_rows(make_target(**STANDING, unit="hour"), [value("2023-03", 96, 1, n=None)], **MEAN)
    assert (row.value, row.marks) == (96, {})
    # what a percentage changed by is no percentage that somebody rounded
    growth = make_target(kind="growth", value=10)
    (row,) = judge_rows(growth, [value("2023-12", 55, 100, n=None)], base=50)
    assert (row.value, row.marks) == (10, {})


def test_open_cases_are_noted_where_they_decide() -> None:
    opened = {"open_numerator": Decimal(8), "open_denominator": Decimal(2)}
    values = [
        value("2023-02", 2, 1),
        value("2023-03", 2, 1, **opened),
        value("2023-04", None, None, n=None, state="no_cases"),
    ]
    average = make_target(kind="average_case", comparator="<=", value=3, unit="hour", due=None)
    rows = judge_rows(average, values, **MEAN)
    assert [(row.reason, row.marks) for row in rows] == [
        ("satisfied", {}),
        ("open_cases", {"with_open_cases": "4"}),
        ("no_cases", {}),
    ]
    standing = make_target(**STANDING, comparator="<=", value=3, unit="hour")
    assert [row.marks for row in judge_rows(standing, values, **MEAN)] == [{}, {}, {}]
