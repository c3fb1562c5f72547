"""Joins the six stages. The only module that imports several of them; the command line and the DAGs call it.

Every function is safe to call again: it does what is left to do. A crash between two stages loses nothing. Each imports
its own stage when it is called: a task of Airflow is a process of its own and pays only for what it does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.core.context import Context

if TYPE_CHECKING:
    from etl.check.checked import Checked
    from etl.compute.case_light_stage import Relit
    from etl.compute.stage import Computed
    from etl.core.verdict_frames import VerdictSet
    from etl.load import Loaded
    from etl.publish import MailCounts, Published


@dataclass(frozen=True)
class RunReport:
    """What one whole run did."""

    landed: int
    checked: dict[str, int]
    loaded: int
    rows_quarantined: int
    computed: Computed | None
    published: Published | None
    mails: MailCounts | None


def land(ctx: Context, *, files: Sequence[Path] | None = None, stable_seconds: int = 0) -> list[str]:
    """Take files from the inbox into landing/. Returns the ids of the new batches."""
    from etl.land.landing import land_inbox
    from etl.land.retention import forget_originals

    forget_originals(ctx)
    return land_inbox(ctx, files=files, stable_seconds=stable_seconds)


def check(ctx: Context, source: str | None = None) -> list[Checked]:
    """Read and check every landed batch (of one source)."""
    from etl.check.stage import check_waiting
    from etl.giveback.stage import prepare

    try:
        return list(check_waiting(ctx, source).values())
    finally:  # a file that could not be checked must not keep the others from going back
        prepare(ctx, source)


def recheck(ctx: Context, batch_id: str) -> Checked:
    """Check one batch again that is not in the lake yet, under the contract as it stands now.

    Raises:
        LookupError: no such batch, or no contract of its source.
        ValueError: it is in the lake.
    """
    from etl.check.stage import check_batch
    from etl.giveback.stage import prepare_again

    checked = check_batch(ctx, batch_id)
    prepare_again(ctx, batch_id)
    return checked


def source_of(ctx: Context, batch_id: str) -> str:
    """Whose file a batch is."""
    from etl.check.store import read_batch

    return read_batch(ctx, batch_id).source


def load(ctx: Context, source: str | None = None) -> list[Loaded]:
    """Bring accepted batches into the lake, and hold sources against each other where contracts ask for it."""
    from etl.load import load_accepted
    from etl.reconcile import reconcile
    from etl.sum_notes import settle_sum_notes

    try:
        return load_accepted(ctx, source)
    finally:  # one batch that fails must not keep the others from being compared
        reconcile(ctx)
        settle_sum_notes(ctx)


def compute(ctx: Context, *, everything: bool = False) -> Computed | None:
    """Follow what changed: dirty sources, refused answers, or all of them when the day moved.

    With `everything` all rows are computed anew and held against what is kept.

    Returns:
        None where nothing changed.
    """
    from etl.compute.stage import affected_sources
    from etl.compute.stage import compute as compute_values

    sources = None if everything else affected_sources(ctx)
    return None if sources == [] else compute_values(ctx, sources=sources, everything=everything)


def plan_pieces(ctx: Context, *, everything: bool = False) -> list[dict[str, Any]]:
    """What `compute` would read, in pieces for several workers; none where one task does it as fast."""
    from etl.compute.pieces import plan_pieces as plan
    from etl.compute.stage import affected_sources

    sources = None if everything else affected_sources(ctx)
    if sources == []:
        return []
    pieces = plan(ctx, sources, everything=everything, rows=ctx.settings.piece_rows)
    return [piece.as_dict() for piece in pieces]


def compute_piece(ctx: Context, piece: Mapping[str, Any], *, everything: bool = False) -> None:
    """One of these pieces; `compute` has to follow."""
    from etl.compute.pieces import compute_piece as compute_one

    compute_one(ctx, piece["source"], piece["chunks"], everything=everything)


def light_cases(ctx: Context, *, in_office_hours: bool = False) -> Relit | None:
    """Refresh the lights of all open cases: for them time alone is a change.

    They follow from the rows in the lake alone; verdicts do not wait for them.

    Returns:
        None where `in_office_hours` is asked for and no office is open.
    """
    from etl.compute.case_light_stage import refresh_case_lights, refresh_in_office_hours

    return refresh_in_office_hours(ctx) if in_office_hours else refresh_case_lights(ctx)


def judge(ctx: Context) -> int:
    """Judge all targets; returns the id of the draft."""
    from etl.judge.stage import judge as judge_values

    return judge_values(ctx)


def publish(ctx: Context) -> Published | None:
    """Publish the newest draft with its evidence; None where no draft waits."""
    from etl.publish import publish_set
    from etl.publish.drafts import close_drafts, read_draft
    from etl.publish.staging import compare_ahead

    with ctx.engine.connect() as connection:
        draft = read_draft(connection)
        if draft is None:
            return None
        ahead = compare_ahead(connection, draft.verdicts, plans=draft.plans)
    verdicts = _with_evidence(ctx, draft.verdicts, ahead.differences.numbers)
    published = publish_set(replace(ctx, as_of=draft.as_of), verdicts, plans=draft.plans, ahead=ahead)
    with ctx.engine.begin() as connection:
        close_drafts(connection, draft)
    return published


def _with_evidence(ctx: Context, verdicts: VerdictSet, numbers: Sequence[int]) -> VerdictSet:
    """Only rows that will be written anew get their deciding rows looked up."""
    if not numbers:
        return verdicts
    from etl.compute.deciding_rows import find_row_evidence

    return replace(verdicts, evidence=find_row_evidence(ctx, list(verdicts.rows(numbers))))


def send_mails(ctx: Context) -> MailCounts:
    """Write the mails about files and about open cases, and hand all that wait to the mail server."""
    from etl.giveback.stage import find_attachment, prepare
    from etl.publish import send_pending
    from etl.publish.case_notices import queue_case_notices
    from etl.publish.returns import queue_returns

    prepare(ctx)
    queue_returns(ctx)
    queue_case_notices(ctx)
    return send_pending(ctx, attach=find_attachment)


def refresh(ctx: Context, *, everything: bool = False) -> tuple[Computed | None, Published | None]:
    """Compute .. publish. Judges also when no value changed but the promises or the day did."""
    computed = compute(ctx, everything=everything)
    judge(ctx)
    return computed, publish(ctx)


def run(ctx: Context, *, everything: bool = False) -> RunReport:
    """Land .. publish for all that waits, the lights of open cases, and the mails."""
    landed = land(ctx)
    checked = check(ctx)
    loaded = load(ctx)
    computed, published = refresh(ctx, everything=everything)
    light_cases(ctx)
    mails = send_mails(ctx)
    statuses: dict[str, int] = {}
    for item in checked:
        statuses[item.status] = statuses.get(item.status, 0) + 1
    held = sum(item.rows_quarantined or 0 for item in checked)
    return RunReport(len(landed), statuses, len(loaded), held, computed, published, mails)
