"""The working-day calendar as a table that expressions join by equality: the only calendar arithmetic in SQL.

The rules themselves are those of `etl.core.clock`; tests hold the two together case by case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa
from duckdb import DuckDBPyConnection

from etl.compute.expressions import TableExpr, ValueExpr
from etl.core.clock.workdays import WorkCalendar
from schemas.models.calendar import CalendarSpec


@dataclass(frozen=True)
class CalendarTables:
    """A calendar registered on one connection. `days`: every date; `workdays`: number -> date."""

    calendar: WorkCalendar
    days: TableExpr
    workdays: TableExpr

    @property
    def day_seconds(self) -> int:
        """Office seconds of one whole working day."""
        return self.calendar.office.minutes * 60

    def join_days(self, table: TableExpr, day: ValueExpr, prefix: str) -> TableExpr:
        """Add `<prefix>_no`, `<prefix>_open`, `<prefix>_before` (office seconds before the date); null if unknown."""
        days = self.days.select(
            **{
                f"{prefix}_day": self.days.date,
                f"{prefix}_no": self.days.workday_no,
                f"{prefix}_open": self.days.is_workday,
                f"{prefix}_before": self.days.minutes_before * 60,
            }
        )
        keyed = table.mutate(**{f"{prefix}_key": day})
        joined = keyed.left_join(days, keyed[f"{prefix}_key"] == days[f"{prefix}_day"])
        return joined.drop(f"{prefix}_key", f"{prefix}_day")

    def join_number(self, table: TableExpr, number: ValueExpr, name: str) -> TableExpr:
        """Add `name`: the date of the working day with this running number."""
        work = self.workdays.select(**{"_number": self.workdays.workday_no, name: self.workdays.date})
        keyed = table.mutate(_wanted=number)
        return keyed.left_join(work, keyed["_wanted"] == work["_number"]).drop("_wanted", "_number")

    def worked(self, at: ValueExpr, is_open: ValueExpr) -> ValueExpr:
        """Office seconds of the day of `at` that lie before it (0 on a rest day)."""
        offset = seconds_of_day(at)
        done: ValueExpr = ibis.literal(0)
        for opens, closes in self.calendar.office.spans:
            span = (closes - opens) * 60
            done = done + ibis.greatest(0, ibis.least(offset - opens * 60, span))
        return ibis.ifelse(is_open, done, 0)

    def offset_after(self, worked: ValueExpr) -> ValueExpr:
        """Seconds since midnight at which `worked` (> 0) office seconds of a working day are done."""
        branches = []
        done = 0
        for opens, closes in self.calendar.office.spans:
            span = (closes - opens) * 60
            branches.append((worked <= done + span, opens * 60 + worked - done))
            done += span
        return ibis.cases(*branches, else_=None)


def seconds_of_day(at: ValueExpr) -> ValueExpr:
    return at.epoch_seconds() - at.truncate("D").epoch_seconds()


def register_calendar(backend: Any, spec: CalendarSpec) -> CalendarTables:
    """Put the calendar's dates on the connection of a DuckDB backend (a temporary table, named by content)."""
    calendar = WorkCalendar.from_spec(spec)
    name = f"calendar_{calendar.version}"
    connection: DuckDBPyConnection = backend.con
    connection.register("calendar_frame", pa.Table.from_pandas(calendar.frame(), preserve_index=False))
    connection.execute(f"create or replace temp table {name} as from calendar_frame")  # a hash, safe as a name
    connection.unregister("calendar_frame")
    days = backend.table(name, database=("temp", "main"))
    return CalendarTables(calendar, days, days.filter(days.is_workday).select("workday_no", "date"))
