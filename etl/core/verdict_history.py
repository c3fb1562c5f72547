"""Reads whole published sets: the newest one, the one that was known on a day, or a set by its number.

A verdict row belongs to set S where `set_from <= S` and (`set_to` is null or `S < set_to`). Rows are never changed
but for the end of their validity, so a set reads the same for ever.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, or_, select

from etl.core.verdicts import EvidenceRow, VerdictRow
from schemas.warehouse.tables import evidence, publications, verdicts

DEFAULT_ZONE = "Asia/Shanghai"
ROW_COLUMNS = tuple(f.name for f in fields(VerdictRow) if f.name != "evidence")


@dataclass(frozen=True)
class PublishedSet:
    """One published set; equal digests mean equal content."""

    set_id: int
    as_of: dt.date
    published_at: dt.datetime
    run_id: str
    verdict_count: int
    changed_count: int
    digest: str


@dataclass(frozen=True)
class KnownVerdict:
    """A verdict as a set held it.

    Attributes:
        as_of: the today of the set.
        age_days: how old the carried light is: days from the end of `carried_from` to `as_of`; None if not carried.
        recorded_from: when this row was first published.
        row: the verdict, without its evidence (`read_evidence` by `verdict_id`).
    """

    verdict_id: int
    set_id: int
    as_of: dt.date
    age_days: int | None
    recorded_from: dt.datetime
    row: VerdictRow


def find_set(
    connection: Connection, *, set_id: int | None = None, known_on: dt.date | None = None, zone: str = DEFAULT_ZONE
) -> PublishedSet | None:
    """The set of that number, the newest one published by the end of the day `known_on`, or the newest of all.

    Args:
        connection: to the warehouse.
        set_id: number of a set; not together with `known_on`.
        known_on: a day in `zone`; the set published last on or before it.
        zone: IANA name of the zone whose midnight ends `known_on`.
    """
    if set_id is not None and known_on is not None:
        raise ValueError("give set_id or known_on, not both")
    p = publications.c
    query = select(*(p[f.name] for f in fields(PublishedSet))).where(p.state == "published")
    if set_id is not None:
        query = query.where(p.set_id == set_id)
    if known_on is not None:
        midnight = dt.datetime.combine(known_on + dt.timedelta(days=1), dt.time(), ZoneInfo(zone))
        query = query.where(p.published_at < midnight)
    found = connection.execute(query.order_by(p.set_id.desc()).limit(1)).mappings().first()
    return PublishedSet(**found) if found else None


def in_set(set_id: int, table: Any = verdicts) -> Any:
    """SQL condition: the row belongs to the set."""
    return and_(table.c.set_from <= set_id, or_(table.c.set_to.is_(None), table.c.set_to > set_id))


def row_of(columns: Mapping[Any, Any], *, evidence_rows: tuple[EvidenceRow, ...] = ()) -> VerdictRow:
    """The verdict that a row of the table `verdicts` holds."""
    values: dict[str, Any] = {name: columns[name] for name in ROW_COLUMNS}
    values["batches"] = tuple(values["batches"])
    return VerdictRow(**values, evidence=evidence_rows)


def read_set(
    connection: Connection,
    *,
    set_id: int | None = None,
    known_on: dt.date | None = None,
    plan: str | None = None,
    target: str | None = None,
    unit: str | None = None,
    zone: str = DEFAULT_ZONE,
) -> tuple[KnownVerdict, ...]:
    """All verdicts of one set in key order (plan, target, unit, period end); see `find_set` for which one.

    Returns:
        Empty when nothing had been published by then.

    Raises:
        LookupError: there is no published set of number `set_id`.
    """
    chosen = find_set(connection, set_id=set_id, known_on=known_on, zone=zone)
    if chosen is None and set_id is not None:
        raise LookupError(f"there is no published set {set_id}")
    if chosen is None:
        return ()
    origin = verdicts.alias("origin")  # the row of the period whose light is carried, in the same set
    same_light = and_(
        *(origin.c[name] == verdicts.c[name] for name in ("plan", "target", "unit")),
        origin.c.period == verdicts.c.carried_from,
        in_set(chosen.set_id, origin),
    )
    columns = (verdicts.c.id, verdicts.c.recorded_from, *(verdicts.c[name] for name in ROW_COLUMNS))
    query = select(*columns, origin.c.period_end.label("origin_end"))
    query = query.select_from(verdicts.outerjoin(origin, same_light)).where(in_set(chosen.set_id))
    for column, wanted in ((verdicts.c.plan, plan), (verdicts.c.target, target), (verdicts.c.unit, unit)):
        query = query if wanted is None else query.where(column == wanted)
    order = [verdicts.c[name] for name in ("plan", "target", "unit", "period_end", "period")]
    return tuple(_known(m, chosen) for m in connection.execute(query.order_by(*order)).mappings())


def _known(columns: Mapping[Any, Any], chosen: PublishedSet) -> KnownVerdict:
    origin_end = columns["origin_end"]
    age = None if origin_end is None else (chosen.as_of - origin_end).days
    return KnownVerdict(columns["id"], chosen.set_id, chosen.as_of, age, columns["recorded_from"], row_of(columns))


def read_evidence(connection: Connection, verdict_id: int) -> tuple[EvidenceRow, ...]:
    """The deciding rows of one verdict, in their order."""
    names = tuple(f.name for f in fields(EvidenceRow))
    query = select(*(evidence.c[n] for n in names)).where(evidence.c.verdict_id == verdict_id)
    return tuple(evidence_of(m) for m in connection.execute(query.order_by(evidence.c.rank)).mappings())


def evidence_of(columns: Mapping[Any, Any]) -> EvidenceRow:
    """The deciding row that a row of the table `evidence` holds."""
    values: dict[str, Any] = {f.name: columns[f.name] for f in fields(EvidenceRow)}
    values["cells"] = tuple(values["cells"])
    return EvidenceRow(**values)
