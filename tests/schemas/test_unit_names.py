"""A short name means a unit of the plan whose departments send the file, whatever other plans call so."""

from __future__ import annotations

from schemas.models.registry import load_registry
from schemas.settings import REPO


def test_names_are_those_of_the_sources_own_plan() -> None:
    registry = load_registry([REPO / "schemas"])
    for contract in registry.contracts.values():
        names = registry.names_for(contract)
        own = {unit.id for plan in contract.plans or registry.plans for unit in registry.plans[plan].units}
        assert set(names.values()) <= own
        assert set(contract.reporters) <= own, contract.id
    dalian = next(c for c in registry.contracts.values() if c.plans == ("dalian-2018",))
    assert "湾里税务局" not in registry.names_for(dalian)
