"""A daily file of changed cases merged into millions, up to values and verdicts, against the whole CSV."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from bench.case_file import PLACES
from bench.figure import Figure
from etl import pipeline
from etl.core.context import Context
from etl.core.session import open_session
from schemas.settings import Settings

ROWS, CHANGED = 10_000_000, 50_000
AIM = 0.1
AS_OF = dt.date(2023, 12, 31)
RECENT = "timestamp '2023-09-01'"
"""The receipts end with November: the last three months begin here."""
_CASES = """
    select i, timestamp '2022-01-01' + to_seconds((hash(i) % (699 * 86400))::bigint) as accepted,
           hash(i, 'open') % 20 = 0 as is_open, (hash(i, 'end') % 345600)::bigint as later
    from range({rows}) r(i)
"""
_ROW = f"""
    'B' || lpad(i::varchar, 11, '0') as "办件编号", '企业' || i as "企业名称",
    {list(PLACES)}[1 + i % {len(PLACES)}] as "受理单位", strftime(accepted, '%Y/%-m/%-d %-H:%M:%S') as "受理时间",
"""
_FIRST = """
    case when is_open then '' else strftime(accepted + to_seconds(later), '%Y/%-m/%-d %-H:%M:%S') end as "办结时间",
    case when is_open then '在办' else '办结' end as "状态"
"""
_LATER = """
    strftime(accepted + to_seconds(later + 7200), '%Y/%-m/%-d %-H:%M:%S') as "办结时间", '办结' as "状态"
"""


def write_all(path: Path, rows: int) -> None:
    """Cases of 23 months, one in twenty open."""
    _copy(path, f"select {_ROW} {_FIRST} from ({_CASES.format(rows=rows)})")


def write_changes(path: Path, rows: int, changed: int, *, since: str) -> None:
    """Cases of the same numbers, all of them ended two hours later than told before."""
    chosen = (
        f"select * from ({_CASES.format(rows=rows)}) where accepted >= {since} order by hash(i, 'day') limit {changed}"
    )
    _copy(path, f"select {_ROW} {_LATER} from ({chosen})")


def _copy(path: Path, query: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"copy ({query}) to '{path}' (format csv, header)")


def _run(ctx: Context, path: Path, name: str) -> dict[str, float]:
    """Seconds of the stages from the file to the verdicts and the lights of open cases."""
    path.rename(ctx.settings.inbox / "startup_cases" / name)
    stages: dict[str, Callable[[Context], object]] = {
        "land": pipeline.land,
        "check": pipeline.check,
        "load": pipeline.load,
        "compute": pipeline.compute,
        "judge": pipeline.judge,
        "lights": pipeline.light_cases,
    }
    times: dict[str, float] = {}
    for stage, call in stages.items():
        started = time.perf_counter()
        call(ctx)
        times[stage] = time.perf_counter() - started
    return times


def measure(rows: int = ROWS) -> list[Figure]:
    """A small file goes first, so that imports and pools are warm; then all cases, and two daily files."""
    with tempfile.TemporaryDirectory(prefix="bizenv-bench-") as folder:
        home, draft = Path(folder) / "home", Path(folder) / "draft.csv"
        (home / "inbox" / "startup_cases").mkdir(parents=True)
        changed = min(CHANGED, rows // 20)
        settings = Settings(home=home, smtp_port=1, check_seconds=3600)
        with open_session(settings, trigger="bench", as_of=AS_OF) as ctx:
            write_changes(draft, rows, 2000, since="timestamp '2022-01-01'")
            _run(ctx, draft, "企业开办办件明细_202310.csv")
            write_all(draft, rows)
            whole = _run(ctx, draft, "企业开办办件明细_202311.csv")
            figures = []
            for number, (words, since) in enumerate(
                (("the last three months", RECENT), ("all months", "timestamp '2022-01-01'"))
            ):
                write_changes(draft, rows, changed - number, since=since)
                day = _run(ctx, draft, f"企业开办办件明细_20231{1 + number}.csv")
                total = sum(whole.values())
                figures.append(
                    Figure(
                        f"daily: {changed:,} changed cases of {words} into {rows:,} / all from the CSV",
                        sum(day.values()) / total,
                        AIM,
                        "times",
                        {**day, "all": total},
                    )
                )
    return figures
