"""Cases of a whole plan straight into the lake, made up by DuckDB from their number: for the benches of scale.

The rows follow the contracts of the plan's sources of cases: 36 months of receipts, eight units, one in twenty open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from duckdb import DuckDBPyConnection
from sqlalchemy import insert

from etl.compute.measures import Measure, list_measures
from etl.core.context import Context
from etl.core.lake import ensure_table, open_lake
from etl.core.lake_tables import lake_columns, quote_name, quote_text, table_name
from schemas.models.contract import Column, ColumnType, Contract
from schemas.models.registry import Registry
from schemas.warehouse.tables import batches

PLAN = "wanli-2023"
FIRST, MONTHS = dt.date(2021, 1, 1), 36
AS_OF = dt.date(2023, 12, 31)
UNITS = ("招贤镇", "梅岭镇", "太平镇", "罗亭镇", "站前街道", "幸福街道", "洗药湖管理处", "罗亭工业园")
_STAMPED = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def case_measures(registry: Registry) -> list[Measure]:
    """All measures of the plan that are made of single cases."""
    return [measure for measure in list_measures(registry) if measure.indicator.clock is not None]


def plan_registry(registry: Registry) -> Registry:
    """The registry with this one plan alone."""
    return Registry(**{**vars(registry), "plans": {PLAN: registry.plans[PLAN]}})


def case_contracts(registry: Registry) -> list[Contract]:
    sources = dict.fromkeys(measure.indicator.source for measure in case_measures(registry))
    return [registry.contracts[source] for source in sources]


def month_names() -> list[str]:
    return [f"{FIRST.year + i // 12}-{i % 12 + 1:02d}" for i in range(MONTHS)]


def fill_lake(ctx: Context, rows: int) -> None:
    """`rows` cases, the same number in every source, and the batches that answer for their months."""
    contracts = case_contracts(ctx.registry)
    with open_lake(ctx.settings, url=ctx.engine.url) as lake:
        for contract in contracts:
            ensure_table(lake, contract)
            for number, month in enumerate(month_names()):
                _fill_month(lake, contract, month, first=number * rows, rows=rows // len(contracts) // MONTHS)
    with ctx.engine.begin() as connection:
        connection.execute(insert(batches), [_batch(contract) for contract in contracts])


def _batch(contract: Contract) -> dict[str, object]:
    common = {"size_bytes": 1, "landing_path": "", "landed_at": _STAMPED, "status": "loaded", "rows_accepted": 1}
    named = {"batch_id": f"bench-{contract.id}", "source": contract.id, "sha256": contract.id, "file_name": contract.id}
    return {**common, **named, "covers": month_names()}


def _fill_month(lake: DuckDBPyConnection, contract: Contract, month: str, *, first: int, rows: int) -> None:
    received = f"timestamp '{month}-01' + to_seconds((hash(i) % (28 * 86400))::bigint)"
    columns = {column.name: spell_column(column, contract) for column in contract.columns}
    dates = [c.name for c in contract.columns if c.type in (ColumnType.DATE, ColumnType.DATETIME)]
    columns |= {f"{name}_date_only": "false" for name in dates}
    columns |= {"period": quote_text(month), "batch_id": quote_text(f"bench-{contract.id}"), "sheet": "''"}
    columns |= {"line": f"(i - {first} + 2)::integer", "cell_words": "null", "received_month": f"date '{month}-01'"}
    picked = ", ".join(f"{columns[name]} as {quote_name(name)}" for name in lake_columns(contract))
    lake.execute(
        f"insert into {table_name(contract)} by name select {picked} from"
        f" (select i, {received} as received from range({first}, {first + rows}) r(i))"
    )


def spell_column(column: Column, contract: Contract) -> str:
    """One column as SQL over the row's number `i` and its instant `received`."""
    draw = f"hash(i, {quote_text(column.name)})"
    if column.name == contract.received:
        return f"received::{'date' if column.type is ColumnType.DATE else 'timestamp'}"
    if column.type in (ColumnType.DATE, ColumnType.DATETIME):
        # one in twenty has not happened; the others lie up to 16 days later, most of them soon
        share = f"({draw} % 1000000 / 1000000.0)"
        later = f"received + to_seconds((1382400 * {share} * {share} * {share})::bigint)"
        kind = "date" if column.type is ColumnType.DATE else "timestamp"
        return f"case when {draw} % 20 = 7 then null else ({later})::{kind} end"
    return _spell_plain(column, draw)


def _spell_plain(column: Column, draw: str) -> str:
    if column.type is ColumnType.UNIT:
        return _pick(UNITS, "i")
    if column.allowed:
        return _pick(column.allowed, draw)
    if column.type is ColumnType.BOOLEAN:
        return f"{draw} % 3 = 0"
    if column.type in (ColumnType.DECIMAL, ColumnType.PERCENT, ColumnType.INTEGER):
        return f"({draw} % 10000)"
    return f"'{column.name[0].upper()}' || lpad(i::varchar, 11, '0')"


def _pick(words: Sequence[str], number: str) -> str:
    return f"[{', '.join(map(quote_text, words))}][1 + ({number} % {len(words)})::integer]"
