"""The small marks beside a light: carried over silence, our reading, aspiration, pooled, ..."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from dash import html

from dashboards.formats import fmt
from dashboards.queries.records import Snapshot, Target, Verdict
from dashboards.texts import BASES, BASIS_NOTES, CONTROLS, REASONS, Lang, pick, word
from dashboards.words import label, say

VARIATIONS = {
    "improvement": ("确有好转", "really improving"),
    "deterioration": ("确有变差", "really worsening"),
    "common_cause": ("属正常波动", "normal variation"),
}
ASSURANCES = {
    "consistently_meets": ("过程稳定达标", "consistently meets"),
    "consistently_misses": ("现有做法达不到标准", "consistently misses"),
    "hit_and_miss": ("时好时坏，会随机红绿", "hit and miss"),
}


SENTENCES = {
    "improvement": (
        "近期的变化超出了正常波动，指标确实在好转。",
        "The recent change is more than normal variation: it is really improving.",
    ),
    "deterioration": (
        "近期的变化超出了正常波动，指标确实在变差，请查原因。",
        "The recent change is more than normal variation: it is really worsening; look for the cause.",
    ),
    "common_cause": (
        "近期的高低属于正常波动，单期的升降不必逐一解释。",
        "The recent ups and downs are normal variation; single periods need no explanation.",
    ),
    "consistently_meets": (
        "照现有做法，正常波动之内都能达到标准。",
        "With its present variation the process meets the standard throughout.",
    ),
    "consistently_misses": (
        "照现有做法，正常波动之内都达不到标准，须改变做法。",
        "With its present variation the process cannot meet the standard; it has to be changed.",
    ),
    "hit_and_miss": (
        "照现有做法，有的期达标、有的期不达标，全凭波动。",
        "With its present variation it is chance whether a period meets the standard.",
    ),
}


def say_process(verdict: Verdict, lang: Lang) -> str:
    """Whether the change is real, and whether this process can meet its target; empty with too short a history."""
    codes = (verdict.marks.get("variation"), verdict.marks.get("assurance"))
    return say("", " ", lang).join(pick(SENTENCES[code], lang) for code in codes if code in SENTENCES)


def build_mark(text: str, kind: str, *, note: str = "") -> html.Span:
    """A small mark; its note opens on hover, on the keyboard and on tap, and readers hear it."""
    if not note:
        return html.Span(text, className=f"mark mark-{kind}")
    spoken = {"aria-label": f"{text}：{note}", "data-note": note}
    return html.Span(text, className=f"mark mark-{kind} has-note", tabIndex="0", role="note", **spoken)  # type: ignore[arg-type]


def carried_text(verdict: Verdict, snapshot: Snapshot, today: dt.date, lang: Lang) -> str:
    """`沿用 2023-06（31 天前）`: the period whose light still stands, and its age."""
    origin = snapshot.origin(verdict)
    text = say(f"沿用 {verdict.carried_from}", f"carried from {verdict.carried_from}", lang)
    if origin is None:
        return text
    days = (today - origin.period_end).days
    return text + say(f"（{days} 天前）", f" ({days} days ago)", lang)


def build_marks(
    verdict: Verdict, target: Target | None, snapshot: Snapshot, today: dt.date, lang: Lang
) -> list[html.Span]:
    """All marks of a verdict, the grey one of a carried light first."""
    found: list[html.Span] = []
    if verdict.carried_from:
        found.append(build_mark(carried_text(verdict, snapshot, today, lang), "carried"))
    if verdict.status == "no_data":
        found.append(build_mark(word(REASONS, verdict.reason, lang), "reason"))
    found += build_promise_marks(target, verdict, lang)
    if verdict.exceeded:
        found.append(build_mark(label("exceeded", lang), "exceeded"))
    if (verdict.pooled or 0) > 1:
        found.append(build_mark(say(f"合并 {verdict.pooled} 期", f"{verdict.pooled} periods pooled", lang), "pooled"))
    return found + [build_mark(text, "noted") for text in _noted(verdict, lang)]


def build_promise_marks(target: Target | None, verdict: Verdict | None, lang: Lang) -> list[html.Span]:
    """What the promise itself is: our reading, an aspiration, another's figure, entered by hand."""

    def told(name: str) -> str:
        return str(getattr(verdict, name)) if verdict else (target.text(name) if target else "")

    found: list[html.Span] = []
    if (basis := told("basis")) in BASES:
        note = (target.text("basis_note") if target else "") or pick(BASIS_NOTES[basis], lang)
        found.append(build_mark(pick(BASES[basis], lang), "basis", note=note))
    if told("strength") == "strive":
        found.append(build_mark(label("strive", lang), "strive"))
    if (control := told("control")) in CONTROLS:
        found.append(build_mark(pick(CONTROLS[control], lang), "control"))
    if target is not None and target.is_by_hand and not target.is_task:
        found.append(build_mark(label("by_hand", lang), "by-hand"))
    return found


def _noted(verdict: Verdict, lang: Lang) -> list[str]:
    """What the judge noted beside the light: change real or not, able to meet the target or not, rounding."""
    marks = verdict.marks
    found = [pick(VARIATIONS[marks["variation"]], lang)] if marks.get("variation") in VARIATIONS else []
    if marks.get("assurance") in ASSURANCES:
        found.append(pick(ASSURANCES[marks["assurance"]], lang))
    if marks.get("late"):
        found.append(say(f"超期 {marks['late']} 件", f"{marks['late']} late", lang))
    if marks.get("rounding"):
        found.append(label("rounding", lang))
    return found + _left_out(verdict, lang)


def _left_out(verdict: Verdict, lang: Lang) -> list[str]:
    """Cases that are not in the value: taken out by the register (and the value with them), or without a deadline."""
    marks = verdict.marks
    found = []
    if excluded := marks.get("excluded"):
        text = say(f"已剔除 {excluded} 件", f"{excluded} excluded", lang)
        if marks.get("with_excluded") is not None:
            unit = str(marks.get("value_unit") or verdict.target_unit)
            value = fmt(Decimal(str(marks["with_excluded"])), unit, lang=lang)
            text += say(f"，不剔除则为 {value}", f", {value} with them", lang)
        found.append(text)
    if undated := marks.get("undated"):
        found.append(say(f"{undated} 件没有期限，未计入", f"{undated} without a deadline, not counted", lang))
    return found
