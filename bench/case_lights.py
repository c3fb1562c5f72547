"""A million open cases lit again, against DuckDB's bare scan of them with the calendar join; and what is written."""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from duckdb import DuckDBPyConnection

from bench.figure import Figure
from etl.compute.case_light_diff import NOW, find_differences
from etl.compute.case_light_stage import compute_lights, refresh_case_lights
from etl.core.context import Context
from etl.core.lake import attach_warehouse, ensure_table, open_lake
from etl.core.session import open_session
from schemas.models.registry import load_registry
from schemas.settings import REPO, Settings

ROWS = 1_000_000
AIM = 2.0
AIM_WRITTEN = 0.001
"""Share of the rows that a second refresh a quarter of an hour later may write."""
REPEATS = 5
PACK = REPO / "tests" / "packs" / "open_cases"
NOW_AT = dt.datetime(2023, 3, 14, 10, 15, tzinfo=ZoneInfo("Asia/Shanghai"))
CLOCKS = ("case-in-5",)
_FILL = """
insert into lake.main.window_cases
    (case_no, office, counter, received_at, first_reply_at, batch_id, sheet, line, period, received_month)
select 'A' || lpad(i::varchar, 9, '0'), 'office ' || (i % 30), 'counter ' || (i % 200),
       received, received + interval 20 minute, 'bench', 'Sheet1', i, strftime(received, '%Y-%m'),
       date_trunc('month', received)
from (select i, timestamp '2023-03-14 09:00:00' - to_minutes((hash(i) % 30240)::bigint) as received
      from range({rows}) r(i))
"""
# what nobody can do without: every open row with its key, place and owner, its start on the calendar, its deadline
_BARE = """
create or replace temp table bare as
select c.case_no, c.office, c.counter, c.received_at, c.batch_id, c.sheet, c.line, w.date as deadline
from lake.main.window_cases c
left join {calendar} d on d.date = c.received_at::date
left join (select workday_no, date from {calendar} where is_workday) w on w.workday_no = d.workday_no + 5
where c.finished_at is null
"""


def measure(rows: int = ROWS) -> list[Figure]:
    """Computing against the bare scan, then refreshes of the whole table in the warehouse."""
    with tempfile.TemporaryDirectory(prefix="bizenv-bench-") as folder:
        settings = Settings(home=Path(folder) / "home", schemas=(PACK,))
        with open_session(settings, trigger="bench") as opened:
            registry = replace(load_registry(settings.schema_folders), active=("window-city",)).in_use()
            pack = registry.plans["window-city"]
            pack = replace(pack, targets=tuple(t for t in pack.targets if t.id in CLOCKS), mechanisms=())
            contract = registry.contracts["window_cases"]
            plain = contract.events.model_copy(update={"stops": ()}) if contract.events else None
            contracts = {**registry.contracts, "window_cases": contract.model_copy(update={"events": plain})}
            registry = replace(registry, plans={"window-city": pack}, contracts=contracts)
            ctx = replace(opened, registry=registry, is_day_set=False, as_of=NOW_AT.date(), now=lambda: NOW_AT)
            _fill(ctx, rows)
            return [_compare(ctx, rows), _refresh(ctx, rows)]


def _fill(ctx: Context, rows: int) -> None:
    with open_lake(ctx.settings) as lake:
        ensure_table(lake, ctx.registry.contracts["window_cases"])
        lake.execute(_FILL.format(rows=rows))


def _compare(ctx: Context, rows: int) -> Figure:
    with open_lake(ctx.settings) as lake:
        compute_lights(ctx, lake)
        (calendar,) = lake.execute(
            "select table_name from duckdb_tables() where table_name like 'calendar_%'"
        ).fetchone() or ("",)
        bare = _BARE.format(calendar=calendar)
        times: dict[str, list[float]] = {"lights": [], "bare": []}
        for _ in range(REPEATS):
            times["bare"].append(_timed(lambda: lake.execute(bare)))
            times["lights"].append(_timed(lambda: compute_lights(ctx, lake)))
        _check(lake, rows)
    middle = {name: statistics.median(found) for name, found in times.items()}
    ratio = middle["lights"] / middle["bare"]
    return Figure(f"{rows:,} open cases lit / bare scan with the calendar join", ratio, AIM, "times", middle)


def _check(lake: DuckDBPyConnection, rows: int) -> None:
    """Both have found the same deadlines."""
    query = f"select count(*) from {NOW} n join bare b on n.case_key = b.case_no where n.deadline_date = b.deadline"
    found = lake.execute(query).fetchone()
    if found != (rows,):
        raise ValueError(f"the two ways differ: {found} of {rows} deadlines agree")


def _refresh(ctx: Context, rows: int) -> Figure:
    """The first refresh writes all; the second one, a quarter of an hour later, what has changed since."""
    later = replace(ctx, now=lambda: NOW_AT + dt.timedelta(minutes=15))
    parts = {"first refresh": _timed(lambda: refresh_case_lights(ctx))}
    with open_lake(later.settings) as lake:
        parts["computing"] = _timed(lambda: compute_lights(later, lake))
        parts["comparing"] = _timed(lambda: find_differences(lake, attach_warehouse(lake, later.engine.url)))
    changed = 0

    def again() -> None:
        nonlocal changed
        changed = refresh_case_lights(later).changed

    parts["second refresh"] = _timed(again)
    return Figure(f"rows written by a second refresh, of {rows:,}", changed / rows, AIM_WRITTEN, "share", parts)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
