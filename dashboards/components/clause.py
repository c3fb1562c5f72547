"""条款原文: the lines of the office's own copy in which a target stands, its phrases marked; else how to add a copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboards.queries.records import Snapshot, Target
from dashboards.texts import Lang
from dashboards.words import label, say


def build_clause(target: Target, snapshot: Snapshot, lang: Lang) -> list[Any]:
    """Quotes in the order of the text; where there are none, one sentence that says what to do."""
    known = snapshot.clauses.get(target.plan) or {}
    quotes: Sequence[Mapping[str, Any]] = (known.get("targets") or {}).get(target.id) or ()
    if not quotes:
        return [html.P(_say_missing(known, target, lang), className="dim")]
    found: list[Any] = [_build_quote(quote, lang) for quote in quotes]
    if known.get("is_same") is False:
        told = say(
            "所存原文与标注位置时的文本不完全相同，位置已重新查找，请核对。",
            "The copy differs from the text in which the places were counted; they were searched again.",
            lang,
        )
        found.append(html.P(told, className="dim"))
    return found


def _build_quote(quote: Mapping[str, Any], lang: Lang) -> html.Figure:
    line = say(f"原文第 {quote['line']} 行", f"line {quote['line']} of the text", lang)
    where = [quote["clause"] if quote.get("title") else "", quote.get("title") or "", line]
    caption = html.Figcaption("　".join(part for part in where if part), className="dim")
    text = html.Blockquote(_mark(quote["text"], quote["marks"]), title=label("clause_text", lang), lang="zh-CN")
    return html.Figure([caption, text], className="quote")


def _mark(text: str, marks: Sequence[Sequence[int]]) -> list[Any]:
    """The text in pieces, the marked spans as `mark`."""
    pieces: list[Any] = []
    position = 0
    for start, end in marks:
        pieces += [text[position:start], html.Mark(text[start:end])]
        position = end
    return [piece for piece in [*pieces, text[position:]] if piece != ""]


def _say_missing(known: Mapping[str, Any], target: Target, lang: Lang) -> str:
    name = known.get("name") or f"texts/{target.plan}.txt"
    match known.get("state"):
        case "ok":
            zh = "所存原文里没有找到这一条，请核对方案里标注的位置。"
            return say(zh, "The copy of the text has no such place; check the places of the plan.", lang)
        case "missing":
            zh = f"方案写明的原文文件 {name} 不存在：请放到数据目录下，下次发布后这里显示条款原文。"
            return say(zh, f"The copy {name} named by the plan is not there; put it into the home folder.", lang)
        case "unreadable":
            zh = f"原文文件 {name} 读不出来：请另存为 UTF-8 编码的 .txt，下次发布后这里显示条款原文。"
            return say(zh, f"The copy {name} cannot be read; save it as UTF-8 text.", lang)
    zh = f"还没有原文：把文件正文存成纯文本 {name}，放在数据目录下，下次发布后这里显示条款原文。"
    return say(zh, f"No copy of the text yet: save it as {name} in the home folder; it shows after the next run.", lang)
