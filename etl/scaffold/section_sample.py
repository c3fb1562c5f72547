"""Headings between the rows of a sample, whose names are a column of the rows below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from etl.check.headers import fold
from etl.check.section_texts import read_section, states_count
from schemas.models.contract_layout import FOOTER_WORDS


@dataclass(frozen=True)
class Sections:
    """`names`: for each data row the heading above it; `counted`: every heading states how many rows it has."""

    names: tuple[str, ...]
    counted: bool


def find_sections(lines: Sequence[Sequence[str]], data: Sequence[bool], totals: Sequence[str]) -> Sections | None:
    """The headings of a table: lines of one cell with rows below, the first before any row, and more than one.

    Args:
        lines: the cells of each line below the header.
        data: which of them are rows.
        totals: words of total lines, which are no headings.
    """
    alone = [i for i, cells in enumerate(lines) if sum(map(bool, cells)) == 1 and not data[i]]
    texts = {i: next(cell for cell in lines[i] if cell) for i in alone}
    heads = {i: text for i, text in texts.items() if _may_head(text, totals) and i + 1 < len(data) and data[i + 1]}
    counted = {i: text for i, text in heads.items() if states_count(text)}
    chosen = counted if len(counted) > 1 else heads
    first = next((i for i, is_row in enumerate(data) if is_row), None)
    if len(chosen) < 2 or first is None or min(chosen) > first:
        return None
    names, name = [], ""
    for i, is_row in enumerate(data):
        name = read_section(i, 0, chosen[i]).name if i in chosen else name
        if is_row:
            names.append(name)
    return Sections(tuple(names), counted=chosen is counted)


def _may_head(text: str, totals: Sequence[str]) -> bool:
    folded = fold(text)
    footers = tuple(map(fold, FOOTER_WORDS))
    return not folded.isdigit() and folded not in totals and not folded.startswith(footers)
