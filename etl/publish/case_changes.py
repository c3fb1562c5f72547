"""Open cases whose light has changed and that somebody has to be told of: what is news, and who is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Connection, text

from etl.core.case_clocks import OpenClock
from etl.core.case_light_rows import CaseLight
from etl.publish.recipients import addresses_of
from schemas.models.registry import Registry

_NAMES = ", ".join(f"l.{f.name}" for f in fields(CaseLight) if f.name != "file_name")
# of several changes of one case only the last is news, and only where the light still is what it changed to
_WAITING = f"""
select distinct on (c.plan, c.clock, c.source, c.case_key) c.id as change_id, {_NAMES}, b.file_name
from case_light_changes c
join case_lights l using (plan, clock, source, case_key)
join batches b on b.batch_id = l.batch_id
where not c.is_told and c.id <= :last and c.light_after = l.light and l.light in ('yellow', 'red')
  and l.reason is null
order by c.plan, c.clock, c.source, c.case_key, c.id desc
"""  # noqa: S608 - names of a dataclass


@dataclass(frozen=True)
class CaseChange:
    """A case that has turned yellow or red under a clock; `light` is how it stands now."""

    change_id: int
    light: CaseLight
    clock: OpenClock


@dataclass
class CaseLetter:
    """What one unit is told at one address; the other fields are as in `recipients.Letter`."""

    unit: str
    address: str
    changes: list[CaseChange] = field(default_factory=list)
    without_address: set[str] = field(default_factory=set)
    sharing: set[str] = field(default_factory=set)


def read_waiting(connection: Connection, clocks: Iterable[OpenClock], *, last: int) -> list[CaseChange]:
    """The news up to the change `last`, under clocks that are mailed at all; red first, then by deadline."""
    told = {(clock.plan, clock.id): clock for clock in clocks if clock.is_told}
    found = []
    for row in connection.execute(text(_WAITING), {"last": last}).mappings():
        clock = told.get((row["plan"], row["clock"]))
        if clock is not None:
            columns = {key: value for key, value in row.items() if key != "change_id"}
            found.append(CaseChange(row["change_id"], CaseLight(**columns), clock))
    return sorted(found, key=lambda c: (c.light.light, str(c.light.deadline_at or c.light.deadline_date), c.change_id))


def responsible_units(light: CaseLight, clock: OpenClock) -> tuple[str, ...]:
    """The unit that handles the case; where the file names none, those that lead the target or mechanism."""
    return (light.unit,) if light.unit else clock.lead_units


def sort_into_letters(changes: Sequence[CaseChange], registry: Registry, *, office: str) -> list[CaseLetter]:
    """One letter for each unit and address; a change goes to an address once, however many units share it."""
    letters: dict[tuple[str, str], CaseLetter] = {}
    for change in changes:
        for address, units in _readers_of(change, registry, office).items():
            first = next(iter(units))
            letter = letters.setdefault((first, address), CaseLetter(first, address))
            letter.changes.append(change)
            letter.sharing |= {unit for unit, is_known in units.items() if is_known and unit != first}
            letter.without_address |= {unit for unit, is_known in units.items() if not is_known}
    return list(letters.values())


def _readers_of(change: CaseChange, registry: Registry, office: str) -> Mapping[str, Mapping[str, bool]]:
    """Address -> unit -> whether the address is the unit's own."""
    readers: dict[str, dict[str, bool]] = {}
    for unit in responsible_units(change.light, change.clock):
        known = addresses_of(registry, unit, plan=change.clock.plan)
        for address in known or (office,):
            readers.setdefault(address, {})[unit] = bool(known)
    return readers


def read_standing(connection: Connection, units: Iterable[str], *, plans: Iterable[str]) -> list[dict[str, Any]]:
    """How many cases of the units are red and yellow now, over all clocks: `unit`, `red`, `yellow`."""
    query = text(
        "select unit, sum(red) as red, sum(yellow) as yellow from case_light_counts where clock = '' "
        "and level = 'unit' and unit = any(:units) and plan = any(:plans) group by unit"
    )
    return [dict(r) for r in connection.execute(query, {"units": list(units), "plans": list(plans)}).mappings()]
