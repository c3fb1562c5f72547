"""What the cell reader does not tell of an xlsx sheet, straight from its XML: errors, percent formats, hidden rows."""

from __future__ import annotations

import html
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from etl.check.grid import find_column

_CELL = re.compile(rb'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)>(.*?)</(?:\w+:)?c>', re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
_ROW = re.compile(rb"<(?:\w+:)?row\s([^>]*\bhidden=\"(?:1|true)\"[^>]*)>")
_ROW_NUMBER = re.compile(rb'\br="(\d+)"')
_SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*?>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*?>")
_FORMAT = re.compile(r"<(?:\w+:)?numFmt\s[^>]*?>")
_STYLES = re.compile(r"<(?:\w+:)?cellXfs.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(r"<(?:\w+:)?xf\s[^>]*?>")
_LITERAL = re.compile(r'"[^"]*"|\\.')
_BUILT_IN_PERCENT = {"9", "10"}


@dataclass(frozen=True)
class SheetDetails:
    """Places are (line from 1, column from 0). `hidden`: lines that are not shown."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    shares: frozenset[tuple[int, int]] = frozenset()
    hidden: tuple[int, ...] = ()


def read_details(path: Path, sheet_name: str) -> SheetDetails:
    """Look through the XML of one sheet."""
    with zipfile.ZipFile(path) as archive:
        names = {name.lower(): name for name in archive.namelist()}
        member = _find_member(archive, names, sheet_name)
        data = archive.read(member) if member else b""
        styles = names.get("xl/styles.xml")
        percent = find_percent_styles(archive.read(styles).decode("utf-8", "replace")) if styles else []
    return SheetDetails(_find_errors(data), frozenset(_find_shares(data, percent)), _find_hidden(data))


def _find_errors(data: bytes) -> dict[tuple[int, int], str]:
    if b't="e"' not in data:
        return {}
    found: dict[tuple[int, int], str] = {}
    for attributes, content in _CELL.findall(data):
        place, value = _PLACE.search(attributes), _VALUE.search(content)
        if place and value:
            found[int(place[2]), find_column(place[1].decode())] = html.unescape(value[1].decode())
    return found


def find_percent_styles(styles: str) -> list[int]:
    """Positions of the cell styles whose number format shows a percentage."""
    formats = [dict(_ATTRIBUTE.findall(tag)) for tag in _FORMAT.findall(styles)]
    percent = {f["numFmtId"] for f in formats if is_percent_format(html.unescape(f.get("formatCode", "")))}
    block = _STYLES.search(styles)
    cells = [dict(_ATTRIBUTE.findall(tag)) for tag in _STYLE.findall(block[0])] if block else []
    return [i for i, style in enumerate(cells) if style.get("numFmtId") in percent | _BUILT_IN_PERCENT]


def is_percent_format(code: str) -> bool:
    """`0.00%` shows a percentage; a quoted or escaped sign (`0"%"`) is only text behind the number."""
    return "%" in _LITERAL.sub("", code)


def _find_shares(data: bytes, styles: list[int]) -> set[tuple[int, int]]:
    if not styles:
        return set()
    wanted = b"|".join(str(style).encode() for style in styles)
    cell = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*\s)?s="(?:' + wanted + rb')"[^>]*>')
    places = (_PLACE.search(tag) for tag in cell.findall(data))
    return {(int(place[2]), find_column(place[1].decode())) for place in places if place}


def _find_hidden(data: bytes) -> tuple[int, ...]:
    if b'hidden="' not in data:
        return ()
    numbers = (_ROW_NUMBER.search(attributes) for attributes in _ROW.findall(data))
    return tuple(int(number[1]) for number in numbers if number)


def _find_member(archive: zipfile.ZipFile, names: dict[str, str], sheet_name: str) -> str | None:
    book, relations = names.get("xl/workbook.xml"), names.get("xl/_rels/workbook.xml.rels")
    if not book or not relations:
        return None
    sheets = [dict(_ATTRIBUTE.findall(tag)) for tag in _SHEET.findall(archive.read(book).decode("utf-8", "replace"))]
    wanted = next((s.get("r:id") for s in sheets if html.unescape(s.get("name", "")) == sheet_name), None)
    tags = _RELATION.findall(archive.read(relations).decode("utf-8", "replace"))
    target = next((r["Target"] for r in (dict(_ATTRIBUTE.findall(t)) for t in tags) if r.get("Id") == wanted), None)
    if target is None:
        return None
    target = target.removeprefix("/")
    return names.get((target if target.startswith("xl/") else f"xl/{target}").lower())
