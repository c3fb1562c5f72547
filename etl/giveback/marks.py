"""Marks in the copy: a colour and a comment at every bad cell."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from etl.check.messages import MASK
from etl.giveback.case import Case
from etl.giveback.cells import clean_text
from etl.giveback.copies import Copy
from schemas.models.finding import Finding, Level

RED, YELLOW = "FFFFC7CE", "FFFFEB9C"
RED_MEANS, YELLOW_MEANS = "红色：必须更正", "黄色：请核对"
MAX_COMMENTS = 5_000
"""Beyond this a spreadsheet becomes slow to open; the cells are coloured all the same."""
_AUTHOR = "营商环境监测"
_ROW_WORD = "本行未通过校验，暂未计入；同样的问题在第一张表中合并列出"


def find_bad_lines(case: Case) -> set[int]:
    """Lines with a problem, as the original counts them."""
    return {f.line for f in case.tasks if f.line} | {row.line for row in case.held}


def mark_cells(case: Case, copy: Copy) -> dict[Finding, tuple[Worksheet, str]]:
    """Colour and comment the cells of all tasks, and the rows kept back that no listed finding speaks of.

    Returns:
        Finding -> its place in the copy.
    """
    places: dict[Finding, tuple[Worksheet, str]] = {}
    notes: dict[tuple[str, int, int], list[tuple[Finding, str]]] = defaultdict(list)
    for finding in case.tasks:
        found = copy.find(finding.sheet, finding.cell) if finding.cell else None
        if found is not None:
            sheet, line, column = found
            places[finding] = (sheet, f"{get_column_letter(column)}{line}")
            notes[sheet.title, line, column].append((finding, _describe(case, copy, finding)))
    for number, ((title, line, column), told) in enumerate(notes.items()):
        cell = _paint(copy.book[title], line, column, RED if any(_is_red(f) for f, _ in told) else YELLOW)
        if number < MAX_COMMENTS:
            _comment(cell, "\n".join(text for _, text in told))
    _mark_rows(case, copy, told={f.line for f in places})
    return places


def _is_red(finding: Finding) -> bool:
    return finding.level in (Level.REFUSE, Level.QUARANTINE)


def _describe(case: Case, copy: Copy, finding: Finding) -> str:
    """`D14 办件量 -3：第 14 行「办件量」为 -3，应不小于 0`, then the cure."""
    head = " ".join(part for part in (finding.cell, finding.header) if part)
    return f"{head}：{show_message(case, copy, finding)}\n怎么办：{finding.todo}"


def show_message(case: Case, copy: Copy, finding: Finding) -> str:
    """The finding's sentence with the sender's own values in place of the masks: it goes back to nobody else."""
    if MASK not in finding.message or case.contract is None or finding.line is None:
        return finding.message
    message, columns = finding.message, case.reading.get("columns", {})
    for column in case.contract.columns:
        if not column.personal or column.name not in columns:
            continue
        header, letter = columns[column.name]["header"], columns[column.name]["letter"]
        found = copy.find(finding.sheet, f"{letter}{finding.line}")
        text = _read(found) if found else ""
        if text:
            masked = re.compile(f"(「{re.escape(header)}」(?:为 ?“?)?){re.escape(MASK)}")
            message = masked.sub(lambda m, t=text: m[1] + t, message)
    return message


def _read(place: tuple[Worksheet, int, int]) -> str:
    sheet, line, column = place
    value = sheet.cell(line, column).value
    return "" if value is None else str(value)


def _paint(sheet: Worksheet, line: int, column: int, colour: str) -> Any:
    """Colour a cell; of a merged one, the first, which is the one that people see."""
    cell: Any = sheet.cell(line, column)
    if isinstance(cell, MergedCell):
        area = next((r for r in sheet.merged_cells.ranges if cell.coordinate in r), None)
        cell = sheet.cell(area.min_row, area.min_col) if area else cell
    cell.fill = PatternFill("solid", fgColor=colour)
    return cell


def _comment(cell: Any, text: str) -> None:
    if isinstance(cell, MergedCell):
        return
    before = f"{cell.comment.text}\n————\n" if cell.comment else ""
    comment = Comment(clean_text(before + text), _AUTHOR, height=120, width=320)
    cell.comment = comment


def _mark_rows(case: Case, copy: Copy, *, told: set[int | None]) -> None:
    """Findings beyond the first thousand of a code are only counted; their rows are marked as a whole."""
    letters = [column["letter"] for column in case.reading.get("columns", {}).values()]
    first = min(letters, key=column_index_from_string, default="A")
    rows = [copy.find(row.sheet, f"{first}{row.line}") for row in case.held if row.line not in told]
    for number, (sheet, line, column) in enumerate(place for place in rows if place):
        cell = _paint(sheet, line, column, RED)
        if number < MAX_COMMENTS:
            _comment(cell, _ROW_WORD)
