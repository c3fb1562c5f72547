"""谁定的标准: document, clause and its text, who answers for it, and how much of it is our reading."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards.components.clause import build_clause
from dashboards.components.phases import say_window
from dashboards.components.tables import build_facts
from dashboards.queries.records import Snapshot, Target, Verdict
from dashboards.texts import BASIS_NOTES, CONTROLS, KINDS, STRENGTHS, Lang, pick, word
from dashboards.tiles import kind_of
from dashboards.view import View
from dashboards.words import label


def build_standard(target: Target, verdict: Verdict | None, snapshot: Snapshot, view: View) -> html.Section:
    """The answer to "who set this?": the document, the clause as it stands there, and our reading of it."""
    lang, plan = view.lang, snapshot.plan(target.plan)
    document = plan.document
    control = target.text("control")
    facts: list[tuple[str, Any]] = [
        (label("document", lang), f"《{document['title']}》" if document.get("title") else plan.name(lang)),
        (label("number", lang), document.get("number")),
        (label("issuer", lang), document.get("issuer")),
        (label("clause", lang), (verdict.clause if verdict else "") or target.text("clause")),
        (label("basis", lang), _say_basis(target, verdict, lang)),
        (label("kind", lang), word(KINDS, kind_of(target) or None, lang)),
        (label("control", lang), pick(CONTROLS[control], lang) if control in CONTROLS else None),
        (label("window", lang), say_window(target, lang)),
        (label("strength", lang), word(STRENGTHS, target.text("strength") or "must", lang)),
        (label("lead", lang), _join(target.units("lead_units"), snapshot, target, lang)),
        (label("support", lang), _join(target.units("support_units"), snapshot, target, lang)),
        (label("notes", lang), target.text("note")),
    ]
    quotes = build_clause(target, snapshot, lang)
    return html.Section([html.H2(label("who_set", lang)), *quotes, build_facts(facts)], className="panel")


def _say_basis(target: Target, verdict: Verdict | None, lang: Lang) -> str:
    basis = verdict.basis if verdict else target.text("basis") or "policy"
    note = target.text("basis_note")
    words = word(BASIS_NOTES, basis, lang)
    return f"{words}：{note}" if note else words


def _join(units: tuple[str, ...], snapshot: Snapshot, target: Target, lang: Lang) -> str:
    names = [snapshot.plan(target.plan).unit_name(unit, lang) for unit in units]
    return (", " if lang == "en" else "、").join(names)
