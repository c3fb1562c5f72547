"""The whole pipeline on a case CSV of a million rows, against DuckDB's bare CSV-to-Parquet copy of the same file."""

from __future__ import annotations

import datetime as dt
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from bench.figure import Figure
from etl import pipeline
from etl.core.context import Context
from etl.core.session import open_session
from schemas.settings import Settings

ROWS = 1_000_000
AIM = 12.0
PLACES = ("招贤镇", "梅岭镇", "太平镇", "罗亭镇", "站前街道", "幸福街道", "洗药湖管理处", "罗亭工业园")
_STAMP = "%Y/%-m/%-d %-H:%M:%S"


def write_cases(path: Path, rows: int, seed: int, *, start: dt.date = dt.date(2023, 1, 1)) -> None:
    """Cases of eleven months from `start` in the form of the office's export; one in twenty is still open.

    By DuckDB, which writes 50 million rows in the time in which Python writes a few.
    """
    with duckdb.connect(config={"memory_limit": "1GB"}) as connection:
        connection.execute(
            f"""copy (
                select 'B{seed}' || lpad(number::varchar, 9, '0') as 办件编号, '企业' || number as 企业名称,
                    {list(PLACES)}[number % 8 + 1] as 受理单位, strftime(accepted, '{_STAMP}') as 受理时间,
                    if(is_open, null, strftime(accepted + to_seconds(took), '{_STAMP}')) as 办结时间,
                    if(is_open, '在办', '办结') as 状态
                from (select range as number, hash(range, {seed}, 1) % 20 = 0 as is_open,
                    (hash(range, {seed}, 2) % 60000)::bigint as took,
                    timestamp '{start}' + to_seconds((hash(range, {seed}, 3) % (330 * 86400))::bigint) as accepted
                    from range({rows}))
            ) to '{path}' (format csv, header, quote '')"""
        )


@contextmanager
def _timed(times: dict[str, float], name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    times[name] = time.perf_counter() - started


def _copy_bare(source: Path, wanted: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"copy (from read_csv('{source}')) to '{wanted}' (format parquet)")


def _run_stages(ctx: Context, times: dict[str, float]) -> None:
    stages: dict[str, Callable[[Context], object]] = {
        "land": pipeline.land,
        "check": pipeline.check,
        "load": pipeline.load,
        "compute": pipeline.compute,
        "judge": pipeline.judge,
        "publish": pipeline.publish,
    }
    for name, stage in stages.items():
        with _timed(times, name):
            stage(ctx)


def measure(rows: int = ROWS) -> list[Figure]:
    """One warm-up file goes through first, so that imports and pools are warm."""
    with tempfile.TemporaryDirectory(prefix="bizenv-bench-") as folder:
        home = Path(folder) / "home"
        inbox = home / "inbox" / "startup_cases"
        inbox.mkdir(parents=True)
        big = Path(folder) / "企业开办办件明细_202312.csv"
        write_cases(big, rows, seed=2)
        with open_session(Settings(home=home, smtp_port=1), trigger="bench", as_of=dt.date(2023, 12, 31)) as ctx:
            write_cases(inbox / "企业开办办件明细_202311.csv", 2000, seed=1)
            _run_stages(ctx, {})
            bare: dict[str, float] = {}
            with _timed(bare, "bare copy"):
                _copy_bare(big, Path(folder) / "bare.parquet")
            big.rename(inbox / big.name)
            times: dict[str, float] = {}
            _run_stages(ctx, times)
    total = sum(times.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    parts = {**bare, **times, "total": total}
    print(f"case file: peak memory {peak:.2f} GiB")
    return [Figure(f"pipeline on {rows:,} cases / bare copy", total / bare["bare copy"], AIM, "times", parts)]
