"""The catalogue of a plan as a workbook: one sheet a part, text only, nothing that a spreadsheet would run."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import xlsxwriter

from dashboards.components.goals import promised_text
from dashboards.components.light import light_word
from dashboards.components.parts import say_fact, say_limit
from dashboards.queries.records import Snapshot, Target
from dashboards.texts import ALL_CONTROLS, BASIS_NOTES, EVERY, KINDS, LIGHTS, MECHANISMS, STRENGTHS, Lang, pick, word
from dashboards.tiles import kind_of
from dashboards.view import PARTS, SELF
from dashboards.words import label, say

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS = {"indicator_name": 36, "step": 36, "mechanism": 36, "fact": 36, "stages": 40, "judged_by": 40, "notes": 50}
_HEADS: Mapping[str, tuple[str, ...]] = {
    "targets": (
        *("identifier", "light", "indicator_name", "target", "stretch", "kind", "window", "due", "strength", "basis"),
        *("control", "area", "clause", "lead", "support", "notes"),
    ),
    "tasks": ("identifier", "light", "step", "quarter", "due", "area", "clause", "lead", "support", "notes"),
    "mechanisms": ("identifier", "mechanism", "kind", "stages", "judged_by", "area", "clause", "lead", "notes"),
    "facts": ("identifier", "fact", "reached", "at", "area", "clause", "notes"),
    "skipped": ("phrase", "place", "reason"),
}


def neutralise(text: str) -> str:
    """A text that a spreadsheet would run once the sheet is saved as CSV begins with an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def write_catalogue(snapshot: Snapshot, plan: str, lang: Lang) -> bytes:
    """The workbook of one plan; a part that the document lacks is a sheet with its head alone."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        cell = book.add_format({"text_wrap": True, "valign": "top"})
        for part in PARTS:
            sheet = book.add_worksheet(label(f"part_{part}", lang))
            rows = [[label(name, lang) for name in _HEADS[part]], *_ROWS[part](snapshot, plan, lang)]
            for line, row in enumerate(rows):
                for place, text in enumerate(row):
                    sheet.write_string(line, place, neutralise(text), cell if line else head)
            for place, name in enumerate(_HEADS[part]):
                sheet.set_column(place, place, _WIDTHS.get(name, 16))
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, max(len(rows) - 1, 1), len(_HEADS[part]) - 1)
    return buffer.getvalue()


def _units(row: Mapping[str, Any], name: str, lang: Lang, plan: Any) -> str:
    return say("、", ", ", lang).join(plan.unit_name(unit, lang) for unit in row.get(name) or ())


def _light(snapshot: Snapshot, plan: str, target: str, lang: Lang) -> str:
    """`红 未达标`: colour and word, as on the board."""
    verdict = snapshot.current(plan, target, SELF)
    if verdict is None:
        return pick(LIGHTS["grey"].word, lang)
    return f"{pick(LIGHTS[verdict.light].colour, lang)} {light_word(verdict, lang)}".strip()


def _name(row: Mapping[str, Any], lang: Lang) -> str:
    return str((row.get("name_en") if lang == "en" else "") or row["name_zh"])


def _say(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def _targets(snapshot: Snapshot, plan: str, lang: Lang) -> Iterator[Sequence[str]]:
    known = snapshot.plan(plan)
    for target in (t for t in snapshot.targets_of(plan) if not t.is_task):
        row = target.content
        basis = word(BASIS_NOTES, target.text("basis") or "policy", lang)
        yield [
            target.id,
            _light(snapshot, plan, target.id, lang),
            target.name(lang),
            promised_text(target, lang),
            _say(row, "stretch"),
            word(KINDS, kind_of(target), lang),
            _say(row, "from"),
            _say(row, "due"),
            word(STRENGTHS, target.text("strength") or "must", lang),
            f"{basis}：{row['basis_note']}" if row.get("basis_note") else basis,
            word(ALL_CONTROLS, target.text("control") or "own", lang),
            target.text("area"),
            target.text("clause"),
            _units(row, "lead_units", lang, known),
            _units(row, "support_units", lang, known),
            target.text("note"),
        ]


def _rows(snapshot: Snapshot, plan: str, part: str) -> Sequence[Mapping[str, Any]]:
    return (snapshot.parts.get(plan) or {}).get(part) or ()


def _tasks(snapshot: Snapshot, plan: str, lang: Lang) -> Iterator[Sequence[str]]:
    known = snapshot.plan(plan)
    for row in _rows(snapshot, plan, "tasks"):
        is_judged = snapshot.target(plan, row["id"]) is not None
        light = _light(snapshot, plan, row["id"], lang) if is_judged else label("ongoing", lang)
        place = (_say(row, "area"), _say(row, "clause"))
        units = (_units(row, "lead_units", lang, known), _units(row, "support_units", lang, known))
        when = (_say(row, "quarter"), _say(row, "last_day"))
        yield [row["id"], light, _name(row, lang), *when, *place, *units, _say(row, "note")]


def _mechanisms(snapshot: Snapshot, plan: str, lang: Lang) -> Iterator[Sequence[str]]:
    for row in _rows(snapshot, plan, "mechanisms"):
        stages = [f"{_name(s, lang)} {say_limit(s.get('limit') or '', lang)}".strip() for s in row["stages"]]
        judged: list[Target] = [t for name in row["targets"] if (t := snapshot.target(plan, name))]
        lights = [f"{t.name(lang)}（{_light(snapshot, plan, t.id, lang)}）" for t in judged]
        kind = word(MECHANISMS, row["kind"], lang) + (f" {word(EVERY, row['every'], lang)}" if row.get("every") else "")
        place = (_say(row, "area"), _say(row, "clause"), _units(row, "lead_units", lang, snapshot.plan(plan)))
        yield [row["id"], _name(row, lang), kind, "；".join(stages), "；".join(lights), *place, _say(row, "note")]


def _facts(snapshot: Snapshot, plan: str, lang: Lang) -> Iterator[Sequence[str]]:
    for row in _rows(snapshot, plan, "facts"):
        rest = [_say(row, name) for name in ("at", "area", "clause", "note")]
        yield [row["id"], _name(row, lang), say_fact(row, lang), *rest]


def _skipped(snapshot: Snapshot, plan: str, lang: Lang) -> Iterator[Sequence[str]]:
    for row in _rows(snapshot, plan, "skipped"):
        yield [row["phrase"], f"{row['line']}:{row['offset']}", row["reason"]]


_ROWS = {"targets": _targets, "tasks": _tasks, "mechanisms": _mechanisms, "facts": _facts, "skipped": _skipped}
