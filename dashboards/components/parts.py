"""The parts of a plan as lines of a table: what stands in them, and the words by which they are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from dashboards.components.goals import promised_text
from dashboards.components.light import build_light, build_verdict_light
from dashboards.components.marks import build_mark, build_promise_marks
from dashboards.formats import MISSING, SIGNS, fmt
from dashboards.queries.records import Plan, Snapshot, Target
from dashboards.texts import EVERY, KINDS, LIMIT_UNITS, MECHANISMS, Lang, pick, word
from dashboards.tiles import kind_of
from dashboards.view import SELF, View
from dashboards.words import label, say

PART_NAMES: Mapping[str, tuple[str, ...]] = {
    "targets": ("light", "indicator_name", "target", "kind", "due", "area", "clause", "lead"),
    "tasks": ("light", "step", "quarter", "due", "area", "clause", "lead"),
    "mechanisms": ("mechanism", "kind", "stages", "judged_by", "clause", "lead"),
    "facts": ("fact", "reached", "at", "area", "clause", "notes"),
    "skipped": ("phrase", "place", "reason"),
}
"""Heads of the table of each part, as keys of the labels."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row: its cells, and the text that a search looks through (lower case)."""

    cells: list[Any]
    text: str


def find_lines(lines: Sequence[Line], query: str) -> list[Line]:
    """Those that contain every word of the query, in any order and case."""
    words = query.lower().split()
    return [line for line in lines if all(word in line.text for word in words)]


def _text(*parts: Any) -> str:
    return " ".join(str(part) for part in parts if part).lower()


def _units(row: Mapping[str, Any], plan: Plan, lang: Lang) -> str:
    return say("、", ", ", lang).join(plan.unit_name(unit, lang) for unit in row.get("lead_units") or ())


def _name(row: Mapping[str, Any], lang: Lang) -> str:
    return str((row.get("name_en") if lang == "en" else "") or row["name_zh"])


def _light(snapshot: Snapshot, plan: str, target: str, lang: Lang) -> html.Span:
    verdict = snapshot.current(plan, target, SELF)
    return build_verdict_light(verdict, lang, size="small") if verdict else build_light("grey", lang, size="small")


def _link(target: Target, view: View) -> dcc.Link:
    to = View(page="target", plan=target.plan, target=target.id, lang=view.lang)
    return dcc.Link(target.name(view.lang), href=to.href, className="name")


def list_targets(snapshot: Snapshot, plan: str, view: View) -> list[Line]:
    """Targets of targets.yml; the tasks have a part of their own."""
    return [_target(t, snapshot, view) for t in snapshot.targets_of(plan) if not t.is_task]


def _target(target: Target, snapshot: Snapshot, view: View) -> Line:
    lang, plan = view.lang, snapshot.plan(target.plan)
    row, goal = target.content, promised_text(target, lang)
    if target.number("stretch") is not None:
        goal += say("，力争 ", "; aspiration ", lang) + fmt(target.number("stretch"), target.text("unit"), lang=lang)
    marks = build_promise_marks(target, None, lang)
    if target.is_acceptance:
        marks.append(build_mark(label("acceptance", lang), "acceptance"))
    kind, units = word(KINDS, kind_of(target), lang), _units(row, plan, lang)
    cells = [
        _light(snapshot, target.plan, target.id, lang),
        [_link(target, view), " ", *marks],
        goal,
        kind,
        target.text("due") or MISSING,
        target.text("area"),
        target.text("clause"),
        units,
    ]
    told = (row.get("note"), row.get("basis_note"), row["name_zh"], row.get("name_en"), target.id)
    return Line(cells=cells, text=_text(*told, goal, kind, target.text("area"), target.text("clause"), units))


def list_tasks(snapshot: Snapshot, plan: str, view: View) -> list[Line]:
    return [_task(row, snapshot, plan, view) for row in _rows(snapshot, plan, "tasks")]


def _task(row: Mapping[str, Any], snapshot: Snapshot, plan: str, view: View) -> Line:
    lang, target = view.lang, snapshot.target(plan, row["id"])
    units, name = _units(row, snapshot.plan(plan), lang), _name(row, lang)
    ongoing = label("ongoing", lang)
    quarter = row.get("quarter") or ""
    if row.get("until_quarter"):
        quarter += say(" 至 ", " to ", lang) + row["until_quarter"]
    cells = [
        _light(snapshot, plan, row["id"], lang) if target else html.Span(ongoing, className="mark"),
        [_link(target, view), " ", *build_promise_marks(target, None, lang)] if target else name,
        quarter or MISSING,
        row.get("last_day") or ongoing,
        row["area"],
        row["clause"],
        units,
    ]
    told = (row["name_zh"], row.get("name_en"), row["id"], row.get("note"), row["area"], row["clause"], units, quarter)
    return Line(cells=cells, text=_text(*told, "" if target else ongoing))


def list_mechanisms(snapshot: Snapshot, plan: str, view: View) -> list[Line]:
    return [_mechanism(row, snapshot, plan, view) for row in _rows(snapshot, plan, "mechanisms")]


def _mechanism(row: Mapping[str, Any], snapshot: Snapshot, plan: str, view: View) -> Line:
    lang, units = view.lang, _units(row, snapshot.plan(plan), view.lang)
    kind = word(MECHANISMS, row["kind"], lang)
    if row.get("every"):
        kind += say("，", ", ", lang) + word(EVERY, row["every"], lang)
    judged = [t for t in (snapshot.target(plan, name) for name in row["targets"]) if t is not None]
    lights = [html.Li([_light(snapshot, plan, t.id, lang), " ", _link(t, view)]) for t in judged]
    stages = [html.Li(_stage(stage, lang)) for stage in row["stages"]]
    nothing = html.Span(say("原文没有数量，不判定", "no quantity, not judged", lang), className="dim")
    cells = [
        [html.Strong(_name(row, lang)), *([html.Br(), html.Span(row["note"], className="dim")] if row["note"] else [])],
        kind,
        html.Ol(stages, className="stages") if stages else MISSING,
        html.Ul(lights, className="judged") if lights else nothing,
        row["clause"],
        units,
    ]
    names = [t.name("zh") for t in judged] + [stage["name_zh"] for stage in row["stages"]]
    told = (row["name_zh"], row.get("name_en"), row["id"], row["note"], kind, row["clause"], row["area"], units)
    return Line(cells=cells, text=_text(*told, *names))


def _stage(stage: Mapping[str, Any], lang: Lang) -> list[Any]:
    """`联系企业 2 小时`, with the mark of our reading."""
    found: list[Any] = [_name(stage, lang)]
    if stage.get("limit"):
        found += [" ", html.Strong(say_limit(stage["limit"], lang))]
    if stage.get("basis") in ("interpretation", "local"):
        words = (
            say("解读", "interpretation", lang) if stage["basis"] == "interpretation" else say("本地", "local", lang)
        )
        found += [" ", build_mark(words, "basis", note=stage.get("basis_note") or "")]
    return found


def say_limit(limit: str, lang: Lang) -> str:
    """`2 hour` as `2 小时`; a form that is not known is shown as it is."""
    number, _, unit = limit.partition(" ")
    return number + pick(LIMIT_UNITS[unit], lang) if unit in LIMIT_UNITS else limit


def list_facts(snapshot: Snapshot, plan: str, view: View) -> list[Line]:
    return [_fact(row, view.lang) for row in _rows(snapshot, plan, "facts")]


def _fact(row: Mapping[str, Any], lang: Lang) -> Line:
    reached = say_fact(row, lang)
    cells = [
        _name(row, lang),
        reached,
        row.get("at") or MISSING,
        row["area"],
        row["clause"],
        row.get("note") or MISSING,
    ]
    told = (row["name_zh"], row.get("name_en"), row["id"], reached, row["area"], row["clause"], row.get("note"))
    return Line(cells=cells, text=_text(*told, row.get("at")))


def say_fact(fact: Mapping[str, Any], lang: Lang) -> str:
    """`120 个`, `≥ 95%`."""
    sign = "" if fact["comparator"] == "==" else f"{SIGNS[fact['comparator']]} "
    number = Target(plan="", id="", rank=0, version="", content=fact).number("value")
    return sign + fmt(number, fact["unit"], lang=lang)


def list_skipped(snapshot: Snapshot, plan: str, view: View) -> list[Line]:
    lang, found = view.lang, []
    for row in _rows(snapshot, plan, "skipped"):
        place = say(f"原文第 {row['line']} 行", f"line {row['line']}", lang)
        found.append(Line(cells=[row["phrase"], place, row["reason"]], text=_text(row["phrase"], row["reason"], place)))
    return found


def _rows(snapshot: Snapshot, plan: str, part: str) -> Sequence[Mapping[str, Any]]:
    return (snapshot.parts.get(plan) or {}).get(part) or ()


PART_LINES: Mapping[str, Callable[[Snapshot, str, View], list[Line]]] = {
    "targets": list_targets,
    "tasks": list_tasks,
    "mechanisms": list_mechanisms,
    "facts": list_facts,
    "skipped": list_skipped,
}
"""How the lines of each part are made: (snapshot, plan, view) -> lines in the document's order."""
