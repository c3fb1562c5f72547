"""What goes wrong with files: missing, empty, unreadable, last period's figures, a row kept out, a unit forgotten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from examples.district.filings import Cell, Filing, Line
from examples.district.levels import lead_of, open_stream, story_of
from examples.district.pack import Contract, Pack

OF_REPORTS = ("missing", "held", "empty", "absent", "garbage", "copy", "corrected", "twice")
OF_CASES = ("held", "missing", "garbage", "empty", "twice")
MANY_PERIODS = 6


def list_mishaps(pack: Pack, contract: Contract, periods: int) -> Mapping[int, str]:
    """Number of the period -> what goes wrong; a source with many periods has two mishaps, one with few at most one."""
    chance = open_stream("mishaps", pack.id, contract.id)
    kinds = OF_REPORTS if contract.kind == "report" else OF_CASES
    place = sorted(c.id for c in pack.contracts.values() if c.kind == contract.kind).index(contract.id)
    needs_all = any(story_of(pack, lead_of(pack, i.id)) == "shock" for i in pack.indicators_of(contract.id))
    if periods < 2 or needs_all:  # a chart of twelve points wants all twelve
        return {}
    wanted = 2 if periods >= MANY_PERIODS else 1
    numbers = sorted(chance.sample(range(1, periods), min(wanted, periods - 1)))
    return {number: kinds[(place + 3 * turn) % len(kinds)] for turn, number in enumerate(numbers)}


def forget(filing: Filing, before: Filing | None) -> list[Filing]:
    del filing, before
    return []


def empty(filing: Filing, before: Filing | None) -> list[Filing]:
    del before
    return [replace(filing, lines=())]


def spoil_file(filing: Filing, before: Filing | None) -> list[Filing]:
    del before
    return [replace(filing, lines=(), content="garbage")]


def correct_later(filing: Filing, before: Filing | None) -> list[Filing]:
    """First another table under the right name, two days later the right one."""
    del before
    later = filing.sent + dt.timedelta(days=2)
    return [replace(filing, lines=(), content="other_table"), replace(filing, sent=later, extra="更正")]


def send_twice(filing: Filing, before: Filing | None) -> list[Filing]:
    del before
    return [filing, replace(filing, sent=filing.sent + dt.timedelta(days=1), extra="(1)")]


def copy_before(filing: Filing, before: Filing | None) -> list[Filing]:
    """Last period's figures once more; only the column that names the period has moved on."""
    if before is None or not before.lines:
        return [filing]
    column = filing.contract.period_column
    lines = (replace(line, values=_rename(line, column, filing.span.label)) for line in before.lines)
    return [replace(filing, lines=tuple(lines))]


def _rename(line: Line, column: str | None, label: str) -> Mapping[str, Cell]:
    return {**line.values, column: label} if column else line.values


def drop_unit(filing: Filing, before: Filing | None) -> list[Filing]:
    """The last unit's row is not there."""
    del before
    return [replace(filing, lines=filing.lines[:-1])] if len(filing.lines) > 1 else [filing]


def hold_row(filing: Filing, before: Filing | None) -> list[Filing]:
    """A figure below zero in a report; one more case with an impossible date in a list of cases."""
    del before
    if not filing.lines:
        return [filing]
    if filing.contract.kind == "cases":
        return [replace(filing, lines=(*filing.lines, _impossible(filing)))]
    row = min(1, len(filing.lines) - 1)
    figure = next(c.name for c in filing.contract.columns if c.type == "integer" or c.type == "decimal")
    bad = Line({**filing.lines[row].values, figure: -12}, is_held=True)
    return [replace(filing, lines=(*filing.lines[:row], bad, *filing.lines[row + 1 :]))]


def _impossible(filing: Filing) -> Line:
    values = dict(filing.lines[0].values)
    values[filing.contract.key[0]] = f"XX{filing.span.digits}99999"
    return Line(values, is_held=True, shown={str(filing.contract.received): f"{filing.span.first.year}年13月5日"})


SPOIL: Mapping[str, Callable[[Filing, Filing | None], list[Filing]]] = {
    "missing": forget,
    "empty": empty,
    "garbage": spoil_file,
    "corrected": correct_later,
    "twice": send_twice,
    "copy": copy_before,
    "absent": drop_unit,
    "held": hold_row,
}


def befall(pack: Pack, contract: Contract, filings: Sequence[Filing]) -> list[Filing]:
    """The files as they are really sent, in the order of their periods."""
    mishaps = list_mishaps(pack, contract, len(filings))
    sent: list[Filing] = []
    for number, filing in enumerate(filings):
        kind = mishaps.get(number)
        before = filings[number - 1] if number else None
        sent += SPOIL[kind](filing, before) if kind else [filing]
    return sent
