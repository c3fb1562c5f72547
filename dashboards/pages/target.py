"""指标页: who set the standard, where it stands, all periods, the units, and the cells that decided it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dash import dcc, html

from dashboards.components.by_hand import build_entries
from dashboards.components.evidence import build_evidence, build_versions
from dashboards.components.goals import goal_text, interval_text, value_text, value_unit
from dashboards.components.history import build_history, say_baseline, say_path
from dashboards.components.light import build_status, build_verdict_light, reason_text
from dashboards.components.marks import build_mark, build_marks, carried_text, say_process
from dashboards.components.phases import build_phases, phase_rows
from dashboards.components.since import say_since
from dashboards.components.standard import build_standard
from dashboards.components.states import build_empty, build_no_set, stale_text
from dashboards.components.tables import build_facts, build_table
from dashboards.formats import MISSING, fmt, fmt_due, fmt_gap, fmt_number, fmt_share
from dashboards.queries.evidence import EvidenceRow
from dashboards.queries.records import Snapshot, Target, Verdict
from dashboards.source import State
from dashboards.texts import LIGHTS
from dashboards.view import SELF, View
from dashboards.words import label, say


@dataclass(frozen=True, kw_only=True)
class Details:
    """What the page needs beside the snapshot. `evidence` or `entries` None: they could not be read."""

    evidence: tuple[EvidenceRow, ...] | None = ()
    files: Mapping[str, str] = field(default_factory=dict)
    entries: tuple[EvidenceRow, ...] | None = ()


def choose_verdict(snapshot: Snapshot, view: View) -> Verdict | None:
    """The verdict of the period in the address; else the one that decides the light now."""
    key = (view.plan, view.target, view.unit or SELF)
    if view.period:
        return next((v for v in snapshot.series(*key) if v.period == view.period), None)
    current = snapshot.current(*key)
    return (snapshot.origin(current) or current) if current else None


def build_target(state: State, view: View, details: Details) -> list[Any]:
    """The body of the target page."""
    snapshot = state.snapshot
    if snapshot is None:
        return [build_no_set(state, view.lang)]
    target = snapshot.target(view.plan, view.target)
    back = dcc.Link(f"← {label('back', view.lang)}", href=view.home(view.plan).href, className="back")
    if target is None:
        return [back, build_empty(say("没有这个指标", "There is no such target", view.lang))]
    unit = view.unit or SELF
    current, phases = snapshot.current(view.plan, view.target, unit), snapshot.phases(target)
    title = [
        target.name(view.lang),
        html.Span(snapshot.plan(view.plan).unit_name(unit, view.lang), className="title-unit"),
    ]
    standard = build_standard(target, current, snapshot, view)
    entered = [build_entries(details.entries, target, snapshot, view.lang)] if target.is_by_hand else []
    below = [build_phases(phases, snapshot, view), *entered, _build_units(snapshot, target, state, view)]
    if current is None:
        nothing = build_empty(say("这个单位还没有结论", "No verdict for this unit yet", view.lang))
        return [back, html.H1(title), nothing, standard, *below]
    rows = phase_rows(phases, snapshot, unit)
    return [
        back,
        html.H1(title),
        html.Div([_build_now(current, target, state, view), standard], className="twin"),
        build_history(rows, phases, target, snapshot, view),
        *below,
        _build_decided(snapshot, target, view, details),
    ]


def _build_now(verdict: Verdict, target: Target, state: State, view: View) -> html.Section:
    """Big light, value against standard, the sentence, the figures beside it."""
    lang = view.lang
    marks = build_marks(verdict, target, state.shown, state.today, lang)
    stamps = [f"{label('as_of', lang)} {state.shown.published.as_of}", stale_text(state, lang)]
    sentence = verdict.sentence_en if lang == "en" else verdict.sentence
    return html.Section(
        [
            html.Div([build_verdict_light(verdict, lang, size="big"), *marks], className="card-top"),
            html.Div(
                [
                    html.Span(value_text(verdict, target, lang), className="big-value"),
                    html.Span(f"{label('target', lang)} {goal_text(verdict, target, lang)}", className="card-goal"),
                ],
                className="card-numbers",
            ),
            html.P(sentence, className="lead"),
            html.P(process, className="process") if (process := say_process(verdict, lang)) else None,
            build_facts(_facts(verdict, target, state, view)),
            html.Div([html.Span(s, className="stamp") for s in stamps if s], className="card-foot"),
        ],
        className=f"panel now now-{verdict.light}",
    )


def _facts(verdict: Verdict, target: Target, state: State, view: View) -> list[tuple[str, Any]]:
    lang, unit = view.lang, value_unit(verdict, target)
    parts = f"{fmt_number(verdict.numerator)} / {fmt_number(verdict.denominator)}"
    counted = not target.is_by_hand
    return [
        (label("period", lang), verdict.period),
        (label("reason", lang), reason_text(verdict, lang)),
        (label("lasting", lang), say_since(verdict, state.shown.series(*verdict.key), lang)),
        (label("stretch", lang), fmt(verdict.stretch, verdict.target_unit, lang=lang)),
        (label("gap", lang), fmt_gap(verdict.gap, unit, lang=lang) if counted else MISSING),
        (label("due", lang), fmt_due(verdict.due, state.today, lang)),
        (label("projected", lang), fmt(verdict.projected, unit, lang=lang)),
        (label("progress", lang), fmt_share(verdict.progress)),
        (label("time_share", lang), fmt_share(verdict.time_share)),
        (label("cases", lang), fmt_number(verdict.n)),
        (label("interval", lang), interval_text(verdict, target, lang)),
        (label("baseline", lang), say_baseline(target, verdict.unit, lang)),
        (label("path_form", lang), say_path(target, lang)),
        (label("parts", lang), parts if counted and verdict.denominator is not None else MISSING),
    ]


def _build_units(snapshot: Snapshot, target: Target, state: State, view: View) -> html.Section | None:
    """The lights of the reporting units under the roll-up, worst first, each a link."""
    order = list(LIGHTS)
    found = sorted(snapshot.units_of(target.plan, target.id), key=lambda v: (order.index(v.light), v.unit))
    if not found:
        return None
    whole, lang = snapshot.current(target.plan, target.id, SELF), view.lang
    rows = ([whole] if whole else []) + found
    heads = [label(n, lang) for n in ("unit", "light", "value", "cases", "period", "note")]
    lines = [_unit_line(verdict, target, snapshot, state, view) for verdict in rows]
    chosen = next((i for i, v in enumerate(rows) if v.unit == (view.unit or SELF)), None)
    table = build_table(heads, lines, caption=label("units", lang), chosen=chosen)
    return html.Section([html.H2(label("units", lang)), table], className="panel")


def _unit_line(verdict: Verdict, target: Target, snapshot: Snapshot, state: State, view: View) -> list[Any]:
    lang, unit = view.lang, "" if verdict.unit == SELF else verdict.unit
    carried = carried_text(verdict, snapshot, state.today, lang) if verdict.carried_from else None
    return [
        dcc.Link(snapshot.plan(target.plan).unit_name(verdict.unit, lang), href=view.to(unit=unit, period="").href),
        build_verdict_light(verdict, lang, size="small"),
        value_text(verdict, target, lang),
        fmt_number(verdict.n),
        [verdict.period, " ", build_mark(carried, "carried")] if carried else verdict.period,
        verdict.sentence_en if lang == "en" else verdict.sentence,
    ]


def _build_decided(snapshot: Snapshot, target: Target, view: View, details: Details) -> html.Section:
    """The deciding rows of the chosen period and the versions it rests on."""
    lang, verdict = view.lang, choose_verdict(snapshot, view)
    if verdict is None:
        text = say(f"没有 {view.period} 这一期", f"There is no period {view.period}", lang)
        return html.Section([html.H2(label("evidence", lang)), build_empty(text)], className="panel")
    head = html.H2([label("evidence", lang), html.Span(verdict.period, className="dim"), build_status(verdict, lang)])
    told = f"{value_text(verdict, target, lang)}；{reason_text(verdict, lang)}"
    return html.Section(
        [
            head,
            html.P(told),
            build_evidence(details.evidence, lang),
            html.H3(label("versions", lang)),
            build_versions(verdict, details.files, lang),
        ],
        className="panel",
        id="evidence",
    )
