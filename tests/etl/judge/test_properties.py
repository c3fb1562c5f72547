"""What holds whatever the numbers are."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.judge.exact import Ratios, add, as_ints, running_sum, times, to_ints
from etl.judge.frame import Columns, Value
from etl.judge.words import number_texts
from tests.etl.judge.hand import judge_rows, make_target, value

ORDER = {"missed": 0, "at_risk": 1, "not_due": 2, "met": 3}
FEW = settings(max_examples=25, deadline=None)
parts = st.tuples(st.integers(0, 50), st.integers(1, 50)).map(lambda pair: (min(pair), max(pair)))
months = st.lists(st.none() | parts, min_size=1, max_size=18)
whole = st.integers(-(10**30), 10**30)


def months_of(numbers: Sequence[tuple[int, int] | None], unit: str = "self") -> list[Value]:
    rows = []
    for i, pair in enumerate(numbers):
        period = f"{2023 + i // 12}-{i % 12 + 1:02d}"
        silent = {"state": "not_reported", "n": None}
        rows.append(
            value(period, *(pair or (None, None)), **({"n": pair[1]} if pair else silent), unit=unit)  # type: ignore[arg-type]
        )
    return rows


@FEW
@given(st.lists(whole, min_size=1, max_size=6), st.lists(whole, min_size=6, max_size=6))
def test_columns_reckon_as_integers_do(left: list[int], right: list[int]) -> None:
    a, b = (np.array(x[: len(left)], dtype=object) for x in (left, right))
    small = [np.array([int(v) % 2**62 for v in x]) for x in (a, b)]
    for one, other in ((a, b), small):
        exact = [[int(v) for v in x] for x in (one, other)]
        assert times(one, other).tolist() == [x * y for x, y in zip(*exact, strict=True)]
        assert add(one, other).tolist() == [x + y for x, y in zip(*exact, strict=True)]
        first = np.arange(len(one)) == 0
        assert running_sum(one, first).tolist() == [sum(exact[0][: i + 1]) for i in range(len(one))]


@FEW
@example(-(2**63), 1, 0, ">=")
@given(whole, st.integers(1, 10**24), st.integers(0, 12), st.sampled_from([">=", "<=", ">", "<", "=="]))
def test_ratios_compare_and_round_as_fractions_do(num: int, den: int, places: int, comparator: str) -> None:
    ratios, exact = Ratios(as_ints([num]), as_ints([den])), Fraction(num, den)
    told = {">=": exact >= 1, "<=": exact <= 1, ">": exact > 1, "<": exact < 1, "==": exact == 1}
    assert ratios.satisfies(comparator, Fraction(1)).tolist() == [told[comparator]]
    sign = 1 if exact >= 0 else -1
    half_up = sign * ((abs(exact) * 10**places + Fraction(1, 2)).__floor__())
    assert ratios.rounded(places).tolist() == [half_up]


@FEW
@given(st.integers(-(10**13), 10**13), st.integers(0, 4), st.integers(-500, 500))
def test_a_number_is_never_shown_on_the_wrong_side(units: int, decimals: int, goal: int) -> None:
    aim = Fraction(goal, 4)
    shown = Fraction(number_texts(np.array([units]), 10, decimals, goal=aim)[0])
    exact = Fraction(units, 10**10)
    assert abs(shown - exact) <= Fraction(1, 2 * 10**decimals)
    if abs(exact - aim) > Fraction(1, 10**6):
        assert ((shown > aim) - (shown < aim)) == ((exact > aim) - (exact < aim))


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        ({"kind": "standing", "due": None, "value": 50}, {"unit": "%"}),
        ({"value": 50}, {"unit": "%", "base": 10}),
        ({"kind": "coverage", "value": 50}, {"unit": "%"}),
        (
            {"kind": "each_case", "value": 5, "unit": "workday", "comparator": "<=", "required_share": 50, "due": None},
            {},
        ),
        ({"kind": "growth", "value": 10}, {"unit": "hour", "base": Decimal("0.5"), "factor": 1}),
    ],
)
@FEW
@given(parts, st.integers(1, 50))
def test_a_better_value_is_never_judged_worse(changes, options, pair, more: int) -> None:
    numerator, denominator = pair
    better = min(numerator + more, denominator)
    rows = [
        judge_rows(make_target(**changes), [value("2023-06", part, denominator)], as_of="2023-06-30", **options)[0]
        for part in (numerator, better)
    ]
    assert ORDER[rows[0].status] <= ORDER[rows[1].status]


@FEW
@given(st.lists(st.integers(0, 12), min_size=1, max_size=11), st.integers(0, 30))
def test_a_further_month_that_keeps_the_pace_never_makes_a_sum_worse(counts: list[int], more: int) -> None:
    target = make_target(kind="cumulative", value=100, unit="count")
    count = {"form": "count", "unit": "count"}
    done = [value(f"2023-{i:02d}", n, None, n=n) for i, n in enumerate(counts, start=1)]
    last = len(counts) + 1
    shown = [
        judge_rows(target, [*done, value(f"2023-{last:02d}", n, None, n=n)], **count)[-1] for n in (more, more + 20)
    ]
    assert ORDER[shown[0].status] <= ORDER[shown[1].status]
    before = judge_rows(target, done, **count)[-1]
    if before.reason == "satisfied":
        assert shown[0].reason == "satisfied"


@FEW
@given(months, months, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(one, other, chance: random.Random) -> None:
    values = [*months_of(one, "a"), *months_of(other, "b")]
    target = make_target(kind="standing", due=None, value=50)
    shuffled = chance.sample(values, len(values))
    assert judge_rows(target, shuffled) == judge_rows(target, values)


@FEW
@given(months, months)
def test_units_judged_together_or_apart_are_the_same(one, other) -> None:
    target, base = make_target(value=50, due="2024-06-30"), {"bases": {"a": 10, None: 20}}
    together = judge_rows(target, [*months_of(one, "a"), *months_of(other, "b")], **base)
    apart = [
        row for unit, rows in (("a", one), ("b", other)) for row in judge_rows(target, months_of(rows, unit), **base)
    ]
    assert together == apart


@FEW
@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.integers(0, 10**6))
def test_a_sum_is_the_same_however_it_falls_into_months(counts: list[int], seed: int) -> None:
    target, count = make_target(kind="cumulative", value=100, unit="count"), {"form": "count", "unit": "count"}
    chance, moved = random.Random(seed), [0] * len(counts)
    for number in counts:
        moved[chance.randrange(len(counts))] += number
    ends = [
        judge_rows(target, [value(f"2023-{i:02d}", n, None, n=n) for i, n in enumerate(split, start=1)], **count)[-1]
        for split in (counts, moved)
    ]
    assert ends[0] == ends[1]
    assert (ends[0].value, ends[0].n) == (sum(counts), sum(counts))


@FEW
@given(st.lists(parts, min_size=1, max_size=12), st.integers(5, 40))
def test_a_pooled_run_is_judged_as_one_period_of_its_sum(pairs, minimum: int) -> None:
    small = [(min(a, 4), 4) for a, _ in pairs]
    target = make_target(kind="standing", due=None, value=50)
    row = judge_rows(target, months_of(small), minimum_n=minimum)[-1]
    need = -(-minimum // 4)
    if need > len(small):
        assert row.reason == "sample_too_small"
        return
    run = small[-need:]
    assert row.pooled == need
    assert (row.numerator, row.denominator, row.n) == (sum(a for a, _ in run), 4 * need, 4 * need)


@FEW
@given(st.integers(0, 60).map(lambda n: [50, 52] * (n // 2) + [50] * (n % 2)), st.integers(1, 6))
def test_later_points_never_change_an_earlier_mark(rates: list[int], more: int) -> None:
    target = make_target(kind="standing", due=None, value=10)
    values = months_of([(rate, 100) for rate in [*rates, *[60] * more]])
    rows = judge_rows(target, values)
    assert [r.marks for r in judge_rows(target, values[: len(rates)])] == [r.marks for r in rows[: len(rates)]]


def test_a_missing_number_is_never_zero() -> None:
    assert to_ints([None, Decimal("0.000001"), 3]).tolist() == [0, 1, 3_000_000]
    with pytest.raises(ValueError, match="six decimals"):
        to_ints([Decimal("0.0000001")])
    with pytest.raises(ValueError, match="two values"):
        Columns.of([value("2023-01", 1, 1), value("2023-01", 2, 2)])
    with pytest.raises(ValueError, match="unknown state"):
        Columns.of([value("2023-01", 1, 1, state="asleep")])
