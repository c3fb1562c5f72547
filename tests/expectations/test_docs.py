"""Data Docs: every promise is there under people's names, and nothing on a page asks the network for anything."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser
from pathlib import Path

import pytest

from expectations.docs import LastResult, SourceDocs, write_docs
from expectations.docs_page import clean_page
from schemas.models.registry import load_registry
from schemas.settings import REPO

CONTRACTS = load_registry([REPO / "schemas"]).contracts
AT = dt.datetime(2024, 1, 5, 8, tzinfo=dt.UTC)


class Tags(HTMLParser):
    """Everything on a page that a browser would load, run or follow, read by the standard library."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.texts: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "action", "data", "srcset"):
                self.addresses.append(value or "")
            elif name.startswith("on"):
                self.handlers.append(name)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(path: Path) -> Tags:
    tags = Tags()
    tags.feed(path.read_text(encoding="utf-8"))
    return tags


def text_of(path: Path) -> str:
    return " ".join(" ".join(read(path).texts).split())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    last = LastResult(
        "b1",
        "2023-03",
        AT,
        10,
        {("MOBILE_ABOVE_ALL", "items"): 2, ("VALUE.RANGE", "halls"): 1},
        frozenset({"DATA_ABOVE_NEEDS"}),
    )
    sources = [SourceDocs(c, last if name == "wl_services_monthly" else None) for name, c in CONTRACTS.items()]
    assert write_docs(folder, sources) == len(CONTRACTS) + 2
    return folder


def test_no_page_loads_runs_or_links_anything_from_elsewhere(site: Path) -> None:
    pages = sorted(site.rglob("*"))
    assert {page.suffix for page in pages if page.is_file()} == {".html"}
    for page in (page for page in pages if page.is_file()):
        seen, raw = read(page), page.read_text(encoding="utf-8")
        assert not {"script", "link", "iframe", "img", "form", "object", "embed"} & set(seen.tags), page
        assert not seen.handlers, page
        assert "://" not in raw, page
        assert "url(" not in raw, page
        for address in seen.addresses:
            assert address.startswith("#") or (page.parent / address).is_file(), (page, address)


def test_a_suite_page_names_columns_and_rules_as_people_know_them(site: Path) -> None:
    text = text_of(site / "suites" / "wl_services_monthly.html")
    assert "湾里政务服务改革进展月报" in text
    assert "items 政务服务事项总数" in text
    assert "Values in items 政务服务事项总数 must always be greater than or equal to those in mobile_items" in text
    assert "PLATFORM_ABOVE_ALL: 经“惠企通”兑现的资金多于财政兑现资金" in text
    assert "__holds" not in text


def test_a_result_page_tells_counts(site: Path) -> None:
    """2 of 10 rows break one rule, 1 of 10 a range, one rule could not run; the other promises hold."""
    text = text_of(site / "results" / "wl_services_monthly.html")
    assert "2 unexpected values found. 20% of 10 total rows." in text
    assert "1 unexpected values found. 10% of 10 total rows." in text
    assert "the rule could not run" in text
    assert "Unsuccessful Expectations 3" in text
    assert "2023-03 / b1" in text
    assert "3 项" in text_of(site / "index.html")


def test_what_the_cleaning_takes_out_was_there() -> None:
    dirty = (
        "<html><head><link rel=stylesheet href='https://cdn.example/x.css'><style>a{background:url('//x/y.png')}</style>"
        "</head><body onload='go()'><script src='//cdn.example/x.js'></script><img src='https://x/y.png'>"
        "<p style='background:url(https://x/z.png)'>字<a href='https://x'>外</a></p></body></html>"
    )
    tags = Tags()
    tags.feed(clean_page(dirty))
    assert (tags.addresses, tags.handlers) == ([], [])
    assert not {"script", "link", "img", "a"} & set(tags.tags)
    assert "".join(tags.texts).endswith("字外")
