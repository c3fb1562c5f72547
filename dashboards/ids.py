"""Every component id of the board; callbacks and pages name them only from here."""

from __future__ import annotations

LOCATION = "location"
PAGE = "page"
TICK = "tick"
DRAWN = "drawn"
"""Store: what the page on screen was drawn from (`State.tokens`)."""
OFFLINE = "offline"
"""Banner of the browser itself: the board's server does not answer."""

SEARCH = "search"
"""Search box of the catalogue page."""

RUN_BUTTON = "run-button"
RUN_STATE = "run-state"

SERIES_CHART = "series-chart"


def filter_of(name: str) -> str:
    """Id of one filter of the overview."""
    return f"filter-{name}"


def grid(section: str) -> str:
    """Id of the grid of one section of the data page."""
    return f"grid-{section}"
