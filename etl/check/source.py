"""A file -> the grids in which its table may stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.check.checked import Refusal
from etl.check.grid import Grid
from etl.check.markup import open_html, open_xml
from etl.check.sniff import sniff
from etl.check.text_source import DELIMITERS, TextGrid
from etl.check.workbook import open_workbook


@dataclass(frozen=True)
class Source:
    """`grids`: the visible sheets of a workbook, or one text file under each delimiter it may have.

    `hidden`: names of the sheets that the sender's program does not show; they are not looked at.
    """

    format: str
    encoding: str | None
    grids: Sequence[Grid]
    hidden: Sequence[str] = ()


def open_source(path: Path, *, file_name: str = "") -> Source | Refusal:
    """Tell what the file is and open it.

    Args:
        path: the bytes.
        file_name: the name under which it was sent; only for the words of a refusal.

    Raises:
        BrokenFileError: the file breaks off while it is read.
    """
    sniffed = sniff(path, file_name=file_name)
    if isinstance(sniffed, Refusal):
        return sniffed
    if sniffed.format in ("html", "xml"):
        tables = open_xml(path) if sniffed.format == "xml" else open_html(path, str(sniffed.encoding))
        return tables if isinstance(tables, Refusal) else Source(sniffed.format, sniffed.encoding, tables)
    if sniffed.encoding is not None:
        grids = [TextGrid(path, sniffed.encoding, delimiter) for delimiter in DELIMITERS]
        return Source(sniffed.format, sniffed.encoding, grids)
    opened = open_workbook(path, sniffed.format)
    return opened if isinstance(opened, Refusal) else Source(sniffed.format, None, *opened)
