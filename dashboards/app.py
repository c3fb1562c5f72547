"""Makes the board: one FastAPI server with the Dash pages, `/health` and the HTTP API."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio.to_thread
import dash_mantine_components as dmc
from dash import Dash, dcc, html
from fastapi import FastAPI
from sqlalchemy import Engine

from dashboards import ids
from dashboards.api import add_api
from dashboards.api_catalogue import add_catalogue_api
from dashboards.callbacks import actions, render
from dashboards.components.states import build_loading
from dashboards.source import Source
from schemas.settings import Settings

ASSETS = Path(__file__).with_name("assets")
TICK_SECONDS = 3
_INDEX = """<!DOCTYPE html>
<html lang="zh-CN">
  <head>{%metas%}<title>{%title%}</title>{%favicon%}{%css%}</head>
  <body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>
"""
_THEME: Any = {"primaryColor": "blue", "primaryShade": 9, "defaultRadius": "sm", "fontFamily": "inherit"}


def now_utc() -> dt.datetime:
    """The system's clock; asked only where a process starts."""
    return dt.datetime.now(dt.UTC)


def create_app(settings: Settings, engine: Engine, *, now: Callable[[], dt.datetime] = now_utc) -> Dash:
    """The board on an engine of the warehouse; `app.server` is the ASGI application.

    The thread that follows the warehouse starts and stops with the server, not here.
    """
    source = Source(engine, zone=settings.zone, clock=settings.clock, now=now)
    server = FastAPI(
        title="bizenv board", docs_url=None, redoc_url=None, openapi_url="/openapi.json", lifespan=_follow(source)
    )
    add_api(server, source)
    add_catalogue_api(server, source)
    app = Dash(
        "dashboards",
        server=server,  # type: ignore[arg-type]
        backend="fastapi",
        assets_folder=str(ASSETS),
        title="营商环境指标看板",
        update_title="",
        index_string=_INDEX,
        serve_locally=True,
        compress=True,
        suppress_callback_exceptions=True,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.layout = lambda: build_shell(source)
    render.register(app, source, render.Reader(source))
    actions.register(app, source)
    # Dash looks for its assets at the first request of "/": a board whose first reader opens a deep link would
    # be without its styles and scripts.
    app._setup_server()
    return app


def _follow(source: Source) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def follow(_server: FastAPI) -> AsyncIterator[None]:
        await anyio.to_thread.run_sync(source.start)
        yield
        await anyio.to_thread.run_sync(source.stop)

    return follow


def build_shell(source: Source) -> dmc.MantineProvider:
    """What every page stands in; a function of the moment, so that no old figure is ever in it."""
    gone = "看板服务没有响应，页面上是最后一次收到的数据，恢复后自动更新。The board does not answer."
    return dmc.MantineProvider(
        [
            dcc.Location(id=ids.LOCATION, refresh="callback-nav"),
            dcc.Interval(id=ids.TICK, interval=TICK_SECONDS * 1000),
            dcc.Store(id=ids.DRAWN, data=source.state.tokens),
            html.Div(gone, id=ids.OFFLINE, className="banner banner-offline", role="alert"),
            html.Div(build_loading("zh"), id=ids.PAGE),
        ],
        theme=_THEME,
        forceColorScheme="light",
    )
