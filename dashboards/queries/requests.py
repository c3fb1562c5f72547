"""The viewer's one action: ask for a run. The only insert of the board."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, insert, select, text

from schemas.warehouse import tables as t


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRequest:
    """One request for a run and how far it got."""

    id: int
    state: str
    requested_at: dt.datetime
    handled_at: dt.datetime | None
    result: Any

    @property
    def is_open(self) -> bool:
        return self.state in ("waiting", "working")


def read_newest_run(engine: Engine) -> RunRequest | None:
    """The newest request of kind `run`."""
    r = t.requests.c
    statement = select(r.id, r.state, r.requested_at, r.handled_at, r.result)
    with engine.connect() as connection:
        row = connection.execute(statement.where(r.kind == "run").order_by(r.id.desc()).limit(1)).mappings().first()
    return RunRequest(**row) if row else None


def request_run(engine: Engine) -> bool:
    """Insert one request for a run, unless one is already waiting.

    Returns:
        Whether a row was inserted. Two viewers who press at the same moment make one request.
    """
    r = t.requests.c
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(hashtext('bizenv_board_request'))"))
        waiting = connection.execute(select(r.id).where(r.kind == "run", r.state == "waiting").limit(1)).first()
        if waiting:
            return False
        connection.execute(insert(t.requests).values(kind="run", payload={}, requested_by="board"))
    return True
