"""Header cells that are values: which columns of a wide table stand below which period, unit or code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from etl.check.headers import Header, HeaderMatch, Heading, match_headers, take_apart
from etl.check.line_words import NO_GRAND_TOTAL
from etl.check.measures import units_differ
from etl.check.periods import find_periods, read_heading, read_running
from schemas.models.contract import Column, ColumnType, Contract
from schemas.models.contract_layout import Wide


def match_wide(cells: Sequence[Sequence[str]], contract: Contract, *, year: str | None) -> HeaderMatch:
    """As `match_headers`; of a contract with `wide` also the columns of values.

    Args:
        cells: for each sheet column the spellings that its header may be read as, the shortest first.
        contract: the promise.
        year: that of the table, for periods without one.
    """
    match, wide = match_headers(cells, contract), contract.wide
    if wide is None:
        return match
    ignored = {take_apart(name).core for name in contract.ignore}
    reader = _Reader(contract, wide, year)
    seen: dict[tuple[str, str], Heading] = {}
    twice: list[str] = []
    totals: dict[str, int] = {}
    for place, spellings in enumerate(cells):
        named = [text for text in spellings if text]
        if place in match.columns.values() or not named or take_apart(named[0]).core in ignored:
            continue
        if total := reader.read_total(named):
            totals.setdefault(total, place)
            continue
        heading = reader.read(place, named)
        if heading is not None and (heading.column, heading.value) in seen:
            twice.append(wide.across)
        elif heading is not None:
            seen[heading.column, heading.value] = heading
    is_read = (seen or twice) and not reader.wrong_unit
    missing = match.missing if is_read else (*match.missing, wide.across)
    return HeaderMatch(
        match.columns,
        missing,
        (*match.twice, *dict.fromkeys(twice)),
        {**match.wrong_unit, **reader.wrong_unit},
        tuple(seen.values()),
        totals,
    )


def find_year(titles: Sequence[str], file_name: str) -> str | None:
    """The one year that the title lines name, else the file name."""
    for texts in (titles, (file_name,)):
        years = {year for text in texts for year in find_periods(text, "year")}
        if years:
            return years.pop() if len(years) == 1 else None
    return None


class _Reader:
    def __init__(self, contract: Contract, wide: Wide, year: str | None) -> None:
        self.across = contract.column_by_name[wide.across]
        self.values = [contract.column_by_name[name] for name in wide.values]
        self.grain = contract.period.grain
        self.running = wide.cumulative is not None
        self.year = year
        self.wrong_unit: dict[str, str] = {}
        words = (word for word in contract.table.total_words if not NO_GRAND_TOTAL.search(word))
        self.total_words = {take_apart(word).core for word in words}

    def read_total(self, spellings: Sequence[str]) -> str | None:
        """The column of values whose total over each line stands in a sheet column (`合计`, `合计 > 办件量`)."""
        for header in map(take_apart, spellings):
            found = [column.name for column, _, rest in self._strip_names(header) if rest in self.total_words]
            if found:
                return found[0]
        return None

    def read(self, place: int, spellings: Sequence[str]) -> Heading | None:
        """The fullest reading counts: the year may stand in a group above."""
        if self.across.type is not ColumnType.PERIOD:
            words = re.sub(r"\s+", "", spellings[0])
            return Heading(place, self.values[0].name, words, words)
        for text in sorted(spellings, key=len, reverse=True):
            header = take_apart(text)
            for column, unit, rest in self._strip_names(header):
                period = self._read_period(rest)
                if period and units_differ(header.unit, unit):
                    self.wrong_unit.setdefault(column.name, text)
                elif period:
                    words = re.sub(r"\s+", "", text)
                    return Heading(place, column.name, period, words, rest != header.core)
        return None

    def _read_period(self, text: str) -> str | None:
        return read_running(text, self.year) if self.running else read_heading(text, self.grain, self.year)

    def _strip_names(self, header: Header) -> Iterator[tuple[Column, str, str]]:
        """Each column of values that the header may name, its unit of measure, and what is left of the header."""
        for column in self.values:
            for known in map(take_apart, (column.header, *column.aliases)):
                rests = {header.core.removesuffix(known.core), header.core.removeprefix(known.core)} - {header.core}
                if len(self.values) == 1:
                    rests.add(header.core)
                yield from ((column, known.unit, rest) for rest in sorted(rests))
