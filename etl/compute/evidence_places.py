"""Where the deciding rows of verdicts stand: which chunks and periods have to be read, from the parts that are kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from etl.compute.grid import SELF
from etl.compute.measures import Measure
from etl.compute.part_rows import PartRow
from etl.compute.part_store import read_periods
from etl.core.periods import parse_period
from etl.core.verdicts import EVIDENCE_LIMIT
from schemas.models.contract import Contract


@dataclass(frozen=True)
class Wanted:
    """Evidence for one (unit, periods): `periods` are the months or quarters that the verdict rests on."""

    unit: str
    periods: frozenset[str]

    @property
    def months(self) -> list[str]:
        """The periods and the months that they are made of, in order."""
        return sorted({month for period in self.periods for month in (period, *parse_period(period).months())})


@dataclass(frozen=True)
class Places:
    """Chunks to read, the periods whose rows are ranked, and of which units (None: of all)."""

    chunks: frozenset[str]
    periods: tuple[str, ...]
    units: frozenset[str] | None


def find_places(connection: Connection, measure: Measure, contract: Contract, wanted: Iterable[Wanted]) -> Places:
    """The places that can bring one of the rows shown, for all that is wanted together."""
    wanted = list(wanted)
    by_period: dict[str, list[tuple[str, PartRow]]] = defaultdict(list)
    for chunk, part in read_periods(connection, measure.key, {month for want in wanted for month in want.months}):
        by_period[part.period].append((chunk, part))
    # rows of equal weight are shown in the order of their periods; a part of a report does not count rows
    in_order = measure.indicator.clock is None and contract.kind == "cases"
    periods = {p for want in wanted for p in (_first_periods(want, by_period) if in_order else want.months)}
    chunks = frozenset(chunk for period in periods for chunk, _ in by_period.get(period, ()))
    units = frozenset(want.unit for want in wanted)
    return Places(chunks, tuple(sorted(periods)), None if SELF in units else units)


def _first_periods(want: Wanted, by_period: Mapping[str, Sequence[tuple[str, PartRow]]]) -> Iterator[str]:
    """The earliest periods that have as many rows as are shown."""
    found = 0
    for period in want.months:
        if found >= EVIDENCE_LIMIT:
            return
        yield period
        found += sum(part.n for _, part in by_period.get(period, ()) if want.unit in (SELF, part.unit))
