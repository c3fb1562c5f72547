"""Writes what was promised beside what came of it: the catalogue for the board, and every definition used, for ever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert
from sqlalchemy.dialects.postgresql import insert as insert_or_leave

from etl.core.by_hand import by_hand_contracts, is_by_hand
from etl.core.comparison import compare_family
from etl.core.target_rows import PARTS, part_rows, target_row, to_plain
from etl.publish.clause_texts import quote_clauses
from schemas.models.base import Promise
from schemas.models.plan import Target
from schemas.models.registry import Pack, Registry
from schemas.warehouse.tables import catalogue, definitions, plans, targets


def describe_plan(registry: Registry, pack: Pack) -> dict[str, Any]:
    """`plan.yml` with the names of its units and of the sources that its targets draw on."""
    names = {*registry.sources_of(pack.plan.id), *_entered_sources(registry, [pack])}
    sources = (registry.contracts[source] for source in sorted(names))
    return {
        **pack.plan.model_dump(mode="json", by_alias=True),
        "units": {unit.id: unit.name_en for unit in pack.units},
        "sources": {c.id: {"name_zh": c.name_zh, "name_en": c.name_en, "owner": c.owner} for c in sources},
    }


def _entered_sources(registry: Registry, packs: Iterable[Pack]) -> set[str]:
    """Sources of what people enter, where a plan has targets that wait for it."""
    waits = any(is_by_hand(target) for pack in packs for target in pack.targets)
    return {contract.id for contract in by_hand_contracts(registry)} if waits else set()


def refresh_catalogue(
    connection: Connection, registry: Registry, *, plan_ids: Sequence[str], folders: Sequence[Path] = ()
) -> None:
    """Replace the catalogue of these plans by the registry's; a plan that is no longer there leaves it.

    The office's copies of the policy texts are looked for in `folders`, in this order.
    """
    for table in (targets, plans):
        connection.execute(delete(table).where(table.c.plan.in_(plan_ids)))
    for pack in (registry.plans[p] for p in plan_ids if p in registry.plans):
        plan = pack.plan.id
        connection.execute(insert(plans).values(plan=plan, content=describe_plan(registry, pack)))
        rows = [
            {
                "plan": plan,
                "target": target.id,
                "rank": rank,
                "version": target.content_hash(),
                "content": describe_target(registry, plan, target),
            }
            for rank, target in enumerate(pack.targets, start=1)
        ]
        if rows:
            connection.execute(insert(targets), rows)
    _refresh_parts(connection, registry, plan_ids, folders)
    _refresh_families(connection, registry)


def describe_target(registry: Registry, plan: str, target: Target) -> dict[str, Any]:
    """A row of `bizenv targets --json`, and the baselines that hold for it (`unit` None: for every other unit)."""
    entered = [b for b in registry.baselines if (b.plan, b.target) == (plan, target.id)]
    given = registry.baseline_of(plan, target.id, "")
    known = [*entered, *([given] if given and given not in entered else [])]
    keys = ("unit", "value", "date", "source")
    return {**target_row(plan, target), "baselines": [{k: to_plain(getattr(b, k)) for k in keys} for b in known]}


def _refresh_parts(
    connection: Connection, registry: Registry, plan_ids: Sequence[str], folders: Sequence[Path]
) -> None:
    """What a plan's document says beside its targets, and its clauses; `rank` is the plan's place in office.yml."""
    c = catalogue.c
    connection.execute(delete(catalogue).where(c.kind.in_(("parts", "clauses")), c.name.in_(plan_ids)))
    for pack in (registry.plans[p] for p in plan_ids if p in registry.plans):
        place = registry.active.index(pack.plan.id) if pack.plan.id in registry.active else len(registry.active)
        row = {"name": pack.plan.id, "rank": place + 1}
        parts = {part: part_rows(pack, part) for part in PARTS}
        connection.execute(insert(catalogue).values(kind="parts", content=parts, **row))
        connection.execute(insert(catalogue).values(kind="clauses", content=quote_clauses(pack, folders), **row))


def _refresh_families(connection: Connection, registry: Registry) -> None:
    """All plans that somebody has written down, family by family, whichever are in use here."""
    whole = registry.everything or registry
    connection.execute(delete(catalogue).where(catalogue.c.kind == "family"))
    rows = [
        {"kind": "family", "name": name, "rank": rank, "content": describe_family(whole, name)}
        for rank, name in enumerate(whole.families, start=1)
    ]
    if rows:
        connection.execute(insert(catalogue), rows)


def describe_family(registry: Registry, family: str) -> dict[str, Any]:
    """A family as `bizenv targets --compare` gives it, and the names of its plans."""
    found = compare_family(registry, family)
    aims = [target for member in found["indicators"] for target in member["targets"]]
    named = {row["plan"]: registry.plans[row["plan"]].plan for row in (*aims, *found["facts"])}
    keys = ("name_zh", "name_en", "jurisdiction", "start", "until")
    return {**found, "plans": {k: {n: to_plain(getattr(p, n)) for n in keys} for k, p in sorted(named.items())}}


def keep_definitions(connection: Connection, registry: Registry, *, plan_ids: Sequence[str], at: dt.datetime) -> None:
    """Store what the content hashes of these plans stand for; a version that is stored already stays as it is."""
    rows = [
        {
            "kind": kind,
            "name": name,
            "version": promise.content_hash(),
            "content": promise.model_dump(mode="json", by_alias=True),
            "first_used_at": at,
        }
        for kind, name, promise in _promises_of(registry, plan_ids)
    ]
    if rows:
        connection.execute(insert_or_leave(definitions).on_conflict_do_nothing(), rows)


def _promises_of(registry: Registry, plan_ids: Sequence[str]) -> Iterator[tuple[str, str, Promise]]:
    packs = [registry.plans[p] for p in plan_ids if p in registry.plans]
    for pack in packs:
        yield "plan", pack.plan.id, pack.plan
        yield from (("target", f"{pack.plan.id}/{target.id}", target) for target in pack.targets)
        yield from (("unit", f"{pack.plan.id}/{unit.id}", unit) for unit in pack.units)
    used = {t.indicator for pack in packs for t in pack.targets if t.indicator}
    contracts = {registry.indicators[i].source for i in used} | _entered_sources(registry, packs)
    yield from (("indicator", i, registry.indicators[i]) for i in sorted(used))
    yield from (("contract", c, registry.contracts[c]) for c in sorted(contracts))
    calendars = {p.plan.calendar for p in packs} | {registry.contracts[c].calendar for c in contracts}
    yield from (("calendar", c, registry.calendars[c]) for c in sorted(calendars) if c in registry.calendars)
