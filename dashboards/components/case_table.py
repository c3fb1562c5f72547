"""Tables of open cases: what is overdue or nearly so, what stands still, what has no light and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dashboards.components.case_tiles import build_case_light
from dashboards.components.tables import build_table
from dashboards.formats import MISSING
from dashboards.queries.cases import OpenCases, Row, left_of
from dashboards.queries.records import Plan
from dashboards.texts import CASE_REASONS, CLOCK_ABUSES, LIMIT_UNITS, Lang, pick, word
from dashboards.view import View
from dashboards.words import label, say
from schemas.models.case_keys import show_key
from schemas.models.time_left import TimeLeft

_WHO_AND_WHERE = ("unit", "counter", "limit", "place_in_file", "remark")
"""What every table of cases tells of each."""


def say_left(left: TimeLeft | None, lang: Lang) -> str:
    """`还有 3 天`, `今天到期`, `超期 2 天`, `还有 1 小时 20 分`."""
    if left is None:
        return MISSING
    if left.minutes is not None:
        span = _say_minutes(abs(left.minutes), lang)
        return (
            say(f"超时 {span}", f"over by {span}", lang) if left.is_over else say(f"还有 {span}", f"{span} left", lang)
        )
    days = left.days or 0
    if days == 0:
        return say("今天到期", "due today", lang)
    if days < 0:
        return say(f"超期 {-days} 天", f"{-days} days overdue", lang)
    return say(f"还有 {days} 天", f"{days} days left", lang)


def _say_minutes(minutes: int, lang: Lang) -> str:
    days, rest = divmod(minutes, 24 * 60)
    hours, rest = divmod(rest, 60)
    words = (say("天", "d", lang), say("小时", "h", lang), say("分", "min", lang))
    parts = [f"{n} {w}" for n, w in zip((days, hours, 0 if days else rest), words, strict=True) if n]
    return " ".join(parts) or say("不到 1 分", "under 1 min", lang)


def say_limit(text: str | None, lang: Lang) -> str:
    """`5 workday` -> `5 个工作日`."""
    if text is None:
        return say("以登记的期限为准", "as the file says", lang)
    amount, unit = text.split()
    known = LIMIT_UNITS.get(unit, (" 个工作分钟", " office minutes"))
    return f"{amount}{pick(known, lang)}"


def build_alerts(rows: Sequence[Row], found: OpenCases, plan: Plan, view: View, now: dt.datetime) -> html.Div:
    """Worst first: light, time left, deadline, limit, who, where."""
    lang = view.lang
    heads = [label(name, lang) for name in ("light", "case", "time_left", "deadline", *_WHO_AND_WHERE)]
    lines = [
        [
            build_case_light(row["light"], lang),
            html.B(show_key(row["case_key"])),
            html.B(say_left(left_of(row, now), lang), className=f"left-{row['light']}"),
            _say_deadline(row),
            *_say_who_and_where(row, found, plan, view),
        ]
        for row in rows
    ]
    return build_table(heads, lines, caption=label("alert_cases", lang))


def build_stopped(rows: Sequence[Row], found: OpenCases, plan: Plan, view: View, now: dt.datetime) -> html.Div:
    """No deadline and no colour, but an age."""
    lang = view.lang
    heads = [label(name, lang) for name in ("case", "age", "suspended_since", *_WHO_AND_WHERE)]
    lines = [
        [
            html.B(show_key(row["case_key"])),
            html.B(_say_age(row["started_at"], now, lang)),
            f"{row['suspended_since']:%Y-%m-%d}" if row["suspended_since"] else MISSING,
            *_say_who_and_where(row, found, plan, view),
        ]
        for row in rows
    ]
    return build_table(heads, lines, caption=label("stopped_cases", lang))


def _say_who_and_where(row: Row, found: OpenCases, plan: Plan, view: View) -> list[Any]:
    """The cells of `_WHO_AND_WHERE`."""
    return [
        plan.unit_name(row["unit"], view.lang) if row["unit"] else MISSING,
        row["window_name"] or MISSING,
        _name_clock(row, found, view),
        _say_place(row, view.lang),
        _say_remarks(row, view.lang),
    ]


def _say_deadline(row: Row) -> str:
    if row["deadline_at"]:
        return f"{row['deadline_at']:%Y-%m-%d %H:%M}"
    return f"{row['deadline_date']:%Y-%m-%d}" if row["deadline_date"] else MISSING


def _say_age(started: dt.datetime | None, now: dt.datetime, lang: Lang) -> str:
    if started is None:
        return MISSING
    days = (now.date() - started.date()).days
    return say(f"{days} 天", f"{days} days", lang)


def _name_clock(row: Row, found: OpenCases, view: View) -> Any:
    """The target or step with its limit and clause; a link where a target judges the same cases."""
    lang, clock = view.lang, found.clock(row["clock"])
    content = clock["content"] if clock else {}
    name = content.get("name_en" if lang == "en" else "name_zh") or row["clock"]
    told = f"{say_limit(row['limit_text'], lang)}，{content.get('clause', '')}".rstrip("，")
    target = content.get("target")
    to = View(page="target", plan=row["plan"], target=target, lang=lang) if target else None
    link = dcc.Link(name, href=to.href, className="name") if to else html.Span(name)
    return [link, html.Div(told, className="dim")]


def _say_place(row: Row, lang: Lang) -> Any:
    sheet = f" · {row['sheet']}" if row["sheet"] else ""
    line = say(f"第 {row['line']} 行", f"row {row['line']}", lang)
    return [html.Span(f"{row['file_name']}{sheet}"), html.Div(line, className="dim")]


def _say_remarks(row: Row, lang: Lang) -> Any:
    marks = [html.Span(word(CLOCK_ABUSES, code, lang), className="mark mark-abuse") for code in _codes(row["abuse"])]
    if row["reason"]:
        marks.insert(0, html.Span(word(CASE_REASONS, row["reason"], lang), className="mark mark-reason"))
    return marks or MISSING


def _codes(abuse: str | None) -> list[str]:
    return abuse.split(",") if abuse else []
