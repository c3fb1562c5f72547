"""The whole pipeline on a case CSV of a million rows, against DuckDB's bare CSV-to-Parquet copy of the same file."""

from __future__ import annotations

import datetime as dt
import random
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
HEADER = "办件编号,企业名称,受理单位,受理时间,办结时间,状态\n"


def write_cases(path: Path, rows: int, seed: int, *, start: dt.date = dt.date(2023, 1, 1)) -> None:
    """Cases of eleven months from `start` in the form of the office's export; one in twenty is still open."""
    draw = random.Random(seed)  # noqa: S311 - test data
    first = dt.datetime.combine(start, dt.time())  # wall time of the plan
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for number in range(rows):
            accepted = first + dt.timedelta(seconds=draw.randrange(330 * 86400))
            finished = accepted + dt.timedelta(seconds=int(draw.expovariate(1 / 20000)))
            end, state = ("", "在办") if draw.random() < 0.05 else (_show(finished), "办结")
            file.write(f"B{seed}{number:09d},企业{number},{PLACES[number % 8]},{_show(accepted)},{end},{state}\n")


def _show(stamp: dt.datetime) -> str:
    return f"{stamp.year}/{stamp.month}/{stamp.day} {stamp.hour}:{stamp:%M:%S}"


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
