"""What the cell reader does not tell of an ods sheet: percentages, errors, merged cells, leading zeros, hidden rows."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - it brings no types

from etl.check.sheet_details import Place, SheetDetails

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _OFFICE = (f"{{{_NAMES}{name}:1.0}}" for name in ("table", "office"))
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_PADDED = re.compile(r"0\d{1,17}")
_MOST_REPEATED = 100_000


def read_ods_details(path: Path, sheet_name: str) -> SheetDetails:
    """Look through one sheet; nothing where its XML breaks off, which the cell reader then says."""
    walk = _Walk(sheet_name)
    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as file:
        try:
            for event, element in etree.iterparse(file, events=("start", "end"), **options):
                walk.take(event, element)
        except etree.XMLSyntaxError:
            return SheetDetails()
    return SheetDetails(
        walk.errors,
        frozenset(walk.shares),
        walk.padded,
        frozenset(walk.uncounted),
        tuple(walk.merged),
        tuple(walk.hidden),
    )


@dataclass
class _Walk:
    """Goes through content.xml once; only the sheet that is asked for is looked at."""

    sheet_name: str
    errors: dict[Place, str] = field(default_factory=dict)
    shares: set[Place] = field(default_factory=set)
    padded: dict[Place, int] = field(default_factory=dict)
    uncounted: set[Place] = field(default_factory=set)
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    _line: int = 0
    _inside: bool = False

    def take(self, event: str, element: Any) -> None:
        tag = element.tag
        if event == "start":
            if tag == f"{_TABLE}table":
                self._inside = element.get(f"{_TABLE}name") == self.sheet_name
            return
        if tag == f"{_TABLE}table-row":
            if self._inside:
                self._take_row(element)
            element.clear()
        elif tag == f"{_TABLE}table":
            self._inside = False

    def _take_row(self, row: Any) -> None:
        times = _repeat(row, "rows")
        if row.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            self.hidden += range(self._line + 1, self._line + 1 + min(times, _MOST_REPEATED))
        column = 0
        for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            wide = _repeat(cell, "columns")
            if len(cell) or cell.get(f"{_OFFICE}value-type") or cell.get(f"{_TABLE}formula"):
                for place in self._places(times, column, wide):
                    self._take_cell(cell, place)
            column += wide
        self._line += times

    def _places(self, times: int, column: int, wide: int) -> Iterator[Place]:
        if times * wide <= _MOST_REPEATED:
            yield from ((self._line + 1 + i, column + j) for i in range(times) for j in range(wide))

    def _take_cell(self, cell: Any, place: Place) -> None:
        kind = cell.get(f"{_OFFICE}value-type")
        if cell.get(f"{_CALC}value-type") == "error":
            self.errors[place] = "".join(cell.itertext()).strip() or "#N/A"
        elif cell.get(f"{_TABLE}formula") and kind is None:
            self.uncounted.add(place)
        if kind == "percentage":
            self.shares.add(place)
        elif kind == "float" and _PADDED.fullmatch(text := "".join(cell.itertext()).strip()):
            self.padded[place] = len(text)
        high, wide = (int(cell.get(f"{_TABLE}number-{name}-spanned") or 1) for name in ("rows", "columns"))
        if high > 1:
            self.merged.append((place, (place[0] + high - 1, place[1] + wide - 1)))


def _repeat(element: Any, what: str) -> int:
    return max(1, int(element.get(f"{_TABLE}number-{what}-repeated") or 1))
