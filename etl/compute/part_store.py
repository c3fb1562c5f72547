"""Parts in the warehouse: read, written a chunk at a time, never by an older look at the lake than the one kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text

from etl.compute.part_rows import PartRow
from etl.compute.stale import Known, make_known
from schemas.warehouse.dialect import advisory_lock, copy_rows
from schemas.warehouse.tables import part_chunks, parts

MeasureKey = tuple[str, str]
_COLUMNS = tuple(column for column in parts.c if column.name != "chunk_id")
_SELECT = select(part_chunks.c.chunk, *_COLUMNS).join(parts, parts.c.chunk_id == part_chunks.c.id)
_MERGE = text(
    """
    select kind, key, unit, period,
           case when count(numerator) = count(*) then sum(numerator) end,
           case when count(denominator) = count(*) then sum(denominator) end,
           sum(n)::bigint, sum(blind)::bigint, sum(coarse)::bigint
    from parts join part_chunks on part_chunks.id = parts.chunk_id
    where indicator = :indicator and variant = :variant
    group by kind, key, unit, period
    """
)


def units_key(source: str) -> MeasureKey:
    """Under which the reporting units are kept that the rows of each chunk name."""
    return "@units", source


def read_known(connection: Connection, sources: Collection[str]) -> dict[MeasureKey, dict[str, Known]]:
    """What is kept of each chunk of each measure over these sources."""
    found: dict[MeasureKey, dict[str, Known]] = defaultdict(dict)
    query = select(part_chunks).where(part_chunks.c.source.in_(sources))
    for row in connection.execute(query).mappings():
        found[row["indicator"], row["variant"]][row["chunk"]] = make_known(row)
    return found


def read_merged(connection: Connection, key: MeasureKey) -> list[PartRow]:
    """The sums over all chunks of one measure."""
    rows = connection.execute(_MERGE, {"indicator": key[0], "variant": key[1]})
    return [PartRow(*row) for row in rows]


def read_first_units(connection: Connection, source: str) -> dict[str, str]:
    """Unit -> period (month of receipt for cases) in which the source first spoke of it."""
    query = select(parts.c.unit, func.min(parts.c.period)).join(part_chunks, part_chunks.c.id == parts.c.chunk_id)
    rows = connection.execute(query.where(_mine(units_key(source))).group_by(parts.c.unit))
    return {row[0]: row[1] for row in rows}


def read_chunks(connection: Connection, key: MeasureKey, chunks: Collection[str]) -> dict[str, list[PartRow]]:
    """The parts of single chunks."""
    found: dict[str, list[PartRow]] = defaultdict(list)
    for chunk, *cells in connection.execute(_SELECT.where(_mine(key), part_chunks.c.chunk.in_(chunks))):
        found[chunk].append(PartRow(*cells))
    return found


def read_periods(connection: Connection, key: MeasureKey, periods: Collection[str]) -> list[tuple[str, PartRow]]:
    """The parts of kind `main` of these periods, each with its chunk."""
    wanted = _SELECT.where(_mine(key), parts.c.period.in_(periods), parts.c.kind == "main")
    return [(chunk, PartRow(*cells)) for chunk, *cells in connection.execute(wanted)]


def write_chunks(
    connection: Connection,
    key: MeasureKey,
    source: str,
    known: Mapping[str, Known],
    rows: Mapping[str, Sequence[PartRow]],
) -> None:
    """Replace what is kept of these chunks, except where somebody has written from a newer snapshot meanwhile."""
    advisory_lock(connection, f"parts:{key[0]}:{key[1]}")
    mine = select(part_chunks.c.chunk, part_chunks.c.snapshot).where(_mine(key), part_chunks.c.chunk.in_(known))
    newer = {chunk for chunk, snapshot in connection.execute(mine) if snapshot > known[chunk].snapshot}
    fresh = sorted(known.keys() - newer)
    if not fresh:
        return
    connection.execute(delete(part_chunks).where(_mine(key), part_chunks.c.chunk.in_(fresh)))
    common = {"indicator": key[0], "variant": key[1], "source": source}
    ids = connection.execute(
        insert(part_chunks).returning(part_chunks.c.chunk, part_chunks.c.id),
        [{**common, "chunk": chunk, **vars(known[chunk])} for chunk in fresh],
    )
    placed = {row.chunk: row.id for row in ids}
    names = ("chunk_id", *(column.name for column in _COLUMNS))
    copy_rows(connection, "parts", names, ((placed[c], *row) for c in fresh for row in rows.get(c, ())))


def forget_measures(connection: Connection, kept: Iterable[MeasureKey], sources: Collection[str]) -> None:
    """Take off what is kept of measures over these sources that no target asks for any more."""
    named = connection.execute(
        select(part_chunks.c.indicator, part_chunks.c.variant).where(part_chunks.c.source.in_(sources)).distinct()
    )
    for gone in {tuple(row) for row in named} - set(kept):
        connection.execute(delete(part_chunks).where(_mine(gone)))


def same_parts(one: Iterable[PartRow], other: Iterable[PartRow]) -> bool:
    """Whether two lists of parts say the same, in whatever order."""
    return Counter(one) == Counter(other)


def _mine(key: MeasureKey) -> Any:
    return (part_chunks.c.indicator == key[0]) & (part_chunks.c.variant == key[1])
