"""Plans side by side: who aims at what within one family. Targets are grouped by indicator, and never merged."""

from __future__ import annotations

from typing import Any

from etl.core.target_rows import target_row, to_plain
from schemas.models.indicator import Indicator
from schemas.models.registry import Registry

_INDICATOR_KEYS = ("id", "name_zh", "name_en", "source", "form", "unit", "direction", "note", "version")


def family_rows(registry: Registry) -> list[dict[str, Any]]:
    """Every family with the numbers of its indicators, targets, plans and facts, in the order of families.yml."""
    return [_family_row(registry, family) for family in registry.families]


def _family_row(registry: Registry, family: str) -> dict[str, Any]:
    found = compare_family(registry, family)
    targets = [target for member in found["indicators"] for target in member["targets"]]
    counts = {"indicators": len(found["indicators"]), "targets": len(targets), "facts": len(found["facts"])}
    plans = {row["plan"] for row in (*targets, *found["facts"])}
    return {**found["family"], **counts, "plans": sorted(plans)}


def compare_family(registry: Registry, family: str) -> dict[str, Any]:
    """All targets of all plans of one family.

    Returns:
        `family` (id, names, note), `indicators` (each with its definition note and its `targets`, in the order of the
        plans' ids and their documents; those that no plan aims at last), `facts` of the family by plan.

    Raises:
        KeyError: no such family.
    """
    members = {name: _member(item) for name, item in sorted(registry.indicators.items()) if item.family == family}
    aimed: dict[str, dict[str, Any]] = {}
    for plan, pack in sorted(registry.plans.items()):
        for target in pack.targets:
            if target.indicator in members:
                member = aimed.setdefault(target.indicator, members[target.indicator])
                member["targets"].append(target_row(plan, target))
    idle = {name: member for name, member in members.items() if name not in aimed}
    return {
        "family": to_plain(registry.families[family]),
        "indicators": [*aimed.values(), *idle.values()],
        "facts": [
            {"plan": plan, **{key: to_plain(getattr(fact, key)) for key in _FACT_KEYS}}
            for plan, pack in sorted(registry.plans.items())
            for fact in pack.facts
            if fact.family == family
        ],
    }


_FACT_KEYS = ("id", "clause", "name_zh", "name_en", "area", "comparator", "value", "unit", "at", "units", "note")


def _member(indicator: Indicator) -> dict[str, Any]:
    return {**{key: to_plain(getattr(indicator, key)) for key in _INDICATOR_KEYS}, "targets": []}
