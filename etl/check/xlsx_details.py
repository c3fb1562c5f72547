"""What the cell reader does not tell of an xlsx sheet, straight from its XML.

Most writers spell cells alike (`<c r="A1" s="2"`), and patterns find what is asked for at once. XML that is spelled
in another way (single quotes, prefixes, cells without a place) is walked through element by element.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - it brings no types

from etl.check.grid import find_column
from etl.check.sheet_details import CellStyles, Place, SheetDetails

_CELL = re.compile(rb'<c\s([^>]*\bt="e"[^>]*)>(.*?)</c>', re.DOTALL)
_FORMULA = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*)><f(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v>([^<]*)</v>)?')
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_VALUE = re.compile(rb"<v>([^<]*)<")
_ROW = re.compile(rb"<row\s([^>]*\bhidden=\"(?:1|true)\"[^>]*)>")
_ROW_NUMBER = re.compile(rb'\br="(\d+)"')
_TEXT_PLACE = re.compile(r"([A-Z]+)(\d+)")
_BUILT_IN = {9: "0%", 10: "0.00%"}


def read_details(path: Path, sheet_name: str) -> SheetDetails:
    """Look through the XML of one sheet."""
    with zipfile.ZipFile(path) as archive:
        names = {name.lower(): name for name in archive.namelist()}
        book = _parse(archive, names.get("xl/workbook.xml"))
        member = _find_member(archive, names, book, sheet_name)
        data = archive.read(member) if member else b""
        styles = _read_styles(_parse(archive, names.get("xl/styles.xml")))
    stale = any(e.get("fullCalcOnLoad") in ("1", "true") for e in _find_all(book, "calcPr"))
    if not data:
        return SheetDetails()
    return _search(data, styles, stale=stale) if _is_plain(data) else _walk(data, styles, stale=stale)


def _is_plain(data: bytes) -> bool:
    return data.count(b"<c ") + data.count(b"<c>") == data.count(b'<c r="') and b"<row" in data


def _search(data: bytes, styles: CellStyles, *, stale: bool) -> SheetDetails:
    padded = {place: digits for style, digits in styles.padded.items() for place in _find_styled(data, [style])}
    shares = _find_styled(data, sorted(styles.percent))
    uncounted = _find_uncounted(data, stale=stale) if b"<f" in data else frozenset[Place]()
    return SheetDetails(_find_errors(data), shares, padded, uncounted, hidden=_find_hidden(data))


def _find_errors(data: bytes) -> dict[Place, str]:
    if b't="e"' not in data:
        return {}
    found: dict[Place, str] = {}
    for attributes, content in _CELL.findall(data):
        place, value = _PLACE.search(attributes), _VALUE.search(content)
        if place and value:
            found[_make_place(place)] = html.unescape(value[1].decode())
    return found


def _find_uncounted(data: bytes, *, stale: bool) -> frozenset[Place]:
    found = (m for m in _FORMULA.finditer(data) if _lacks_result(m[4], is_text=b't="str"' in m[3], stale=stale))
    return frozenset(_make_place(m) for m in found)


def _lacks_result(value: bytes | str | None, *, is_text: bool, stale: bool) -> bool:
    """A file that asks to be calculated anew holds 0 where nobody has calculated (`=IF(…,"")` holds an empty text)."""
    return not is_text and (not value or (stale and value in (b"0", "0", b"0.0", "0.0")))


def _find_styled(data: bytes, styles: list[int]) -> frozenset[Place]:
    if not styles:
        return frozenset()
    wanted = b"|".join(str(style).encode() for style in styles)
    found: list[tuple[bytes, bytes]] = re.findall(rb'<c r="([A-Z]+)(\d+)" s="(?:' + wanted + rb')"', data)
    if len(found) != len(
        re.findall(rb's="(?:' + wanted + rb')"', data)
    ):  # something stands between, or lines are styled
        found = re.findall(rb'<c r="([A-Z]+)(\d+)"(?:\s[^>]*)?\ss="(?:' + wanted + rb')"', data)
    columns = {letters: find_column(letters.decode()) for letters in {letters for letters, _ in found}}
    return frozenset((int(line), columns[letters]) for letters, line in found)


def _make_place(found: re.Match[bytes]) -> Place:
    return int(found[2]), find_column(found[1].decode())


def _find_hidden(data: bytes) -> tuple[int, ...]:
    if b'hidden="' not in data:
        return ()
    numbers = (_ROW_NUMBER.search(attributes) for attributes in _ROW.findall(data))
    return tuple(int(number[1]) for number in numbers if number)


def _walk(data: bytes, styles: CellStyles, *, stale: bool) -> SheetDetails:
    """The same for any spelling: a cell without a place stands behind the one before it."""
    errors: dict[Place, str] = {}
    shares: set[Place] = set()
    padded: dict[Place, int] = {}
    uncounted: set[Place] = set()
    hidden: list[int] = []
    line = column = 0
    for event, element in _iterate(data):
        name = etree.QName(element).localname
        if event == "start" and name == "row":
            line, column = int(element.get("r") or line + 1), -1
            hidden += [line] if element.get("hidden") in ("1", "true") else []
        elif event == "end" and name == "c":
            named = _TEXT_PLACE.fullmatch(element.get("r") or "")
            column = find_column(named[1]) if named else column + 1
            style, kind = int(element.get("s") or 0), element.get("t")
            value, has_formula = _read_cell(element)
            if kind == "e" and value:
                errors[line, column] = value
            if has_formula and _lacks_result(value, is_text=kind == "str", stale=stale):
                uncounted.add((line, column))
            if style in styles.percent:
                shares.add((line, column))
            if style in styles.padded:
                padded[line, column] = styles.padded[style]
        elif event == "end" and name == "row":
            element.clear()
    return SheetDetails(errors, frozenset(shares), padded, frozenset(uncounted), hidden=tuple(hidden))


def _iterate(data: bytes) -> Any:
    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    try:
        yield from etree.iterparse(io.BytesIO(data), events=("start", "end"), **options)
    except etree.XMLSyntaxError:
        return  # whether the sheet can be read at all is the cell reader's to say


def _read_cell(cell: Any) -> tuple[str | None, bool]:
    parts = {etree.QName(child).localname: child.text for child in cell if isinstance(child.tag, str)}
    return parts.get("v"), "f" in parts


def _parse(archive: zipfile.ZipFile, member: str | None) -> Any:
    if member is None:
        return None
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        return etree.fromstring(archive.read(member), parser)
    except etree.XMLSyntaxError:
        return None


def _find_all(root: Any, name: str) -> list[Any]:
    return [] if root is None else list(root.iter(f"{{*}}{name}"))


def _read_styles(root: Any) -> CellStyles:
    codes = {int(e.get("numFmtId") or 0): e.get("formatCode") or "" for e in _find_all(root, "numFmt")}
    cells = [style for block in _find_all(root, "cellXfs")[:1] for style in block.iterchildren("{*}xf")]
    ids = enumerate(int(style.get("numFmtId") or 0) for style in cells)
    return CellStyles.of({style: codes.get(number, _BUILT_IN.get(number, "")) for style, number in ids})


def _find_member(archive: zipfile.ZipFile, names: dict[str, str], book: Any, sheet_name: str) -> str | None:
    relations = _parse(archive, names.get("xl/_rels/workbook.xml.rels"))
    sheet = next((e for e in _find_all(book, "sheet") if e.get("name") == sheet_name), None)
    if sheet is None:
        return None
    wanted = next((value for key, value in sheet.attrib.items() if etree.QName(key).localname == "id"), None)
    links = _find_all(relations, "Relationship")
    target = next((e.get("Target") for e in links if e.get("Id") == wanted), None)
    if target is None:
        return None
    target = target.removeprefix("/")
    return names.get((target if target.startswith("xl/") else f"xl/{target}").lower())
