"""All values of some measures at one day, from tables of accepted rows and what the departments have answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import ibis
import pandas as pd

from etl.compute.calendar_join import CalendarTables, register_calendar
from etl.compute.expressions import TableExpr
from etl.compute.grid import SELF, ValueRow, cells_of, fill_grid, first_seen
from etl.compute.measures import Measure
from etl.compute.parts import figure_parts, mean_parts, merge_to_grain, name_month, open_parts, share_parts
from etl.compute.submissions import Submissions, periods_in_play
from etl.core.periods import Period
from schemas.models.contract import Contract
from schemas.models.registry import Registry


@dataclass(frozen=True)
class Rows:
    """Where a source's accepted rows stand and what its departments answered."""

    table: TableExpr
    submissions: Submissions


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
        """Rows for `self` and each reporting unit of every period in play, sorted by period and unit."""
        contract = rows.submissions.contract
        calendar = self.calendar_of(contract)
        periods = periods_in_play(rows.submissions, calendar.calendar, first=measure.first, as_of=self.as_of)
        if not periods:
            return []
        parts = merge_to_grain(self._parts(measure, rows.table, contract, calendar), periods)
        seen = self._units_of(rows.table, contract)
        units = first_seen(contract, seen, periods)
        values = fill_grid(measure.indicator, rows.submissions, cells_of(parts), periods, units)
        if measure.with_open:
            values = self._with_open_cases(values, measure, rows.table, contract, periods)
        return sorted(values, key=lambda row: (row.period, row.unit != SELF, row.unit))

    def _units_of(self, table: TableExpr, contract: Contract) -> dict[str, str]:
        """Asked once a source: its measures share the answer."""
        if contract.id not in self._first_units:
            self._first_units[contract.id] = first_units(table, contract)
        return self._first_units[contract.id]

    def versions_of(self, measure: Measure) -> dict[str, str]:
        """Content hashes that the values rest on."""
        contract = self.registry.contracts[measure.indicator.source]
        return {
            "indicator": measure.indicator.content_hash(),
            "contract": contract.content_hash(),
            "calendar": self.calendar_of(contract).calendar.version,
        }

    def _parts(self, measure: Measure, table: TableExpr, contract: Contract, calendar: CalendarTables) -> pd.DataFrame:
        indicator = measure.indicator
        if indicator.form in ("ratio", "count"):
            return figure_parts(table, indicator, contract)
        if indicator.form == "case_mean":
            return mean_parts(table, indicator, contract, calendar, as_of=self.as_of)
        limit = measure.variant or (indicator.clock.limit if indicator.clock else None)
        if limit is None:
            raise ValueError(f"indicator {indicator.id}: neither the target nor the clock brings a limit")
        return share_parts(table, indicator, contract, limit, calendar, as_of=self.as_of)

    def _with_open_cases(
        self,
        values: Sequence[ValueRow],
        measure: Measure,
        table: TableExpr,
        contract: Contract,
        periods: Sequence[Period],
    ) -> list[ValueRow]:
        calendar = self.calendar_of(contract)
        frame = open_parts(table, measure.indicator, contract, calendar, periods, as_of=self.as_of)
        by_unit = {
            (None if pd.isna(row["unit"]) else row["unit"], row["period"]): (
                row["open_numerator"],
                row["open_denominator"],
            )
            for row in frame.to_dict("records")
        }
        return [_add_open(value, by_unit) for value in values]


def _add_open(value: ValueRow, by_unit: Mapping[tuple, tuple]) -> ValueRow:
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
    first = name_month(table[contract.received].min()) if contract.received else table.period.min()
    grouped = table.filter(unit.notnull()).group_by(unit=unit).aggregate(first=first)
    return {str(row.unit): str(row.first) for row in grouped.execute().itertuples(index=False)}
