"""Rows of a table (cells apart by tabs): the units that a row names, by the words of the header above it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LEADS = re.compile(r"牵头|主办|主责")
_SUPPORTS = re.compile(r"责任|配合|协办|参与|实施")
_UNIT_HEAD = re.compile(rf"(?:{_LEADS.pattern}|{_SUPPORTS.pattern})(?:单位|部门|主体)")
_NAMES = re.compile(r"[、,\s]+")


@dataclass(frozen=True)
class Row:
    """One line of a table; `start` and `end` are places in the flow."""

    start: int
    end: int
    lead_units: tuple[str, ...]
    support_units: tuple[str, ...]


def find_rows(text: str) -> list[Row]:
    """The rows below a header that has a column of units, in narrow text; another kind of line ends the table."""
    rows: list[Row] = []
    header: list[str] = []
    position = 0
    for line in text.split("\n"):
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) < 2:
            header = []
        elif any(_UNIT_HEAD.search(cell) for cell in cells):
            header = cells
        elif header:
            named = list(zip(header, cells, strict=False))
            leads, supports = (_units_under(named, form) for form in (_LEADS, _SUPPORTS))
            rows.append(Row(position, position + len(line), leads or supports[:1], supports))
        position += len(line) + 1
    return rows


def _units_under(named: list[tuple[str, str]], form: re.Pattern[str]) -> tuple[str, ...]:
    cells = [cell for head, cell in named if form.search(head)]
    return tuple(dict.fromkeys(name for cell in cells for name in _NAMES.split(cell) if name))


def units_at(rows: list[Row], position: int) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Lead and support units of the row at a place; None outside of tables."""
    found = next((row for row in rows if row.start <= position < row.end), None)
    return (found.lead_units, found.support_units) if found and found.lead_units else None
