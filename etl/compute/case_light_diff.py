"""What has changed between the lights just computed and those of the warehouse, and the counts of them; in DuckDB.

Only what differs crosses over to PostgreSQL.
"""

# ruff: noqa: S608 - SQL is put together from names of this module, never from data

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa
from duckdb import DuckDBPyConnection

from etl.compute.case_lights import COLUMNS
from schemas.warehouse.case_tables import LIGHTS

NOW, CHANGED, GONE = "case_lights_now", "case_lights_changed", "case_lights_gone"
KEY = ("plan", "clock", "source", "case_key")
_TYPES = {
    **{"deadline_date": "DATE", "deadline_at": "TIMESTAMP", "started_at": "TIMESTAMP", "suspended_since": "TIMESTAMP"},
    **{"started_coarse": "BOOLEAN", "line": "INTEGER", "light": "case_light"},
}
_SHARED = ("plan", "clock", "source")
_LEVELS = {"hall": (), "unit": ("unit",), "window": ("unit", "window_name")}
_RANKS = ", ".join(f"'{light}'" for light in LIGHTS)


def begin(lake: DuckDBPyConnection) -> None:
    """Empty temporary tables for the lights of this refresh, with the view `NOW` over them.

    What all rows of a clock share is kept once, and lights are numbers inside: writing rows is most of the work.
    """
    columns = ", ".join(f"{name} {_TYPES.get(name, 'VARCHAR')}" for name in COLUMNS if name not in _SHARED)
    shown = ", ".join(f"c.{name}" if name in _SHARED else f"r.{name}" for name in COLUMNS)
    lake.execute(f"drop view if exists {NOW}")
    lake.execute("drop table if exists case_lights_raw")
    lake.execute("drop type if exists case_light")
    lake.execute(f"create temp type case_light as enum ({_RANKS})")
    lake.execute(f"create temp table case_lights_raw (clock_no INTEGER, {columns})")
    lake.execute(
        "create or replace temp table case_lights_clocks (clock_no INTEGER, plan TEXT, clock TEXT, source TEXT)"
    )
    lake.execute(
        f"create temp view {NOW} as select {shown.replace('r.light', 'r.light::text as light')} "
        "from case_lights_raw r join case_lights_clocks c using (clock_no)"
    )


def add(lake: DuckDBPyConnection, query: str, *, number: int, shared: tuple[str, str, str]) -> None:
    """Add the rows of one clock: `query` gives `COLUMNS`, `shared` are plan, clock and source of all of them."""
    own = ", ".join(name for name in COLUMNS if name not in _SHARED)
    lake.execute("insert into case_lights_clocks values (?, ?, ?, ?)", [number, *shared])
    lake.execute(f"insert into case_lights_raw select {number}, {own} from ({query})")


def find_differences(lake: DuckDBPyConnection, warehouse: str) -> tuple[int, int]:
    """Compare with the attached warehouse; returns how many rows are new or differ, and how many have gone."""
    old = f"{warehouse}.public.case_lights"
    rest = [name for name in COLUMNS if name not in KEY]
    mine, theirs = (f"row({', '.join(f'{side}.{name}' for name in rest)})" for side in ("n", "o"))
    same = " and ".join(f"o.{name} = n.{name}" for name in KEY)
    lake.execute(f"create or replace temp table case_lights_old as select {', '.join(COLUMNS)} from {old}")
    lake.execute(
        f"create or replace temp table {CHANGED} as select n.* from {NOW} n left join case_lights_old o on {same} "
        f"where o.case_key is null or {mine} is distinct from {theirs}"
    )
    lake.execute(
        f"create or replace temp table {GONE} as select {', '.join(KEY)} from case_lights_old o anti join {NOW} n "
        f"using ({', '.join(KEY)})"
    )
    return _count(lake, CHANGED), _count(lake, GONE)


def _count(lake: DuckDBPyConnection, table: str) -> int:
    row = lake.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0


def read_batches(lake: DuckDBPyConnection, table: str) -> pa.RecordBatchReader:
    return lake.execute(f"select * from {table}").to_arrow_reader(100_000)


def count_lights(lake: DuckDBPyConnection, *, apart: Collection[tuple[str, str]] = ()) -> list[tuple[object, ...]]:
    """Rows of `case_light_counts`: each clock, and over all clocks each case once by its worst light.

    `apart`: (plan, clock) of what others decide; it is counted for itself and colours nothing else.
    """
    worst = f"list_extract([{_RANKS}], min(list_position([{_RANKS}], light)))"
    place = "any_value(unit) as unit, any_value(window_name) as window_name"
    lake.execute("create or replace temp table case_clocks_apart (plan varchar, clock varchar)")
    lake.executemany("insert into case_clocks_apart values (?, ?)", [("", ""), *apart])
    own = f"{NOW} anti join case_clocks_apart using (plan, clock)"
    lake.execute(
        "create or replace temp table case_lights_worst as "
        f"select plan, '' as clock, {worst} as light, {place} from {own} group by plan, source, case_key"
    )
    found: list[tuple[object, ...]] = []
    for rows in (f"select plan, clock, light, unit, window_name from {NOW}", "from case_lights_worst"):
        for level, names in _LEVELS.items():
            found += lake.execute(_count_level(rows, level, names)).fetchall()
    return sorted(found, key=str)


def _count_level(rows: str, level: str, names: tuple[str, ...]) -> str:
    shown = [f"coalesce({name}, '')" if name in names else "''" for name in ("unit", "window_name")]
    counts = ", ".join(f"count(*) filter (light = '{light}')" for light in LIGHTS)
    kept = " where window_name is not null" if level == "window" else ""
    kept = " where unit is not null" if level == "unit" else kept
    return f"select plan, clock, '{level}', {shown[0]}, {shown[1]}, {counts} from ({rows}){kept} group by all"
