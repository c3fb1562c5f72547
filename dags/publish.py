"""The DAG `publish`: one whole set of verdicts becomes visible, and its mails go out.

Repeating it publishes and sends nothing twice. The nightly run sends what a mail server refused during the day.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import AssetOrTimeSchedule, dag, task

sys.path.append(str(Path(__file__).parent))  # not every reader of this folder does that

from dag_policy import make_policy, nightly
from dag_runs import open_run
from dag_sources import VERDICTS

DOC = """
把新的一套结论整体发布到看板，并向责任单位发送邮件。每项变化对每个收件人最多发送一次。

**失败时**：发布失败不会留下半套结论；邮件失败会在下一次发布或夜间重发。排除系统问题后点“Clear”重跑。
"""


@dag(
    dag_id="publish",
    schedule=AssetOrTimeSchedule(assets=[VERDICTS], timetable=nightly(4, 30)),
    **make_policy(
        doc=DOC,
        description="发布新的一套结论，并向责任单位发送邮件",
        tags={"publish"},
        limit=timedelta(hours=1),
    ),
)
def publish() -> None:
    @task(task_id="publish")
    def publish_set(dag_run: Any = None) -> int | None:
        from etl import pipeline

        with open_run(dag_run) as ctx:
            done = pipeline.publish(ctx)
            return done.set_id if done else None

    @task
    def mail(dag_run: Any = None) -> None:
        from etl import pipeline

        with open_run(dag_run) as ctx:
            pipeline.send_mails(ctx)

    publish_set() >> mail()  # type: ignore[operator]


publish()
