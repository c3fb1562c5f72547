"""Sources whose numbers rest on the rows of other sources: registers of suspensions and of exclusions."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.models.contract import Contract
from schemas.models.registry import Registry


def with_dependents(sources: Iterable[str], registry: Registry) -> set[str]:
    """These sources, and those whose events name one of them as a register."""
    named = set(sources)
    return named | {c.id for c in registry.contracts.values() if c.events and named.intersection(c.events.sources)}


def registers_of(contract: Contract, registry: Registry) -> list[Contract]:
    """The contracts of the registers that `contract` names."""
    return [registry.contracts[name] for name in contract.events.sources] if contract.events else []
