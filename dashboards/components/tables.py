"""Plain tables: they print, they scroll inside themselves on a phone, they need no script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html


def build_table(
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    caption: str,
    chosen: int | None = None,
    compact: bool = False,
) -> html.Div:
    """A table with a caption for readers; row `chosen` is marked as the current one.

    `compact`: on a phone the first cells stand side by side without their heads (light, name, value, standard).
    """
    head = html.Thead(html.Tr([html.Th(text, scope="col") for text in heads]))
    lines = [
        html.Tr(
            [_build_cell(cell, name) for cell, name in zip(row, heads, strict=True)],
            className="is-chosen" if index == chosen else None,
        )
        for index, row in enumerate(rows)
    ]
    inside = [html.Caption(caption, className="visually-hidden"), head, html.Tbody(lines)]
    table = html.Table(inside, className="table table-compact" if compact else "table")
    return html.Div(table, className="table-scroll", tabIndex="0", role="region", **{"aria-label": caption})  # type: ignore[arg-type]


def build_grouped_table(
    heads: Sequence[str], groups: Sequence[tuple[Any, Sequence[Sequence[Any]]]], *, caption: str
) -> html.Div:
    """One table whose rows stand in groups, each under a heading of its own; columns align over all of them."""
    head = html.Thead(html.Tr([html.Th(text, scope="col") for text in heads]))
    bodies = []
    for title, rows in groups:
        first = html.Tr(html.Th(title, scope="rowgroup", colSpan=str(len(heads))), className="group-head")
        lines = [html.Tr([_build_cell(cell, name) for cell, name in zip(row, heads, strict=True)]) for row in rows]
        bodies.append(html.Tbody([first, *lines]))
    inside = [html.Caption(caption, className="visually-hidden"), head, *bodies]
    table = html.Table(inside, className="table table-compact")
    return html.Div(table, className="table-scroll", tabIndex="0", role="region", **{"aria-label": caption})  # type: ignore[arg-type]


def _build_cell(cell: Any, name: str) -> html.Td:
    """A cell that knows its head: on a phone a row becomes a list of heads and cells."""
    return html.Td(html.Div(cell), **{"data-label": name})  # type: ignore[arg-type]


def build_facts(facts: Sequence[tuple[str, Any]]) -> html.Dl:
    """Names and values; what has no value is left out."""
    children: list[Any] = []
    for name, value in facts:
        if value not in (None, "", "—", []):
            children.append(html.Div([html.Dt(name), html.Dd(value)], className="fact"))
    return html.Dl(children, className="facts")
