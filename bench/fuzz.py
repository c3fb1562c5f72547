"""10,000 mutated files of six formats through the check: none may raise, hang, crash or load what nobody wrote."""

from __future__ import annotations

from bench.figure import Figure
from schemas.settings import Settings
from tests.etl.check.fuzzing import fuzz

FILES = 10_000
AIM_WRONG, AIM_SECONDS = 0, 60


def measure(files: int = FILES, seed: int = 1) -> list[Figure]:
    """How many went wrong (each is printed), and the slowest of them."""
    done = fuzz(files, seed, Settings())
    for line in done.wrong:
        print(f"fuzz: {line}")
    seen: dict[str, float] = {}
    for (_, status), count in done.seen.items():
        seen[status] = seen.get(status, 0) + count
    return [
        Figure(f"fuzz: {files:,} mutated files, gone wrong", len(done.wrong), AIM_WRONG, "files", seen, ""),
        Figure("fuzz: slowest file, start of a reader included", done.slowest, AIM_SECONDS, "s", {}),
    ]
