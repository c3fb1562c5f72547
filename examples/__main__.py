"""`python -m examples OUT`: the exports into `OUT`, the answers beside them as JSON where asked for."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from examples.answers import to_rows
from examples.districts import PLAN
from examples.simulation import simulate


def main() -> int:
    """Write the files and say in one line what was written; wrong arguments end with 2."""
    parser = argparse.ArgumentParser(prog="python -m examples", description="生成模拟数据文件")
    parser.add_argument("out", type=Path, help="输出文件夹")
    parser.add_argument("--plan", default=PLAN, help="方案编号")
    parser.add_argument("--months", type=int, default=12, help="模拟前几个月（1 到 60，到方案期满为止）")
    parser.add_argument("--seed", type=int, default=2023, help="随机种子，相同种子得到相同文件")
    parser.add_argument("--answers", type=Path, help="把应得结论和预埋问题写入这个 JSON 文件")
    chosen = parser.parse_args()
    try:
        made = simulate(chosen.out, plan=chosen.plan, months=chosen.months, seed=chosen.seed)
    except ValueError as problem:
        parser.error(str(problem))
    if chosen.answers:
        key = {
            "as_of": made.as_of.isoformat(),
            "answers": to_rows(made.answers),
            "defects": [asdict(defect) for defect in made.defects],
        }
        chosen.answers.write_text(json.dumps(key, ensure_ascii=False, indent=1), encoding="utf-8")
    sys.stdout.write(f"已写入 {len(made.files)} 个文件，应得结论 {len(made.answers)} 条，截至 {made.as_of}。\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
