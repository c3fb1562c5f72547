"""Renders each letter once and stores it, in the transaction of the set that it speaks of."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import Connection, insert

from etl.core.context import Context
from etl.core.verdicts import VerdictRow
from etl.publish.changes import Change, is_listed
from etl.publish.recipients import Letter, find_target, responsible_units
from etl.publish.views import ChangeView, OpenView, view_change, view_open
from schemas.warehouse.tables import mails, outbox

OPEN_LIMIT = 30
"""A letter lists so many open lights; the rest are counted."""

_URGENCY = ("red", "yellow", "grey", "neutral", "green")
_TEMPLATES = Path(__file__).with_name("templates")
_environment = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    undefined=StrictUndefined,
    autoescape=select_autoescape(enabled_extensions=("html.j2",), default_for_string=True),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_COUNTED = (
    ("red", "项转红"),
    ("yellow", "项转黄"),
    ("recovered", "项恢复"),
    ("green", "项转绿"),
    ("grey", "项转灰"),
    ("neutral", "项转为未到期"),
    ("restated", "项往期更正"),
)


@dataclass(frozen=True)
class MailPage:
    """All that the two templates of a mail are given."""

    unit: str
    summary: str
    changes: tuple[ChangeView, ...]
    restatements: tuple[ChangeView, ...]
    open_lights: tuple[OpenView, ...]
    open_count: int
    without_address: tuple[str, ...]
    sharing: tuple[str, ...]
    plans: tuple[str, ...]
    coordinators: tuple[str, ...]
    as_of: dt.date
    set_id: int
    simulated: bool
    board: str


def write_mails(
    connection: Connection, ctx: Context, letters: Sequence[Letter], *, open_lights: Sequence[VerdictRow], set_id: int
) -> int:
    """Store one pending mail a letter, and one outbox row for each change that it carries.

    Returns:
        How many mails were stored.
    """
    for letter in letters:
        page = describe_page(ctx, letter, open_lights=open_lights, set_id=set_id)
        text, html = render("mail", page)
        row = {
            "set_id": set_id,
            "run_id": ctx.run_id,
            "recipient_unit": letter.unit,
            "address": letter.address,
            "message_id": make_message_id(ctx, letter, set_id=set_id),
            "subject": f"【营商环境监测】{letter.unit}：{page.summary}（截至 {ctx.as_of.isoformat()}）",
            "body_text": text,
            "body_html": html,
            "state": "pending",
            "created_at": ctx.now(),
        }
        mail_id = connection.execute(insert(mails).values(row).returning(mails.c.id)).scalar_one()
        carried = [{"change_id": c.change_id, "address": letter.address, "mail_id": mail_id} for c in letter.changes]
        connection.execute(insert(outbox), carried)
    return len(letters)


def render(name: str, page: Any) -> tuple[str, str]:
    """Text and HTML of one mail, from the two templates of that name."""
    text, html = (_environment.get_template(f"{name}.{kind}.j2").render(page=page) for kind in ("txt", "html"))
    return text, html


def make_message_id(ctx: Context, letter: Letter, *, set_id: int) -> str:
    """The same for the same run, set, unit and address; other homes have other runs, so that none shadows another."""
    return name_message(ctx, str(set_id), f"{letter.unit}\n{letter.address}")


def name_message(ctx: Context, about: str, told: str) -> str:
    """A Message-ID: the run, what the mail is about, and a digest of who is told what."""
    digest = hashlib.sha256(told.encode()).hexdigest()[:16]
    domain = ctx.settings.mail_from.rpartition("@")[2]
    return f"<bizenv.{ctx.run_id}.{about}.{digest}@{domain if domain.isascii() and domain else 'bizenv.invalid'}>"


def summarise(changes: Sequence[Change]) -> str:
    """`2 项转红，1 项恢复`: what happened, worst first."""
    counts = Counter(_class_of(change) for change in changes)
    return "，".join(f"{counts[name]} {words}" for name, words in _COUNTED if counts[name])


def _class_of(change: Change) -> str:
    if change.kind == "restatement":
        return "restated"
    if change.verdict.light == "green" and change.light_before in ("red", "yellow"):
        return "recovered"
    return change.verdict.light


def describe_page(ctx: Context, letter: Letter, *, open_lights: Sequence[VerdictRow], set_id: int) -> MailPage:
    """What the letter says, as text ready to print."""
    told = {(c.verdict.plan, c.verdict.target, c.verdict.unit) for c in letter.changes if c.kind == "light"}
    still_open = [row for row in _open_lights_of(ctx, letter.unit, open_lights) if row.key[:3] not in told]
    news = sorted((c for c in letter.changes if c.kind == "light"), key=lambda c: _URGENCY.index(c.verdict.light))
    plans = [ctx.registry.plans[p].plan for p in dict.fromkeys(c.verdict.plan for c in letter.changes)]
    return MailPage(
        unit=letter.unit,
        summary=summarise(letter.changes),
        changes=tuple(view_change(ctx.registry, c) for c in news),
        restatements=tuple(view_change(ctx.registry, c) for c in letter.changes if c.kind == "restatement"),
        open_lights=tuple(view_open(ctx.registry, row) for row in still_open[:OPEN_LIMIT]),
        open_count=len(still_open),
        without_address=letter.without_address,
        sharing=letter.sharing,
        plans=tuple(plan.name_zh for plan in plans),
        coordinators=tuple(dict.fromkeys(plan.coordinator for plan in plans)),
        as_of=ctx.as_of,
        set_id=set_id,
        simulated=ctx.simulated,
        board=ctx.settings.board_address,
    )


def _open_lights_of(ctx: Context, unit: str, open_lights: Sequence[VerdictRow]) -> list[VerdictRow]:
    mine = []
    for row in open_lights:
        target = find_target(ctx.registry, row)
        if target and is_listed(target, ctx.registry.plans[row.plan]) and unit in responsible_units(row, target):
            mine.append(row)
    return mine
