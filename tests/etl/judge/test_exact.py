"""Integers and ratios in columns, on both sides of 64 bits: each result is written out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from etl.judge.exact import Ratios, add, as_ints, peak, running_sum, subtract, times, to_ints

BIG = 2**62


def column(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


@pytest.mark.parametrize("number", [BIG - 1, 1 - BIG, 0])
def test_what_fits_is_kept_small(number: int) -> None:
    assert as_ints([1, number]).dtype == np.int64
    assert as_ints([1, number]).tolist() == [1, number]


@pytest.mark.parametrize("number", [BIG, -BIG, 10**30, -(10**30)])
def test_what_might_not_fit_is_kept_exact(number: int) -> None:
    assert as_ints([1, number]).dtype == object
    assert as_ints([number, 1]).tolist() == [number, 1]


def test_sums_and_products_beyond_64_bits() -> None:
    assert times(column(2**32, -3), column(2**32, 2)).tolist() == [2**64, -6]
    assert times(column(2**32, -3), 2**32).tolist() == [2**64, -3 * 2**32]
    assert times(column(-(2**31)), column(2**31)).tolist() == [-(2**62)]
    assert add(column(BIG, 5), column(BIG, 6)).tolist() == [2**63, 11]
    assert subtract(column(-BIG, 5), column(BIG + 1, 6)).tolist() == [-(2**63) - 1, -1]
    assert add(column(BIG), BIG).tolist() == [2**63]
    assert (times(column(7), 6).dtype, add(column(7), 6).dtype) == (np.int64, np.int64)
    assert (times(column(7), 6).tolist(), add(column(7), 6).tolist()) == ([42], [13])


def test_the_largest_absolute_value() -> None:
    assert [peak(column(3, -7)), peak(column(7, -3)), peak(column()), peak(-9), peak(9)] == [7, 7, 0, 9, 9]


def test_sums_begin_again_with_each_unit() -> None:
    first = np.array([True, False, False, True, False])
    assert running_sum(column(1, 2, 3, 4, 5), first).tolist() == [1, 3, 6, 4, 9]
    assert running_sum(column(1, 2, 3, 4, 5), first).dtype == np.int64
    assert running_sum(column(*[2**61] * 5), first).tolist() == [2**61, 2**62, 3 * 2**61, 2**61, 2**62]
    begun = np.array([True, False, False, False, False])
    assert running_sum(column(*[2**61 + 1] * 5), begun).tolist() == [n * (2**61 + 1) for n in (1, 2, 3, 4, 5)]
    assert running_sum(column(), first[:0]).tolist() == []


def test_parts_as_integers_of_the_sixth_place() -> None:
    numbers = [None, Decimal("1.5"), Decimal("-0.000001"), 3, Decimal(10) ** 20]
    assert to_ints(numbers).tolist() == [0, 1_500_000, -1, 3_000_000, 10**26]


def test_signs_move_up_and_nothing_is_divided_by_zero() -> None:
    ratios = Ratios.of(column(1, 1, 5, -2), column(2, -2, 0, -3))
    assert (ratios.num.tolist(), ratios.den.tolist()) == ([1, -1, 5, 2], [2, 2, 1, 3])
    assert len(ratios) == 4
    quotient = ratios.over(Ratios(column(-1, 3, 1, 0), column(3, 4, 1, 1)))
    # 1/2 : -1/3, -1/2 : 3/4, 5 : 1, 2/3 : 0
    exact = [Fraction(n, d) for n, d in zip(quotient.num.tolist(), quotient.den.tolist(), strict=True)]
    assert exact[:3] == [Fraction(-3, 2), Fraction(-2, 3), Fraction(5)]
    assert quotient.den[3] == 1


def test_reckoning_with_ratios() -> None:
    one, other = Ratios(column(1, -3), column(2, 4)), Ratios(column(2, 5), column(3, 6))

    def exact(ratios: Ratios) -> list[Fraction]:
        return [Fraction(int(n), int(d)) for n, d in zip(ratios.num, ratios.den, strict=True)]

    assert exact(one.plus(other)) == [Fraction(7, 6), Fraction(1, 12)]
    assert exact(one.minus(other)) == [Fraction(-1, 6), Fraction(-19, 12)]
    assert exact(one.times(other)) == [Fraction(1, 3), Fraction(-5, 8)]
    assert exact(one.over(other)) == [Fraction(3, 4), Fraction(-9, 10)]
    assert exact(one.scaled(Fraction(3, 5))) == [Fraction(3, 10), Fraction(-9, 20)]
    assert exact(Ratios.same(Fraction(2, 7), 2)) == [Fraction(2, 7)] * 2
    assert exact(one.take([1])) == [Fraction(-3, 4)]


@pytest.mark.parametrize(
    ("comparator", "told"),
    [
        (">=", [False, True, True]),
        (">", [False, False, True]),
        ("<=", [True, True, False]),
        ("<", [True, False, False]),
        ("==", [False, True, False]),
    ],
)
def test_a_third_is_compared_with_a_third(comparator: str, told: list[bool]) -> None:
    thirds = Ratios(column(333_333, 111_111, 333_334), column(10**6, 333_333, 10**6))
    assert thirds.satisfies(comparator, Fraction(1, 3)).tolist() == told


@pytest.mark.parametrize(
    ("num", "den", "places", "units"),
    [
        pytest.param(1, 3, 10, 3_333_333_333, id="down"),
        pytest.param(2, 3, 10, 6_666_666_667, id="up"),
        pytest.param(-2, 3, 10, -6_666_666_667, id="away from zero"),
        pytest.param(1, 2, 0, 1, id="half up"),
        pytest.param(-1, 2, 0, -1, id="half down below zero"),
        pytest.param(1, 8, 2, 13, id="half up at the last place"),
        pytest.param(-1, 8, 2, -13, id="and below zero"),
        pytest.param(12_345, 10_000, 3, 1235, id="one step"),
        pytest.param(123_456_789, 10**8, 6, 1_234_568, id="two steps, the second short"),
        pytest.param(7, 1, 5, 700_000, id="whole"),
        pytest.param(1, 10**15 + 1, 10, 0, id="a large denominator"),
        pytest.param(10**15, 10**15 + 1, 10, 10**10, id="just below one"),
        pytest.param(24_691_357_810_000_001, 2 * 10**17, 10, 1_234_567_891, id="a hair above half of the last place"),
        pytest.param(24_691_357_809_999_999, 2 * 10**17, 10, 1_234_567_890, id="a hair below it"),
        pytest.param(10**25, 3, 2, (10**27) // 3, id="beyond 64 bits"),
    ],
)
def test_division_at_school(num: int, den: int, places: int, units: int) -> None:
    assert Ratios(as_ints([num]), as_ints([den])).rounded(places).tolist() == [units]
