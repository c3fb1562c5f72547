"""What viewers do: choose filters (into the address), ask for a run (into the table `requests`)."""

from __future__ import annotations

import asyncio

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from sqlalchemy.exc import SQLAlchemyError

from dashboards import ids
from dashboards.components.filters import CHOICES
from dashboards.pages.data import say_request
from dashboards.queries.requests import read_newest_run, request_run
from dashboards.source import Source
from dashboards.view import parse_view
from dashboards.words import say


def register(app: Dash, source: Source) -> None:
    """Polling in the browser, filters, the button."""
    app.clientside_callback(
        ClientsideFunction("board", "poll"),
        Output(ids.DRAWN, "data"),
        Input(ids.TICK, "n_intervals"),
        State(ids.LOCATION, "pathname"),
        State(ids.DRAWN, "data"),
    )

    @app.callback(
        Output(ids.LOCATION, "search"),
        *(Input(ids.filter_of(name), "value") for name in CHOICES),
        State(ids.LOCATION, "pathname"),
        State(ids.LOCATION, "search"),
        prevent_initial_call=True,
    )
    def choose(*found: str | None) -> object:
        *values, pathname, search = found
        now = parse_view(pathname, search)
        to = now.to(**{name: value or "" for name, value in zip(CHOICES, values, strict=True)})
        return no_update if to == now else to.href[1:]

    @app.callback(
        Output(ids.LOCATION, "search", allow_duplicate=True),
        Input(ids.SEARCH, "value"),
        State(ids.LOCATION, "pathname"),
        State(ids.LOCATION, "search"),
        prevent_initial_call=True,
    )
    def look_for(query: str | None, pathname: str, search: str) -> object:
        now = parse_view(pathname, search)
        to = now.to(query=(query or "").strip())
        return no_update if to == now else to.href.removeprefix("/catalogue")

    @app.callback(
        Output(ids.RUN_STATE, "children"),
        Output(ids.RUN_BUTTON, "disabled"),
        Input(ids.RUN_BUTTON, "n_clicks"),
        State(ids.LOCATION, "search"),
        prevent_initial_call=True,
    )
    async def run(clicks: int | None, search: str) -> object:
        if not clicks:
            return no_update, no_update
        return await asyncio.to_thread(_ask, source, parse_view("/data", search).lang)


def _ask(source: Source, lang: str) -> tuple[str, bool]:
    """Insert the request; what the panel says then, and whether the button rests."""
    language = "en" if lang == "en" else "zh"
    try:
        request_run(source.engine)
        newest = read_newest_run(source.engine)
    except SQLAlchemyError:
        return say(
            "没有提交成功：数据库不可用，请稍后再试。", "Not asked: database unavailable, try later.", language
        ), False
    source.hurry()
    return say_request(source.state, newest, language), True
