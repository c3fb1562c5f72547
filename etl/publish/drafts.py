"""Takes the newest draft of judge; older ones that nobody published are discarded."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from etl.core.draft_rows import parse_frame
from etl.core.verdict_frames import VerdictSet
from schemas.warehouse.tables import draft_verdicts, drafts


@dataclass(frozen=True)
class Draft:
    """A whole set of verdicts that waits to be published."""

    draft_id: int
    as_of: dt.date
    plans: tuple[str, ...]
    verdicts: VerdictSet


def read_draft(connection: Connection) -> Draft | None:
    """The newest waiting draft, or None."""
    query = select(drafts).where(drafts.c.state == "waiting").order_by(drafts.c.draft_id.desc()).limit(1)
    found = connection.execute(query).first()
    if found is None:
        return None
    content = select(draft_verdicts.c.content).where(draft_verdicts.c.draft_id == found.draft_id)
    frames = connection.execute(content.order_by(draft_verdicts.c.seq)).scalars()
    verdicts = VerdictSet(tuple(parse_frame(frame) for frame in frames))
    return Draft(found.draft_id, found.as_of, tuple(found.plans), verdicts)


def close_drafts(connection: Connection, published: Draft) -> None:
    """Mark the draft published and older waiting ones discarded; their rows are no longer needed."""
    waiting = (drafts.c.draft_id <= published.draft_id) & (drafts.c.state == "waiting")
    ids = connection.execute(select(drafts.c.draft_id).where(waiting)).scalars().all()
    connection.execute(update(drafts).where(waiting).values(state="discarded"))
    connection.execute(update(drafts).where(drafts.c.draft_id == published.draft_id).values(state="published"))
    connection.execute(delete(draft_verdicts).where(draft_verdicts.c.draft_id.in_(ids)))
