"""Mails about files that came in: to the owner of the source, one a batch and recipient, whatever happens.

What they say was prepared with the workbook (table `giveback`); here it only gets recipients and a layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from etl.core.context import Context
from etl.publish.mails import name_message, render
from etl.publish.recipients import addresses_of
from schemas.warehouse.tables import giveback, mails

OFFICE = "营商办"
"""Owner of what the office itself enters: its own mailbox, nobody to pass the mail on to."""


@dataclass(frozen=True)
class ReturnPage:
    """All that the two templates of a mail about a file are given.

    Attributes:
        attached: the annotated workbook goes with the mail.
        pass_on: the owner has no address: the office is asked to pass the mail on.
    """

    unit: str
    file: str
    source: str
    period: str
    outcome: str
    due: str
    tasks: tuple[Mapping[str, str], ...]
    more: int
    batch: str
    attached: bool
    personal: bool
    pass_on: bool
    simulated: bool
    board: str


def queue_returns(ctx: Context) -> int:
    """Write the mails about batches that ask something of their sender and have none yet.

    Returns:
        How many mails were written.
    """
    told = select(mails.c.batch_id).where(mails.c.batch_id.is_not(None))
    query = select(giveback.c.batch_id, giveback.c.page).where(giveback.c.asks, giveback.c.batch_id.not_in(told))
    count = 0
    with ctx.engine.begin() as connection:
        for batch_id, page in connection.execute(query.order_by(giveback.c.made_at, giveback.c.batch_id)).all():
            for row in _write_mails(ctx, batch_id, page):
                count += connection.execute(insert(mails).values(row).on_conflict_do_nothing()).rowcount
    return count


def _write_mails(ctx: Context, batch_id: str, page: Mapping[str, Any]) -> list[dict[str, Any]]:
    owner = page["owner"]
    known = _find_addresses(ctx, owner, page["plans"]) if owner else ()
    unit = owner or "办公室"
    rows = []
    for address in known or (ctx.settings.office_mailbox,):
        shown = _make_page(ctx, batch_id, page, unit=unit, pass_on=not known)
        text, html = render("return", shown)
        word = "已退回，请更正后重新报送" if page["refused"] else _count_words(page)
        rows.append(
            {
                "batch_id": batch_id,
                "run_id": ctx.run_id,
                "recipient_unit": unit,
                "address": address,
                "message_id": name_message(ctx, "file", f"{batch_id}\n{address}"),
                "subject": f"【营商环境监测】{page['file']}：{word}",
                "body_text": text,
                "body_html": html,
                "state": "pending",
                "created_at": ctx.now(),
            }
        )
    return rows


def _find_addresses(ctx: Context, owner: str, plans: list[str]) -> tuple[str, ...]:
    """The owner's addresses for the plans of the source, each once."""
    unit = ctx.registry.unit_names.get(owner, owner)
    found = [address for plan in plans or [""] for address in addresses_of(ctx.registry, unit, plan=plan)]
    return tuple(dict.fromkeys(found))


def _count_words(page: Mapping[str, Any]) -> str:
    return f"有 {page['held']} 行未通过校验，请更正" if page["held"] else "有需要核对的内容"


def _make_page(ctx: Context, batch_id: str, page: Mapping[str, Any], *, unit: str, pass_on: bool) -> ReturnPage:
    return ReturnPage(
        unit=unit,
        file=page["file"],
        source=page["source"] or "未能识别",
        period=page["period"] or "—",
        outcome=page["outcome"],
        due=page["due"],
        tasks=tuple(page["tasks"]),
        more=page["more"],
        batch=batch_id,
        attached=not (page["personal"] and pass_on),
        personal=page["personal"],
        pass_on=pass_on and page["owner"] not in (None, OFFICE),
        simulated=ctx.simulated,
        board=ctx.settings.board_address,
    )
