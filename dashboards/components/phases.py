"""The phases of a series: windows and limits one after the other, with the light of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dashboards.components.goals import promised_text
from dashboards.components.light import build_light, build_verdict_light
from dashboards.components.tables import build_table
from dashboards.formats import MISSING, fmt
from dashboards.queries.records import Snapshot, Target, Verdict
from dashboards.texts import Lang
from dashboards.view import SELF, View
from dashboards.words import label, say


def build_phases(phases: Sequence[Target], snapshot: Snapshot, view: View) -> html.Section | None:
    """A table of the phases, the one on this page marked; nothing where there is only one."""
    if len(phases) < 2:
        return None
    lang = view.lang
    names = ("phase", "window", "target", "stretch", "light")
    lines = [_line(phase, snapshot, view) for phase in phases]
    chosen = next((i for i, phase in enumerate(phases) if phase.id == view.target), None)
    table = build_table([label(n, lang) for n in names], lines, caption=label("phases", lang), chosen=chosen)
    return html.Section([html.H2(label("phases", lang)), table], className="panel", id="phases")


def _line(phase: Target, snapshot: Snapshot, view: View) -> list[Any]:
    lang = view.lang
    verdict = snapshot.current(phase.plan, phase.id, view.unit or SELF)
    small = build_verdict_light(verdict, lang, size="small") if verdict else build_light("grey", lang, size="small")
    stretch = fmt(phase.number("stretch"), phase.text("unit"), lang=lang)
    return [
        dcc.Link(phase.name(lang), href=view.to(target=phase.id, period="").href, className="name"),
        say_window(phase, lang),
        promised_text(phase, lang),
        stretch,
        small,
    ]


def say_window(target: Target, lang: Lang) -> str:
    """`2023-01-01 至 2023-12-31`, `2023-01-01 起`."""
    start, due = target.text("from"), target.text("due")
    if start and due:
        return say(f"{start} 至 {due}", f"{start} to {due}", lang)
    if start:
        return say(f"{start} 起", f"from {start}", lang)
    return due or MISSING


def phase_rows(phases: Sequence[Target], snapshot: Snapshot, unit: str) -> list[Verdict]:
    """The verdicts of all phases for one unit, in the order of their periods.

    A period belongs to the phase whose window holds its end. Where phases overlap (a limit that came early), the
    earlier one keeps what it judged.
    """
    found: dict[str, Verdict] = {}
    for phase in phases:
        for row in snapshot.series(phase.plan, phase.id, unit):
            found.setdefault(row.period, row)
    return sorted(found.values(), key=lambda row: (row.period_end, row.period))
