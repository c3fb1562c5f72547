"""Files called `.xls` that are web pages (HTML tables) or XML (SpreadsheetML 2003), as exporting systems write them.

Parsed without network, entities or document types: a file that brings a document type of XML is refused.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree, html  # pyright: ignore[reportAttributeAccessIssue] - it brings no types

from etl.check.checked import Refusal
from etl.check.grid import BrokenFileError
from etl.check.rows_grid import RowsGrid, fill_down
from etl.check.sheet_details import show_number
from etl.check.sniff import refuse_unreadable

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_TABLE_END = re.compile(rb"</(?:table|body|html)\s*>")
MAX_SPAN = 16_384
"""A cell that claims to span more columns or lines than a sheet has is an attack or a mistake."""
_FOREIGN = "这是网页或 XML 格式的文件，里面没有表格"


class MarkupGrid(RowsGrid):
    """One table of a web page, or one sheet of an XML workbook, already read."""

    def __init__(self, name: str, rows: list[list[Any]], hidden_lines: tuple[int, ...] = ()) -> None:
        super().__init__(name)
        self._rows = rows
        self.hidden_lines = hidden_lines

    def read_rows(self) -> list[list[Any]]:
        return self._rows


def open_html(path: Path, encoding: str) -> list[MarkupGrid] | Refusal:
    """The tables of a web page that hold no other table."""
    parser = html.HTMLParser(encoding=encoding.removesuffix("-sig"), no_network=True, huge_tree=False)
    data = path.read_bytes()
    try:
        tree = html.document_fromstring(data, parser=parser)
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise BrokenFileError("网页格式的文件已损坏，读不出表格") from error
    tables = [table for table in tree.iter("table") if table.find(".//table") is None]
    if tables and not _is_whole(data.replace(b"\0", b"").lower()):
        raise BrokenFileError("网页格式的文件不完整，表格没有结束（可能没有下载完）")
    grids = [MarkupGrid(_name_table(i, len(tables)), _read_table(table)) for i, table in enumerate(tables, start=1)]
    return grids or refuse_unreadable(_FOREIGN)


def _is_whole(data: bytes) -> bool:
    """Whether the last table ends: a page that broke off lacks rows that nobody would miss."""
    return _TABLE_END.search(data, max(data.rfind(b"<table"), 0)) is not None


def _name_table(number: int, count: int) -> str:
    return f"表{number}" if count > 1 else ""


def _read_table(table: Any) -> list[list[Any]]:
    """Cells at their place: `colspan` leaves empty cells, `rowspan` stands for each of its lines where it is a name."""
    rows: list[list[Any]] = []
    taken: set[tuple[int, int]] = set()
    spans: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for line, row in enumerate(table.iter("tr")):
        cells: list[Any] = []
        for cell in row.iterchildren("td", "th"):
            while (line, len(cells)) in taken:
                cells.append("")
            place, wide, high = len(cells), _span(cell, "colspan"), _span(cell, "rowspan")
            cells += [_read_text(cell), *[""] * (wide - 1)]
            taken |= {(line + down, place + across) for down in range(1, high) for across in range(wide)}
            if high > 1:
                spans.append(((line, place), (line + high - 1, place + wide - 1)))
        rows.append(cells)
    width = max((len(row) for row in rows), default=0)
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    for start, end in spans:
        fill_down(rows, start, (min(end[0], len(rows) - 1), end[1]))
    return rows


def _span(cell: Any, name: str) -> int:
    text = str(cell.get(name) or "1").strip()
    count = int(text) if text.isdigit() else 1
    if count > MAX_SPAN:
        raise BrokenFileError("表格里有单元格跨越的行列数不合理，未予读取")
    return max(count, 1)


def _read_text(cell: Any) -> str:
    for line_end in cell.iter("br"):
        line_end.tail = "\n" + (line_end.tail or "")
    return cell.text_content().strip()


def open_xml(path: Path) -> list[MarkupGrid] | Refusal:
    """The visible sheets of an XML workbook (SpreadsheetML 2003)."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.parse(str(path), parser)
    except (etree.LxmlError, OSError, ValueError) as error:
        raise BrokenFileError("XML 格式的文件已损坏，打不开") from error
    if tree.docinfo.internalDTD is not None:
        return refuse_unreadable("XML 文件带有文档类型声明，为安全起见未予读取")
    root = tree.getroot()
    if root.tag != f"{_SS}Workbook":
        return refuse_unreadable(_FOREIGN)
    sheets = [s for s in root.iter(f"{_SS}Worksheet") if _is_visible(s)]
    styles = _read_styles(root)
    return [MarkupGrid(s.get(f"{_SS}Name") or "", *_read_sheet(s, styles)) for s in sheets] or refuse_unreadable(
        _FOREIGN
    )


def _is_visible(sheet: Any) -> bool:
    option = sheet.find(".//{urn:schemas-microsoft-com:office:excel}Visible")
    return option is None or (option.text or "").strip() not in ("SheetHidden", "SheetVeryHidden")


def _read_styles(root: Any) -> dict[str, str]:
    """Id of a style -> its number format."""
    formats = ((style.get(f"{_SS}ID"), style.find(f"{_SS}NumberFormat")) for style in root.iter(f"{_SS}Style"))
    return {name: _NAMED.get(code := one.get(f"{_SS}Format") or "", code) for name, one in formats if one is not None}


def _read_sheet(sheet: Any, styles: Mapping[str, str]) -> tuple[list[list[Any]], tuple[int, ...]]:
    rows: list[list[Any]] = []
    hidden: list[int] = []
    spans: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for row in sheet.iterfind(f"{_SS}Table/{_SS}Row"):
        _pad(rows, _index(row) - 1 if _index(row) else len(rows), [])
        line, cells = len(rows), []
        for cell in row.iterchildren(f"{_SS}Cell"):
            _pad(cells, _index(cell) - 1 if _index(cell) else len(cells), "")
            wide, high = (int(cell.get(f"{_SS}{name}") or 0) for name in ("MergeAcross", "MergeDown"))
            if high:
                spans.append(((line, len(cells)), (line + high, len(cells) + wide)))
            style = cell.get(f"{_SS}StyleID") or row.get(f"{_SS}StyleID") or ""
            cells.append(show_number(_read_data(cell), styles.get(style, "")))
            _pad(cells, len(cells) + wide, "")
        rows.append(cells)
        hidden += [line + 1] if row.get(f"{_SS}Hidden") == "1" else []
    width = max((len(row) for row in rows), default=0)
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    for start, end in spans:
        fill_down(rows, start, (min(end[0], len(rows) - 1), end[1]))
    return rows, tuple(hidden)


def _index(element: Any) -> int:
    text = element.get(f"{_SS}Index")
    return int(text) if text and text.isdigit() else 0


def _pad(cells: list[Any], length: int, empty: Any) -> None:
    """Lines and cells without content are left out of the file, or merged away."""
    if length > 1_048_576:
        raise BrokenFileError("表格声明的行列数不合理，未予读取")
    cells.extend(type(empty)() if isinstance(empty, list) else empty for _ in range(length - len(cells)))


def _read_data(cell: Any) -> Any:
    data = cell.find(f"{_SS}Data")
    if data is None:
        return ""
    text = "".join(_texts(data))
    convert = _CONVERT.get(data.get(f"{_SS}Type"))
    try:
        return convert(text) if convert else text
    except ValueError:
        return text


_NAMED = {"Percent": "0.00%"}


def _read_stamp(text: str) -> dt.date:
    stamp = dt.datetime.fromisoformat(text)
    return stamp.date() if stamp.time() == dt.time() else stamp


_CONVERT: dict[str | None, Callable[[str], Any]] = {
    "Number": float,
    "DateTime": _read_stamp,
    "Boolean": lambda text: text == "1",
}


def _texts(data: Any) -> Iterator[str]:
    for text in data.itertext():
        yield re.sub(r"\r\n?", "\n", str(text))
