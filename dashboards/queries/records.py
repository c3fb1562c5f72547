"""What the board knows: one published set as frozen records, indexed for the pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from dashboards.view import SELF

Key = tuple[str, str, str]
"""(plan, target, unit)."""
BY_HAND = ("rank", "milestone", "cadence")
"""Kinds that go without an indicator."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One row of the table `verdicts` (its docstring and `etl` say what the numbers mean)."""

    id: int
    plan: str
    target: str
    unit: str
    period: str
    period_end: dt.date
    is_current: bool
    status: str
    reason: str
    light: str
    exceeded: bool
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    n: int | None
    low: Decimal | None
    high: Decimal | None
    comparator: str
    target_value: Decimal | None
    target_unit: str
    stretch: Decimal | None
    gap: Decimal | None
    projected: Decimal | None
    progress: Decimal | None
    time_share: Decimal | None
    sentence: str
    sentence_en: str
    clause: str
    due: dt.date | None
    basis: str
    strength: str
    control: str
    carried_from: str | None
    pooled: int | None
    marks: Mapping[str, Any]
    batches: tuple[str, ...]
    versions: Mapping[str, Any]

    @property
    def key(self) -> Key:
        return (self.plan, self.target, self.unit)


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """One row of the published catalogue; `content` is a row of `bizenv targets --json`."""

    plan: str
    id: str
    rank: int
    version: str
    content: Mapping[str, Any]

    def text(self, name: str) -> str:
        found = self.content.get(name)
        return "" if found is None else str(found)

    def units(self, name: str) -> tuple[str, ...]:
        return tuple(self.content.get(name) or ())

    @property
    def is_task(self) -> bool:
        """A deliverable or step of the document, judged as a milestone."""
        return bool(self.content.get("is_task"))

    @property
    def is_by_hand(self) -> bool:
        """People enter it; no department's file counts it."""
        return not self.content.get("indicator") and self.text("kind") in BY_HAND

    @property
    def is_acceptance(self) -> bool:
        """Due before the day of issue: judged once, never scored."""
        return bool(self.content.get("acceptance"))

    @property
    def series(self) -> str:
        """Name of the series of phases that it belongs to; its own id where it is the only one."""
        return self.text("series") or self.id

    def day(self, name: str) -> dt.date | None:
        found = self.text(name)
        return dt.date.fromisoformat(found) if found else None

    def number(self, name: str) -> Decimal | None:
        found = self.content.get(name)
        return None if found is None or found == "" else Decimal(str(found))

    @property
    def decimals(self) -> int:
        """Decimals its values are printed with: the indicator's own; of shares of single cases at least one."""
        own = self.content.get("decimals")
        least = 1 if self.text("kind") == "each_case" else 0
        return 2 if own is None else max(int(own), least)

    def name(self, lang: str) -> str:
        return (self.text("name_en") if lang == "en" else "") or self.text("name_zh") or self.id


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One published plan; `content` is its plan.yml with `units` and `sources`."""

    id: str
    content: Mapping[str, Any]

    def name(self, lang: str) -> str:
        return (self.content.get("name_en") if lang == "en" else None) or self.content.get("name_zh") or self.id

    @property
    def document(self) -> Mapping[str, Any]:
        return self.content.get("document") or {}

    def source_name(self, source: str, lang: str) -> str | None:
        """How people call a source of this plan; None for a source that it does not use."""
        named = (self.content.get("sources") or {}).get(source)
        return str(named.get("name_en" if lang == "en" else "name_zh") or source) if named else None

    @property
    def jurisdiction(self) -> str:
        return str(self.content.get("jurisdiction") or "")

    def unit_name(self, unit: str, lang: str) -> str:
        """How people call a unit: its id is its short Chinese name, `self` is the jurisdiction as a whole."""
        if unit == SELF:
            return f"{self.jurisdiction or 'all'} (total)" if lang == "en" else f"{self.jurisdiction or '全局'}汇总"
        named = (self.content.get("units") or {}).get(unit) if lang == "en" else None
        return str(named.get("name_en", unit) if isinstance(named, Mapping) else named or unit)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What a set changed: the current light of (target, unit), or the verdict of an older period."""

    set_id: int
    kind: str
    plan: str
    target: str
    unit: str
    period: str
    light_before: str | None
    light_after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedSet:
    """One row of `publications`."""

    set_id: int
    as_of: dt.date
    published_at: dt.datetime | None
    digest: str


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One whole published set in memory. `previous` is the set before it; `changes` belong to `changed_in`."""

    published: PublishedSet
    previous: PublishedSet | None
    changed_in: PublishedSet | None
    verdicts: tuple[Verdict, ...]
    targets: tuple[Target, ...]
    plans: Mapping[str, Plan]
    changes: tuple[Change, ...]
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Plan -> its facts, tasks, mechanisms and skipped phrases, as `bizenv targets` prints them."""
    clauses: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Plan -> what the office's copy of the text says at the places of its targets."""
    families: tuple[Mapping[str, Any], ...] = ()
    """All plans that are written down, side by side; see `etl.core.comparison`."""

    @cached_property
    def _series(self) -> dict[Key, tuple[Verdict, ...]]:
        found: dict[Key, list[Verdict]] = {}
        for verdict in sorted(self.verdicts, key=lambda v: (v.period_end, v.period)):
            found.setdefault(verdict.key, []).append(verdict)
        return {key: tuple(rows) for key, rows in found.items()}

    @cached_property
    def _current(self) -> dict[Key, Verdict]:
        return {v.key: v for v in self.verdicts if v.is_current}

    @cached_property
    def _targets(self) -> dict[tuple[str, str], Target]:
        return {(t.plan, t.id): t for t in self.targets}

    @cached_property
    def _units_of(self) -> dict[tuple[str, str], tuple[Verdict, ...]]:
        found: dict[tuple[str, str], list[Verdict]] = {}
        for key, verdict in sorted(self._current.items()):
            if key[2] != SELF:
                found.setdefault(key[:2], []).append(verdict)
        return {key: tuple(rows) for key, rows in found.items()}

    @cached_property
    def _plan_targets(self) -> dict[str, tuple[Target, ...]]:
        found: dict[str, list[Target]] = {}
        for target in self.targets:
            found.setdefault(target.plan, []).append(target)
        return {plan: tuple(rows) for plan, rows in found.items()}

    def targets_of(self, plan: str) -> tuple[Target, ...]:
        """The catalogue of one plan, in the document's order."""
        return self._plan_targets.get(plan, ())

    def phases(self, target: Target) -> tuple[Target, ...]:
        """The targets of its series, in the order of their windows; itself alone where it has no phases."""
        mine = [t for t in self.targets_of(target.plan) if t.series == target.series]
        far = dt.date.max
        return tuple(sorted(mine, key=lambda t: (t.day("from") or dt.date.min, t.day("due") or far, t.rank)))

    def units_in(self, plan: str) -> tuple[str, ...]:
        """Every unit of a plan that has a verdict or leads a target, `self` left out, sorted."""
        leads = {unit for target in self.targets_of(plan) for unit in target.units("lead_units")}
        return tuple(sorted((leads | {key[2] for key in self._current if key[0] == plan}) - {SELF}))

    def series(self, plan: str, target: str, unit: str) -> tuple[Verdict, ...]:
        """All periods of (plan, target, unit), oldest first."""
        return self._series.get((plan, target, unit), ())

    def current(self, plan: str, target: str, unit: str) -> Verdict | None:
        """The verdict that lights (plan, target, unit) now."""
        return self._current.get((plan, target, unit))

    def units_of(self, plan: str, target: str) -> tuple[Verdict, ...]:
        """Current verdicts of the reporting units of a target, without the roll-up."""
        return self._units_of.get((plan, target), ())

    def source_name(self, source: str, lang: str) -> str:
        """How people call a source; its id where no plan uses it."""
        names = (plan.source_name(source, lang) for plan in self.plans.values())
        return next((name for name in names if name), source)

    def target(self, plan: str, target: str) -> Target | None:
        return self._targets.get((plan, target))

    def plan(self, plan: str) -> Plan:
        """The plan, or a bare one where the catalogue has none."""
        return self.plans.get(plan) or Plan(id=plan, content={})

    def origin(self, verdict: Verdict) -> Verdict | None:
        """The verdict whose light a carried one still shows."""
        rows = self.series(*verdict.key)
        return next((v for v in reversed(rows) if v.period == verdict.carried_from), None)
