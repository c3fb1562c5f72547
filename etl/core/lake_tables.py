"""How a contract becomes a table of the lake: names, types, partition, and what may change later.

A table grows with its contract, it never changes meaning: new columns are added (old rows have no value there),
everything else that would reinterpret rows already in the lake is refused.
"""

from __future__ import annotations

import contextlib

import duckdb
from duckdb import DuckDBPyConnection

from schemas.models.contract import ColumnType, Contract
from schemas.models.contract_events import IS_REPEAT

_TYPES = {
    ColumnType.INTEGER: "BIGINT",
    ColumnType.DECIMAL: "DECIMAL(20,6)",
    ColumnType.PERCENT: "DECIMAL(12,6)",
    ColumnType.DURATION: "DECIMAL(20,6)",
    ColumnType.DATE: "DATE",
    ColumnType.DATETIME: "TIMESTAMP",
    ColumnType.BOOLEAN: "BOOLEAN",
}
_ORIGIN = {
    **{"period": "VARCHAR", "batch_id": "VARCHAR", "sheet": "VARCHAR", "line": "INTEGER"},
    "cell_words": "VARCHAR",  # what words in number cells were taken for: `online=—:missing`
}
_TEMPORAL = (ColumnType.DATE, ColumnType.DATETIME)


class LakeError(RuntimeError):
    """The lake cannot do what was asked; one Chinese sentence for the engineer, without secrets."""


def quote_name(name: str) -> str:
    """`name` as a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(value: str) -> str:
    """`value` as a SQL string literal."""
    return "'" + value.replace("'", "''") + "'"


def table_name(contract: Contract) -> str:
    """The qualified name of the source's table, quoted: `lake."permits"`."""
    return f"lake.{quote_name(contract.id)}"


def date_columns(contract: Contract) -> list[str]:
    """Names of the date and datetime columns, in the order of the contract."""
    return [column.name for column in contract.columns if column.type in _TEMPORAL]


def staged_columns(contract: Contract) -> dict[str, str]:
    """Column -> SQL type of the staged file: the contract's columns, `X_date_only`, and where each row came from.

    Raises:
        LakeError: where a column of the contract has the name of one of ours.
    """
    own = {column.name: _TYPES.get(column.type, "VARCHAR") for column in contract.columns}
    ours = {f"{name}_date_only": "BOOLEAN" for name in date_columns(contract)} | _ORIGIN
    reserved = set(ours) | {"received_month", IS_REPEAT}
    period = contract.column_by_name.get("period")
    if period is not None and period.type is ColumnType.PERIOD:
        reserved.discard("period")  # the file says itself which period a row is of
    clash = sorted(reserved & set(own))
    if clash:
        raise LakeError(f"来源「{contract.id}」的列名 {clash} 是系统保留名，请在契约中改用别的列名")
    return own | ours


def lake_columns(contract: Contract) -> dict[str, str]:
    """Column -> SQL type of the table: the staged columns, and for cases `received_month` (first day of the month)."""
    month = {"received_month": "DATE"} if contract.kind == "cases" else {}
    return staged_columns(contract) | month


def ensure_table(connection: DuckDBPyConnection, contract: Contract) -> None:
    """Create the source's table, or add the columns that its contract has gained since.

    Outside a transaction. Repeating it changes nothing, and several processes may do it at once.

    Raises:
        LakeError: when a type, the kind of the source or its key has changed: rows in the lake would change meaning.
    """
    try:
        _bring_up_to_date(connection, contract)
    except (duckdb.TransactionException, duckdb.CatalogException):
        # another process did the same a moment before; what it left is looked at anew
        _bring_up_to_date(connection, contract)


def _bring_up_to_date(connection: DuckDBPyConnection, contract: Contract) -> None:
    wanted = lake_columns(contract)
    found = existing_columns(connection, contract.id)
    if not found:
        _create_table(connection, contract, wanted)
        return
    _refuse_changes(contract, wanted, found)
    for name, kind in wanted.items():
        if name not in found:
            connection.execute(f"ALTER TABLE {table_name(contract)} ADD COLUMN IF NOT EXISTS {quote_name(name)} {kind}")


def existing_columns(connection: DuckDBPyConnection, table: str) -> dict[str, str]:
    """Column -> SQL type of a table of the lake; empty where there is no such table."""
    rows = connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns()"
        " WHERE database_name = 'lake' AND schema_name = 'main' AND table_name = ? ORDER BY column_index",
        [table],
    ).fetchall()
    return dict(rows)


def _create_table(connection: DuckDBPyConnection, contract: Contract, columns: dict[str, str]) -> None:
    table = table_name(contract)
    spelled = ", ".join(f"{quote_name(name)} {kind}" for name, kind in columns.items())
    partition = "received_month" if contract.kind == "cases" else "period"
    # one transaction: a table without its partition must never be seen
    connection.execute("BEGIN")
    try:
        connection.execute(f"CREATE TABLE {table} ({spelled})")
        connection.execute(f"ALTER TABLE {table} SET PARTITIONED BY ({partition})")
        connection.execute("COMMIT")
    except BaseException:
        # a failed COMMIT has ended the transaction itself
        with contextlib.suppress(duckdb.Error):
            connection.execute("ROLLBACK")
        raise


def _refuse_changes(contract: Contract, wanted: dict[str, str], found: dict[str, str]) -> None:
    if ("received_month" in found) != (contract.kind == "cases"):
        raise LakeError(
            f"来源「{contract.id}」的类型由办件改为报表（或相反），已入湖的数据无法沿用；请用新的来源名建立契约"
        )
    for name, kind in wanted.items():
        if found.get(name, kind) != kind:
            raise LakeError(
                f"来源「{contract.id}」的列「{name}」在湖中是 {found[name]}，契约现在要求 {kind}；"
                "类型不能更改，请在契约中恢复原类型，或另取列名"
            )
    new_keys = [name for name in contract.key if name not in found]
    if new_keys:
        raise LakeError(
            f"来源「{contract.id}」的主键新增了列 {new_keys}，已入湖的数据没有这些列；"
            "请恢复原主键，或用新的来源名建立契约"
        )
