"""The HTTP API of what is promised: plans, everything a document says, plans side by side. Answered from memory."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from dashboards.downloads import write_catalogue
from dashboards.pages.compare import find_family
from dashboards.queries.records import Snapshot
from dashboards.source import Source
from dashboards.tiles import Group, count_lights, select_tiles
from dashboards.view import PARTS, View

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Row = dict[str, Any]


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SetOut(Answer):
    """Which set an answer is from; `fresh` false: the database does not answer, this is the last version known."""

    set_id: int
    as_of: dt.date
    fresh: bool


class PlanOut(Answer):
    """One plan in use. `lights`: group (own, tasks, external, acceptance) -> light -> how many targets."""

    id: str
    name_zh: str
    name_en: str
    jurisdiction: str
    document: Row
    lights: dict[Group, dict[str, int]]


class PlansOut(SetOut):
    plans: list[PlanOut]


class CatalogueOut(SetOut):
    """Rows as `bizenv targets --json` prints them; a task has its light among the verdicts under its own id."""

    plan: str
    targets: list[Row]
    tasks: list[Row]
    mechanisms: list[Row]
    facts: list[Row]
    skipped: list[Row]


class ClauseOut(SetOut):
    """`state` ok, no_text, missing or unreadable; `quotes`: line, clause, title, text, marks (spans in the text)."""

    plan: str
    target: str
    state: str
    is_same: bool | None
    quotes: list[Row]


class FamiliesOut(SetOut):
    families: list[Row]


class ComparisonOut(SetOut):
    """`indicators` each with its definition note and its targets, `facts` beside, `plans` by id."""

    family: Row
    indicators: list[Row]
    facts: list[Row]
    plans: dict[str, Row]


def _shown(source: Source) -> tuple[Snapshot, Row]:
    state = source.state
    if state.snapshot is None:
        raise HTTPException(503, "还没有发布过结果")
    published = state.snapshot.published
    stamp = {"set_id": published.set_id, "as_of": published.as_of, "fresh": state.problem is None}
    return state.snapshot, stamp


def _plan_of(snapshot: Snapshot, plan: str) -> None:
    if plan not in snapshot.plans:
        raise HTTPException(404, f"本办没有使用方案 {plan}；现有：{'、'.join(snapshot.plans)}")


def _describe_plan(snapshot: Snapshot, plan: str) -> PlanOut:
    content = snapshot.plans[plan].content
    tiles = select_tiles(snapshot, View(plan=plan))
    groups: dict[Group, list[Any]] = {}
    for tile in tiles:
        groups.setdefault(tile.group, []).append(tile)
    names = {key: str(content.get(key) or "") for key in ("name_zh", "name_en", "jurisdiction")}
    lights: dict[Group, dict[str, int]] = {group: dict(count_lights(found)) for group, found in groups.items()}
    return PlanOut(id=plan, **names, document=dict(content.get("document") or {}), lights=lights)


def add_catalogue_api(server: FastAPI, source: Source) -> None:
    """Register the routes on the board's own server."""

    @server.get("/api/plans", tags=["catalogue"])
    def plans() -> PlansOut:
        """The plans in use, with the counts of their lights."""
        snapshot, stamp = _shown(source)
        return PlansOut(**stamp, plans=[_describe_plan(snapshot, plan) for plan in snapshot.plans])

    @server.get("/api/catalogue", tags=["catalogue"])
    def catalogue(plan: Annotated[str, Query(description="id of a plan in use")]) -> CatalogueOut:
        """All that a plan's document says: targets, tasks, mechanisms, facts, skipped phrases."""
        snapshot, stamp = _shown(source)
        _plan_of(snapshot, plan)
        known = snapshot.parts.get(plan) or {}
        parts: Row = {part: list(known.get(part) or ()) for part in PARTS}
        parts["targets"] = [dict(target.content) for target in snapshot.targets_of(plan) if not target.is_task]
        return CatalogueOut(**stamp, plan=plan, **parts)

    @server.get("/api/catalogue.xlsx", tags=["catalogue"], response_class=Response)
    def workbook(plan: str, lang: Literal["zh", "en"] = "zh") -> Response:
        """The same as a workbook, one sheet a part."""
        snapshot, stamp = _shown(source)
        _plan_of(snapshot, plan)
        name = quote(f"方案目录_{plan}_{stamp['as_of']}.xlsx")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(write_catalogue(snapshot, plan, lang), media_type=XLSX, headers=headers)

    @server.get("/api/clauses/{plan}/{target}", tags=["catalogue"])
    def clauses(plan: Annotated[str, Path()], target: Annotated[str, Path()]) -> ClauseOut:
        """The lines of the office's copy of the text in which a target stands."""
        snapshot, stamp = _shown(source)
        if snapshot.target(plan, target) is None:
            raise HTTPException(404, f"方案 {plan} 里没有目标 {target}")
        known = snapshot.clauses.get(plan) or {}
        quotes: list[Row] = list((known.get("targets") or {}).get(target) or ())
        state, is_same = str(known.get("state") or "no_text"), known.get("is_same")
        return ClauseOut(**stamp, plan=plan, target=target, state=state, is_same=is_same, quotes=quotes)

    @server.get("/api/families", tags=["comparison"])
    def families() -> FamiliesOut:
        """The families of indicators, with how much each holds."""
        snapshot, stamp = _shown(source)
        found = [
            {
                **family["family"],
                "indicators": len(family["indicators"]),
                "targets": sum(len(member["targets"]) for member in family["indicators"]),
                "facts": len(family["facts"]),
                "plans": sorted(family["plans"]),
            }
            for family in snapshot.families
        ]
        return FamiliesOut(**stamp, families=found)

    @server.get("/api/compare", tags=["comparison"])
    def compare(family: Annotated[str, Query(description="id of a family")]) -> ComparisonOut:
        """All plans that are written down, side by side in one family, as `bizenv targets --compare` gives them."""
        snapshot, stamp = _shown(source)
        found = find_family(snapshot, family)
        if found is None:
            raise HTTPException(404, f"没有指标族 {family}")
        return ComparisonOut(**stamp, **found)
