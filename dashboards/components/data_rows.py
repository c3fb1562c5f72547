"""Rows of the data page in words: codes become text, counts become sentences, nothing technical is left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.components.grid import GridColumn
from dashboards.formats import MISSING, fmt_instant
from dashboards.texts import (
    BATCH_STATUSES,
    COUNTS,
    LEVELS,
    LINES,
    MAIL_STATES,
    OUTCOME_STATUSES,
    STAGES,
    SUBJECTS,
    Lang,
    pick,
    word,
)

Row = dict[str, Any]
SHOWN_SOURCES = 3

COLUMNS: dict[str, tuple[GridColumn, ...]] = {
    "batches": (
        GridColumn(field="file_name", zh="文件", en="File", width=220, grow=True),
        GridColumn(field="source", zh="来源", en="Source", width=150),
        GridColumn(field="period", zh="期间", en="Period", width=100),
        GridColumn(field="status", zh="状态", en="Status", width=120),
        GridColumn(field="rows_accepted", zh="接收行数", en="Rows accepted", width=100, number=True),
        GridColumn(field="rows_quarantined", zh="扣下行数", en="Rows kept back", width=100, number=True),
        GridColumn(field="lines", zh="逐行核对", en="Lines accounted for", width=190),
        GridColumn(field="message", zh="说明", en="Message", width=220, grow=True),
        GridColumn(field="giveback", zh="批注", en="Annotated copy", width=130, link=True),
        GridColumn(field="landed_at", zh="接收时间", en="Received", width=150),
    ),
    "findings": (
        GridColumn(field="cell", zh="位置", en="Cell", width=125),
        GridColumn(field="message", zh="问题", en="Problem", width=220, grow=True),
        GridColumn(field="todo", zh="怎么办", en="What to do", width=220, grow=True),
        GridColumn(field="level", zh="处理", en="Effect", width=125),
        GridColumn(field="rows", zh="涉及行数", en="Rows", width=105, number=True),
        GridColumn(field="file_name", zh="文件", en="File", width=190),
    ),
    "quarantine": (
        GridColumn(field="file_name", zh="文件", en="File", width=190),
        GridColumn(field="place", zh="位置", en="Place", width=120),
        GridColumn(field="unit", zh="单位", en="Unit", width=120),
        GridColumn(field="period", zh="期间", en="Period", width=100),
        GridColumn(field="why", zh="原因", en="Why", width=220, grow=True),
        GridColumn(field="state", zh="更正", en="Correction", width=150),
        GridColumn(
            field="content", zh="原文（个人信息已遮盖）", en="As it stood (personal data masked)", width=320, grow=True
        ),
    ),
    "mails": (
        GridColumn(field="subject", zh="主题", en="Subject", width=260, grow=True),
        GridColumn(field="recipient_unit", zh="收件单位", en="Unit", width=130),
        GridColumn(field="address", zh="地址", en="Address", width=180),
        GridColumn(field="state", zh="状态", en="State", width=130),
        GridColumn(field="created_at", zh="生成时间", en="Created", width=150),
        GridColumn(field="sent_at", zh="发送时间", en="Sent", width=150),
        GridColumn(field="set_id", zh="版号", en="Set", width=90, number=True),
    ),
    "runs": (
        GridColumn(field="finished_at", zh="时间", en="Time", width=150),
        GridColumn(field="stage", zh="步骤", en="Stage", width=90),
        GridColumn(field="subject", zh="对象", en="Subject", width=200),
        GridColumn(field="status", zh="结果", en="Outcome", width=100),
        GridColumn(field="message", zh="说明", en="Message", width=220, grow=True),
        GridColumn(field="counts", zh="数量", en="Counts", width=180),
        GridColumn(field="as_of", zh="截至", en="As of", width=110),
    ),
}


def _say_lines(lines: Mapping[str, Any] | None, lang: Lang) -> str:
    """`表头 1、数据 120、合计 1`: every line of the table found is accounted for."""
    if not lines:
        return MISSING
    found = [f"{word(LINES, name, lang)} {lines[name]}" for name in LINES if lines.get(name)]
    return (", " if lang == "en" else "、").join(found) or MISSING


def _say_place(row: Mapping[str, Any], lang: Lang) -> str:
    """`Sheet1!D14`, else sheet and row."""
    sheet = f"{row['sheet']}!" if row.get("sheet") else ""
    if row.get("cell"):
        return f"{sheet}{row['cell']}"
    if row.get("line") is None:
        return pick(("整份文件", "whole file"), lang)
    return f"{sheet}{pick(('第', 'row '), lang)}{row['line']}{pick(('行', ''), lang)}"


def _say_pairs(content: Mapping[str, Any] | None) -> str:
    return "；".join(f"{key}：{value}" for key, value in (content or {}).items() if value not in (None, "")) or MISSING


def _say_counts(counts: Mapping[str, Any] | None, lang: Lang) -> str:
    """`结论 26、灯变化 2`; a count that has no words yet keeps its own name."""

    def show(value: Any) -> str:
        return " ".join(map(str, value)) if isinstance(value, list) else str(value)

    told = (
        f"{pick(COUNTS[k], lang) if k in COUNTS else k} {show(v)}" for k, v in (counts or {}).items() if v or v == 0
    )
    return (", " if lang == "en" else "、").join(told) or MISSING


def _say_giveback(row: Row, lang: Lang) -> str:
    """The link to the annotated copy, or the word where to get it; nothing where the sender has nothing to do."""
    if row.get("has_giveback"):
        return f"[{pick(('下载批注', 'Download'), lang)}](/api/giveback/{row['batch_id']})"
    return (row.get("word") or MISSING) if row.get("asks") else MISSING


def _batch(row: Row, lang: Lang) -> Row:
    message = "。".join(str(part).rstrip("。") for part in (row["message"], row["todo"]) if part)
    covers = "、".join(row["covers"] or ())
    return {
        "status": word(BATCH_STATUSES, row["status"], lang),
        "lines": _say_lines(row["lines"], lang),
        "message": message or MISSING,
        "period": row["period"] or covers or MISSING,
        "giveback": _say_giveback(row, lang),
    }


def _finding(row: Row, lang: Lang) -> Row:
    return {"level": word(LEVELS, row["level"], lang), "cell": _say_place(row, lang)}


def _quarantined(row: Row, lang: Lang) -> Row:
    return {
        "place": _say_place(row, lang),
        "content": _say_pairs(row["content"]),
        "state": _say_correction(row, lang),
    }


def _say_correction(row: Row, lang: Lang) -> str:
    """`已更正：办件量 -3 → 3`, or that the row still waits."""
    if row.get("state") != "corrected":
        return pick(("待更正", "waiting"), lang)
    told = [f"{c['header']} {c['before'] or MISSING} → {c['after'] or MISSING}" for c in row.get("changes") or ()]
    done = pick(("已更正", "corrected"), lang)
    return f"{done}{pick(('：', ': '), lang)}{'；'.join(told)}" if told else done


def _mail(row: Row, lang: Lang) -> Row:
    return {"state": word(MAIL_STATES, row["state"], lang)}


def _say_subject(subject: str, lang: Lang) -> str:
    """`set:plan-2023` and the like in words; file names stay as they are."""
    head, _, rest = subject.partition(":")
    return f"{pick(SUBJECTS[head], lang)} {rest}".strip() if head in SUBJECTS else subject


def _name_sources(subject: str, lang: Lang, name_source: Callable[[str], str]) -> str:
    """The sources that a computation followed, as people call them."""
    names = [name_source(source) for source in subject.split(",")]
    shown = pick(("、", ", "), lang).join(names[:SHOWN_SOURCES])
    more = len(names) - SHOWN_SOURCES
    return shown if more <= 0 else shown + pick((f" 等 {len(names)} 个来源", f" and {more} more"), lang)


def _run(row: Row, lang: Lang) -> Row:
    return {
        "subject": row["file_name"] or _say_subject(row["subject"], lang),
        "stage": word(STAGES, row["stage"], lang),
        "status": word(OUTCOME_STATUSES, row["status"], lang),
        "counts": _say_counts(row["counts"], lang),
        "as_of": row["as_of"].isoformat() if row["as_of"] else MISSING,
    }


_TRANSLATE: dict[str, Callable[[Row, Lang], Row]] = {
    "batches": _batch,
    "findings": _finding,
    "quarantine": _quarantined,
    "mails": _mail,
    "runs": _run,
}


def translate_rows(
    section: str, rows: list[Row], lang: Lang, *, zone: ZoneInfo, name_source: Callable[[str], str]
) -> list[Row]:
    """Database rows of a section as rows of its grid: only the columns of `COLUMNS`, missing is `—`."""
    fields = [column.field for column in COLUMNS[section]]
    numbers = {column.field for column in COLUMNS[section] if column.number}
    translated = [{**row, **_TRANSLATE[section](row, lang)} for row in rows]
    for row, raw in zip(translated, rows, strict=True):
        if raw.get("stage") == "compute" and raw["subject"] not in SUBJECTS:
            row["subject"] = _name_sources(raw["subject"], lang, name_source)
        if row.get("source") == "unknown":
            row["source"] = pick(("未识别", "not recognised"), lang)
        elif row.get("source"):
            row["source"] = name_source(row["source"])
    return [{f: _plain(row.get(f), number=f in numbers, zone=zone) for f in fields} for row in translated]


def _plain(value: Any, *, number: bool, zone: ZoneInfo) -> Any:
    if number:
        return None if value is None else int(value)
    if isinstance(value, dt.datetime):
        return fmt_instant(value, zone=zone)
    return MISSING if value in (None, "") else str(value)
