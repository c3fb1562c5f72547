"""The append-only history of values: a new row only where something but the day changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, tuple_, update

from etl.compute.grid import ValueRow
from etl.compute.stale import Mark
from schemas.warehouse.tables import dirty, values

_NUMBERS = ("state", "numerator", "denominator", "n", "open_numerator", "open_denominator")
_COMPARED = (*_NUMBERS, "extra", "batches", "versions")


def record_values(
    connection: Connection,
    key: tuple[str, str],
    rows: Sequence[ValueRow],
    versions: Mapping[str, str],
    *,
    as_of: dt.date,
) -> int:
    """Write the rows of one measure (indicator, variant) that differ from what is recorded; close those they replace.

    Returns:
        How many new rows were written.
    """
    mine = (values.c.indicator == key[0]) & (values.c.variant == key[1])
    current = select(values).where(mine, values.c.recorded_to.is_(None))
    recorded = {(row["unit"], row["period"]): dict(row) for row in connection.execute(current).mappings()}
    fresh = [(row.unit, row.period, _content(row, versions)) for row in rows]
    changed = [item for item in fresh if not _is_same(recorded.get(item[:2]), item[2])]
    gone = [recorded[place]["id"] for place in recorded.keys() - {item[:2] for item in fresh}]
    closed = gone + [recorded[item[:2]]["id"] for item in changed if item[:2] in recorded]
    if closed:
        connection.execute(update(values).where(values.c.id.in_(closed)).values(recorded_to=func.now()))
    if changed:
        common = {"indicator": key[0], "variant": key[1], "as_of": as_of}
        connection.execute(
            insert(values), [{**common, "unit": unit, "period": period, **row} for unit, period, row in changed]
        )
    return len(changed)


def _content(row: ValueRow, versions: Mapping[str, str]) -> dict[str, Any]:
    named = {name: getattr(row, name) for name in _NUMBERS}
    return {**named, "extra": dict(row.extra), "batches": list(row.batches), "versions": dict(versions)}


def _is_same(known: Mapping[str, Any] | None, fresh: Mapping[str, Any]) -> bool:
    return known is not None and all(known[name] == fresh[name] for name in _COMPARED)


def read_dirty(connection: Connection) -> list[Mark]:
    """All marks."""
    columns = (dirty.c.source, dirty.c.month, dirty.c.batch_id, dirty.c.since)
    return [Mark(*row) for row in connection.execute(select(*columns))]


def forget_dirty(connection: Connection, marks: Iterable[Mark]) -> None:
    """Take off the marks that this computation has followed.

    A mark that load renewed meanwhile has another `since` and stays: its rows may not have been seen.
    """
    marks = list(marks)
    if marks:
        columns = tuple_(dirty.c.source, dirty.c.month, dirty.c.batch_id, dirty.c.since)
        connection.execute(delete(dirty).where(columns.in_(marks)))


def last_as_of(connection: Connection) -> dt.date | None:
    """The latest day that any value was computed for."""
    return connection.execute(select(func.max(values.c.as_of))).scalar_one()
