"""What plan audit and plan scan print: JSON with stable keys, and Chinese for people."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from etl.commands.output import print_line, print_table, to_json
from etl.policy_text.audit import Audit, Entry, surroundings
from etl.policy_text.phrases import find_phrases
from etl.policy_text.scan import Candidate, Scan
from etl.policy_text.text import PolicyText


class Part(StrEnum):
    """What `--only` can show."""

    TRACKED = "tracked"
    FACTS = "facts"
    SKIPPED = "skipped"
    MISSING = "missing"
    STALE = "stale"


_WORDS = {
    Part.TRACKED: "已跟踪",
    Part.FACTS: "已记为事实",
    Part.SKIPPED: "已说明不跟踪",
    Part.MISSING: "遗漏（MISSING）",
    Part.STALE: "目录里有、原文里没有",
}


def audit_json(found: Audit, *, only: Part | None = None, line: int | None = None) -> dict[str, Any]:
    """`{tracked, facts, skipped, missing}` and more; an entry leaves out what it does not have (stable keys)."""
    document: dict[str, Any] = {}
    for part in Part:
        entries = getattr(found, part.value) if only in (None, part) else ()
        kept = (e for e in entries if line in (None, e.line))
        document[part.value] = [{k: v for k, v in dataclasses.asdict(e).items() if v is not None} for e in kept]
    return {**document, "changed": found.changed, "phrases": found.phrases}


def print_audit(document: PolicyText, found: Audit, *, only: Part | None) -> None:
    print_line(_summary(found))
    if only in (None, Part.MISSING):
        for entry in found.missing:
            print_line(f"MISSING 第 {entry.line} 行：{surroundings(document, entry)}")
            at = _written(entry)
            print_line(f'    跟踪：places: ["{at}"]    不跟踪：- {{at: "{at}", reason: 写明原因}}')
    if only in (None, Part.STALE):
        for stale in found.stale:
            where = f"目录中 {stale.owner} 的位置 {_written(stale)}"
            print_line(f"STALE {where} 在原文里找不到：请核对原文是否改了，或改正位置")
    if only is not None and only not in (Part.MISSING, Part.STALE):
        rows = [(_written(e), e.target or e.reason, e.moved_from) for e in getattr(found, only.value)]
        print_table(_WORDS[only], ("位置", "对应", "目录里的位置"), rows)


def print_line_of_text(document: PolicyText, found: Audit, number: int) -> None:
    """All phrases of one line with what the pack makes of them."""
    said: dict[tuple[int, int], list[str]] = {}
    for part in (Part.TRACKED, Part.FACTS, Part.SKIPPED, Part.MISSING):
        for entry in getattr(found, part.value):
            owner = entry.target or entry.reason
            words = f"{_WORDS[part]}：{owner}" if owner else _WORDS[part]
            said.setdefault((entry.line, entry.offset), []).append(words)
    for phrase in (p for p in find_phrases(document) if p.line == number):
        words = "；".join(said.get((phrase.line, phrase.offset), ()))
        print_line(f"{phrase}\n    {surroundings(document, phrase)}\n    {words}")


def _written(entry: Any) -> str:
    """`17:33 95%以上`, as YAML takes it."""
    return f"{entry.line}:{entry.offset} {entry.phrase}"


def _places(entries: Sequence[Entry]) -> int:
    return len({(entry.line, entry.offset) for entry in entries})


def _summary(found: Audit) -> str:
    counts = "；".join(f"{_WORDS[part]} {_places(getattr(found, part.value))}" for part in Part)
    note = "这份原文与编目录时的不是同一份，位置已按先后顺序重新对上。" if found.changed else ""
    return f"原文共 {found.phrases} 处；{counts}。{note}"


def scan_json(found: Scan, written: list[Path]) -> dict[str, Any]:
    """`{title, year, candidates, others, units, written}` (stable keys)."""
    own = ("clause", "area", "name", "stretch", "due", "lead_units", "support_units")
    measured = ("kind", "comparator", "value", "unit", "every", "strength")
    candidates = [
        {
            **{key: getattr(c, key) for key in own},
            **{key: getattr(c.measure, key) for key in measured},
            "places": [str(phrase) for phrase in c.phrases],
        }
        for c in found.candidates
    ]
    others = [{"place": str(phrase), "kind": phrase.kind} for phrase in found.others]
    head = {"title": found.title, "year": found.year}
    return {**head, "candidates": candidates, "others": others, "units": found.units, "written": written}


def print_scan(found: Scan, written: Sequence[Path], *, hint: str) -> None:
    title = f"候选目标 {len(found.candidates)} 条（规则提出，未经核对）：{found.title or '未找到标题'}"
    columns = ("条款", "名称（待改）", "类型", "目标值", "期限", "牵头单位", "位置")
    print_table(title, columns, map(_scan_row, found.candidates))
    print_line(f"另有 {len(found.others)} 处没有列为候选，请逐一判断是任务、事实还是不跟踪。")
    if written:
        print_line(f"已写出 {len(written)} 个文件，凡有 TODO 的都要改定。核对：{hint}")


def _scan_row(candidate: Candidate) -> tuple[object, ...]:
    measure = candidate.measure
    value = candidate.phrases[0].phrase if measure.unit == "grade" else to_json(measure.value)
    shown = f"{measure.comparator} {value} {measure.unit}" + ("（力争）" if measure.strength == "strive" else "")
    place = "\n".join(map(str, candidate.phrases))
    head = (candidate.clause, f"TODO {candidate.name}", measure.kind.value, shown, candidate.due)
    return (*head, "、".join(candidate.lead_units), place)
