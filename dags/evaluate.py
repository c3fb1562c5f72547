"""The DAG `evaluate`: compute and judge; where much is to be read, in pieces mapped over the workers.

Follows what changed, by the pipeline's own dirty marks: an event of the lake only wakes it. Once a night, and when
it is started by hand, it computes everything anew, so that a lost event costs at most a day.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import AssetAny, AssetOrTimeSchedule, dag, task

sys.path.append(str(Path(__file__).parent))  # not every reader of this folder does that

from dag_policy import make_policy, nightly
from dag_runs import is_by_clock, open_run
from dag_sources import VERDICTS, read_sources

from schemas.settings import get_settings

DOC = """
数据有变化时，计算指标并评判目标；每夜以及手动运行时，全部重新核对一次。

**失败时**：排除系统问题后点“Clear”重跑；在此之前看板仍显示上一套结论。
"""
LAKE = [source.lake for source in read_sources(get_settings().schema_folders)]


@dag(
    dag_id="evaluate",
    schedule=AssetOrTimeSchedule(assets=AssetAny(*LAKE), timetable=nightly(3, 30)),
    **make_policy(
        doc=DOC,
        description="计算指标并评判目标：有变化时立即进行，每夜全部核对一次",
        tags={"compute", "judge"},
        limit=timedelta(hours=2),
    ),
)
def evaluate() -> None:
    @task
    def plan(dag_run: Any = None) -> list[dict[str, Any]]:
        from etl import pipeline

        with open_run(dag_run) as ctx:
            return pipeline.plan_pieces(ctx, everything=is_by_clock(dag_run))

    @task
    def compute_piece(piece: dict[str, Any], dag_run: Any = None) -> None:
        from etl import pipeline

        with open_run(dag_run) as ctx:
            pipeline.compute_piece(ctx, piece, everything=is_by_clock(dag_run))

    @task(trigger_rule="all_done")
    def compute(dag_run: Any = None) -> None:
        from etl import pipeline

        with open_run(dag_run) as ctx:
            pipeline.compute(ctx, everything=is_by_clock(dag_run))

    @task(outlets=[VERDICTS])
    def judge(dag_run: Any = None) -> int:
        from etl import pipeline

        with open_run(dag_run) as ctx:
            return pipeline.judge(ctx)

    # a small change has no pieces; whatever became of them, compute does what is left
    compute_piece.expand(piece=plan()) >> compute() >> judge()  # type: ignore[operator]


evaluate()
