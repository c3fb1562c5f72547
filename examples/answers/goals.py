"""The targets of the plan as the key reads them: numbers only, written down a second time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

FROM, DUE = dt.date(2023, 1, 1), dt.date(2023, 12, 31)
MINIMUM_N = 5
LONGEST_POOL = 12
TOLERANCE = Fraction(1, 10)


@dataclass(frozen=True)
class Goal:
    """One target.

    Attributes:
        is_ceiling: the value may not exceed `limit`; otherwise it may not fall below it.
        scale: what the ratio is multiplied by to become the target's unit (100 for %).
        baseline: last year's value, the start of the path to the target.
        has_units: reporting units have verdicts of their own beside `self`.
    """

    id: str
    source: str
    kind: str
    limit: Fraction
    is_ceiling: bool = False
    scale: int = 1
    baseline: Fraction | None = None
    has_units: bool = True
    is_strive: bool = False

    @property
    def is_pooled(self) -> bool:
        """Whether small numbers are put together with the periods before; counts and single cases never are."""
        return self.kind in ("by_deadline", "average_case")

    def satisfied_by(self, value: Fraction) -> bool:
        return value <= self.limit if self.is_ceiling else value >= self.limit


def whole(number: int) -> Fraction:
    return Fraction(number)


GOALS = (
    Goal("online-items", "service_items", "by_deadline", whole(96), scale=100, baseline=whole(90)),
    Goal("startup-half-day-rate", "startup_cases", "by_deadline", whole(95), scale=100),
    Goal("startup-time", "startup_cases", "by_deadline", Fraction(1, 2), is_ceiling=True),
    Goal("tax-hours", "tax_hours", "by_deadline", whole(70), is_ceiling=True, baseline=whole(85)),
    Goal("export-refund-days", "export_refunds", "average_case", whole(3), is_ceiling=True, has_units=False),
    Goal("bid-deposit-refund", "bid_deposits", "each_case", whole(100), scale=100, has_units=False),
    Goal("power-online-rate", "power_connections", "by_deadline", whole(95), scale=100, baseline=whole(88)),
    Goal("service-satisfaction", "service_ratings", "by_deadline", whole(99), scale=100),
    Goal("industrial-projects", "investment_projects", "cumulative", whole(41), has_units=False, is_strive=True),
    Goal("key-industrial-projects", "investment_projects", "cumulative", whole(20), has_units=False, is_strive=True),
    Goal("complaint-contact", "complaints", "each_case", whole(100), scale=100),
    Goal("complaint-ordinary", "complaints", "each_case", whole(100), scale=100),
    Goal("complaint-hard", "complaints", "each_case", whole(100), scale=100),
)
