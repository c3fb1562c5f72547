"""The working-day calendar as a table that expressions join by equality: the only calendar arithmetic in SQL.

The rules themselves are those of `etl.core.clock`; tests hold the two together case by case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa
from duckdb import DuckDBPyConnection

from etl.compute.expressions import TableExpr, ValueExpr
from etl.core.clock.frames import deadline_dates
from etl.core.clock.workdays import Days, WorkCalendar
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
        """Add what is known of a day; null where the calendar does not reach.

        `<prefix>_no`, `<prefix>_open`, `<prefix>_before`: office seconds before the date, `<prefix>_next`: the first
        working day after it.
        """
        days = self.days.select(
            **{
                f"{prefix}_day": self.days.date,
                f"{prefix}_no": self.days.workday_no,
                f"{prefix}_open": self.days.is_workday,
                f"{prefix}_before": self.days.minutes_before * 60,
                f"{prefix}_next": self.days.next_workday,
            }
        )
        return join_beside(table, days, day == days[f"{prefix}_day"], days.columns[1:])

    def number_days(self, table: TableExpr, prefix: str) -> TableExpr:
        """What `join_days` tells of `<prefix>_at`, where the table has it not yet: few numbers ask for it."""
        if f"{prefix}_no" in table.columns:
            return table
        return self.join_days(table, table[f"{prefix}_at"].date(), prefix)

    def join_due(self, table: TableExpr, name: str, starts: Days, due: Days) -> TableExpr:
        """Add `deadline_date` by the day of `start_at`: the one of `due` beside it in `starts`, both worked out before.

        What follows from the day of the start alone is one join of a small table, whatever the rule is.

        Args:
            table: cases.
            name: names the rule; tables are kept by it as long as the connection.
            starts: days on which a case may start, each once.
            due: their deadlines; NaT where the calendar does not reach.
        """
        backend: Any = self.days.get_backend()
        name = f"due_{self.calendar.version}_{name}"
        _put(backend.con, name, pa.table({"_due_from": pa.array(starts), "deadline_date": pa.array(due)}))
        small = backend.table(name, database=("temp", "main"))
        return join_beside(table, small, table.start_at.date() == small["_due_from"], ["deadline_date"])

    def join_number(self, table: TableExpr, number: ValueExpr, name: str) -> TableExpr:
        """Add `name`: the date of the working day with this running number."""
        work = self.workdays.select(**{"_number": self.workdays.workday_no, name: self.workdays.date})
        return join_beside(table, work, number == work["_number"], [name])

    def worked(self, at: ValueExpr, is_open: ValueExpr) -> ValueExpr:
        """Office seconds of the day of `at` that lie before it (0 on a rest day)."""
        offset = seconds_of_day(at)
        done: ValueExpr = ibis.literal(0)
        for opens, closes in self.calendar.office.spans:
            span = (closes - opens) * 60
            done = done + ibis.greatest(0, ibis.least(offset - opens * 60, span))
        return done * is_open.cast("int64")

    def offset_after(self, worked: ValueExpr) -> ValueExpr:
        """Seconds since midnight at which `worked` (> 0) office seconds of a working day are done."""
        branches = []
        done = 0
        for opens, closes in self.calendar.office.spans:
            span = (closes - opens) * 60
            branches.append((worked <= done + span, opens * 60 + worked - done))
            done += span
        return ibis.cases(*branches, else_=None)


def join_beside(table: TableExpr, small: TableExpr, condition: ValueExpr, names: Sequence[str]) -> TableExpr:
    """Every row of `table` with the columns `names` of the row of `small` that fits it; null where none does."""
    joined = table.left_join(small, condition)
    return joined.select(*(table[name] for name in table.columns), *(small[name] for name in names))


def seconds_of_day(at: ValueExpr) -> ValueExpr:
    """Also of instants before 1970, whose epoch is negative."""
    return (at.epoch_seconds() % 86400 + 86400) % 86400


def register_calendar(backend: Any, spec: CalendarSpec) -> CalendarTables:
    """Put the calendar's dates on the connection of a DuckDB backend (a temporary table, named by content)."""
    calendar = WorkCalendar.from_spec(spec)
    name = f"calendar_{calendar.version}"
    days = pa.Table.from_pandas(calendar.frame(), preserve_index=False)
    following = deadline_dates(calendar.dates, 1, calendar, uncovered="null")
    _put(backend.con, name, days.append_column("next_workday", pa.array(following)))
    days = backend.table(name, database=("temp", "main"))
    return CalendarTables(calendar, days, days.filter(days.is_workday).select("workday_no", "date"))


def _put(connection: DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """A temporary table of these rows; its name says all of what is in it."""
    connection.register(f"{name}_rows", rows)
    connection.execute(f"create temp table if not exists {name} as from {name}_rows")
    connection.unregister(f"{name}_rows")
