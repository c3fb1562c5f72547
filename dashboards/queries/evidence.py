"""The rows of the departments' files that decided a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select

from schemas.warehouse import tables as t


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceRow:
    """One deciding row. `cells`: `{column, header, cell, text}` each; `line` as people see it, from 1."""

    batch_id: str
    file_name: str
    sheet: str | None
    line: int
    cells: tuple[Mapping[str, Any], ...]
    note: str | None


def read_evidence(engine: Engine, verdict_id: int) -> tuple[EvidenceRow, ...]:
    """At most 200 rows, in the order in which the judge put them."""
    e = t.evidence.c
    statement = select(e.batch_id, e.file_name, e.sheet, e.line, e.cells, e.note)
    with engine.connect() as connection:
        rows = connection.execute(statement.where(e.verdict_id == verdict_id).order_by(e.rank)).mappings()
        return tuple(EvidenceRow(**{**row, "cells": tuple(row["cells"] or ())}) for row in rows)


def read_entries(engine: Engine, verdict_ids: Sequence[int]) -> tuple[EvidenceRow, ...]:
    """What people entered for all of these verdicts, each row once, the newest period first."""
    e = t.evidence.c
    statement = select(e.verdict_id, e.batch_id, e.file_name, e.sheet, e.line, e.cells, e.note)
    with engine.connect() as connection:
        rows = connection.execute(statement.where(e.verdict_id.in_(verdict_ids)).order_by(e.rank)).mappings().all()
    order = {verdict_id: place for place, verdict_id in enumerate(verdict_ids)}
    found: dict[tuple[str, str | None, int], EvidenceRow] = {}
    for row in sorted(rows, key=lambda row: -order[row["verdict_id"]]):
        fields = {name: row[name] for name in ("batch_id", "file_name", "sheet", "line", "note")}
        key = (row["batch_id"], row["sheet"], row["line"])
        found.setdefault(key, EvidenceRow(**fields, cells=tuple(row["cells"] or ())))
    return tuple(found.values())


def read_file_names(engine: Engine, batches: Sequence[str]) -> dict[str, str]:
    """Names of the files behind batch ids, as they were sent in."""
    b = t.batches.c
    with engine.connect() as connection:
        rows = connection.execute(select(b.batch_id, b.file_name).where(b.batch_id.in_(batches)))
        return {row.batch_id: row.file_name for row in rows}
