"""What a merged case was before, and open cases that a full export no longer names: neither may be lost.

The history is a table of the lake beside the source's own, `<source>__history`: the row as it was, with the batch that
replaced it. A row that comes again unchanged leaves none.
"""

# ruff: noqa: S608 - SQL is put together from quoted names of contracts and quoted ids, never from cells

from __future__ import annotations

from duckdb import DuckDBPyConnection
from sqlalchemy import delete, insert

from etl.core.context import Context
from etl.core.lake_tables import existing_columns, lake_columns, quote_name, quote_text, table_name
from etl.load.replace import Scope
from schemas.models.case_keys import KEY_SEPARATOR, show_key
from schemas.models.contract import Contract
from schemas.models.finding import Level
from schemas.warehouse.tables import findings

VANISHED = "CASE.VANISHED"
SHOWN = 10
"""So many numbers are named in the note."""
TODO = "请核对：已办结的请补报办结时间；误删的请重新导出。在此之前它们仍按在办计时"


def history_name(contract: Contract) -> str:
    """The name of the history table of a source of cases."""
    return f"{contract.id}__history"


def ensure_history(connection: DuckDBPyConnection, contract: Contract) -> None:
    """Make the history table, or add the columns that the contract has gained. Outside a transaction."""
    if contract.kind != "cases":
        return
    wanted = lake_columns(contract) | {"replaced_by": "VARCHAR"}
    spelled = ", ".join(f"{quote_name(name)} {kind}" for name, kind in wanted.items())
    table = f"lake.{quote_name(history_name(contract))}"
    connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({spelled})")
    for name in wanted.keys() - existing_columns(connection, history_name(contract)).keys():
        connection.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {quote_name(name)} {wanted[name]}")


def keep_history(
    connection: DuckDBPyConnection, contract: Contract, scope: Scope, *, batch_id: str, months: str
) -> int:
    """Copy the cases that another row will replace, where that says anything else; how many they were.

    Args:
        connection: within the transaction of the load, before anything is deleted; `incoming` is there.
        contract: of a source of cases.
        scope: what gives way.
        batch_id: what it gives way to.
        months: a condition on `t` that names the partitions touched, only to spare reading others.
    """
    if contract.kind != "cases" or not scope.joined:
        return 0
    names = [quote_name(name) for name in lake_columns(contract)]
    own = [quote_name(column.name) for column in contract.columns]
    differs = " OR ".join(f"t.{name} IS DISTINCT FROM i.{name}" for name in own)
    result = connection.execute(
        f"INSERT INTO lake.{quote_name(history_name(contract))} BY NAME"
        f" SELECT {', '.join(f't.{name}' for name in names)}, {quote_text(batch_id)} AS replaced_by"
        f" FROM {table_name(contract)} t, incoming i WHERE {scope.gone} AND ({differs}){months}"
    ).fetchone()
    return int(result[0]) if result else 0


def note_vanished(ctx: Context, connection: DuckDBPyConnection, contract: Contract, batch_id: str) -> int:
    """Note on the batch how many open cases a full export has left out; written anew each time.

    They stay in the lake, so that their clocks go on: a case cannot end by being left out.
    """
    events = contract.events
    if events is None or events.export != "full":
        return 0
    ends = [*events.finished, *([events.withdrawn] if events.withdrawn else [])]
    is_open = " AND ".join(f"{quote_name(name)} IS NULL" for name in ends) or "true"
    number = f"concat_ws('{KEY_SEPARATOR}', {', '.join(quote_name(name) for name in contract.key)})"
    rows = connection.execute(
        f"SELECT {number} FROM {table_name(contract)} WHERE batch_id <> {quote_text(batch_id)} AND {is_open} ORDER BY 1"
    ).fetchall()
    listed = "、".join(show_key(row[0]) for row in rows[:SHOWN]) + ("等" if len(rows) > SHOWN else "")
    with ctx.engine.begin() as warehouse:
        warehouse.execute(delete(findings).where(findings.c.batch_id == batch_id, findings.c.code == VANISHED))
        if rows:
            message = f"有 {len(rows)} 件在办的件没有出现在这份全量导出中：{listed}"
            note = {"code": VANISHED, "level": str(Level.NOTE), "message": message, "todo": TODO, "rows": len(rows)}
            warehouse.execute(insert(findings), {"batch_id": batch_id, **note})
    return len(rows)
