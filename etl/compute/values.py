"""All values of some measures at one day, from tables of accepted rows and what the departments have answered."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

import ibis
import pandas as pd

from etl.compute.calendar_join import CalendarTables, register_calendar
from etl.compute.case_events import Registers
from etl.compute.case_parts import CaseSource, mean_parts, open_parts, quantile_parts, share_parts
from etl.compute.expressions import TableExpr
from etl.compute.grid import SELF, ValueRow, fill_grid, first_seen, merge_cells
from etl.compute.measures import Measure
from etl.compute.open_cases import Place, open_ages
from etl.compute.part_rows import PartRow, Parts, make_parts
from etl.compute.parts import figure_parts, month_of, name_month
from etl.compute.quantiles import put_quantiles
from etl.compute.side_numbers import side_numbers
from etl.compute.submissions import Submissions, periods_in_play
from etl.core.singles import single_periods
from schemas.models.contract import Contract
from schemas.models.registry import Registry


@dataclass(frozen=True)
class Rows:
    """Where a source's accepted rows stand and what its departments answered."""

    table: TableExpr
    submissions: Submissions

    @cached_property
    def figures(self) -> TableExpr:
        """The rows with the figures of their own periods, also where sums since January were sent."""
        return single_periods(self.table, self.submissions.contract)


class Computation:
    """Computes measures on one DuckDB connection; calendars are registered once."""

    def __init__(self, backend: ibis.BaseBackend, registry: Registry, *, as_of: dt.date) -> None:
        self.backend = backend
        self.registry = registry
        self.as_of = as_of
        self._calendars: dict[str, CalendarTables] = {}
        self._first_units: dict[str, dict[str, str]] = {}

    def calendar_of(self, contract: Contract) -> CalendarTables:
        if contract.calendar not in self._calendars:
            spec = self.registry.calendars[contract.calendar]
            self._calendars[contract.calendar] = register_calendar(self.backend, spec)
        return self._calendars[contract.calendar]

    def values_of(self, measure: Measure, rows: Rows) -> list[ValueRow]:
        """Rows for `self` and each reporting unit of every period in play, from the whole table at once."""
        parts = self.parts_of(measure, rows.figures)
        return self.values_from(measure, parts.all_rows, rows.submissions, self._units_of(rows))

    def values_from(
        self, measure: Measure, parts: Iterable[PartRow], submissions: Submissions, seen: Mapping[str, str]
    ) -> list[ValueRow]:
        """The same from parts; `seen` says in which period the source first spoke of a unit. By period and unit."""
        contract = submissions.contract
        calendar = self.calendar_of(contract)
        periods = periods_in_play(submissions, calendar.calendar, first=measure.first, as_of=self.as_of)
        if not periods:
            return []
        kinds: dict[str, list[PartRow]] = defaultdict(list)
        for part in parts:
            kinds[part.kind].append(part)
        units = first_seen(contract, seen, periods)
        values = fill_grid(measure.indicator, submissions, merge_cells(kinds["main"], periods), periods, units)
        values = put_quantiles(values, measure.indicator, calendar, kinds["hist"], periods)
        beside = side_numbers(kinds, periods)
        values = [replace(value, extra=beside(value.unit, value.period)) for value in values]
        if measure.with_open:
            flows = (*kinds["started"], *kinds["ended"])
            ages = open_ages(flows, measure.indicator, calendar, periods, as_of=self.as_of)
            values = [_add_open(value, ages) for value in values]
        return sorted(values, key=lambda row: (row.period, row.unit != SELF, row.unit))

    def _units_of(self, rows: Rows) -> dict[str, str]:
        """Asked once a source: its measures share the answer."""
        contract = rows.submissions.contract
        if contract.id not in self._first_units:
            self._first_units[contract.id] = first_units(rows.figures, contract)
        return self._first_units[contract.id]

    def versions_of(self, measure: Measure) -> dict[str, str]:
        """Content hashes that the values rest on."""
        contract = self.registry.contracts[measure.indicator.source]
        return {
            "indicator": measure.indicator.content_hash(),
            "contract": contract.content_hash(),
            "calendar": self.calendar_of(contract).calendar.version,
        }

    def parts_of(self, measure: Measure, table: TableExpr) -> Parts:
        """All parts of the measure over the rows of `table`, by chunk where it is cut into chunks."""
        return make_parts(self._frames(measure, table))

    def _frames(self, measure: Measure, table: TableExpr) -> Iterator[pd.DataFrame]:
        indicator = measure.indicator
        contract = self.registry.contracts[indicator.source]
        if indicator.form in ("ratio", "count"):
            yield figure_parts(table, indicator, contract)
            return
        calendar, registers = self.calendar_of(contract), self.registers_of(contract)
        source = CaseSource(table, indicator, contract, calendar, self.as_of, registers)
        if indicator.form == "case_mean":
            yield from mean_parts(source)
        elif indicator.form == "case_quantile":
            yield from quantile_parts(source)
        else:
            yield from share_parts(source, measure.variant or None)
        if measure.with_open:
            yield from open_parts(source)

    def registers_of(self, contract: Contract) -> Registers:
        """The rows of the sources that the events of `contract` name; their tables are there (`ensure_table`)."""
        tables = {name: self.backend.table(name, database=("lake", "main")) for name in contract.registers}
        return {name: (self.registry.contracts[name], table) for name, table in tables.items()}


def _add_open(value: ValueRow, by_unit: Mapping[Place, tuple[Decimal, Decimal]]) -> ValueRow:
    """The mean's parts with every open case at its present age."""
    if value.state != "ok" or value.numerator is None or value.denominator is None:
        return value
    units = {unit for unit, _ in by_unit} if value.unit == SELF else {value.unit}
    found = [by_unit[unit, value.period] for unit in units if (unit, value.period) in by_unit]
    return replace(
        value,
        open_numerator=value.numerator + sum(numerator for numerator, _ in found),
        open_denominator=value.denominator + sum(denominator for _, denominator in found),
    )


def first_units(table: TableExpr, contract: Contract) -> dict[str, str]:
    """Unit -> period (month of receipt for cases) in which the source first spoke of it."""
    if contract.unit_column is None:
        return {}
    unit = table[contract.unit_column]
    first = name_month(month_of(table[contract.received].min())) if contract.received else table.period.min()
    grouped = table.filter(unit.notnull()).group_by(unit=unit).aggregate(first=first)
    return {str(row.unit): str(row.first) for row in grouped.execute().itertuples(index=False)}
