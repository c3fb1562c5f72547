"""A long case CSV landed, checked and loaded, against DuckDB's bare CSV-to-Parquet copy of the same file."""

from __future__ import annotations

import datetime as dt
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from bench.case_file import write_cases
from bench.figure import Figure
from etl import pipeline
from etl.core.context import Context
from etl.core.sandbox import close_sandbox
from etl.core.session import open_session
from schemas.settings import Settings

ROWS = 2_000_000
AIM, AIM_GIB = 6.0, 2.0
AS_OF = dt.date(2023, 12, 31)


def run_stages(ctx: Context) -> dict[str, float]:
    """Seconds of land, check and load for what waits in the inbox."""
    stages: dict[str, Callable[[Context], object]] = {
        "land": pipeline.land,
        "check": pipeline.check,
        "load": pipeline.load,
    }
    times = {}
    for name, stage in stages.items():
        started = time.perf_counter()
        stage(ctx)
        times[name] = time.perf_counter() - started
    return times


def measure(rows: int = ROWS) -> list[Figure]:
    """One small file goes through first, so that imports, reader and pools are warm."""
    with tempfile.TemporaryDirectory(prefix="bizenv-bench-") as folder:
        home = Path(folder) / "home"
        inbox = home / "inbox" / "startup_cases"
        inbox.mkdir(parents=True)
        big = Path(folder) / "企业开办办件明细_202312.csv"
        write_cases(big, rows, seed=2)
        with open_session(Settings(home=home), trigger="bench", as_of=AS_OF) as ctx:
            write_cases(inbox / "企业开办办件明细_202311.csv", 2000, seed=1)
            run_stages(ctx)
            started = time.perf_counter()
            with duckdb.connect() as connection:
                connection.execute(f"copy (from read_csv('{big}')) to '{folder}/bare.parquet' (format parquet)")
            bare = time.perf_counter() - started
            big.rename(inbox / big.name)
            times = run_stages(ctx)
    close_sandbox()
    # the reader is a child; the largest child and this process do not work at the same time
    who = {"reader": resource.RUSAGE_CHILDREN, "this process": resource.RUSAGE_SELF}
    peaks = {name: resource.getrusage(number).ru_maxrss / 1024**2 for name, number in who.items()}
    total = sum(times.values())
    parts = {"bare copy": bare, **times, "total": total}
    return [
        Figure(f"CSV of {rows:,} rows landed .. loaded / bare copy", total / bare, AIM, "times", parts),
        Figure(f"CSV of {rows:,} rows: peak memory", max(peaks.values()), AIM_GIB, "GiB", peaks, "GiB"),
    ]
