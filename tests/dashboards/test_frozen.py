"""Pages are sent with what nobody can operate as plain HTML: escaped, complete, and alive where it has to be."""

from __future__ import annotations

from dash import dcc, html

from dashboards import ids
from dashboards.frozen import freeze, to_html
from dashboards.pages.overview import build_overview
from dashboards.source import State
from dashboards.view import View
from tests.dashboards.board_tree import walk


def inside(item: object) -> str:
    return item.to_plotly_json()["props"]["data-html"]  # type: ignore[attr-defined]


def test_texts_and_attributes_are_escaped() -> None:
    evil = "<script>alert(1)</script>"
    frozen = freeze(html.Div([html.P(evil, title='"><img src=x>'), html.Span(["a", evil])]))
    assert inside(frozen) == (
        '<p title="&quot;&gt;&lt;img src=x&gt;">&lt;script&gt;alert(1)&lt;/script&gt;</p>'
        "<span>a&lt;script&gt;alert(1)&lt;/script&gt;</span>"
    )


def test_links_elements_and_flags_become_html() -> None:
    link = dcc.Link("名 & 号", href="/?a=1&b=2", className="name")
    assert to_html(link) == '<a href="/?a=1&amp;b=2" class="name" data-nav="1">名 &amp; 号</a>'
    details = html.Details([html.Summary("q"), html.Br(), html.Td("x", **{"data-label": "灯"})], open=True)
    assert to_html(details) == '<details open><summary>q</summary><br><td data-label="灯">x</td></details>'
    assert "open" not in to_html(html.Details([html.Summary("q")], open=False))
    assert to_html(html.Span("x", style={"width": "33.3%"})) == '<span style="width:33.3%">x</span>'


def test_what_is_alive_stays_alive() -> None:
    tree = freeze(
        html.Div(
            [
                html.Section([html.P("a"), html.P("b")], className="still"),
                html.Div([dcc.Graph(id="g"), html.P(["c", html.B("d")])]),
                html.Div([html.Div("waiting", id=ids.RUN_STATE)]),
                html.P("short"),
            ]
        )
    )
    still, alive, request, short = tree.children
    assert (inside(still), still.className) == ("<p>a</p><p>b</p>", "still")
    assert isinstance(alive.children[0], dcc.Graph)
    assert inside(alive.children[1]) == "c<b>d</b>"
    assert request.children[0].children == "waiting"
    assert short.children == "short"


def test_a_page_has_few_components(state: State) -> None:
    page = build_overview(state, View())
    before = sum(1 for _ in walk(page))
    frozen = freeze(page)
    after = [item for item in walk(frozen) if not isinstance(item, str)]
    assert before > 400
    assert len(after) < 30
    html_text = "".join(inside(i) for i in after if "data-html" in i.to_plotly_json()["props"])
    assert html_text.count('class="card card-') == 10
    assert {i.id for i in after if str(getattr(i, "id", "")).startswith("filter-")} == {
        "filter-area",
        "filter-unit",
        "filter-kind",
        "filter-strength",
        "filter-control",
    }
