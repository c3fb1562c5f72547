"""Keeps what was judged until publish takes it: a draft is a whole set that no reader sees."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert

from etl.core.context import Context
from etl.core.draft_rows import dump_frame
from etl.core.verdict_frames import VerdictFrame
from schemas.warehouse.tables import draft_verdicts, drafts


def write_draft(ctx: Context, frames: Iterable[VerdictFrame]) -> int:
    """Store the frames of one judgement, one after the other as they come.

    Returns:
        The draft's id, which is all that the next task is told.
    """
    with ctx.engine.begin() as connection:
        draft = {"run_id": ctx.run_id, "as_of": ctx.as_of, "plans": sorted(ctx.registry.plans)}
        draft_id = connection.execute(insert(drafts).values(draft).returning(drafts.c.draft_id)).scalar_one()
        for seq, frame in enumerate(frames):
            row = {"draft_id": draft_id, "seq": seq, "content": dump_frame(frame)}
            connection.execute(insert(draft_verdicts).values(row))
    return draft_id
