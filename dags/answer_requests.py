"""The DAG `requests`: carries out what viewers ask for on the board.

A request is one row of the table `requests`. This DAG looks every ten seconds, which costs one query, and carries out
the open ones through the same pipeline. Between two looks the task holds no slot.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import dag, task

sys.path.append(str(Path(__file__).parent))  # not every reader of this folder does that

from dag_policy import AGAIN, LOOK, make_policy
from dag_runs import has_open_requests, open_run

DOC = """
每 10 秒看一次看板上提交的请求（例如立即重新计算），逐条办理，结果写回看板。

**失败时**：请求记为失败，看板上会写明；排除系统问题后请在看板重新提交。中断的请求 15 分钟后自动再办。
"""


@dag(
    dag_id="requests",
    schedule=AGAIN,
    **make_policy(
        doc=DOC,
        description="办理看板上提交的请求，例如立即重新计算",
        tags={"request"},
        limit=timedelta(hours=3),
    ),
)
def requests() -> None:
    @task.sensor(**LOOK)
    def look() -> bool:
        return has_open_requests()

    @task
    def answer(dag_run: Any = None) -> None:
        from etl.requests import answer_requests

        with open_run(dag_run) as ctx:
            answer_requests(ctx)

    look() >> answer()  # type: ignore[operator]


requests()
