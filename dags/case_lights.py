"""The DAG `case_lights`: the lights of open cases, every fifteen minutes and when cases have come.

By the clock the task looks itself whether an office is open (office hours are part of the calendars, which no DAG
reads) and skips otherwise, with an outcome. Repeating it writes and sends nothing twice.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import AssetAny, AssetOrTimeSchedule, CronTriggerTimetable, dag, task
from airflow.sdk.exceptions import AirflowSkipException

sys.path.append(str(Path(__file__).parent))  # not every reader of this folder does that

from dag_policy import make_policy
from dag_runs import is_by_clock, open_run
from dag_sources import read_sources

from schemas.settings import get_settings

DOC = """
收到新的办件数据时，以及办公时间内每 15 分钟，刷新在办件的红黄绿灯。
转黄（临期）、转红（超期）的，邮件通知承办单位，每件每次变化只通知一次。
非办公时间的定时任务显示为跳过，无需处理。

**失败时**：排除系统问题（数据库、磁盘、配置）后点“Clear”重跑，或等下一次运行；看板上会写明灯号的刷新时间。
"""
QUARTER_HOURLY = CronTriggerTimetable("*/15 * * * *", timezone=get_settings().zone)
CASES = [source.lake for source in read_sources(get_settings().schema_folders) if source.has_cases]


@dag(
    dag_id="case_lights",
    schedule=AssetOrTimeSchedule(assets=AssetAny(*CASES), timetable=QUARTER_HOURLY) if CASES else QUARTER_HOURLY,
    **make_policy(
        doc=DOC,
        description="有新办件时和办公时间内每 15 分钟刷新在办件灯号，并通知临期、超期",
        tags={"compute", "publish"},
        limit=timedelta(minutes=30),
    ),
)
def case_lights() -> None:
    @task
    def light(dag_run: Any = None) -> None:
        from etl import pipeline

        with open_run(dag_run) as ctx:
            done = pipeline.light_cases(ctx, in_office_hours=is_by_clock(dag_run))
        if done is None:
            raise AirflowSkipException("现在不是办公时间")

    @task
    def mail(dag_run: Any = None) -> None:
        from etl import pipeline

        with open_run(dag_run) as ctx:
            pipeline.send_mails(ctx)

    light() >> mail()  # type: ignore[operator]


case_lights()
