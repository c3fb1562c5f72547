"""The DAGs `ingest_<source>`: one source from the inbox to the lake, one DAG a contract.

One run takes all waiting files of its source: land, check, load. A file that is refused is a normal end, not a failed
task. `load` tells `evaluate` that rows or answers changed, and is skipped where nothing did. Each source also runs once
a night, so that nothing depends on a wake-up that was lost.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, AssetOrTimeSchedule, get_parsing_context, task
from airflow.sdk.exceptions import AirflowSkipException

sys.path.append(str(Path(__file__).parent))  # not every reader of this folder does that

from dag_policy import STABLE_SECONDS, make_policy, nightly
from dag_runs import has_unfinished, is_dirty, land_waiting, open_run
from dag_sources import Source, read_sources

from schemas.settings import get_settings

DOC = """
把收件箱中该来源的文件全部接收、检查、入湖。被退回的文件属于正常结果，原因在看板“数据”页；没有新内容时任务显示为跳过。

**失败时**：是系统问题（数据库、磁盘、配置），不是报送单位的问题。排除后点“Clear”重跑即可，重跑不会重复入湖。
"""


def build_dag(source: Source) -> DAG:
    """The DAG of one source; its first two night hours are shared out among the sources."""
    hour, minute = divmod(source.night_minute, 60)
    policy = make_policy(
        doc=DOC,
        description=f"入库：{source.name}",
        tags={"land", "check", "load"},
        limit=timedelta(hours=1),
    )
    schedule = AssetOrTimeSchedule(assets=[source.inbox], timetable=nightly(1 + hour, minute))
    with DAG(dag_id=f"ingest_{source.id}", schedule=schedule, **policy) as built:

        @task
        def land(dag_run: Any = None) -> list[str]:
            with open_run(dag_run) as ctx:
                landed = land_waiting(ctx, source.id, stable_seconds=STABLE_SECONDS)
                unfinished = has_unfinished(ctx, source.id)
            if not unfinished:
                raise AirflowSkipException("没有等待检查或入湖的批次")
            return landed

        @task
        def check(dag_run: Any = None) -> None:
            from etl import pipeline

            with open_run(dag_run) as ctx:
                pipeline.check(ctx, source.id)

        @task(outlets=[source.lake])
        def load(dag_run: Any = None) -> None:
            from etl import pipeline

            with open_run(dag_run) as ctx:
                pipeline.load(ctx, source.id)
                changed = is_dirty(ctx, source.id)
            if not changed:
                raise AirflowSkipException("没有新的数据或答复，不必重新计算")

        land() >> check() >> load()  # type: ignore[operator]
    return built


# a task that starts parses this file again and needs its own DAG only
_wanted = get_parsing_context().dag_id
for _source in read_sources(get_settings().schema_folders):
    if _wanted in (None, f"ingest_{_source.id}"):
        globals()[f"ingest_{_source.id}"] = build_dag(_source)
