"""The rows that decided a verdict, back to sheet and cell: late cases first, the longest, or the rows of the period."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import ibis
import pandas as pd
from sqlalchemy import Connection, select

from etl.compute.case_parts import CaseSource, ended_cases, without_excluded
from etl.compute.cases import elapsed_divisor, judged_cases, keep_rows
from etl.compute.chunks import CHUNK, in_chunks
from etl.compute.evidence_places import Wanted, find_places
from etl.compute.expressions import TableExpr, ValueExpr
from etl.compute.measures import Measure
from etl.compute.parts import month_number, month_of, name_month
from etl.compute.values import Computation, Rows
from etl.core.cells import cells_of, headers_of
from etl.core.periods import parse_period
from etl.core.verdicts import EVIDENCE_LIMIT, EvidenceRow
from schemas.models.contract import ColumnType, Contract
from schemas.models.indicator import Indicator
from schemas.warehouse.tables import batches

SELF = "self"
PLACE = ("batch_id", "sheet", "line")
"""What names a row of the lake; of a wide table, whose lines are many rows, with the value of its header."""


def find_evidence(
    computation: Computation, measure: Measure, rows: Rows, wanted: Iterable[Wanted], *, connection: Connection
) -> dict[Wanted, tuple[EvidenceRow, ...]]:
    """Deciding rows of each wanted (unit, periods), at most 200 each, worst first.

    Only the chunks are read whose parts fall into the periods that can bring one of the 200.
    """
    contract = rows.submissions.contract
    wanted = list(wanted)
    places = find_places(connection, measure, contract, wanted)
    table = in_chunks(rows.table, contract, places.chunks).drop(CHUNK)
    if places.units is not None:
        table = table.filter(table[str(contract.unit_column)].isin(sorted(places.units)))
    ranked = _ranked_rows(computation, measure, table, contract)
    frame = _keep_top(_keep_periods(ranked, places.periods), table, contract)
    files = files_of(connection, set(frame["batch_id"]))
    grouped: dict[tuple[str | None, str], list[dict[str, Any]]] = defaultdict(list)
    for record in frame.to_dict("records"):
        named = {str(key): value for key, value in record.items()}
        grouped[_text(named["_unit"]), named["_period"]].append(named)
    return {want: _rows_for(want, grouped, contract, measure.indicator, files) for want in wanted}


def place_columns(contract: Contract) -> tuple[str, ...]:
    """The columns that name a row of this source."""
    return (*PLACE, contract.wide.across) if contract.wide else PLACE


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _ranked_rows(computation: Computation, measure: Measure, table: TableExpr, contract: Contract) -> TableExpr:
    """Places of all rows that a verdict may rest on, with `_unit`, `_period` and `_badness`; no contents."""
    indicator = measure.indicator
    if indicator.clock is not None:
        return _case_marks(computation, measure, table, contract)
    kept = keep_rows(table, indicator.where)
    period = kept.period if indicator.counted_on is None else month_of(kept[indicator.counted_on])
    unit = kept[contract.unit_column] if contract.unit_column else ibis.null("string")
    return _marks(kept.mutate(_unit=unit), period, ibis.literal(0.0), place=place_columns(contract))


def _case_marks(computation: Computation, measure: Measure, table: TableExpr, contract: Contract) -> TableExpr:
    """Places of the cases that count, by the month in which they do."""
    calendar, registers = computation.calendar_of(contract), computation.registers_of(contract)
    source = CaseSource(table, measure.indicator, contract, calendar, computation.as_of, registers)
    if measure.indicator.form in ("case_mean", "case_quantile"):
        cases = without_excluded(ended_cases(source)).rename(_unit="unit")
        span = cases.span / elapsed_divisor(source.clock, calendar)
        return _marks(cases, month_of(cases.end_at), span.cast("float64"))
    cases = judged_cases(source.cases(), source.clock, measure.variant or None, calendar, as_of=source.as_of)
    cases = without_excluded(cases.filter(cases.decided_on.notnull())).rename(_unit="unit")
    badness = (~cases.is_kept).cast("float64")
    return _marks(
        cases, month_of(cases.decided_on), badness, is_open=cases.end_at.isnull(), deadline=cases.deadline_date
    )


def _marks(
    rows: TableExpr,
    period: ValueExpr,
    badness: ValueExpr,
    *,
    place: Sequence[str] = PLACE,
    is_open: ValueExpr | None = None,
    deadline: ValueExpr | None = None,
) -> TableExpr:
    """Narrow rows; words are made of them only once the few are chosen."""
    return rows.select(
        *(*place, "_unit"),
        _period=period,
        _badness=badness,
        _is_open=ibis.literal(False) if is_open is None else is_open,
        _deadline=ibis.null("date") if deadline is None else deadline,
    )


def write_note(row: Mapping[str, Any], indicator: Indicator) -> str | None:
    """Why the row is here, in Chinese: late or in time, how long it took, nothing for a mere figure."""
    if indicator.clock is None:
        return None
    if indicator.form in ("case_mean", "case_quantile"):
        return f"用时 {row['_badness']:.2f}".rstrip("0").rstrip(".")
    if not row["_badness"]:
        return "按时"
    word = "超时未办结" if row["_is_open"] else "超时办结"
    return f"{word}，应于 {row['_deadline']:%Y-%m-%d} 前完成"


def _keep_periods(marks: TableExpr, periods: Sequence[str]) -> TableExpr:
    """Rows of the periods asked for; months are compared as numbers, names of periods as they are."""
    if not marks._period.type().is_integer():
        return marks.filter(marks._period.isin(periods))
    parsed = (parse_period(text) for text in periods)
    return marks.filter(marks._period.isin([month_number(one.start) for one in parsed if one.grain == "month"]))


_WORST = """
select _unit, _period, unnest(worst, recursive := true)
from (select _unit, _period, min({{'_goodness': -_badness, {fields}}}, {limit}) as worst from ({marks}) group by all)
"""
"""The smallest structs of each group: DuckDB keeps just those, where a window would rank every row."""


def _keep_top(marks: TableExpr, table: TableExpr, contract: Contract) -> pd.DataFrame:
    """The 200 worst rows of every (unit, period) with their contents; the jurisdiction's are among them."""
    backend = marks.get_backend()
    order = dict.fromkeys(["batch_id", "line", *marks.columns])
    fields = ", ".join(f"'{name}': \"{name}\"" for name in order if name not in ("_unit", "_period", "_badness"))
    query = _WORST.format(fields=fields, limit=EVIDENCE_LIMIT, marks=backend.compile(marks))
    backend.con.execute(f"create or replace temp table worst_rows as {query}")
    top = backend.table("worst_rows", database=("temp", "main"))
    top = top.mutate(_badness=-top._goodness).drop("_goodness")
    if marks._period.type().is_integer():
        top = top.mutate(_period=name_month(top._period))
    place = place_columns(contract)
    flags = [f"{c.name}_date_only" for c in contract.columns if c.type is ColumnType.DATETIME]
    contents = table.select(*dict.fromkeys([*place, *(c.name for c in contract.columns), *flags]))
    return top.join(contents, place).execute()


def files_of(connection: Connection, batch_ids: Iterable[str]) -> dict[str, tuple[str, Mapping[str, Any] | None]]:
    """Batch id -> name of its file, and how it was read."""
    ids = sorted(batch_ids)
    query = select(batches.c.batch_id, batches.c.file_name, batches.c.reading).where(batches.c.batch_id.in_(ids))
    return {row.batch_id: (row.file_name, row.reading) for row in connection.execute(query)}


def _rows_for(
    want: Wanted,
    grouped: Mapping[tuple[str | None, str], Sequence[Mapping[str, Any]]],
    contract: Contract,
    indicator: Indicator,
    files: Mapping[str, tuple[str, Mapping[str, Any] | None]],
) -> tuple[EvidenceRow, ...]:
    months = set(want.months)
    found = [
        row
        for (unit, period), rows in grouped.items()
        if period in months and want.unit in (SELF, unit)
        for row in rows
    ]
    found.sort(key=lambda row: (-float(row["_badness"]), row["_period"], row["batch_id"], row["line"]))
    shown = {name for name in (*contract.key, contract.unit_column) if name} | indicator.columns
    return tuple(
        make_evidence_row(row, contract, shown, write_note(row, indicator), files) for row in found[:EVIDENCE_LIMIT]
    )


def make_evidence_row(
    row: Mapping[str, Any],
    contract: Contract,
    shown: Collection[str],
    note: str | None,
    files: Mapping[str, tuple[str, Mapping[str, Any] | None]],
) -> EvidenceRow:
    """One deciding row with the cells of the columns `shown`; personal ones are masked."""
    file_name, reading = files.get(row["batch_id"], (row["batch_id"], None))
    across = str(row[contract.wide.across]) if contract.wide else None
    places = cells_of(reading, contract, int(row["line"]), across=across)
    names = [c for c in contract.columns if c.name in shown]
    headers = headers_of(reading, contract, across=across)
    cells = tuple(
        {
            "column": column.name,
            "header": headers[column.name],
            "cell": places.get(column.name),
            "text": "***" if column.personal else _show(row[column.name], bool(row.get(f"{column.name}_date_only"))),
        }
        for column in names
    )
    return EvidenceRow(
        batch_id=row["batch_id"],
        file_name=file_name,
        sheet=_text(row["sheet"]) or None,
        line=int(row["line"]),
        cells=cells,
        note=note,
    )


def _show(value: Any, is_date: bool) -> str:
    """A typed cell as people read it; an empty one is empty, never `NaT`."""
    if isinstance(value, str):
        return value
    if value is None or value is pd.NaT or (not isinstance(value, (list, dict)) and pd.isna(value)):
        return ""
    if isinstance(value, dt.datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.strftime("%Y-%m-%d" if is_date or midnight else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(value)
    if "." in text and text.replace(".", "", 1).replace("-", "", 1).isdigit():
        return text.rstrip("0").rstrip(".")
    return text
