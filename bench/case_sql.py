"""All case indicators of the plan as people would write them in DuckDB SQL: one query each, nothing general.

The calendar is two tables: `cal` (every date with its running working-day number, and the office seconds before it) and
`work` (number -> date). Office hours are 9:00-12:00 and 13:30-17:30.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from etl.core.clock.workdays import WorkCalendar

AS_OF = "date '2023-12-31'"
Numbers = dict[tuple[str | None, str], tuple[Decimal, Decimal]]
"""(unit, month) -> numerator and denominator."""


def register_calendar(lake: DuckDBPyConnection, calendar: WorkCalendar) -> None:
    frame = calendar.frame()
    lake.register("cal_frame", pa.Table.from_pandas(frame, preserve_index=False))
    lake.execute(
        "create or replace temp table cal as"
        " select date, workday_no as no, is_workday, minutes_before * 60 as before from cal_frame"
    )
    lake.execute("create or replace temp table work as select no, date from cal where is_workday")


def _share(table: str, start: str, end: str, days: int, *, unit: str = "unit", where: str = "true") -> str:
    """Cases decided in each month under a limit of whole working days, and those of them on time."""
    return f"""
        with cases as (
            select {unit} as unit, {end} as ended, work.date as deadline
            from lake.{table} join cal on cal.date = {start}::date join work on work.no = cal.no + {days}
            where {where} and {start} < {AS_OF} + 1
        ), judged as (
            select unit, ended::date <= deadline and ended < {AS_OF} + 1 as kept, deadline, ended from cases
        )
        select unit, date_trunc('month', case when kept then ended::date else deadline end) as month,
               count(*) filter (kept), count(*)
        from judged where kept or deadline < {AS_OF} or (ended < {AS_OF} + 1 and ended::date > deadline) group by all"""


def _worked(at: str) -> str:
    """Office seconds of the day before an instant."""
    second = f"(extract(hour from {at}) * 3600 + extract(minute from {at}) * 60 + extract(second from {at}))::bigint"
    return f"(greatest(0, least({second} - 32400, 10800)) + greatest(0, least({second} - 48600, 14400)))"


def _office(columns: str) -> str:
    """Start-up cases with the running office second of start and end."""
    return f"""
        select unit, finished_at, {columns}
               s.before + case when s.is_workday then {_worked("accepted_at")} else 0 end as begun
        from lake.startup_cases join cal s on s.date = accepted_at::date"""


def _half_day() -> str:
    return f"""
        with cases as ({_office("")} where accepted_at < {AS_OF} + 1), due as (
            select unit, finished_at, begun + 12600 as due, ((begun + 12600 + 25199) // 25200) as number from cases
        ), judged as (
            select unit, finished_at, work.date as deadline,
                   work.date + to_seconds(case when due - (number - 1) * 25200 <= 10800
                                          then 32400 + due - (number - 1) * 25200
                                          else 48600 + due - (number - 1) * 25200 - 10800 end) as instant
            from due join work on work.no = number
        ), flagged as (
            select unit, finished_at, deadline, finished_at <= instant and finished_at < {AS_OF} + 1 as kept from judged
        )
        select unit, date_trunc('month', case when kept then finished_at::date else deadline end) as month,
               count(*) filter (kept), count(*)
        from flagged where kept or deadline <= {AS_OF} group by all"""


def _office_mean() -> str:
    return f"""
        with cases as (
            select unit, finished_at, accepted_at, s.before + case when s.is_workday
                   then {_worked("accepted_at")} else 0 end as begun,
                   e.before + case when e.is_workday then {_worked("finished_at")} else 0 end as done
            from lake.startup_cases join cal s on s.date = accepted_at::date join cal e on e.date = finished_at::date
            where finished_at < {AS_OF} + 1
        )
        select unit, date_trunc('month', finished_at::date) as month, sum(greatest(done - begun, 0)), count(*) * 25200
        from cases group by all"""


def _mean(table: str, start: str, end: str, span: str, *, where: str = "true") -> str:
    """Elapsed days of the cases that ended in each month."""
    return f"""
        select null as unit, date_trunc('month', {end}) as month, sum({span}), count(*)
        from lake.{table} join cal s on s.date = {start} join cal e on e.date = {end}
        where {where} and {end} < {AS_OF} + 1 group by all"""


def _grown(table: str, start: str, end: str, number: str, *, where: str = "true") -> tuple[str, str]:
    """What started and ended in each month: how many, and the sum of their start numbers (ages of open cases)."""
    return tuple(
        f"""select null as unit, date_trunc('month', {day}) as month, sum({number}), count(*)
            from lake.{table} join cal s on s.date = {start} where {where} and {day} < {AS_OF} + 1 group by all"""
        for day in (start, end)
    )  # type: ignore[return-value]


_REFUNDS = "exporter_class in ('一类', '二类')"
_REFUND_END = "greatest(principal_refunded_on, interest_refunded_on)"
_LIMITS = {"low": (5, "低压"), "10kv": (7, "10千伏"), "35kv": (10, "35千伏及以上")}
QUERIES: dict[tuple[str, str], dict[str, str]] = {
    ("bid_deposits_on_time", "5 workday"): {
        "main": _share(
            "bid_deposits",
            "published_on",
            f"case when principal_refunded_on is not null and interest_refunded_on is not null then {_REFUND_END} end",
            5,
            unit="null",
            where="not is_candidate",
        )
    },
    ("complaint_contact_on_time", "1 workday"): {"main": _share("complaints", "received_at", "contacted_at", 1)},
    ("complaint_hard_on_time", "10 workday"): {
        "main": _share("complaints", "received_at", "answered_at", 10, where="issue_class = '疑难问题'")
    },
    ("complaint_ordinary_on_time", "5 workday"): {
        "main": _share("complaints", "received_at", "closed_at", 5, where="issue_class = '一般问题'")
    },
    **{
        (f"wl_power_approvals_{name}_on_time", f"{days} workday"): {
            "main": _share(
                "wl_power_works_approvals", "accepted_on", "finished_on", days, where=f"voltage = '{voltage}'"
            )
        }
        for name, (days, voltage) in _LIMITS.items()
    },
    ("startup_half_day_rate", ""): {"main": _half_day()},
    ("startup_mean_days", ""): {"main": _office_mean()},
    ("export_refund_mean_days", ""): {
        "main": _mean("export_refunds", "accepted_on", "finished_on", "e.no - s.no", where=_REFUNDS),
        **dict(
            zip(
                ("started", "ended"),
                _grown("export_refunds", "accepted_on", "finished_on", "s.no", where=_REFUNDS),
                strict=True,
            )
        ),
    },
    ("wl_civil_trial_mean_days", ""): {
        "main": _mean("wl_court_cases", "filed_on", "closed_on", "closed_on - filed_on"),
        **dict(
            zip(
                ("started", "ended"),
                _grown("wl_court_cases", "filed_on", "closed_on", "filed_on - date '1970-01-01'"),
                strict=True,
            )
        ),
    },
}


def run_all(lake: DuckDBPyConnection) -> dict[tuple[str, str], dict[str, list[tuple[Any, ...]]]]:
    """The rows of every query: unit, month, two sums."""
    return {key: {kind: lake.execute(sql).fetchall() for kind, sql in kinds.items()} for key, kinds in QUERIES.items()}
