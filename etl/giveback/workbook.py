"""Makes the annotated workbook of a case."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import PurePath

from etl.giveback.case import Case
from etl.giveback.copies import Copy, bare_copy, open_copy
from etl.giveback.first_sheet import write_first_sheet
from etl.giveback.held_sheet import ADVICE, write_held_sheet
from etl.giveback.marks import find_bad_lines, mark_cells

_NOT_COPIED = "原文件的内容没能复制到这里，请对照自己留存的原文件更正"


@dataclass(frozen=True)
class Giveback:
    """The workbook: `name` as it is offered, `content` its bytes (xlsx)."""

    name: str
    content: bytes


def make_giveback(case: Case) -> Giveback:
    """The sender's file with its problems marked and a first sheet that tells what to do.

    The original is only read. A file that cannot be copied gives the first sheet alone, with a word.
    """
    try:
        return Giveback(_name(case), _save(case, open_copy(case, find_bad_lines(case)), rows=True))
    except Exception:  # noqa: BLE001 - what was read may still be impossible to write; the list goes out in any case
        return make_list_alone(case)


def make_list_alone(case: Case) -> Giveback:
    """The first sheet without the file, which is not even opened."""
    return Giveback(_name(case), _save(case, bare_copy(_NOT_COPIED), rows=False))


def _name(case: Case) -> str:
    return f"{PurePath(case.file_name).stem}_批注.xlsx"


def _save(case: Case, copy: Copy, *, rows: bool) -> bytes:
    places = mark_cells(case, copy)
    advice = (ADVICE,) if rows and write_held_sheet(case, copy) else ()
    write_first_sheet(case, copy, places, advice=advice)
    buffer = io.BytesIO()
    copy.book.save(buffer)
    return buffer.getvalue()
