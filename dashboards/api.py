"""`/health` and the small HTTP API, answered from memory; described in `/openapi.json` and, offline, in `/api/docs`."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import FastAPI, Path, Query
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from pydantic import BaseModel, ConfigDict, PlainSerializer
from sqlalchemy.exc import SQLAlchemyError

from dashboards.queries.data import read_giveback
from dashboards.queries.records import Snapshot, Verdict
from dashboards.source import Source, State
from dashboards.view import SELF

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _to_number(value: Decimal) -> int | float:
    """96 and 95.2 as JSON numbers; whole numbers stay whole."""
    return int(value) if value == value.to_integral_value() else float(value)


Number = Annotated[Decimal, PlainSerializer(_to_number, return_type=float | int, when_used="json")]


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Health(Answer):
    """`status` is ok only while the database answers and the figures are not old."""

    status: Literal["ok", "degraded"]
    database_ok: bool
    set_id: int | None
    as_of: dt.date | None
    age_days: int | None
    simulated: bool
    seen_at: dt.datetime | None


class VerdictOut(Answer):
    """One verdict; `unit` is the organisation it describes (`self`: the roll-up). 96 is 96 %."""

    plan: str
    target: str
    unit: str
    period: str
    as_of: dt.date
    status: str
    reason: str
    light: str
    exceeded: bool
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    n: int | None
    comparator: str
    target_value: Number | None
    target_unit: str
    stretch: Number | None
    gap: Number | None
    projected: Number | None
    sentence: str
    clause: str
    due: dt.date | None
    basis: str
    strength: str
    control: str
    carried_from: str | None
    age_days: int
    pooled: int | None
    versions: dict[str, Any]


class SetOut(Answer):
    """Which set an answer is from; `fresh` false: the database does not answer, this is the last version known."""

    set_id: int | None
    as_of: dt.date | None
    fresh: bool


class VerdictsOut(SetOut):
    verdicts: list[VerdictOut]


class TargetsOut(SetOut):
    targets: list[dict[str, Any]]


def read_health(state: State) -> Health:
    published = state.snapshot.published if state.snapshot else None
    fine = state.problem is None and published is not None and not state.is_old
    return Health(
        status="ok" if fine else "degraded",
        database_ok=state.problem is None,
        set_id=published.set_id if published else None,
        as_of=published.as_of if published else None,
        age_days=state.age_days,
        simulated=state.simulated,
        seen_at=state.seen_at,
    )


def _set_of(state: State) -> dict[str, Any]:
    published = state.snapshot.published if state.snapshot else None
    return {
        "set_id": published.set_id if published else None,
        "as_of": published.as_of if published else None,
        "fresh": state.problem is None,
    }


def _to_out(verdict: Verdict, snapshot: Snapshot, today: dt.date) -> VerdictOut:
    """`age_days` is the age of the figures that decide the light: of the carried period where it is carried."""
    origin = snapshot.origin(verdict) or verdict
    own = {name: getattr(verdict, name) for name in VerdictOut.model_fields if hasattr(verdict, name)}
    return VerdictOut(**own, as_of=snapshot.published.as_of, age_days=(today - origin.period_end).days)


def add_api(server: FastAPI, source: Source) -> None:
    """Register the routes on the board's own server. Only `/api/giveback` asks the database."""

    @server.get("/health", tags=["board"])
    def health() -> Health:
        """Whether the board has figures, how old they are, and whether the database answers."""
        return read_health(source.state)

    @server.get("/api/state", include_in_schema=False)
    def tokens() -> dict[str, str]:
        return source.state.tokens

    @server.get("/api/verdicts", tags=["figures"])
    def verdicts(
        plan: str | None = None,
        target: str | None = None,
        unit: str = SELF,
        light: Annotated[str | None, Query(description="red, yellow, green, grey, neutral")] = None,
        history: Annotated[bool, Query(description="all periods, not only what lights now")] = False,
    ) -> VerdictsOut:
        """Verdicts of the newest published set."""
        state = source.state
        rows: Sequence[Verdict] = state.snapshot.verdicts if state.snapshot else ()
        wanted = {"plan": plan, "target": target, "unit": unit, "light": light}
        found = [
            _to_out(v, state.snapshot, state.today)
            for v in rows
            if state.snapshot
            and (history or v.is_current)
            and all(x in (None, getattr(v, k)) for k, x in wanted.items())
        ]
        found.sort(key=lambda v: (v.plan, v.target, v.unit, v.period))
        return VerdictsOut(**_set_of(state), verdicts=found)

    @server.get("/api/targets", tags=["figures"])
    def targets(plan: str | None = None) -> TargetsOut:
        """The catalogue as last published."""
        state = source.state
        rows = state.snapshot.targets if state.snapshot else ()
        found = [dict(t.content) for t in rows if plan in (None, t.plan)]
        return TargetsOut(**_set_of(state), targets=found)

    @server.get("/api/giveback/{batch_id}", tags=["files"], response_class=Response)
    def giveback(batch_id: Annotated[str, Path(pattern="^[0-9a-f]{12}$")]) -> Response:
        """The annotated copy of a file that came in, as xlsx; 404 where none is kept."""
        try:
            found = read_giveback(source.engine, batch_id)
        except SQLAlchemyError:
            return PlainTextResponse("数据库不可用，请稍后再试", status_code=503)
        if found is None:
            return PlainTextResponse("没有这个批次的批注，或已超过保存期", status_code=404)
        name, content = found
        kept = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
        return Response(content, media_type=_XLSX, headers=kept)

    @server.get("/api/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(_describe(server.openapi()))


def _describe(schema: dict[str, Any]) -> str:
    """A plain page of the API: FastAPI's own loads its scripts from elsewhere, this network may have no elsewhere."""
    parts = []
    for path, methods in schema["paths"].items():
        for method, spec in methods.items():
            names = [
                f"<li><code>{html.escape(p['name'])}</code> {html.escape(p.get('description', ''))}</li>"
                for p in spec.get("parameters", ())
            ]
            text = html.escape(spec.get("description", ""))
            parts.append(f"<h2><code>{method.upper()} {path}</code></h2><p>{text}</p><ul>{''.join(names)}</ul>")
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>HTTP API</title>'
    style = "<style>body{font:15px/1.6 sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}</style>"
    link = '<p>Machine-readable: <a href="/openapi.json">/openapi.json</a></p>'
    return f"{head}{style}<h1>HTTP API</h1>{link}{''.join(parts)}</html>"
