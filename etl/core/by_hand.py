"""Targets that people enter: which they are, and what may be said of them.

The one place that knows how such a target is called among the values: check, compute, judge and the template ask here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from etl.core.periods import Period
from schemas.models.contract import Contract
from schemas.models.plan import BY_HAND, Kind, Plan, Target
from schemas.models.registry import Registry

_GRAINS = {"two_months": "months", "half_year": "half"}
"""Windows of a cadence whose periods are of a grain with another name."""


PREFIX = "manual:"
"""Indicators in the table `values` that begin so are no indicators: they stand for a target."""


def indicator_of(plan: str, target: str) -> str:
    """What stands in the place of an indicator in the table `values`: `manual:yuzhong-2021/first-tier`."""
    return f"{PREFIX}{plan}:{target}"


def is_by_hand(target: Target) -> bool:
    """A rank, milestone or cadence that no source counts."""
    return target.kind in BY_HAND and target.indicator is None


@dataclass(frozen=True)
class ByHandTarget:
    """One target that people enter, with what its entries are held against.

    Attributes:
        grades: the scale of its plan that orders its grades, the lowest first; empty where it has none.
        units: ids of the units of its plan.
    """

    plan: Plan
    target: Target
    grades: tuple[str, ...]
    units: frozenset[str]

    @property
    def key(self) -> tuple[str, str]:
        return self.plan.id, self.target.id

    @property
    def indicator(self) -> str:
        return indicator_of(*self.key)

    @property
    def first(self) -> dt.date:
        return self.target.start or self.plan.start

    @property
    def asked_until(self) -> dt.date:
        """The last day for which an entry is missed where there is none."""
        return self.target.due or self.plan.until

    def holds_day(self, day: dt.date) -> bool:
        """A day of its window; a milestone may be done before its window begins, or late."""
        if self.target.kind is Kind.MILESTONE:
            return True
        due = None if self.target.hold else self.target.due
        return day >= self.first and (due is None or day <= due)

    def holds_period(self, period: Period) -> bool:
        """A period that touches its window and, for a calendar cadence, is one of its windows."""
        if self.target.kind is Kind.MILESTONE:
            return False
        due = None if self.target.hold else self.target.due
        if period.end < self.first or (due is not None and period.start > due):
            return False
        if self.target.kind is Kind.RANK or self.target.window == "rolling":
            return True
        return self._is_window(period)

    def _is_window(self, period: Period) -> bool:
        every = self.target.every or ""
        if period.grain != _GRAINS.get(every, every):
            return False
        return every != "two_months" or (period.start.month % 2 == 1 and len(period.months()) == 2)


@dataclass(frozen=True)
class ByHandCatalogue:
    """All targets of some plans: those that people enter, and the keys (plan, target) of the others."""

    targets: dict[tuple[str, str], ByHandTarget]
    others: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, registry: Registry, plan: str | None = None) -> ByHandCatalogue:
        """The targets of all plans of the registry, or of one, in the documents' order."""
        found = [item for item in _all_targets(registry) if plan in (None, item.plan.id)]
        by_hand = {item.key: item for item in found if is_by_hand(item.target)}
        return cls(by_hand, frozenset(item.key for item in found if item.key not in by_hand))


def _all_targets(registry: Registry) -> Iterator[ByHandTarget]:
    for pack in registry.plans.values():
        units = frozenset(unit.id for unit in pack.units)
        for target in pack.targets:
            yield ByHandTarget(pack.plan, target, pack.plan.scales.get(target.scale or "", ()), units)


def by_hand_contracts(registry: Registry) -> list[Contract]:
    """The sources whose rows people enter, sorted by id."""
    return [contract for _, contract in sorted(registry.contracts.items()) if contract.is_by_hand]
