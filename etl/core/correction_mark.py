"""The mark by which a sheet of corrected rows is known, whatever its file is called.

It stands in a hidden column of the sheet: `bizenv-correction:BATCH` in line 1, and `bizenv-row:LINE:HASH` beside each
row, so that it also survives when the sheet is copied into another workbook.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

from etl.core.zip_faults import ZIP_FAULTS

SHEET_MARK = re.compile(r"^bizenv-correction:([0-9a-f]{12})$")
ROW_MARK = re.compile(r"^bizenv-row:(\d+):([0-9a-f]{8})$")
_IN_BYTES = re.compile(rb"bizenv-correction:([0-9a-f]{12})")
_PARTS = ("sharedStrings.xml", "content.xml")
_MOST_BYTES = 64 << 20
_CHUNK = 1 << 20


def make_sheet_mark(batch_id: str) -> str:
    return f"bizenv-correction:{batch_id}"


def make_row_mark(line: int, texts: Iterable[str | None]) -> str:
    return f"bizenv-row:{line}:{hash_row(texts)}"


def hash_row(texts: Iterable[str | None]) -> str:
    """Eight hex digits over the cells of a row; a date is the same with and without midnight."""
    plain = "\x1f".join((text or "").strip().removesuffix(" 00:00:00") for text in texts)
    return hashlib.sha256(plain.encode()).hexdigest()[:8]


def find_sheet_mark(path: Path) -> str | None:
    """The batch that a workbook says it corrects; only its bytes are looked at, and not too many of them."""
    try:
        with path.open("rb") as file:
            if file.read(4) != b"PK\x03\x04":
                return None
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                name = info.filename
                if not name.endswith(_PARTS) and not re.search(r"worksheets/[^/]+\.xml$", name):
                    continue
                if found := _search(archive, info):
                    return found
    except ZIP_FAULTS:
        return None  # whatever it is, check will say so
    return None


def _search(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str | None:
    read, tail = 0, b""
    with archive.open(info) as part:
        while read < _MOST_BYTES and (chunk := part.read(_CHUNK)):
            read += len(chunk)
            if found := _IN_BYTES.search(tail + chunk):
                return found[1].decode()
            tail = chunk[-40:]
    return None
