"""Numbers by words: sums, Wilson intervals and funnel limits worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from etl.compute.breakdowns import break_down
from etl.compute.part_rows import PartRow


def part(word: str, kept: int, n: int, *, kind: str = "by:window", **more: int) -> PartRow:
    return PartRow(kind, word, "甲局", "2023-03", kept, n, n, **more)


def test_words_are_summed_over_units_and_chunks_and_held_against_all() -> None:
    """Windows 1 and 2: 90 of 100 (60 of 60 and 30 of 40) and 3 of 4; all: 93 of 104 = 0.894230769.

    Funnel of 100 cases: 1.959964 * sqrt(0.894231 * 0.105769 / 100) = 0.060278; of 4 cases: 0.301388, cut at 1.
    Wilson of 3 of 4: centre (0.75 + 3.841459/8) / 1.960365 = 0.627524, half 0.326883 (0.640810 / 1.960365).
    """
    rows = break_down([part("1号", 60, 60), part("1号", 30, 40), part("2号", 3, 4)], is_share=True)
    first, second = rows
    assert (first.word, first.numerator, first.denominator, first.n) == ("1号", Decimal(90), Decimal(100), 100)
    assert first.funnel_low == pytest.approx(0.833953, abs=1e-5)
    assert first.funnel_high == pytest.approx(0.954508, abs=1e-5)
    assert (second.funnel_low, second.funnel_high) == (pytest.approx(0.592843, abs=1e-5), 1.0)
    assert second.low == pytest.approx(0.300641, abs=1e-5)
    assert second.high == pytest.approx(0.954407, abs=1e-5)


def test_means_have_no_interval_and_other_kinds_are_not_shown() -> None:
    rows = break_down([part("1号", 30, 10), part("", 1, 1, kind="main")], is_share=False)
    assert [(r.word, r.numerator, r.low, r.funnel_low) for r in rows] == [("1号", Decimal(30), None, None)]


def test_cases_that_allow_no_answer_are_left_out() -> None:
    assert break_down([part("1号", 0, 5, blind=1), part("2号", 0, 5, coarse=1)], is_share=True) == []
