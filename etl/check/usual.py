"""What is usual for a figure: the modified z-score of Iglewicz and Hoaglin, turned into a range.

B. Iglewicz, D. Hoaglin, How to Detect and Handle Outliers (ASQC, 1993): x is an outlier where
0.6745 |x - median| / MAD > 3.5; where MAD is 0, |x - median| / (1.253314 mean absolute deviation) > 3.5 in its place.
Median and MAD do not follow a single earlier mistake, as mean and standard deviation would. Seasons and trends are not
taken out: a figure with a strong season gets more notes than it deserves, so `least_share` keeps small moves silent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import mean, median

_MAD_SCALE = Fraction("0.6745")
_MEAN_SCALE = Fraction("1.253314")


@dataclass(frozen=True)
class Usual:
    """The usual range of a figure, in its own unit; exact."""

    count: int
    median: Fraction
    low: Fraction
    high: Fraction

    def holds(self, figure: Decimal | int) -> bool:
        return self.low <= Fraction(figure) <= self.high

    def show(self) -> str:
        """`近 8 期的中位数为 100，通常在 80 到 120 之间`, limits rounded to two places."""
        low, high = (show_figure(limit) for limit in (self.low, self.high))
        return f"近 {self.count} 期的中位数为 {show_figure(self.median)}，通常在 {low} 到 {high} 之间"


def find_usual(
    figures: Iterable[Decimal | int], *, cutoff: Decimal, least_share: Decimal, at_least: int
) -> Usual | None:
    """The usual range after earlier figures; None where there are fewer than `at_least`.

    Args:
        figures: earlier figures, in any order.
        cutoff: how many robust standard deviations from the median are still usual.
        least_share: a distance below this share of the median is usual however quiet the history.
        at_least: how many figures make a history.
    """
    known = [Fraction(figure) for figure in figures]
    if len(known) < at_least:
        return None
    middle = median(known)
    offs = [abs(figure - middle) for figure in known]
    deviation = median(offs) / _MAD_SCALE or mean(offs) * _MEAN_SCALE
    width = max(Fraction(cutoff) * deviation, Fraction(least_share) * abs(middle))
    low, high = middle - width, middle + width
    if min(known) >= 0:
        low = max(low, Fraction(0))  # what was never negative is not usual below 0, and reads oddly there
    return Usual(len(known), middle, low, high)


def show_figure(figure: Fraction | Decimal | int) -> str:
    """At most two places, without zeros at the end."""
    text = f"{Decimal(Fraction(figure).numerator) / Decimal(Fraction(figure).denominator):.2f}"
    return text.rstrip("0").rstrip(".")
