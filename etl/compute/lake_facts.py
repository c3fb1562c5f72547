"""What compute asks of a source's table beside its measures: its chunks, its units, its events still to come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_

import ibis
from duckdb import DuckDBPyConnection

from etl.compute.chunks import CHUNK, chunk_column, in_chunks, name_chunk
from etl.compute.expressions import TableExpr, ValueExpr
from etl.compute.part_rows import PartRow
from etl.core.lake_tables import date_columns, table_name
from schemas.models.contract import Contract
from schemas.models.indicator import Indicator


def list_chunks(lake: DuckDBPyConnection, contract: Contract) -> set[str]:
    """The chunks that have rows."""
    query = f"SELECT DISTINCT {chunk_column(contract)} FROM {table_name(contract)}"  # noqa: S608 - names of the contract
    return {name_chunk(row[0]) for row in lake.execute(query).fetchall()}


def has_rows(lake: DuckDBPyConnection, contract: Contract) -> bool:
    """Whether the source has any row."""
    query = f"SELECT 1 FROM {table_name(contract)} LIMIT 1"  # noqa: S608 - names of the contract
    return lake.execute(query).fetchone() is not None


def count_chunks(lake: DuckDBPyConnection, contract: Contract) -> dict[str, int]:
    """The chunks and how many rows they have."""
    query = f"SELECT {chunk_column(contract)}, count(*) FROM {table_name(contract)} GROUP BY 1"  # noqa: S608 - as above
    return {name_chunk(chunk): rows for chunk, rows in lake.execute(query).fetchall()}


def count_units(table: TableExpr, contract: Contract) -> dict[str, list[PartRow]]:
    """A row a (chunk, unit): from which month of receipt or period on the chunk speaks of a unit."""
    named = table.filter(table[str(contract.unit_column)].notnull())
    first = named[CHUNK].min() if contract.kind == "cases" else named.period.min()
    grouped = named.group_by(CHUNK, unit=named[str(contract.unit_column)]).aggregate(n=named.count(), first=first)
    found: dict[str, list[PartRow]] = {}
    for row in grouped.to_pyarrow().to_pylist():
        part = PartRow("unit", "", row["unit"], name_chunk(row["first"]), None, None, row["n"])
        found.setdefault(name_chunk(row[CHUNK]), []).append(part)
    return found


def event_columns(indicator: Indicator, contract: Contract) -> tuple[str, ...]:
    """Dates that say what has happened to a case by a day: its parts may change with each of them."""
    if indicator.clock is None:
        return ()
    return tuple(dict.fromkeys((*indicator.clock.times, *(contract.events.times if contract.events else ()))))


def find_coming(table: TableExpr, columns: Sequence[str], *, as_of: dt.date) -> dict[str, dict[str, dt.date]]:
    """The next day to look again because of a date in each of these columns, by chunk; asked of no settled row.

    That is the date itself, or the day after it: what lasts until a date (a suspension, an approval) is over then.
    """
    today, tomorrow = ibis.date(as_of.isoformat()), ibis.date((as_of + dt.timedelta(days=1)).isoformat())
    days = table.select(CHUNK, **{name: table[name].cast("date") for name in columns})
    coming = days.filter(reduce(or_, (days[name] >= today for name in columns)))
    firsts = {name: _soonest(coming[name], today, tomorrow) for name in columns}
    found = coming.group_by(CHUNK).aggregate(**firsts).to_pyarrow().to_pylist()
    return {name_chunk(row.pop(CHUNK)): {name: day for name, day in row.items() if day} for row in found}


def _soonest(day: ValueExpr, today: ValueExpr, tomorrow: ValueExpr) -> ValueExpr:
    soon: ValueExpr = ibis.ifelse(day >= today, ibis.greatest(day, tomorrow), ibis.null("date"))
    return soon.min()


def next_of_register(table: TableExpr, contract: Contract, *, as_of: dt.date) -> dt.date | None:
    """The next day to look again because of any date in a register, for all cases that it may speak of."""
    columns = date_columns(contract)
    coming = find_coming(in_chunks(table, contract, None), columns, as_of=as_of) if columns else {}
    return earliest(*(first_coming(days, columns) for days in coming.values()))


def earliest(*days: dt.date | None) -> dt.date | None:
    return min((day for day in days if day is not None), default=None)


def first_coming(coming: Mapping[str, dt.date], columns: Iterable[str]) -> dt.date | None:
    """The earliest of these columns' coming days."""
    return earliest(*(coming.get(name) for name in columns))
