"""What the first run has done so far, read from the warehouse as soon as its tables are there."""

from __future__ import annotations

import psycopg
from psycopg import sql

from etl.core.postgres import Server, to_libpq

STAGES = {"land": "接收", "check": "校验", "load": "入库", "compute": "计算", "judge": "判定", "publish": "发布"}


def has_batches(server: Server) -> bool:
    """Whether any file has ever landed in this warehouse."""
    return bool(read_rows(server, "batches", "SELECT 1 FROM batches LIMIT 1"))


def describe_progress(server: Server) -> str | None:
    """One line with the outcomes a stage; None as long as there are none."""
    query = "SELECT stage, count(*) FROM outcomes WHERE stage <> 'publish' OR subject LIKE 'set:%' GROUP BY stage"
    counted = dict(read_rows(server, "outcomes", query))
    parts = [f"{label} {counted[stage]}" for stage, label in STAGES.items() if counted.get(stage)]
    return "进度：" + " · ".join(parts) if parts else None


def is_published(server: Server) -> bool:
    """Whether a set is on the board; mails about files go out before."""
    return bool(read_rows(server, "publications", "SELECT 1 FROM publications WHERE state = 'published' LIMIT 1"))


def read_rows(server: Server, table: str, query: str) -> list[tuple]:
    """The rows, or none where the table does not exist yet or the database is restarting."""
    try:
        with psycopg.connect(to_libpq(server.url_bizenv), connect_timeout=3) as connection:
            found = connection.execute("SELECT to_regclass(%s)", (table,)).fetchone()
            return connection.execute(sql.SQL(query)).fetchall() if found and found[0] else []  # type: ignore[arg-type]
    except psycopg.OperationalError:
        return []
