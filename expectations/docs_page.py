"""Pages that ask nobody for anything: no script, no remote tag, one style of their own, and a policy that says so."""

from __future__ import annotations

import re
from typing import Any

import lxml.html

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Even what slips through the cleaning is not loaded by the browser."""
_STYLE = """
body { font: 14px/1.6 sans-serif; margin: 1.5rem; color: #212529; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
td, th { border: 1px solid #dee2e6; padding: .3rem .6rem; text-align: left; vertical-align: top; }
ul { padding-left: 1.2rem; }
.row { display: flex; gap: 2rem; } .col-lg-2 { flex: 0 0 15rem; } .col-lg-10, .col-md-10 { flex: 1; min-width: 0; }
.badge { background: #e9ecef; border-radius: 3px; padding: 0 .3rem; }
.fa-check-circle::before { content: "✓"; color: #198754; } .fa-times::before { content: "✗"; color: #b02a37; }
.fa-exclamation-triangle::before { content: "!"; color: #b58100; }
"""
_NEEDS_SCRIPTS = (
    "//script | //link | //iframe | //form | //object | //embed | //img | //base | //meta[@http-equiv]",
    "//*[contains(@class, 'ge-walkthrough-modal')]",
    "//div[contains(@class, 'card')][.//*[contains(@onclick, 'Validations')]][not(.//nav)]",
    "//p[contains(., 'newsletter')]",
)
_URL = re.compile(r"url\s*\([^)]*\)|@import[^;]*;", flags=re.IGNORECASE)


def make_page(title: str, body: str) -> str:
    """A whole page around some HTML."""
    return clean_page(f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>")


def clean_page(page: str, *, suite: str | None = None) -> str:
    """The page without anything that a browser would load or run.

    Args:
        page: HTML.
        suite: where links to the suite lead, relative to the page. Links out of the site become plain text.
    """
    root: Any = lxml.html.document_fromstring(page)
    for wanted in _NEEDS_SCRIPTS:
        for element in root.xpath(wanted):
            if element.getparent() is not None:
                element.drop_tree()
    for style in root.xpath("//style"):
        style.text = _URL.sub("none", style.text or "")
    for element in root.iter("*"):
        _clean_attributes(element)
    for link in root.xpath("//a[@href]"):
        address = link.get("href")
        if address.endswith("index.html"):
            link.set("href", "../index.html")
        elif "/expectations/" in address and suite is not None:
            link.set("href", suite)
        elif ":" in address or address.startswith("//"):
            link.drop_tag()
    _add_head(root)
    return str(lxml.html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>"))


def _clean_attributes(element: Any) -> None:
    for name, value in list(element.attrib.items()):
        if name.startswith("on") or name in ("src", "srcset", "data", "poster", "background"):
            del element.attrib[name]
        elif name == "style":
            element.set(name, _URL.sub("none", value or ""))


def _add_head(root: Any) -> None:
    head = root.find("head")
    if head is None:
        head = lxml.html.Element("head")
        root.insert(0, head)
    style = lxml.html.Element("style")
    style.text = _STYLE
    charset = lxml.html.Element("meta", charset="utf-8")
    policy = lxml.html.Element("meta", {"http-equiv": "Content-Security-Policy", "content": _POLICY})
    head.insert(0, charset)
    head.insert(1, policy)
    head.append(style)
