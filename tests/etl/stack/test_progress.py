"""The first run is told to be on the board when a set is, and not when a mail about a file has gone out."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Engine, insert

from etl.stack import progress
from schemas.warehouse.tables import outcomes, publications

NOW = dt.datetime(2023, 4, 1, 8, 0, tzinfo=dt.UTC)


def test_mails_are_no_published_set(engine: Engine, database_url: str) -> None:
    server: Any = SimpleNamespace(url_bizenv=database_url)
    row = {"run_id": "r", "status": "done", "started_at": NOW, "finished_at": NOW}
    with engine.begin() as connection:
        done = (("land", "a"), ("publish", "mail"), ("publish", "case-notices"))
        connection.execute(insert(outcomes), [{**row, "stage": stage, "subject": subject} for stage, subject in done])
    assert progress.describe_progress(server) == "进度：接收 1"
    assert not progress.is_published(server)
    told = {"state": "published", "as_of": NOW.date(), "run_id": "r"}
    told |= {"verdict_count": 1, "changed_count": 1, "digest": "d"}
    with engine.begin() as connection:
        connection.execute(insert(outcomes), {**row, "stage": "publish", "subject": "set:p"})
        connection.execute(insert(publications), told)
    assert progress.describe_progress(server) == "进度：接收 1 · 发布 1"
    assert progress.is_published(server)
