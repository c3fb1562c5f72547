"""The Data Docs of this home: all contracts, and what the newest judged file of each kept, from what check recorded."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from etl.core.context import Context
from expectations.docs import LastResult, SourceDocs, write_docs
from schemas.models.contract import Contract
from schemas.warehouse.tables import batches, findings

FOLDER = "data_docs"
_JUDGED = ("accepted", "loaded", "unchanged", "duplicate")
_SILENT = "RULE.COULD_NOT_RUN"


def build_data_docs(ctx: Context) -> tuple[Path, int]:
    """Write the site anew; its place and the number of its pages. The old one stands until the new one is whole."""
    with ctx.engine.connect() as connection:
        sources = [SourceDocs(c, _read_last(connection, c)) for _, c in sorted(ctx.registry.contracts.items())]
    folder = ctx.settings.home / FOLDER
    made = folder.with_name(f"{FOLDER}.part")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    pages = write_docs(made, sources)
    shutil.rmtree(folder, ignore_errors=True)
    made.replace(folder)
    return folder, pages


def _read_last(connection: Connection, contract: Contract) -> LastResult | None:
    """The newest file of a source whose rows were judged; a refused one has none."""
    query = (
        select(batches)
        .where(
            batches.c.source == contract.id,
            batches.c.status.in_(_JUDGED),
            batches.c.checked_at.is_not(None),
            batches.c.correction_of.is_(None),
        )
        .order_by(batches.c.checked_at.desc(), batches.c.batch_id.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    broken: Counter[tuple[str, str | None]] = Counter()
    silent: set[str] = set()
    for found in connection.execute(select(findings).where(findings.c.batch_id == row["batch_id"])).mappings():
        _count(found, broken, silent)
    rows = int((row["lines"] or {}).get("data", 0))
    return LastResult(row["batch_id"], row["period"], row["checked_at"], rows, broken, frozenset(silent))


def _count(found: Any, broken: Counter[tuple[str, str | None]], silent: set[str]) -> None:
    if found["code"] == _SILENT:
        silent.add(str(found["rule"]))
    else:
        broken[found["code"], found["column_name"]] += found["rows"]
