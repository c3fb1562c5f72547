"""The same numbers by plain pandas: the columns that an indicator needs, read from the lake; vectorised arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from etl.core.clock.workdays import WorkCalendar

AS_OF = np.datetime64("2023-12-31")
_DAY = 25200


class Calendar:
    """Running numbers and office seconds by day."""

    def __init__(self, calendar: WorkCalendar) -> None:
        frame = calendar.frame()
        self.first = np.datetime64(frame["date"].iloc[0], "D")
        self.no = frame["workday_no"].to_numpy()
        self.open = frame["is_workday"].to_numpy()
        self.before = frame["minutes_before"].to_numpy() * 60
        self.work = frame["date"].to_numpy().astype("datetime64[D]")[self.open]
        self.base = int(self.no[self.open][0])

    def index(self, days: np.ndarray) -> np.ndarray:
        return (days - self.first).astype(np.int64)

    def seconds(self, at: np.ndarray) -> np.ndarray:
        """Running office second of each instant."""
        days = at.astype("datetime64[D]")
        second = (at - days).astype("timedelta64[s]").astype(np.int64)
        worked = np.clip(second - 32400, 0, 10800) + np.clip(second - 48600, 0, 14400)
        index = self.index(days)
        return self.before[index] + np.where(self.open[index], worked, 0)

    def workday(self, number: np.ndarray) -> np.ndarray:
        return self.work[number - self.base]


def _read(lake: DuckDBPyConnection, table: str, columns: Sequence[str], where: str = "true") -> pd.DataFrame:
    picked = ", ".join(columns)
    return lake.execute(f"select {picked} from lake.{table} where {where}").df()


def _group(frame: pd.DataFrame, month: np.ndarray, **sums: np.ndarray) -> pd.DataFrame:
    keyed = pd.DataFrame(
        {"unit": frame.get("unit", pd.Series("", index=frame.index)).to_numpy(), "month": month, **sums}
    )
    return keyed.groupby(["unit", "month"], sort=False).sum()


def share(calendar: Calendar, frame: pd.DataFrame, start: str, ended: pd.Series, days: int) -> pd.DataFrame:
    """Under a limit of whole working days."""
    first = frame[start].to_numpy().astype("datetime64[D]")
    end = ended.to_numpy().astype("datetime64[D]")
    deadline = calendar.workday(calendar.no[calendar.index(first)] + days)
    there = ~np.isnat(end) & (end <= AS_OF)
    kept = there & (end <= deadline)
    counted = kept | (deadline < AS_OF) | (there & (end > deadline))
    month = np.where(kept, end, deadline).astype("datetime64[M]")
    return _group(frame[counted], month[counted], kept=kept[counted], n=np.ones(counted.sum()))


def half_day(calendar: Calendar, frame: pd.DataFrame) -> pd.DataFrame:
    begun = calendar.seconds(frame["accepted_at"].to_numpy())
    due = begun + _DAY // 2
    number = (due + _DAY - 1) // _DAY
    deadline = calendar.workday(number)
    rest = due - (number - 1) * _DAY
    instant = deadline + np.where(rest <= 10800, 32400 + rest, 37800 + rest).astype("timedelta64[s]")
    end = frame["finished_at"].to_numpy()
    kept = ~np.isnat(end) & (end <= instant) & (end < AS_OF + 1)
    counted = kept | (deadline <= AS_OF)
    month = np.where(kept, end.astype("datetime64[D]"), deadline).astype("datetime64[M]")
    return _group(frame[counted], month[counted], kept=kept[counted], n=np.ones(counted.sum()))


def mean(frame: pd.DataFrame, end: np.ndarray, span: np.ndarray) -> pd.DataFrame:
    return _group(frame, end.astype("datetime64[M]"), span=span, n=np.ones(len(frame)))


def run_all(lake: DuckDBPyConnection, work: WorkCalendar) -> int:
    """All indicators of the plan; how many groups came out (the numbers themselves are held against SQL by a test)."""
    calendar, found = Calendar(work), []
    deposits = _read(
        lake, "bid_deposits", ["published_on", "principal_refunded_on", "interest_refunded_on"], "not is_candidate"
    )
    both = deposits[["principal_refunded_on", "interest_refunded_on"]].max(axis=1, skipna=False)
    found.append(share(calendar, deposits, "published_on", both, 5))
    complaints = _read(
        lake, "complaints", ["unit", "issue_class", "received_at", "contacted_at", "answered_at", "closed_at"]
    )
    found.append(share(calendar, complaints, "received_at", complaints["contacted_at"], 1))
    for word, column, days in (("疑难问题", "answered_at", 10), ("一般问题", "closed_at", 5)):
        mine = complaints[complaints["issue_class"] == word]
        found.append(share(calendar, mine, "received_at", mine[column], days))
    approvals = _read(lake, "wl_power_works_approvals", ["unit", "voltage", "accepted_on", "finished_on"])
    for word, days in (("低压", 5), ("10千伏", 7), ("35千伏及以上", 10)):
        mine = approvals[approvals["voltage"] == word]
        found.append(share(calendar, mine, "accepted_on", mine["finished_on"], days))
    startups = _read(lake, "startup_cases", ["unit", "accepted_at", "finished_at"])
    found.append(half_day(calendar, startups))
    ended = startups[startups["finished_at"] < pd.Timestamp("2024-01-01")]
    done, begun = (calendar.seconds(ended[name].to_numpy()) for name in ("finished_at", "accepted_at"))
    found.append(mean(ended, ended["finished_at"].to_numpy(), np.maximum(done - begun, 0)))
    found += _day_means(lake, calendar)
    return sum(map(len, found))


def _day_means(lake: DuckDBPyConnection, calendar: Calendar) -> list[pd.DataFrame]:
    """Means in whole days, with the sums that ages of open cases are made of."""
    found = []
    for table, start, end, where in (
        ("export_refunds", "accepted_on", "finished_on", "exporter_class in ('一类', '二类')"),
        ("wl_court_cases", "filed_on", "closed_on", "true"),
    ):
        frame = _read(lake, table, [start, end], where)
        first = frame[start].to_numpy().astype("datetime64[D]")
        number = calendar.no[calendar.index(first)] if table == "export_refunds" else first.astype(np.int64)
        found.append(_group(frame, first.astype("datetime64[M]"), number=number, n=np.ones(len(frame))))
        last = frame[end].to_numpy().astype("datetime64[D]")
        over = ~np.isnat(last) & (last <= AS_OF)
        ended, last, number = frame[over], last[over], number[over]
        until = calendar.no[calendar.index(last)] if table == "export_refunds" else last.astype(np.int64)
        found.append(mean(ended, last, until - number))
        found.append(_group(ended, last.astype("datetime64[M]"), number=number, n=np.ones(len(ended))))
    return found
