"""Compares a run's verdicts with the set that stands and writes only what differs.

The comparison is done in columns (`differences`); what it found stands for the transaction in the temporary table
`verdict_diff`: `old_id` of each row to close, from which `changes` tells what is news.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from etl.core.verdict_frames import VerdictFrame, VerdictSet
from etl.core.verdict_history import find_set
from etl.core.verdicts import EVIDENCE_LIMIT, EvidenceRow, VerdictRow
from etl.publish.differences import RECORDED, Differences, find_differences
from etl.publish.hashing import VERDICT_FIELDS, dump_json
from schemas.warehouse.dialect import copy_rows

Verdicts = VerdictSet | Iterable[VerdictRow]
"""A set, or the rows of one."""

_READ_TARGET = """
select id, unit, period, content_hash from verdicts where set_to is null and plan = :plan and target = :target
"""
_READ_OTHERS = """
select id from verdicts
where set_to is null and plan = any(:plans)
  and (plan, target) not in (select * from unnest(cast(:judged_plans as text[]), cast(:judged_targets as text[])))
"""
_CREATE_DIFF = "create temp table verdict_diff (old_id bigint not null) on commit drop"
_CLOSE = """
update verdicts set set_to = :set_id, recorded_to = :at where id in (select old_id from verdict_diff)
"""
_NEW_IDS = "select plan, target, unit, period, id from verdicts where set_from = :set_id order by id"


def as_set(verdicts: Verdicts) -> VerdictSet:
    return verdicts if isinstance(verdicts, VerdictSet) else VerdictSet.of_rows(verdicts)


def compare(connection: Connection, verdicts: VerdictSet, *, plans: Sequence[str]) -> Differences:
    """What publishing `verdicts` would write and close; reads only.

    Raises:
        ValueError: a verdict of another plan, two verdicts of one key, or not exactly one current row of a
            (plan, target, unit): a fault of the judge, never of a department.
    """
    judged = {(frame.promised.plan, frame.promised.target) for frame in verdicts.frames if len(frame)}
    if strangers := {plan for plan, _ in judged} - set(plans):
        raise ValueError(f"verdicts of plans that are not being published: {sorted(strangers)}")

    def read(plan: str, target: str) -> pd.DataFrame:
        rows = connection.execute(text(_READ_TARGET), {"plan": plan, "target": target}).all()
        return pd.DataFrame(rows, columns=list(RECORDED))

    found = find_differences(verdicts, read)
    names = {"judged_plans": [plan for plan, _ in judged], "judged_targets": [target for _, target in judged]}
    others = connection.execute(text(_READ_OTHERS), {"plans": list(plans), **names}).scalars().all()
    return Differences(found.numbers, found.hashes, [*found.gone, *others], found.changed + len(others))


@dataclass(frozen=True)
class Comparison:
    """Differences of `frames` from the set number `standing` (None: from nothing)."""

    frames: tuple[VerdictFrame, ...]
    differences: Differences
    standing: int | None

    def holds(self, verdicts: VerdictSet, standing: int | None) -> bool:
        """Whether it says what to write of these verdicts: no other set was published since."""
        return verdicts.frames is self.frames and standing == self.standing


def compare_ahead(connection: Connection, verdicts: VerdictSet, *, plans: Sequence[str]) -> Comparison:
    """Compare before the transaction that publishes, to look up the evidence of the rows that will be written anew."""
    standing = find_set(connection)
    found = compare(connection, verdicts, plans=plans)
    return Comparison(verdicts.frames, found, standing.set_id if standing else None)


def write_diff(
    connection: Connection, verdicts: VerdictSet, found: Differences, *, set_id: int, at: dt.datetime
) -> None:
    """Close what no longer stands, write what is new with its evidence, as part of set `set_id`."""
    connection.execute(text(_CREATE_DIFF))
    copy_rows(connection, "verdict_diff", ("old_id",), ((old_id,) for old_id in found.gone))
    connection.execute(text("analyze verdict_diff"))
    connection.execute(text(_CLOSE), {"set_id": set_id, "at": at})
    columns = (*VERDICT_FIELDS, "set_from", "content_hash", "recorded_from")
    fresh = zip(verdicts.rows(found.numbers), found.hashes, strict=True)
    copy_rows(connection, "verdicts", columns, ((*_cells_of(row), set_id, digest, at) for row, digest in fresh))
    if verdicts.evidence:
        _write_evidence(connection, verdicts, set_id=set_id)


def _write_evidence(connection: Connection, verdicts: VerdictSet, *, set_id: int) -> None:
    new_ids = connection.execute(text(_NEW_IDS), {"set_id": set_id}).all()
    columns = ("verdict_id", "rank", "batch_id", "file_name", "sheet", "line", "cells", "note")
    found = ((row[-1], verdicts.evidence.get(tuple(row[:-1]), ())) for row in new_ids)
    copy_rows(
        connection, "evidence", columns, (cells for row_id, rows in found for cells in _evidence_of(row_id, rows))
    )


def _cells_of(row: VerdictRow) -> list[Any]:
    adapted = {"marks": dump_json(row.marks), "versions": dump_json(row.versions), "batches": list(row.batches)}
    return [adapted.get(name, getattr(row, name)) for name in VERDICT_FIELDS]


def _evidence_of(verdict_id: int, rows: Sequence[EvidenceRow]) -> Iterable[tuple[Any, ...]]:
    if len(rows) > EVIDENCE_LIMIT:
        raise ValueError(f"verdict {verdict_id}: {len(rows)} rows of evidence, at most {EVIDENCE_LIMIT}")
    for rank, e in enumerate(rows, start=1):
        yield (verdict_id, rank, e.batch_id, e.file_name, e.sheet, e.line, dump_json(list(e.cells)), e.note)
