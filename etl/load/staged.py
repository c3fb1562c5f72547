"""The staged file as the temporary view `staged`: exactly the columns and types of the table, or an error."""

# ruff: noqa: S608 - SQL is put together from quoted names of contracts and quoted ids, never from cells

from __future__ import annotations

import hashlib
from pathlib import Path

from duckdb import DuckDBPyConnection

from etl.core.lake_tables import LakeError, lake_columns, quote_name, quote_text, staged_columns
from schemas.models.contract import Contract


class StagedFileError(RuntimeError):
    """What check has left is not what it promised: a fault of ours, never of the department."""


def stamp_of(path: Path) -> str:
    """SHA-256 of the staged file.

    Raises:
        StagedFileError: where the file is gone.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        raise StagedFileError(
            f"已通过检查的文件不见了：{path.name}（批次 {path.parent.name}），请重新检查该批次"
        ) from None


def open_staged(connection: DuckDBPyConnection, path: Path, contract: Contract) -> int:
    """Make the view `staged` (columns of `lake_columns`) and return its number of rows.

    Raises:
        StagedFileError: a column is missing, unknown or of another type, a report row has no period,
            or a key that decides what is replaced occurs twice.
    """
    source = f"read_parquet({quote_text(_literal_path(path))}, hive_partitioning = false)"
    found = {row[0]: row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    _compare_columns(contract, found)
    picked = [_pick(name, kind, found) for name, kind in staged_columns(contract).items()]
    if "received_month" in lake_columns(contract):
        picked.append(f"CAST(date_trunc('month', {quote_name(str(contract.received))}) AS DATE) AS received_month")
    connection.execute(f"CREATE OR REPLACE TEMP VIEW staged AS SELECT {', '.join(picked)} FROM {source}")
    _refuse_bad_rows(connection, contract)
    return _count(connection, "SELECT count(*) FROM staged")


def match_columns(contract: Contract) -> list[str]:
    """Columns by which a new row replaces an old one under `resend: merge`."""
    own = list(contract.key)
    return own if contract.kind == "cases" or "period" in own else ["period", *own]


def _literal_path(path: Path) -> str:
    """`read_parquet` takes patterns; a folder with `[` in its name is meant as it stands."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in str(path))


def _pick(name: str, kind: str, found: dict[str, str]) -> str:
    return quote_name(name) if name in found else f"CAST(NULL AS {kind}) AS {quote_name(name)}"


def _compare_columns(contract: Contract, found: dict[str, str]) -> None:
    wanted = staged_columns(contract)
    optional = {column.name for column in contract.columns if column.optional_column}
    optional |= {f"{name}_date_only" for name in optional} | {"cell_words"}
    missing = sorted(set(wanted) - set(found) - optional)
    unknown = sorted(set(found) - set(wanted))
    if missing or unknown:
        raise StagedFileError(f"来源「{contract.id}」已检查的数据缺少列 {missing}，多出列 {unknown}；请重新检查该批次")
    for name, kind in wanted.items():
        if found.get(name, kind) != kind:
            raise LakeError(
                f"来源「{contract.id}」已检查的数据中列「{name}」是 {found[name]}，应为 {kind}；请重新检查该批次"
            )


def _refuse_bad_rows(connection: DuckDBPyConnection, contract: Contract) -> None:
    needed = "period" if contract.kind == "report" else "received_month"
    bad = _count(connection, f"SELECT count(*) FROM staged WHERE {needed} IS NULL")
    if bad:
        raise StagedFileError(
            f"来源「{contract.id}」有 {bad} 行没有{'所属期' if needed == 'period' else '受理日期'}，不能入湖"
        )
    _refuse_persons(connection, contract)
    if contract.resend == "merge":
        key = ", ".join(map(quote_name, match_columns(contract)))
        twice = _count(
            connection,
            f"SELECT count(*) FROM (SELECT {key} FROM staged GROUP BY ALL HAVING count(*) > 1)",
        )
        if twice:
            raise StagedFileError(f"来源「{contract.id}」有 {twice} 个主键在同一文件中出现多次，不能入湖")


def _refuse_persons(connection: DuckDBPyConnection, contract: Contract) -> None:
    """Whatever goes wrong before: the lake takes no person but as a hash."""
    for column in (column for column in contract.columns if column.personal):
        name = quote_name(column.name)
        if _count(connection, f"SELECT count(*) FROM staged WHERE {name} IS NOT NULL AND NOT {name} ^@ 'h:'"):
            raise StagedFileError(
                f"来源「{contract.id}」的个人信息列「{column.name}」没有加密，不能入湖；请重新检查该批次"
            )


def _count(connection: DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
