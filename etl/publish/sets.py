"""Publishes one whole set of verdicts, its changes and its mails in one transaction: all of it stands, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, text, update

from etl.core.context import Context
from etl.core.outcomes import Outcome, record
from etl.core.verdict_frames import VerdictSet
from etl.core.verdict_history import find_set
from etl.publish.catalogue import keep_definitions, refresh_catalogue
from etl.publish.changes import read_changes, read_open_lights, write_changes
from etl.publish.mails import write_mails
from etl.publish.recipients import Letter, sort_into_letters
from etl.publish.staging import Comparison, Verdicts, as_set, compare, write_diff
from schemas.warehouse.dialect import SET_CHANNEL, advisory_lock, notify
from schemas.warehouse.tables import publications

LOCK = "publish"

# Keys are in the content hashes already, so the hashes in key order stand for the whole set. Collation "C" makes the
# order the same on every server.
_DIGEST = """
select count(*), encode(sha256(convert_to(coalesce(string_agg(content_hash, '' order by
       plan collate "C", target collate "C", unit collate "C", period collate "C"), ''), 'UTF8')), 'hex')
from verdicts where set_to is null
"""


@dataclass(frozen=True)
class Published:
    """What came of `publish_set`.

    Attributes:
        set_id: the new set; None when there was nothing new to say.
        changed: rows that are new, differ or have vanished.
        mails: mails that now wait to be sent.
        without_address: units that have to be told something and have no address.
    """

    set_id: int | None
    changed: int = 0
    mails: int = 0
    without_address: tuple[str, ...] = ()


def publish_set(
    ctx: Context, verdicts: Verdicts, *, plans: Sequence[str], ahead: Comparison | None = None
) -> Published:
    """Make `verdicts` the newest set.

    Only rows that differ from the standing set are written; rows of `plans` that are not given any more are closed;
    rows of other plans stand. The same verdicts on the same day make no new set; on another day they make one without
    changed rows.

    Args:
        ctx: the run; `ctx.as_of` becomes the set's day.
        verdicts: all verdicts of `plans`, every period, as frames or as rows.
        plans: ids of the plans that were judged.
        ahead: what differs, where it was asked before; asked again if another set was published since.

    Raises:
        ValueError: the verdicts contradict each other (see `staging.compare`); nothing is written then.
    """
    with record(ctx, "publish", "set:" + ",".join(sorted(plans))) as outcome:
        whole = as_set(verdicts)
        with ctx.engine.begin() as connection:
            advisory_lock(connection, LOCK)
            published = _publish(connection, ctx, whole, plans, ahead)
        _report(outcome, published, total=len(whole))
    if published.without_address:
        _note_missing_addresses(ctx, published.without_address)
    return published


def _publish(
    connection: Connection, ctx: Context, verdicts: VerdictSet, plans: Sequence[str], ahead: Comparison | None
) -> Published:
    standing = find_set(connection)
    if ahead and ahead.holds(verdicts, standing.set_id if standing else None):
        found = ahead.differences
    else:
        found = compare(connection, verdicts, plans=plans)
    keep_definitions(connection, ctx.registry, plan_ids=plans, at=ctx.now())
    folders = (ctx.settings.home, *ctx.settings.schema_folders)
    refresh_catalogue(connection, ctx.registry, plan_ids=plans, folders=folders)
    if not found.changed and standing and standing.as_of == ctx.as_of:
        return Published(None)
    draft = {"state": "draft", "as_of": ctx.as_of, "run_id": ctx.run_id, "created_at": ctx.now()}
    opened = insert(publications).values(**draft, verdict_count=0, changed_count=found.changed, digest="")
    set_id = connection.execute(opened.returning(publications.c.set_id)).scalar_one()
    write_diff(connection, verdicts, found, set_id=set_id, at=ctx.now())
    write_changes(connection, set_id=set_id)
    letters = _write_letters(connection, ctx, set_id=set_id)
    _release(connection, ctx, set_id=set_id)
    missing = dict.fromkeys(unit for letter in letters for unit in letter.without_address)
    return Published(set_id, found.changed, len(letters), tuple(missing))


def _write_letters(connection: Connection, ctx: Context, *, set_id: int) -> tuple[Letter, ...]:
    changes = read_changes(connection, set_id=set_id)
    letters = sort_into_letters(changes, ctx.registry, office=ctx.settings.office_mailbox)
    if letters:
        write_mails(connection, ctx, letters, open_lights=read_open_lights(connection), set_id=set_id)
    return letters


def _release(connection: Connection, ctx: Context, *, set_id: int) -> None:
    """Draft -> approved -> published. An office that approves by hand would stop here between the two."""
    count, digest = connection.execute(text(_DIGEST)).one()
    this = update(publications).where(publications.c.set_id == set_id)
    connection.execute(this.values(state="approved", verdict_count=count, digest=digest))
    connection.execute(this.values(state="published", published_at=ctx.now()))
    notify(connection, SET_CHANNEL, str(set_id))


def _report(outcome: Outcome, published: Published, *, total: int) -> None:
    outcome.counts |= {"verdicts": total, "changed": published.changed, "mails": published.mails}
    if published.set_id is None:
        outcome.skip("SET.UNCHANGED", "结论与上次发布完全一致，本次不另行发布。")
        return
    outcome.counts["set_id"] = published.set_id


def _note_missing_addresses(ctx: Context, units: Sequence[str]) -> None:
    with record(ctx, "publish", "contacts") as outcome:
        outcome.counts["units"] = len(units)
        outcome.skip(
            "CONTACT.MISSING",
            f"以下单位没有登记收件邮箱，通知已改送办公室邮箱 {ctx.settings.office_mailbox}："
            f"{'、'.join(units)}。请在 contacts.yml 中补登。",
        )
