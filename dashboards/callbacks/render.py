"""Draws the page of an address, and draws it again when what it was drawn from has changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from dash import Dash, Input, Output, html
from sqlalchemy.exc import SQLAlchemyError

from dashboards import ids
from dashboards.components.frame import build_frame
from dashboards.components.states import build_empty, build_error
from dashboards.frozen import freeze
from dashboards.pages.cases import build_cases
from dashboards.pages.catalogue import build_catalogue
from dashboards.pages.compare import build_compare
from dashboards.pages.data import Section, build_data
from dashboards.pages.overview import build_overview
from dashboards.pages.target import Details, build_target, choose_verdict
from dashboards.queries.cases import OpenCases, read_open_cases
from dashboards.queries.data import read_section
from dashboards.queries.evidence import EvidenceRow, read_entries, read_evidence, read_file_names
from dashboards.queries.records import Snapshot
from dashboards.queries.requests import read_newest_run
from dashboards.source import Source, State
from dashboards.tiles import chosen_plan
from dashboards.view import SELF, View, parse_view
from dashboards.words import say

LOG = logging.getLogger(__name__)
QUERY_SECONDS = 10.0
"""A page waits so long for the database, then says that it cannot be read."""

T = TypeVar("T")


class Reader:
    """What pages read beside the snapshot. A failed read is the value None, which pages show as an error."""

    def __init__(self, source: Source) -> None:
        self._engine = source.engine
        self._decided = lru_cache(maxsize=256)(self._read_decided)
        self._entries = lru_cache(maxsize=256)(self._read_entries)

    def _read_decided(
        self, verdict_id: int, batches: tuple[str, ...]
    ) -> tuple[tuple[EvidenceRow, ...], dict[str, str]]:
        """Cached: the evidence of a verdict never changes."""
        return read_evidence(self._engine, verdict_id), read_file_names(self._engine, batches)

    def _read_entries(self, verdict_ids: tuple[int, ...]) -> tuple[EvidenceRow, ...]:
        """Cached for the same reason."""
        return read_entries(self._engine, verdict_ids)

    def read_details(self, state: State, view: View) -> Details:
        snapshot = state.snapshot
        verdict = choose_verdict(snapshot, view) if snapshot else None
        entries = self._read_what_people_entered(snapshot, view) if snapshot else ()
        if verdict is None:
            return Details(entries=entries)
        found = _attempt(lambda: self._decided(verdict.id, verdict.batches))
        rows, files = found if found is not None else (None, {})
        return Details(evidence=rows, files=files, entries=entries)

    def _read_what_people_entered(self, snapshot: Snapshot, view: View) -> tuple[EvidenceRow, ...] | None:
        target = snapshot.target(view.plan, view.target)
        if target is None or not target.is_by_hand:
            return ()
        rows = snapshot.series(view.plan, view.target, view.unit or SELF)
        return _attempt(lambda: self._entries(tuple(row.id for row in rows)))

    def read_cases(self, state: State, view: View) -> OpenCases | None:
        plan = chosen_plan(state.snapshot, view) if state.snapshot else view.plan
        return _attempt(
            lambda: read_open_cases(self._engine, plan, unit=view.unit, window=view.window, light=view.case)
        )

    def read_data(self, view: View) -> Section:
        found = _attempt(lambda: (read_section(self._engine, view.section), read_newest_run(self._engine)))
        if found is None:
            return Section(rows=None)
        (rows, has_more), request = found
        return Section(rows=rows, has_more=has_more, request=request)


def _attempt(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except SQLAlchemyError as error:
        LOG.warning("a page could not read the database: %s", str(error).splitlines()[0])
        return None


async def _within(read: Callable[[], T], otherwise: T) -> T:
    """Off the event loop, and not for ever: a hanging database must not hang the board."""
    try:
        return await asyncio.wait_for(asyncio.to_thread(read), QUERY_SECONDS)
    except TimeoutError:
        LOG.warning("a page gave up waiting for the database")
        return otherwise


async def draw(view: View, state: State, reader: Reader) -> html.Div:
    """The whole page of a view."""
    match view.page:
        case "overview":
            body: list[Any] = build_overview(state, view)
        case "target":
            details = await _within(lambda: reader.read_details(state, view), Details(evidence=None, entries=None))
            body = build_target(state, view, details)
        case "catalogue":
            body = build_catalogue(state, view)
        case "compare":
            body = build_compare(state, view)
        case "cases":
            body = build_cases(state, view, await _within(lambda: reader.read_cases(state, view), None))
        case "data":
            body = build_data(state, view, await _within(lambda: reader.read_data(view), Section(rows=None)))
        case _:
            body = [
                build_empty(
                    say("没有这个页面", "There is no such page", view.lang),
                    say("请从上方导航进入。", "Use the navigation above.", view.lang),
                )
            ]
    return build_frame(state, view, body)


def show_fault(error: Exception) -> html.Div:
    """The last resort of a page: the fault goes to the log, people get a sentence, never an endless "loading"."""
    LOG.error("a page could not be drawn", exc_info=error)
    told = "这个页面出错了，已记入日志，请联系管理员；其他页面不受影响。"
    return html.Div(build_error(told, "This page failed; the fault is in the log. Please tell the administrator."))


def register(app: Dash, source: Source, reader: Reader) -> None:
    """The one callback that fills the page."""

    @app.callback(
        Output(ids.PAGE, "children"),
        Input(ids.LOCATION, "pathname"),
        Input(ids.LOCATION, "search"),
        Input(ids.DRAWN, "data"),
        on_error=show_fault,
    )
    async def render(pathname: str | None, search: str | None, _token: object) -> html.Div:
        return freeze(await draw(parse_view(pathname, search), source.state, reader))
