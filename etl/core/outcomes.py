"""Every arrow of the pipeline writes one outcome row, also when it fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import insert

from etl.core.context import Context
from schemas.warehouse.tables import outcomes


@dataclass
class Outcome:
    """What became of one subject in one stage; filled while the stage works."""

    status: str = "done"
    code: str | None = None
    message: str | None = None
    counts: dict[str, object] = field(default_factory=dict)

    def refuse(self, code: str, message: str) -> None:
        """The normal end of a bad file: not a fault of the system."""
        self.status, self.code, self.message = "refused", code, message

    def skip(self, code: str, message: str) -> None:
        """Nothing to do, and why."""
        self.status, self.code, self.message = "skipped", code, message


@contextmanager
def record(ctx: Context, stage: str, subject: str, source: str | None = None) -> Iterator[Outcome]:
    """Write one row when the block ends; an exception makes it `failed` and goes on upwards."""
    outcome, started, error_type = Outcome(), ctx.now(), None
    try:
        yield outcome
    except BaseException as error:  # a stop signal ends the stage too, and must not look like success
        outcome.status, error_type = "failed", type(error).__name__
        outcome.message = str(error).splitlines()[0][:500] if str(error) else None
        raise
    finally:
        row = {
            "run_id": ctx.run_id,
            "stage": stage,
            "subject": subject,
            "source": source,
            "status": outcome.status,
            "code": outcome.code,
            "message": outcome.message,
            "counts": outcome.counts,
            "started_at": started,
            "finished_at": ctx.now(),
            "error_type": error_type,
        }
        with ctx.engine.begin() as connection:
            connection.execute(insert(outcomes).values(row))
