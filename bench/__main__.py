"""`python -m bench [NAME ...]`: runs the named benchmarks (all by default) and prints a line each.

With `--json FILE` the figures are also written as JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench import (
    case_file,
    case_lights,
    daily,
    fuzz,
    history,
    long_file,
    nation,
    parse_dags,
    plan_scan,
    scale,
    wide_file,
)
from bench.figure import Figure

BENCHES = {
    "case-file": case_file.measure,
    "case-lights": case_lights.measure,
    "csv": long_file.measure,
    "daily": daily.measure,
    "fuzz": fuzz.measure,
    "history": history.measure,
    "nation": nation.measure,
    "parse-dags": parse_dags.measure,
    "plan-scan": plan_scan.measure,
    "scale": scale.measure,
    "xlsx": wide_file.measure,
}
SIZED = ("case-file", "case-lights", "csv", "daily", "fuzz", "history", "scale", "xlsx")
"""Those that take a number: rows, or files."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], help="which ones; all by default")
    parser.add_argument("--rows", type=int, help=f"another size of {', '.join(SIZED)}")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    figures: list[Figure] = []
    for name in options.names or BENCHES:
        found = BENCHES[name](options.rows) if options.rows and name in SIZED else BENCHES[name]()
        figures += found
        for figure in found:
            print(figure, flush=True)
    if options.json:
        options.json.write_text(json.dumps([figure.as_dict() for figure in figures], indent=1), encoding="utf-8")
    return 0 if all(figure.is_kept for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
