"""The lake's tables as plain Parquet or Delta for other engines (Spark, Trino), all of one snapshot.

Persons are in them as they are in the lake: as keyed hashes. Nothing of ours is needed to read the result.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal
from uuid import uuid4

from duckdb import DuckDBPyConnection

from etl.core.context import Context
from etl.core.lake import open_lake
from etl.core.lake_tables import LakeError, existing_columns, quote_text, table_name
from schemas.models.contract import Contract

Format = Literal["parquet", "delta"]
MANIFEST = "export.json"
BATCH = 100_000
"""Rows that are in memory at a time."""


@dataclass(frozen=True)
class ExportedTable:
    """One source: how many rows, in which folder of the export."""

    source: str
    rows: int
    folder: str


@dataclass(frozen=True)
class Exported:
    """A consistent state: every table as of the same snapshot of the lake."""

    format: Format
    folder: str
    snapshot: int
    tables: tuple[ExportedTable, ...]


def export_lake(ctx: Context, folder: Path, *, format_: Format, source: str | None = None) -> Exported:
    """Write the tables of all sources (or of one) below `folder`, which appears when everything is in it.

    Raises:
        LakeError: the folder is there and not empty, or nothing was ever loaded from the source.
    """
    folder = folder.expanduser().absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LakeError(f"导出位置 {folder} 已有内容；请指定一个空的或尚不存在的文件夹")
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f".{folder.name}.{uuid4().hex[:8]}")
    try:
        done = _export_into(ctx, draft, folder, format_=format_, source=source)
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)  # what broke off leaves nothing
    return done


def _export_into(ctx: Context, draft: Path, folder: Path, *, format_: Format, source: str | None) -> Exported:
    with open_lake(ctx.settings, read_only=True, url=ctx.engine.url) as lake:
        lake.execute("BEGIN")  # every table is read from the snapshot that the first look has fixed
        row = lake.execute("FROM lake.current_snapshot()").fetchone()
        contracts = _choose(lake, list(ctx.registry.contracts.values()), source)
        tables = tuple(_write(lake, contract, draft / contract.id, format_) for contract in contracts)
    done = Exported(format_, str(folder), int(row[0]) if row else 0, tables)
    draft.mkdir(parents=True, exist_ok=True)
    (draft / MANIFEST).write_text(json.dumps(asdict(done), ensure_ascii=False, indent=1), encoding="utf-8")
    return done


def _choose(lake: DuckDBPyConnection, contracts: Sequence[Contract], source: str | None) -> list[Contract]:
    found = [c for c in contracts if source in (None, c.id) and existing_columns(lake, c.id)]
    if source is not None and not found:
        raise LakeError(f"数据湖中没有来源「{source}」的数据；请核对来源编号，或先入湖")
    return found


def _write(lake: DuckDBPyConnection, contract: Contract, folder: Path, format_: Format) -> ExportedTable:
    partition = "received_month" if contract.kind == "cases" else "period"
    folder.mkdir(parents=True)
    query = f"SELECT * FROM {table_name(contract)}"  # noqa: S608 - the name of a contract, quoted
    counted = lake.execute(f"SELECT count(*) FROM {table_name(contract)}").fetchone()  # noqa: S608 - as above
    rows = int(counted[0]) if counted else 0
    if format_ == "delta":
        from deltalake import write_deltalake

        write_deltalake(folder, lake.execute(query).to_arrow_reader(BATCH), partition_by=[partition])
    elif rows:
        lake.execute(f"COPY ({query}) TO {quote_text(str(folder))} (FORMAT parquet, PARTITION_BY ({partition}))")
    return ExportedTable(contract.id, rows, contract.id)
