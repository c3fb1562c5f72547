"""The DAG `inbox`: wakes the sources that have files.

Looks every ten seconds for files that nobody has written to for ten seconds, and wakes the `ingest_…` DAG of each
source that has some. Nothing is moved or deleted here, so a lost wake-up costs one more look: as long as a file waits,
its source is woken again. Between two looks the task holds no slot; a run ends with the first look that finds a file,
or after an hour.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import PokeReturnValue, dag, task

sys.path.append(str(Path(__file__).parent))  # not every reader of this folder does that

from dag_policy import AGAIN, LOOK, STABLE_SECONDS, make_policy
from dag_sources import INBOX_ALIAS, Source

DOC = """
每 10 秒看一次收件箱，发现已停止写入 10 秒的文件，就唤醒对应来源的入库流程。这里不移动、不删除文件。

**失败时**：看任务日志的最后一行。多为契约或计划的 YAML 有误，改正后会自动恢复；等待中的文件不受影响。
"""


@dag(
    dag_id="inbox",
    schedule=AGAIN,
    **make_policy(
        doc=DOC,
        description="查看收件箱：文件停止写入 10 秒后，唤醒对应来源的入库流程",
        tags={"land"},
        limit=timedelta(minutes=5),
    ),
)
def inbox() -> None:
    @task.sensor(outlets=[INBOX_ALIAS], **LOOK)
    def look(outlet_events: Any = None) -> PokeReturnValue:
        from etl.core.context import system_now
        from etl.land import waiting_files
        from schemas.settings import get_settings

        sources = sorted(waiting_files(get_settings(), stable_seconds=STABLE_SECONDS, now=system_now()))
        for source in sources:
            outlet_events[INBOX_ALIAS].add(Source(source, source).inbox)
        return PokeReturnValue(bool(sources), sources)

    look()


inbox()
