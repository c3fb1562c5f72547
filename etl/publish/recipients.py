"""Who is told: the unit that a verdict describes and the units that lead the target, at their own addresses.

One letter for each unit and address; one change goes to one address once, however many of its units share it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from etl.core.verdicts import VerdictRow
from etl.publish.changes import Change, is_mailed
from schemas.models.plan import Target
from schemas.models.registry import Registry

WHOLE = "self"
"""The unit of a verdict on the jurisdiction as a whole."""


@dataclass(frozen=True)
class Letter:
    """The changes that one unit is told at one address.

    Attributes:
        unit: whose letter it is.
        without_address: units named here that have no address of their own, so that the office has to pass it on.
        sharing: further units that read the same mailbox; they get no second copy of these changes.
    """

    unit: str
    address: str
    changes: tuple[Change, ...]
    without_address: tuple[str, ...]
    sharing: tuple[str, ...]


@dataclass
class _Draft:
    changes: list[Change] = field(default_factory=list)
    without_address: list[str] = field(default_factory=list)
    sharing: list[str] = field(default_factory=list)


def find_target(registry: Registry, row: VerdictRow) -> Target | None:
    """The target of a verdict; None when the registry no longer has it."""
    pack = registry.plans.get(row.plan)
    return next((t for t in pack.targets if t.id == row.target), None) if pack else None


def responsible_units(row: VerdictRow, target: Target) -> tuple[str, ...]:
    """The unit described (not for the jurisdiction as a whole), then the lead units; each once."""
    described = () if row.unit == WHOLE else (row.unit,)
    return tuple(dict.fromkeys((*described, *target.lead_units)))


def addresses_of(registry: Registry, unit: str, *, plan: str) -> tuple[str, ...]:
    """Addresses of a unit: those entered for this plan, else those for every plan; empty when there is none."""
    mine = [c for c in registry.contacts if registry.unit_names.get(c.unit, c.unit) == unit]
    chosen = [c for c in mine if c.plan == plan] or [c for c in mine if c.plan is None]
    return tuple(dict.fromkeys(c.address for c in chosen))


def sort_into_letters(changes: Sequence[Change], registry: Registry, *, office: str) -> tuple[Letter, ...]:
    """Letters in the order of their first change; changes that are not to be mailed are left out.

    Args:
        changes: all changes of a set.
        registry: gives targets, lead units and addresses.
        office: the mailbox for units without an address.
    """
    drafts: dict[tuple[str, str], _Draft] = {}
    for change in changes:
        target = find_target(registry, change.verdict)
        if target is None or not is_mailed(target, registry.plans[change.verdict.plan]):
            continue
        for address, units in _readers_of(change, target, registry, office).items():
            first = next(iter(units))
            draft = drafts.setdefault((first, address), _Draft())
            draft.changes.append(change)
            draft.sharing += [u for u, is_known in units.items() if is_known and u != first]
            draft.without_address += [u for u, is_known in units.items() if not is_known]
    return tuple(
        Letter(
            unit, address, tuple(d.changes), tuple(dict.fromkeys(d.without_address)), tuple(dict.fromkeys(d.sharing))
        )
        for (unit, address), d in drafts.items()
    )


def _readers_of(change: Change, target: Target, registry: Registry, office: str) -> dict[str, dict[str, bool]]:
    """Address -> unit -> whether the address is the unit's own; units in their order of responsibility."""
    readers: dict[str, dict[str, bool]] = {}
    for unit in responsible_units(change.verdict, target):
        known = addresses_of(registry, unit, plan=change.verdict.plan)
        for address in known or (office,):
            readers.setdefault(address, {})[unit] = bool(known)
    return readers
