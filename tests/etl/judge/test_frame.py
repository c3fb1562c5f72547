"""Values as columns and back: exact, sorted, and refused where two say different things."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from etl.judge.case import Case, Gauge
from etl.judge.frame import Columns, Value
from etl.judge.stage import judge_columns
from tests.etl.judge.hand import CALENDAR, make_target

WHOLE = [
    Value("a", "2023-01", "ok", Decimal(3), Decimal(4), 4, batches=("x", "y")),
    Value("a", "2023-02", "failed_check", Decimal(0), None, None, definition=2),
    Value("b", "2023-01", "ok", Decimal(5), Decimal(6), 0, Decimal(7), Decimal(8), ("z",), 1),
]
WITH_DECIMALS = [
    Value("a", "2023-01", "ok", Decimal("2.5"), Decimal(4), 4, Decimal("0.000001"), Decimal("1.5")),
    *WHOLE[1:],
]


@pytest.mark.parametrize("values", [WHOLE, WITH_DECIMALS, []], ids=["whole", "decimals", "none"])
def test_columns_give_back_what_they_were_made_of(values) -> None:
    assert Columns.of(values).values() == values
    assert Columns.of(values[::-1]).values() == values


def test_two_values_of_one_month_are_refused() -> None:
    twins = [*WHOLE, Value("b", "2023-01", "ok", Decimal(9), Decimal(9), 9)]
    with pytest.raises(ValueError, match="two values of 'b' in 2023-01"):
        Columns.of(twins)


def test_numbers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="1E-7 has more than six decimals"):
        Columns.of([Value("a", "2023-01", "ok", Decimal("1E-7"), None, 1)])
    with pytest.raises(ValueError, match="unknown state of a value: 'satisfied'; known: ok, not_reported, "):
        Columns.of([Value("a", "2023-01", "satisfied", Decimal(1), None, 1)])


def test_large_whole_numbers_are_kept_small() -> None:
    # in millionths they would not fit into 64 bits, as whole numbers they do
    columns = Columns.of([Value("a", "2023-01", "ok", Decimal(10) ** 13, Decimal(1), 1)])
    assert (columns.scale, columns.numerator.dtype, columns.numerator.tolist()) == (1, "int64", [10**13])
    columns = Columns.of([Value("a", "2023-01", "ok", Decimal(10) ** 20, Decimal(1), 1)])
    assert (columns.scale, columns.numerator.dtype, columns.numerator.tolist()) == (1, "object", [10**20])


def test_verdicts_carry_the_versions_they_were_made_with() -> None:
    columns = Columns.of([Value("self", "2023-03", "ok", Decimal(96), Decimal(100), 100)])
    case = Case(make_target(kind="standing", due=None), Gauge(), CALENDAR, dt.date(2023, 12, 31))
    (row,) = judge_columns(case, "plan", columns, {"target": "h1", "calendar": "h2"}).rows()
    assert (row.plan, row.versions) == ("plan", {"target": "h1", "calendar": "h2"})
