"""Mails about open cases: the day before the deadline (turned yellow) and after it (turned red).

One mail a unit, address and run; one row per change and recipient. Reading what is new, writing the mails and noting
that it was told are one transaction under a lock, so that nothing is told twice, whoever dies in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, text

from etl.core.case_clocks import list_clocks
from etl.core.context import Context
from etl.core.outcomes import record
from etl.publish.case_changes import CaseChange, CaseLetter, read_standing, read_waiting, sort_into_letters
from etl.publish.case_views import CaseView, view_case
from etl.publish.mails import name_message, render
from schemas.warehouse.dialect import advisory_lock
from schemas.warehouse.tables import case_notices, mails

LISTED = 50
"""A mail lists so many cases of each light; the rest are counted."""
_LAST = "select max(id) from case_light_changes where not is_told"
_TOLD = "update case_light_changes set is_told = true where not is_told and id <= :last"
_COUNTED = (("red", "件已超期"), ("yellow", "件临近期限"))


@dataclass(frozen=True)
class CasePage:
    """All that the two templates of a mail about cases are given."""

    unit: str
    summary: str
    red: tuple[CaseView, ...]
    yellow: tuple[CaseView, ...]
    red_count: int
    yellow_count: int
    standing_red: int
    standing_yellow: int
    without_address: tuple[str, ...]
    sharing: tuple[str, ...]
    plans: tuple[str, ...]
    coordinators: tuple[str, ...]
    lit: str
    simulated: bool
    board: str


def queue_case_notices(ctx: Context) -> int:
    """Write the mails about cases that have turned yellow or red since the last time; returns how many."""
    with ctx.engine.connect() as connection:
        if connection.execute(text(_LAST)).scalar_one() is None:
            return 0
    with record(ctx, "publish", "case-notices") as outcome:
        with ctx.engine.begin() as connection:
            advisory_lock(connection, "case-notices")
            letters = _write_letters(connection, ctx)
        outcome.counts.update(mails=len(letters), changes=sum(len(letter.changes) for letter in letters))
        if missing := sorted({unit for letter in letters for unit in letter.without_address}):
            outcome.code = "CONTACT.MISSING"
            outcome.message = (
                f"以下单位没有登记收件邮箱，办件通知已改送办公室邮箱 {ctx.settings.office_mailbox}："
                f"{'、'.join(missing)}。请在 contacts.yml 中补登。"
            )
        if not letters:
            outcome.skip("CASES.NO_NEWS", "灯号有变化，但没有需要通知的临期或超期办件。")
    return len(letters)


def _write_letters(connection: Connection, ctx: Context) -> list[CaseLetter]:
    last = connection.execute(text(_LAST)).scalar_one()
    if last is None:  # another process was faster
        return []
    changes = read_waiting(connection, list_clocks(ctx.registry, as_of=ctx.as_of), last=last)
    letters = sort_into_letters(changes, ctx.registry, office=ctx.settings.office_mailbox)
    for letter in letters:
        _write_mail(connection, ctx, letter, case_run=f"{ctx.run_id}/{last}")
    connection.execute(text(_TOLD), {"last": last})
    return letters


def _write_mail(connection: Connection, ctx: Context, letter: CaseLetter, *, case_run: str) -> None:
    page = describe_page(connection, ctx, letter)
    body, html = render("cases", page)
    row = {
        "case_run": case_run,
        "run_id": ctx.run_id,
        "recipient_unit": letter.unit,
        "address": letter.address,
        "message_id": name_message(ctx, "cases", f"{case_run}\n{letter.unit}\n{letter.address}"),
        "subject": f"【在办件提醒】{letter.unit}：{page.summary}（{page.lit}）",
        "body_text": body,
        "body_html": html,
        "state": "pending",
        "created_at": ctx.now(),
    }
    mail_id = connection.execute(insert(mails).values(row).returning(mails.c.id)).scalar_one()
    carried = [{"change_id": c.change_id, "address": letter.address, "mail_id": mail_id} for c in letter.changes]
    connection.execute(insert(case_notices), carried)


def describe_page(connection: Connection, ctx: Context, letter: CaseLetter) -> CasePage:
    """What the letter says, as text ready to print."""
    by_light = {light: [c for c in letter.changes if c.light.light == light] for light, _ in _COUNTED}
    views = {light: tuple(view_case(ctx, c) for c in mine[:LISTED]) for light, mine in by_light.items()}
    packs = [ctx.registry.plans[plan].plan for plan in dict.fromkeys(c.clock.plan for c in letter.changes)]
    standing = read_standing(connection, (letter.unit, *letter.sharing), plans=[plan.id for plan in packs])
    moment = ctx.moment_in(ctx.settings.zone)
    return CasePage(
        unit=letter.unit,
        summary=_summarise(letter.changes),
        **views,
        red_count=len(by_light["red"]),
        yellow_count=len(by_light["yellow"]),
        standing_red=sum(int(row["red"]) for row in standing),
        standing_yellow=sum(int(row["yellow"]) for row in standing),
        without_address=tuple(sorted(letter.without_address)),
        sharing=tuple(sorted(letter.sharing)),
        plans=tuple(plan.name_zh for plan in packs),
        coordinators=tuple(dict.fromkeys(plan.coordinator for plan in packs)),
        lit=f"截至 {moment.at:%Y-%m-%d}" + ("" if moment.is_date_only else f" {moment.at:%H:%M}"),
        simulated=ctx.simulated,
        board=ctx.settings.board_address.rstrip("/") + "/cases",
    )


def _summarise(changes: Sequence[CaseChange]) -> str:
    """`2 件已超期，1 件临近期限`."""
    counts = Counter(change.light.light for change in changes)
    return "，".join(f"{counts[light]} {words}" for light, words in _COUNTED if counts[light])
