"""Computing over many workers: stale chunks of single sources in pieces, each of which any process may compute.

A piece is only work done ahead. Whatever becomes of the pieces (computed, repeated, lost with their worker), `compute`
afterwards computes what is still stale and makes the values: with all pieces done it reads no row of the lake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from etl.compute.lake_facts import count_chunks
from etl.compute.look import Look, open_look
from etl.compute.measures import list_measures
from etl.compute.refresh import Refreshed, plan_task, refresh
from etl.compute.stage import contracts_of, group_by_source, tell_mended
from etl.compute.stale import split_evenly
from etl.core.context import Context
from etl.core.outcomes import record

MOST_PIECES = 500
"""Airflow maps a task over at most 1024."""


@dataclass(frozen=True)
class Piece:
    """Chunks of one source."""

    source: str
    chunks: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """As it travels between tasks."""
        return {**asdict(self), "chunks": list(self.chunks)}


def plan_pieces(ctx: Context, sources: Sequence[str] | None, *, everything: bool, rows: int) -> list[Piece]:
    """What is stale, in pieces of at most about `rows` rows; none where all of it would fit into one.

    A single task does that faster than several could begin.
    """
    by_source = group_by_source(list_measures(ctx.registry, sources))
    weights: dict[str, dict[str, int]] = {}
    with open_look(ctx, contracts_of(ctx, by_source)) as look:
        for source, measures in by_source.items():
            contract = ctx.registry.contracts[source]
            stale = plan_task(ctx, look, contract, measures, everything=everything).chunks
            weights[source] = _weigh(look, ctx, source, stale) if stale else {}
    total = sum(sum(chunks.values()) for chunks in weights.values())
    if total <= rows:
        return []
    most = max(rows, total // MOST_PIECES)
    return [Piece(source, tuple(group)) for source, chunks in weights.items() for group in split_evenly(chunks, most)]


def _weigh(look: Look, ctx: Context, source: str, stale: set[str]) -> dict[str, int]:
    counted = count_chunks(look.lake, ctx.registry.contracts[source])
    return {chunk: counted[chunk] for chunk in stale if chunk in counted}


def compute_piece(ctx: Context, source: str, chunks: Sequence[str], *, everything: bool) -> Refreshed:
    """Compute what is (still) stale of one piece and keep it; done twice it does nothing the second time."""
    with record(ctx, "compute", f"{source}:{chunks[0]}..{chunks[-1]}", source) as outcome:
        measures = list_measures(ctx.registry, [source])
        mine = group_by_source(measures)[source]
        with open_look(ctx, contracts_of(ctx, [source])) as look:
            contract = ctx.registry.contracts[source]
            task = plan_task(ctx, look, contract, mine, everything=everything, only=set(chunks))
            done = refresh(ctx, look, task, mine)
        outcome.counts["chunks"] = done.chunks
        if not done.chunks:
            outcome.skip("COMPUTE.ALREADY", "这一部分已经计算过，未重复计算")
        if done.mended:
            tell_mended(outcome, done.mended)
    return done
