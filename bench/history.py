"""A month added to ten years of history, against the same month added to nothing: landed, checked, loaded."""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
from pathlib import Path

from bench.case_file import write_cases
from bench.figure import Figure
from bench.long_file import run_stages
from etl.core.session import open_session
from schemas.settings import Settings

ROWS = 20_000
"""Cases of a month; a year has twelve times as many."""
YEARS = 10
MONTHS = 3
AIM = 1.2


def measure(rows: int = ROWS) -> list[Figure]:
    """Medians of three months, into a home of ten years and into one of a small file."""
    totals, parts = {}, {}
    for name, years in (("nothing", 0), ("ten years", YEARS)):
        months = _add_months(rows, years)
        totals[name] = statistics.median(sum(month.values()) for month in months)
        parts |= {f"{stage} to {name}": statistics.median(m[stage] for m in months) for stage in months[0]}
    ratio = totals["ten years"] / totals["nothing"]
    return [Figure(f"a month of {rows:,} cases added to ten years / to nothing", ratio, AIM, "times", parts)]


def _add_months(rows: int, years: int) -> list[dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="bizenv-bench-") as folder:
        inbox = Path(folder) / "home" / "inbox" / "startup_cases"
        inbox.mkdir(parents=True)
        with open_session(Settings(home=Path(folder) / "home"), trigger="bench", as_of=dt.date(2023, 12, 31)) as ctx:
            write_cases(inbox / "企业开办办件明细_202301.csv", 100, seed=99)  # warm
            for year in range(years):
                start = dt.date(2013 + year, 1, 1)
                write_cases(inbox / f"企业开办办件明细_{start.year}12.csv", 12 * rows, seed=start.year, start=start)
            run_stages(ctx)
            months = []
            for month in range(MONTHS):
                write_cases(inbox / f"企业开办办件明细_20231{month}.csv", rows, seed=month + 1)
                months.append(run_stages(ctx))
    return months
