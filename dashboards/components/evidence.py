"""The deciding rows: which file, sheet, row and cell; and the versions that the verdict rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboards.components.states import build_empty, build_error
from dashboards.components.tables import build_facts, build_table
from dashboards.formats import MISSING
from dashboards.queries.evidence import EvidenceRow
from dashboards.queries.records import Verdict
from dashboards.texts import Lang
from dashboards.words import label, say

EVIDENCE_LIMIT = 200
_VERSIONS = {
    "target": ("指标", "target"),
    "indicator": ("口径", "indicator"),
    "calendar": ("工作日历", "calendar"),
    "plan": ("方案", "plan"),
    "contract": ("数据约定", "contract"),
    "baseline": ("基期", "baseline"),
}


def _build_cell(cell: Mapping[str, Any]) -> html.Span:
    """`D14 受理时间 2023-06-01`: address, header as in the file, text as it stood."""
    text = cell.get("text")
    parts: list[Any] = [html.Code(cell["cell"], className="address")] if cell.get("cell") else []
    parts.append(html.Span(str(cell.get("header") or cell.get("column") or ""), className="dim"))
    parts.append(html.Span(MISSING if text in (None, "") else str(text), className="cell-text"))
    return html.Span(parts, className="cell")


def build_evidence(rows: Sequence[EvidenceRow] | None, lang: Lang) -> html.Div:
    """The table of deciding rows; None: it could not be read."""
    if rows is None:
        return build_error(
            say("暂时读不到判定依据", "The evidence cannot be read now", lang),
            say("数据库不可用。恢复后本页自动更新。", "Database unavailable; the page comes back by itself.", lang),
        )
    if not rows:
        return build_empty(
            say("这一期没有决定性的行", "No deciding rows in this period", lang),
            say(
                "没有数据的期间没有依据；请看原因，或选有数据的期间。",
                "A period without data has none; see its reason.",
                lang,
            ),
        )
    heads = [label(name, lang) for name in ("file", "sheet", "line", "cells", "note")]
    lines = [
        [
            row.file_name,
            row.sheet or MISSING,
            str(row.line),
            html.Div([_build_cell(c) for c in row.cells], className="cell-list"),
            row.note or MISSING,
        ]
        for row in rows
    ]
    table = build_table(heads, lines, caption=label("evidence", lang))
    if len(rows) < EVIDENCE_LIMIT:
        return html.Div(table)
    more = say(f"最多列出 {EVIDENCE_LIMIT} 行，其余在原文件中。", f"At most {EVIDENCE_LIMIT} rows are listed.", lang)
    return html.Div([table, html.P(more, className="dim")])


def build_versions(verdict: Verdict, files: Mapping[str, str], lang: Lang) -> html.Dl:
    """Content hashes of target, definition, calendar; the input files by name."""
    facts: list[tuple[str, Any]] = []
    for name, version in sorted(verdict.versions.items()):
        words = _VERSIONS.get(name)
        title = (words[1] if lang == "en" else words[0]) if words else name
        facts.append((title, html.Code(str(version))))
    used = [html.Div([files.get(b, ""), html.Code(b)], className="cell") for b in verdict.batches]
    facts.append((label("batches_used", lang), used))
    return build_facts(facts)
