"""All case indicators of a plan over a lake of cases: time against hand-written SQL, growth, peak memory, plain pandas.

Every side runs in a process of its own on the same lake, one after the other; the SQL before and after, so that what
other programs do to the machine meets both. What is timed of ours is the stage `compute` from the stale marks to the
recorded values: parts worked out, kept and merged. The sums of SQL and of ours are held equal in the same run.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import ibis
from sqlalchemy import text

from bench import case_pandas, case_sql
from bench.case_lake import AS_OF, case_contracts, fill_lake, plan_registry
from bench.figure import Figure
from etl.compute.stage import compute
from etl.core.clock.workdays import WorkCalendar
from etl.core.context import Context
from etl.core.lake import open_lake
from etl.core.session import open_session
from schemas.settings import REPO, Settings

ROWS = 10_000_000
AIM_RATIO, AIM_GIB, AIM_GROWTH = 1.3, 4.0, 12.0
PANDAS_ROWS = 10_000_000
"""Above this pandas is left out."""
_SUMS = """
    select indicator, variant, kind, unit, period, sum(numerator), sum(coalesce(denominator, n))
    from parts join part_chunks on part_chunks.id = chunk_id where indicator <> '@units' group by 1, 2, 3, 4, 5
"""


def measure(rows: int = ROWS) -> list[Figure]:
    """A tenth of the cases, then all of them."""
    small, whole = _measure_size(rows // 10), _measure_size(rows)
    growth = whole["ours"] / small["ours"]
    figures = [
        Figure(
            f"scale: case indicators over {size['rows']:,} cases / hand-written SQL",
            size["ours"] / size["sql"],
            AIM_RATIO,
            "times",
            {name: size[name] for name in ("ours", "sql", "pandas", "cpu", "sql_cpu") if name in size},
        )
        for size in (small, whole)
    ]
    return [
        *figures,
        Figure(f"scale: peak memory over {rows:,} cases", whole["gib"], AIM_GIB, "GiB", {}),
        Figure(f"scale: time over that of a tenth ({rows:,})", growth, AIM_GROWTH, "times", {}),
    ]


def _measure_size(rows: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="bizenv-bench-") as folder:
        home = str(Path(folder) / "home")
        filled = _run_child("fill", home, rows)
        before, ours, after = (_run_child(what, home, rows) for what in ("sql", "ours", "sql"))
        found = {"rows": rows, "ours": ours["seconds"], "gib": ours["gib"], "fill": filled["seconds"]}
        found["sql"] = (before["seconds"] + after["seconds"]) / 2
        found |= {"cpu": ours["cpu"], "sql_cpu": (before["cpu"] + after["cpu"]) / 2}
        if rows <= PANDAS_ROWS:
            found["pandas"] = _run_child("pandas", home, rows)["seconds"]
        same = _run_child("same", home, rows)["value"]
    print(
        f"scale: {rows:,} cases: {same} sums equal those of the SQL; "
        + ", ".join(f"{k} {v:.2f}" for k, v in found.items())
    )
    return found


def _run_child(what: str, home: str, rows: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.scale", what, home, str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPO, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return json.loads(done.stdout.splitlines()[-1])


def _open(home: str) -> AbstractContextManager[Context]:
    return open_session(Settings(home=Path(home), smtp_port=1), trigger="bench", as_of=AS_OF)


def _calendar(ctx: Context) -> WorkCalendar:
    return WorkCalendar.from_spec(ctx.registry.calendars["cn"])


def _fill(ctx: Context, rows: int) -> None:
    fill_lake(ctx, rows)


def _ours(ctx: Context, rows: int) -> int:
    del rows
    return compute(ctx, sources=[contract.id for contract in case_contracts(ctx.registry)]).chunks


def _sql(ctx: Context, rows: int) -> int:
    del rows
    with open_lake(ctx.settings, url=ctx.engine.url) as lake:
        case_sql.register_calendar(lake, _calendar(ctx))
        return len(case_sql.run_all(lake))


def _pandas(ctx: Context, rows: int) -> int:
    del rows
    with open_lake(ctx.settings, url=ctx.engine.url) as lake:
        return case_pandas.run_all(lake, _calendar(ctx))


def _same(ctx: Context, rows: int) -> int:
    """How many sums of ours were found equal to those of the SQL; one that differs is an error."""
    del rows
    with ctx.engine.connect() as connection:
        mine = {tuple(row[:5]): (int(row[5]), int(row[6])) for row in connection.execute(text(_SUMS))}
    with open_lake(ctx.settings, url=ctx.engine.url) as lake:
        case_sql.register_calendar(lake, _calendar(ctx))
        theirs = {
            (*key, kind, row[0], f"{row[1]:%Y-%m}"): (int(row[2]), int(row[3]))
            for key, kinds in case_sql.run_all(lake).items()
            for kind, rows_ in kinds.items()
            for row in rows_
        }
    wrong = {key for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key)}
    if wrong or not mine:
        shown = sorted(wrong, key=str)[:5]
        raise AssertionError(f"{len(wrong)} sums differ: {[(k, mine.get(k), theirs.get(k)) for k in shown]}")
    return len(mine)


_SIDES: dict[str, Callable[[Context, int], int | None]] = {
    "fill": _fill,
    "ours": _ours,
    "sql": _sql,
    "pandas": _pandas,
    "same": _same,
}


def main() -> None:
    """One side in this process; prints its figures as JSON."""
    what, home, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with _open(home) as ctx:
        ctx = replace(ctx, registry=plan_registry(ctx.registry))
        ibis.duckdb.connect().disconnect()  # imports warm, as in a task, which is a fork of what has imported them
        started, processor = time.perf_counter(), time.process_time()
        value = _SIDES[what](ctx, rows)
        seconds, cpu = time.perf_counter() - started, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(json.dumps({"seconds": seconds, "cpu": cpu, "gib": peak, "value": value}))


if __name__ == "__main__":
    main()
