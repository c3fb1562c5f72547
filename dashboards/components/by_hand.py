"""What people enter: the windows of a cadence as a strip, the scale of a grade, the entries, and how to make one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboards.components.goals import value_text
from dashboards.components.light import build_status
from dashboards.components.states import build_empty, build_error
from dashboards.components.tables import build_table
from dashboards.formats import MISSING
from dashboards.queries.evidence import EvidenceRow
from dashboards.queries.records import Snapshot, Target, Verdict
from dashboards.texts import Lang
from dashboards.words import label, say

SHOWN_WINDOWS = 24
_KEYS = ("plan", "target")
"""Columns of an entry that the page says already."""
_OWN = ("day", "period", "evidence", "entered_by")
_EXAMPLES = {
    "milestone": ("填“日期”（完成日）、“是否确认”选“是”、“佐证”填文件号或网址", "day, confirmed, evidence"),
    "cadence": ("每开展一次填一行“日期”，或填“所属期”和“数值”（次数）", "one row with its day for each event"),
    "rank": ("填“所属期”和“数值”（名次）或“等次”，并写明“来源”", "period and rank or grade, with its source"),
}


def build_strip(rows: Sequence[Verdict], target: Target, lang: Lang) -> html.Ol:
    """One box a window, oldest first: window, status in words, how often."""
    boxes = [
        html.Li(
            [html.Span(row.period, className="window-name"), build_status(row, lang), value_text(row, target, lang)],
            className=f"window window-{row.status}",
        )
        for row in rows[-SHOWN_WINDOWS:]
    ]
    return html.Ol(boxes, className="strip", **{"aria-label": label("windows", lang)})  # type: ignore[arg-type]


def build_scale(verdict: Verdict | None, target: Target, snapshot: Snapshot, lang: Lang) -> html.Ol | None:
    """The grades from the lowest to the highest; which one is wanted and which one stands."""
    grades = (snapshot.plan(target.plan).content.get("scales") or {}).get(target.text("scale")) or ()
    if not grades:
        return None
    reached = verdict.marks.get("grade") if verdict else None
    steps = []
    for grade in grades:
        told = [html.Span(grade, className="grade-name")]
        told += [html.Span(label("wanted", lang), className="mark")] if grade == target.text("grade") else []
        told += [html.Span(label("stands", lang), className="mark mark-exceeded")] if grade == reached else []
        steps.append(html.Li(told, className="grade is-reached" if grade == reached else "grade"))
    return html.Ol(steps, className="scale", **{"aria-label": label("scale", lang)})  # type: ignore[arg-type]


def build_entries(
    entries: Sequence[EvidenceRow] | None, target: Target, snapshot: Snapshot, lang: Lang
) -> html.Section:
    """Who entered what and when, with the evidence; `entries` None: they could not be read."""
    name = snapshot.plan(target.plan).source_name("manual", lang)
    head = html.H2([label("entries", lang), html.Span(name or "", className="dim")])
    return html.Section(
        [head, _build_rows(entries, lang), *_build_guide(target, lang)], className="panel", id="entries"
    )


def _build_rows(entries: Sequence[EvidenceRow] | None, lang: Lang) -> html.Div:
    if entries is None:
        return build_error(say("暂时读不到填报记录", "The entries cannot be read now", lang))
    if not entries:
        return build_empty(say("还没有人填报", "Nobody has entered anything yet", lang))
    names = ("day", "content", "proof", "entered_by", "file", "line")
    lines = [_line(entry, lang) for entry in entries]
    return build_table([label(n, lang) for n in names], lines, caption=label("entries", lang))


def _line(entry: EvidenceRow, lang: Lang) -> list[Any]:
    cells = {str(cell.get("column")): cell for cell in entry.cells}
    texts = {name: str(cell.get("text") or "") for name, cell in cells.items()}
    rest = [cell for name, cell in cells.items() if name not in (*_KEYS, *_OWN) and texts[name]]
    told = say("；", "; ", lang).join(f"{cell.get('header') or cell.get('column')}：{cell['text']}" for cell in rest)
    when = texts.get("day") or texts.get("period") or entry.note or MISSING
    proof, who = texts.get("evidence") or MISSING, texts.get("entered_by") or MISSING
    return [when, told or entry.note or MISSING, proof, who, entry.file_name, _say_row(entry, lang)]


def _say_row(entry: EvidenceRow, lang: Lang) -> str:
    sheet = f"{entry.sheet} " if entry.sheet else ""
    return sheet + say(f"第 {entry.line} 行", f"row {entry.line}", lang)


def _build_guide(target: Target, lang: Lang) -> list[Any]:
    """How to enter one, in three steps."""
    how = _EXAMPLES.get(target.text("kind"), _EXAMPLES["milestone"])
    command = html.Code(f"bizenv source template manual --plan {target.plan}")
    id_zh = f"在“填报”表里找到目标编号 {target.id} 的一行（没有就复制一行），{how[0]}；"
    steps: list[Any] = [
        [say("生成填报表：", "Make the form: ", lang), command],
        say(id_zh, f"Fill the row of {target.id}: {how[1]};", lang),
        say(
            "文件名保留“人工填报”，放入收件箱，处理后本页自动更新。",
            "Keep 人工填报 in the file's name, put it into the inbox; the page follows.",
            lang,
        ),
    ]
    return [html.H3(label("how_to_enter", lang)), html.Ol([html.Li(step) for step in steps], className="guide")]
