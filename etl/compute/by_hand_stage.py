"""The part of the stage compute over what people entered: reads the lake, records the values, finds deciding rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import ibis
from duckdb import DuckDBPyConnection
from sqlalchemy import Connection, select

from etl.compute.by_hand import Entry, Told, read_entries, tell_all
from etl.compute.evidence import files_of, make_evidence_row
from etl.compute.history import record_values
from etl.core.by_hand import PREFIX, ByHandCatalogue, by_hand_contracts
from etl.core.context import Context
from etl.core.lake import ensure_table
from etl.core.lake_tables import existing_columns
from etl.core.verdicts import EVIDENCE_LIMIT, EvidenceRow, VerdictRow
from schemas.models.plan import Kind
from schemas.warehouse.tables import values

_MINE = values.c.indicator.startswith(PREFIX)


def tell_from_lake(
    ctx: Context, lake: DuckDBPyConnection, backend: ibis.BaseBackend
) -> dict[tuple[str, str], list[Told]]:
    """Values of all targets that people enter, by (plan, target), from the rows that the lake holds now."""
    entries: list[Entry] = []
    for contract in by_hand_contracts(ctx.registry):
        ensure_table(lake, contract)
        entries += read_entries(backend.table(contract.id, database=("lake", "main")), contract)
    return tell_all(ByHandCatalogue.of(ctx.registry), entries, as_of=ctx.as_of)


def record_entries(ctx: Context, lake: DuckDBPyConnection, backend: ibis.BaseBackend) -> tuple[int, int, int]:
    """Record the values of all targets that people enter; those of targets that are gone are closed.

    Returns:
        How many targets, how many values, how many of these are new or changed.
    """
    contracts = by_hand_contracts(ctx.registry)
    if not contracts:
        return 0, 0, 0
    told = tell_from_lake(ctx, lake, backend)
    catalogue = ByHandCatalogue.of(ctx.registry)
    version = "+".join(contract.content_hash() for contract in contracts)
    changed = 0
    with ctx.engine.begin() as connection:
        for key, known in catalogue.targets.items():
            rows = [item.row for item in told[key]]
            versions = {"target": known.target.content_hash(), "contract": version}
            changed += record_values(connection, (known.indicator, ""), rows, versions, as_of=ctx.as_of)
        for gone in _recorded(connection).keys() - {known.indicator for known in catalogue.targets.values()}:
            record_values(connection, (gone, ""), (), {}, as_of=ctx.as_of)
    return len(catalogue.targets), sum(map(len, told.values())), changed


def is_stale(connection: Connection, ctx: Context) -> bool:
    """Whether a target that people enter has come, gone or changed since its values were recorded."""
    if not by_hand_contracts(ctx.registry):
        return False
    recorded = _recorded(connection)
    targets = {known.indicator: known for known in ByHandCatalogue.of(ctx.registry).targets.values()}
    if any(name not in targets or targets[name].target.content_hash() != hash_ for name, hash_ in recorded.items()):
        return True
    # a cadence has a row for every window, also where nobody entered anything
    begun = (n for n, k in targets.items() if k.target.kind is Kind.CADENCE and k.target.window == "calendar")
    return any(name not in recorded and targets[name].first <= ctx.as_of for name in begun)


def _recorded(connection: Connection) -> dict[str, str]:
    query = select(values.c.indicator, values.c.versions["target"].astext).where(values.c.recorded_to.is_(None), _MINE)
    return {row[0]: row[1] for row in connection.execute(query.distinct())}


def find_entry_evidence(
    ctx: Context,
    rows: Sequence[VerdictRow],
    *,
    lake: DuckDBPyConnection,
    backend: ibis.BaseBackend,
    connection: Connection,
) -> dict[tuple[str, str, str, str], tuple[EvidenceRow, ...]]:
    """The entered rows that decided verdicts of targets that people enter, newest first."""
    contracts = [c for c in by_hand_contracts(ctx.registry) if existing_columns(lake, c.id)]
    if not rows or not contracts:
        return {}
    entries: list[Entry] = []
    for contract in contracts:
        entries += read_entries(backend.table(contract.id, database=("lake", "main")), contract)
    told = tell_all(ByHandCatalogue.of(ctx.registry), entries, as_of=ctx.as_of)
    files = files_of(connection, {entry.batch_id for entry in entries})
    found = {}
    for row in rows:
        mine = next((t for t in told.get((row.plan, row.target), ()) if _decides(t, row)), None)
        newest = list(reversed(mine.entries))[:EVIDENCE_LIMIT] if mine else []
        found[row.key] = tuple(
            make_evidence_row(e.content, e.contract, _shown(e), write_note(e), files) for e in newest
        )
    return found


def _decides(told: Told, row: VerdictRow) -> bool:
    return (told.row.unit, told.row.period) == (row.unit, row.period)


def _shown(entry: Entry) -> Collection[str]:
    """All columns; the period of an event is only the month of its day, and its cell may be empty."""
    names = {column.name for column in entry.contract.columns}
    return names - {"period"} if entry.day is not None and entry.value is None and entry.grade is None else names


def write_note(entry: Entry) -> str:
    """What the row says, in Chinese."""
    if entry.is_confirmed and entry.day is not None:
        return f"{entry.day:%Y-%m-%d} 确认完成"
    if entry.grade is not None:
        return f"{entry.period} 评为“{entry.grade}”"
    if entry.day is not None:
        return f"{entry.day:%Y-%m-%d}，计 {1 if entry.value is None else entry.value} 次"
    return f"{entry.period} 填报 {entry.value}"
