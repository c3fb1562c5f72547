"""The totals that a wide table states, a row below its columns and a column beside its lines, against its own cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from etl.check.grid import name_column
from etl.check.late_rows import parse_text
from etl.check.rows import RowChecker
from etl.check.staging import StagedRows
from etl.check.usual import show_figure
from etl.check.wide import WideLayout
from schemas.models.contract_rules import TotalRule
from schemas.models.finding import Finding, Level


def find_wrong_totals(checker: RowChecker, staged: StagedRows, rule: TotalRule, name: str) -> list[Finding]:
    """Every total of one column of values that is not the sum; where a cell could not be read, no sum is known."""
    layout = checker.table.layout
    if layout is None or checker.unread.get(name):
        return []
    found = list(_check_row(checker, layout, staged, rule, name))
    if name in layout.totals and not layout.running:
        found += _check_column(checker, layout, staged, rule, name)
    return found


def _check_row(
    checker: RowChecker, layout: WideLayout, staged: StagedRows, rule: TotalRule, name: str
) -> Iterator[Finding]:
    total = checker.sorter.grand_total()
    sums = staged.sum_groups(name, layout.across)
    for value, heading in layout.by_column[name].items() if total else ():
        text = total.cells.get(heading.place) if total else None
        group = parse_text(checker, layout.told[value], layout.across)
        stated, added = parse_text(checker, text, name) if text else None, sums.get(str(group))
        if total and stated is not None and added is not None and stated != added:
            details = f"「{heading.header}」合计行为 {show_figure(stated)}，各行之和为 {show_figure(added)}"
            yield _make_finding(checker, rule, name, details, total.line, heading.place, heading.header)


def _check_column(
    checker: RowChecker, layout: WideLayout, staged: StagedRows, rule: TotalRule, name: str
) -> Iterator[Finding]:
    place, column = layout.totals[name], checker.contract.column_by_name[name]
    header = checker.table.grid.head()[checker.table.header_line - 1][place]
    sums = staged.sum_lines(name, len(layout.groups))
    for block in checker.data.read():
        lines = checker.table.lines(block.lines)
        firsts = np.unique(lines, return_index=True)[1]
        stated = checker.parser.parse(block.texts[place], block.kinds[place], column).values
        for row in firsts:
            figure, added = stated[int(row)].as_py(), sums.get(int(lines[row]))
            if figure is not None and added is not None and figure != added:
                details = f"第 {lines[row]} 行「{header}」为 {show_figure(figure)}，各列之和为 {show_figure(added)}"
                yield _make_finding(checker, rule, name, details, int(lines[row]), place, header)


def _make_finding(
    checker: RowChecker, rule: TotalRule, name: str, details: str, line: int, place: int, header: str
) -> Finding:
    where: dict[str, Any] = {"sheet": checker.table.grid.name or None, "line": line, "header": header}
    return Finding(
        code=rule.code,
        level=Level(rule.level),
        message=f"{rule.message}（{details}）",
        todo=rule.todo,
        rule=rule.kind,
        column=name,
        cell=f"{name_column(place)}{line}",
        **where,
    )
