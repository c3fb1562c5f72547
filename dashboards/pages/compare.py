"""对标: one family of indicators over all plans that are written down; grouped by indicator, never merged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from dashboards.components.goals import promised_text
from dashboards.components.marks import build_promise_marks
from dashboards.components.parts import say_fact
from dashboards.components.phases import say_window
from dashboards.components.states import build_empty, build_no_set
from dashboards.components.tables import build_table
from dashboards.formats import MISSING, fmt
from dashboards.queries.records import Snapshot, Target
from dashboards.source import State
from dashboards.texts import KINDS, Lang, word
from dashboards.view import View
from dashboards.words import label, say

Family = Mapping[str, Any]


def build_compare(state: State, view: View) -> list[Any]:
    """The body of the comparison page."""
    snapshot, lang = state.snapshot, view.lang
    if snapshot is None:
        return [build_no_set(state, lang)]
    told = say(
        "每族是一个话题，不是一个数：各方案的口径不同，分指标列出，不合并、不排名。包括本办没有使用的方案。",
        "A family is a subject, not a number: what is counted differs, so nothing is merged or ranked. "
        "Plans that are not in use here are shown too.",
        lang,
    )
    top: list[Any] = [html.H1(label("compare", lang)), html.P(told, className="dim")]
    if not snapshot.families:
        empty = say("还没有发布过对标", "No comparison has been published yet", lang)
        return [*top, build_empty(empty, say("运行一次 bizenv run 后显示。", "Run bizenv run once.", lang))]
    chosen = find_family(snapshot, view.family)
    listed = html.Nav(
        [_build_link(family, chosen, view) for family in snapshot.families],
        className="families",
        **{"aria-label": label("families", lang)},  # type: ignore[arg-type]
    )
    if chosen is None:
        body: Any = build_empty(say("没有这个指标族", "There is no such family", lang))
    else:
        body = html.Div(_build_family(chosen, snapshot, view), className="family")
    return [*top, html.Div([listed, body], className="side-by-side")]


def find_family(snapshot: Snapshot, name: str) -> Family | None:
    """The family of that id; without one the first that has something in it."""
    if name:
        return next((f for f in snapshot.families if f["family"]["id"] == name), None)
    return next((f for f in snapshot.families if count_aims(f)), snapshot.families[0])


def count_aims(family: Family) -> int:
    return sum(len(member["targets"]) for member in family["indicators"]) + len(family["facts"])


def _name(item: Mapping[str, Any], lang: Lang) -> str:
    return str((item.get("name_en") if lang == "en" else "") or item["name_zh"])


def _build_link(family: Family, chosen: Family | None, view: View) -> dcc.Link:
    here = chosen is not None and family["family"]["id"] == chosen["family"]["id"]
    number = count_aims(family)
    classes = ["family-link", *(["is-here"] if here else []), *([] if number else ["is-empty"])]
    told = [html.Span(_name(family["family"], view.lang)), html.Span(str(number), className="dim")]
    return dcc.Link(told, href=view.to(family=family["family"]["id"]).href, className=" ".join(classes))


def _build_family(family: Family, snapshot: Snapshot, view: View) -> list[Any]:
    """Heading and note, one table an indicator, the facts beside."""
    lang, head = view.lang, family["family"]
    aimed = [member for member in family["indicators"] if member["targets"]]
    parts: list[Any] = [html.H2(_name(head, lang)), html.P(head["note_zh"], className="note", lang="zh-CN")]
    parts += [_build_member(member, family, snapshot, view) for member in aimed]
    if family["facts"]:
        parts.append(_build_facts(family, view))
    if not aimed and not family["facts"]:
        parts.append(build_empty(say("还没有方案提出这一类目标", "No plan aims at this yet", lang)))
    return parts


def _build_member(member: Mapping[str, Any], family: Family, snapshot: Snapshot, view: View) -> html.Section:
    lang = view.lang
    names = ("plan", "indicator_name", "target", "kind", "window", "clause")
    lines = [_line(row, family, snapshot, view) for row in member["targets"]]
    table = build_table([label(n, lang) for n in names], lines, caption=_name(member, lang))
    note = [html.Strong(label("caliber", lang)), say("：", ": ", lang), member.get("note") or MISSING]
    return html.Section([html.H3(_name(member, lang)), html.P(note, className="note"), table], className="panel")


def _line(row: Mapping[str, Any], family: Family, snapshot: Snapshot, view: View) -> list[Any]:
    lang, target = view.lang, as_target(row)
    goal = promised_text(target, lang)
    if target.number("stretch") is not None:
        goal += say("，力争 ", "; aspiration ", lang) + fmt(target.number("stretch"), target.text("unit"), lang=lang)
    return [
        say_plan(row["plan"], family, lang),
        [_build_name(target, snapshot, view), " ", *build_promise_marks(target, None, lang)],
        goal,
        word(KINDS, target.text("kind"), lang),
        say_window(target, lang),
        target.text("clause"),
    ]


def as_target(row: Mapping[str, Any]) -> Target:
    return Target(plan=str(row["plan"]), id=str(row["id"]), rank=0, version="", content=row)


def _build_name(target: Target, snapshot: Snapshot, view: View) -> Any:
    """A link where the plan is in use here; its page has the light."""
    if snapshot.target(target.plan, target.id) is None:
        return html.Span(target.name(view.lang))
    to = View(page="target", plan=target.plan, target=target.id, lang=view.lang)
    return dcc.Link(target.name(view.lang), href=to.href, className="name")


def say_plan(plan: str, family: Family, lang: Lang) -> list[Any]:
    """Who and which plan."""
    known = family["plans"].get(plan) or {}
    name = str((known.get("name_en") if lang == "en" else known.get("name_zh")) or plan)
    return [html.Strong(known.get("jurisdiction") or plan), html.Br(), html.Span(name, className="dim")]


def _build_facts(family: Family, view: View) -> html.Section:
    lang = view.lang
    names = ("plan", "indicator_name", "reached", "at", "clause", "notes")
    lines = [
        [
            say_plan(fact["plan"], family, lang),
            as_target(fact).name(lang),
            say_fact(fact, lang),
            fact["at"] or MISSING,
            fact["clause"],
            fact["note"] or MISSING,
        ]
        for fact in family["facts"]
    ]
    table = build_table([label(n, lang) for n in names], lines, caption=label("facts", lang))
    return html.Section([html.H3(label("facts", lang)), table], className="panel")
