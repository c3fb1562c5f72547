"""What is on screen, as the address says it: page, filters and language. A copied address shows the same view."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Literal
from urllib.parse import parse_qs, quote, unquote, urlencode

from dashboards.texts import CASE_LIGHTS, LIGHTS, Lang

Page = Literal["overview", "target", "catalogue", "compare", "cases", "data", "missing"]
SECTIONS = ("batches", "findings", "quarantine", "mails", "runs")
PARTS = ("targets", "tasks", "mechanisms", "facts", "skipped")
"""Parts of the catalogue page."""
SELF = "self"
FILTERS = ("area", "unit", "kind", "light", "strength", "control")
"""Filters of the overview, in the order in which they stand there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """One view of the board. Empty text: no filter, or the page's own default."""

    page: Page = "overview"
    plan: str = ""
    target: str = ""
    area: str = ""
    unit: str = ""
    kind: str = ""
    light: str = ""
    strength: str = ""
    control: str = ""
    period: str = ""
    window: str = ""
    case: str = ""
    """The light of open cases that is chosen."""
    part: str = PARTS[0]
    query: str = ""
    family: str = ""
    section: str = SECTIONS[0]
    lang: Lang = "zh"

    def to(self, **changes: str) -> View:
        """This view with some fields changed; the language stays."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def home(self, plan: str = "") -> View:
        """The overview of a plan without any filter, in this language."""
        return View(plan=plan, lang=self.lang)

    @property
    def is_filtered(self) -> bool:
        return any(getattr(self, name) for name in FILTERS)

    @property
    def href(self) -> str:
        """The address of this view; defaults are left out."""
        path, keys = _PATHS.get(self.page, _PATHS["overview"])
        if self.page == "target":
            path = f"{path}/{quote(self.plan, safe='')}/{quote(self.target, safe='')}"
        default = View()
        found = {key: getattr(self, key) for key in (*keys, "lang")}
        query = {key: value for key, value in found.items() if value != getattr(default, key)}
        return f"{path}?{urlencode(query)}" if query else path


_PATHS: dict[Page, tuple[str, tuple[str, ...]]] = {
    "overview": ("/", ("plan", *FILTERS)),
    "target": ("/target", ("unit", "period")),
    "catalogue": ("/catalogue", ("plan", "part", "query")),
    "compare": ("/compare", ("family",)),
    "cases": ("/cases", ("plan", "unit", "window", "case")),
    "data": ("/data", ("section",)),
}
"""Path of a page, and what of a view stands in its query."""
_KNOWN = {"lang": ("zh", "en"), "section": SECTIONS, "part": PARTS, "light": tuple(LIGHTS), "case": tuple(CASE_LIGHTS)}
"""Fields with a fixed set of values; anything else is left at its default."""


def parse_view(pathname: str | None, search: str | None) -> View:
    """Read an address. What it does not know is left at its default; an unknown path is page `missing`."""
    raw = {key: found[-1] for key, found in parse_qs((search or "").lstrip("?")).items()}
    known = {field.name for field in fields(View)} - {"page", "target"}
    given = {key: value for key, value in raw.items() if key in known}
    given = {key: value for key, value in given.items() if key not in _KNOWN or value in _KNOWN[key]}
    parts = [unquote(part) for part in (pathname or "/").split("/") if part]
    match parts:
        case []:
            where: dict[str, str] = {"page": "overview"}
        case [("data" | "catalogue" | "compare" | "cases") as page]:
            where = {"page": page}
        case ["target", plan, target]:
            where = {"page": "target", "plan": plan, "target": target}
        case _:
            where = {"page": "missing"}
    return View(**{**given, **where})  # type: ignore[arg-type]
