"""Turns what nobody can operate into plain HTML: a page of a long plan has thousands of elements, few of them alive.

Dash's renderer (4.4) tells every component of every new component: 3,000 of them take 20 s in the browser. So an
element whose whole inside is text, HTML and links is sent as one component with its inside as text in `data-html`;
`assets/frozen.js` puts it into the page and lets its links change the page without a reload.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from dash import dcc
from dash.development.base_component import Component

from dashboards import ids

HTML = "dash_html_components"
LIVE = frozenset({ids.PAGE, ids.RUN_STATE})
"""Ids that callbacks write to; they stay components."""
_VOID = frozenset({"Br", "Hr", "Img"})
_NAMES = {"className": "class", "tabIndex": "tabindex", "colSpan": "colspan", "rowSpan": "rowspan", "htmlFor": "for"}
_INSIDE = ("children", "key")


def freeze(tree: Any) -> Any:
    """The tree with every element that is not alive inside made into one; a tree that is alive keeps its shape."""
    if not isinstance(tree, Component):
        return [freeze(item) for item in tree] if isinstance(tree, (list, tuple)) else tree
    children = getattr(tree, "children", None)
    if _namespace(tree) != HTML or children is None:
        return tree
    if _is_alive(children) or getattr(tree, "id", None) in LIVE:
        props = _props(tree)
        return type(tree)(children=freeze(children), **props)  # type: ignore[call-arg]
    if isinstance(children, str):
        return tree
    return type(tree)(**_props(tree), **{"data-html": to_html(children)})


def _namespace(item: Component) -> str:
    return str(item._namespace)  # type: ignore[attr-defined]


def _props(item: Component) -> dict[str, Any]:
    return {k: v for k, v in item.to_plotly_json()["props"].items() if k not in _INSIDE and v is not None}


def _items(children: Any) -> Iterator[Any]:
    if isinstance(children, (list, tuple)):
        for child in children:
            yield from _items(child)
    elif children is not None:
        yield children


def _is_alive(children: Any) -> bool:
    """Something in there that only a script can be: a chart, a grid, a list to choose from, a callback's target."""
    for item in _items(children):
        if not isinstance(item, Component):
            continue
        is_plain = isinstance(item, dcc.Link) or (_namespace(item) == HTML and getattr(item, "id", None) not in LIVE)
        if not is_plain or _is_alive(getattr(item, "children", None)):
            return True
    return False


def to_html(children: Any) -> str:
    """HTML of texts, elements and links; every text and every attribute is escaped."""
    return "".join(_write(item) for item in _items(children))


def _write(item: Any) -> str:
    if not isinstance(item, Component):
        return escape(str(item))
    props = _props(item)
    if isinstance(item, dcc.Link):
        tag, props = "a", {**props, "data-nav": "1"}
        for name in ("refresh", "loading_state", "target"):
            props.pop(name, None)
    else:
        tag = str(item._type).lower()  # type: ignore[attr-defined]
    attributes = "".join(_write_attribute(_NAMES.get(name, name), value) for name, value in props.items())
    if item._type in _VOID:  # type: ignore[attr-defined]
        return f"<{tag}{attributes}>"
    return f"<{tag}{attributes}>{to_html(getattr(item, 'children', None))}</{tag}>"


def _write_attribute(name: str, value: Any) -> str:
    if value is False:
        return ""
    if isinstance(value, dict):  # a style, as Dash writes it
        value = ";".join(f"{key}:{part}" for key, part in value.items())
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
