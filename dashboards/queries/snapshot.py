"""Reads the newest published set, whole, in one transaction that sees one state of the database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, func, or_, select, text

from dashboards.queries.records import Change, Plan, PublishedSet, Snapshot, Target, Verdict
from schemas.warehouse import tables as t

# Some 700 rows: a look takes a few milliseconds. The verdicts may stay as they are while a note is put right.
_CATALOGUE = """
select md5(string_agg(line, '' order by line)) from (
    select md5(plan || content::text) as line from plans
    union all select md5(plan || target || rank || content::text) from targets
    union all select md5(kind || name || rank || content::text) from catalogue
) as lines
"""
_VERDICT_FIELDS = tuple(field.name for field in fields(Verdict))


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulse:
    """What one cheap look at the warehouse tells: is there anything new?

    Attributes:
        set_id: the newest published set, None before the first.
        clock: the home's own today, None: the real day.
        simulated: the home holds simulated data.
        activity: changes whenever the data page would look different.
        request_open: a request of a viewer waits or is being carried out.
        catalogue: changes whenever what is promised, or its text, has been published anew.
        cases: changes whenever the lights of open cases have been refreshed.
    """

    set_id: int | None
    clock: dt.date | None
    simulated: bool
    activity: str
    request_open: bool
    catalogue: str = ""
    cases: str = ""


def _published() -> Select[*tuple[Any, ...]]:
    return select(t.publications).where(t.publications.c.state == "published")


def read_pulse(engine: Engine) -> Pulse:
    """One look; a few index lookups."""
    with engine.connect() as connection:
        set_id = connection.scalar(
            select(func.max(t.publications.c.set_id)).where(t.publications.c.state == "published")
        )
        home = connection.execute(select(t.home.c.clock, t.home.c.simulated)).first()
        outcome = connection.scalar(select(func.max(t.outcomes.c.id)))
        mail = connection.execute(
            select(func.max(t.mails.c.id), func.max(t.mails.c.sent_at), func.sum(t.mails.c.attempts))
        ).one()
        request = connection.execute(
            select(t.requests.c.id, t.requests.c.state).order_by(t.requests.c.id.desc()).limit(1)
        ).first()
        catalogue = connection.scalar(text(_CATALOGUE))
        lit_at = connection.scalar(select(func.max(t.case_clocks.c.lit_at)))
    return Pulse(
        set_id=set_id,
        clock=home.clock if home else None,
        simulated=bool(home and home.simulated),
        activity="/".join(map(str, (outcome, *mail, *(request or ())))),
        request_open=bool(request and request.state in ("waiting", "working")),
        catalogue=catalogue or "",
        cases=lit_at.isoformat() if lit_at else "",
    )


def load_snapshot(engine: Engine) -> Snapshot | None:
    """The newest published set, or None where nothing has been published.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database is away, or has no warehouse in it.
    """
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        row = connection.execute(_published().order_by(t.publications.c.set_id.desc()).limit(1)).first()
        if row is None:
            return None
        before = _published().where(t.publications.c.set_id < row.set_id)
        previous = connection.execute(before.order_by(t.publications.c.set_id.desc()).limit(1)).first()
        changed_in, changes = _read_changes(connection, row.set_id)
        return Snapshot(
            published=_to_set(row),
            previous=_to_set(previous) if previous else None,
            changed_in=changed_in,
            verdicts=_read_verdicts(connection, row.set_id),
            targets=_read_targets(connection),
            plans=_read_plans(connection),
            changes=changes,
            parts=_read_beside(connection, "parts"),
            clauses=_read_beside(connection, "clauses"),
            families=tuple(_read_beside(connection, "family").values()),
        )


def _read_plans(connection: Connection) -> dict[str, Plan]:
    """In the order in which the office names them."""
    c, parts = t.plans.c, t.catalogue.c
    beside = (parts.kind == "parts") & (parts.name == c.plan)
    wanted = select(t.plans).join(t.catalogue, beside, isouter=True)
    rows = connection.execute(wanted.order_by(parts.rank.nulls_last(), c.plan))
    return {row.plan: Plan(id=row.plan, content=row.content) for row in rows}


def _read_beside(connection: Connection, kind: str) -> dict[str, Any]:
    """Name -> content of one kind of the table `catalogue`, in its order."""
    c = t.catalogue.c
    rows = connection.execute(select(c.name, c.content).where(c.kind == kind).order_by(c.rank, c.name))
    return {row.name: row.content for row in rows}


def _to_set(row: Any) -> PublishedSet:
    return PublishedSet(set_id=row.set_id, as_of=row.as_of, published_at=row.published_at, digest=row.digest)


def _read_verdicts(connection: Connection, set_id: int) -> tuple[Verdict, ...]:
    v = t.verdicts.c
    standing = (v.set_from <= set_id) & or_(v.set_to.is_(None), v.set_to > set_id)
    statement = select(*(v[name] for name in _VERDICT_FIELDS)).where(standing)
    return tuple(_to_verdict(row) for row in connection.execute(statement).mappings())


def _to_verdict(row: RowMapping) -> Verdict:
    return Verdict(**{**row, "batches": tuple(row["batches"] or ())})


def _read_targets(connection: Connection) -> tuple[Target, ...]:
    """The catalogue; what its rows leave out (notes on the basis) stands in the definition of the same version."""
    d, c = t.definitions.c, t.targets.c
    same = (d.kind == "target") & (d.name == c.plan + "/" + c.target) & (d.version == c.version)
    joined = select(t.targets, d.content.label("definition")).join(t.definitions, same, isouter=True)
    decimals = _read_decimals(connection)
    found = []
    for r in connection.execute(joined.order_by(c.plan, c.rank, c.target)):
        content = {**(r.definition or {}), **r.content, "decimals": decimals.get(r.content.get("indicator"))}
        found.append(Target(plan=r.plan, id=r.target, rank=r.rank, version=r.version, content=content))
    return tuple(found)


def _read_decimals(connection: Connection) -> dict[str | None, int]:
    """Decimals that each indicator is printed with, so that card and sentence round alike; the newest definition's."""
    d = t.definitions.c
    rows = connection.execute(select(d.name, d.content).where(d.kind == "indicator").order_by(d.first_used_at))
    return {row.name: row.content["decimals"] for row in rows if row.content.get("decimals") is not None}


def _read_changes(connection: Connection, set_id: int) -> tuple[PublishedSet | None, tuple[Change, ...]]:
    """The changes of this set, or of the last published set before it that changed a light."""
    c = t.changes.c
    newest = select(func.max(c.set_id)).join(t.publications, t.publications.c.set_id == c.set_id)
    newest = newest.where(t.publications.c.state == "published", c.set_id <= set_id, c.kind == "light")
    changed_in = connection.scalar(newest)
    wanted = select(c.set_id, c.kind, c.plan, c.target, c.unit, c.period, c.light_before, c.light_after)
    rows = connection.execute(wanted.where(c.set_id.in_({set_id, changed_in} - {None})).order_by(c.id)).mappings()
    row = connection.execute(_published().where(t.publications.c.set_id == changed_in)).first()
    return (_to_set(row) if row else None), tuple(Change(**item) for item in rows)
