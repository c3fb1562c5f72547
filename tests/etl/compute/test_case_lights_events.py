"""Lights of open cases with suspensions, extensions, withdrawals and own deadlines, as in the legal clock."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
import pytest

from etl.compute.calendar_join import register_calendar
from etl.compute.case_lights import light_cases
from etl.core.clock import Moment
from tests.etl.compute import test_case_events as events
from tests.etl.compute.test_case_lights import make_clock

DAYS = (dt.date(2023, 6, 21), dt.date(2023, 8, 16))
"""The day before a festival, and one in a plain week."""


def light_in_sql(frame: pd.DataFrame, limit: str, day: dt.date, **clock: Any) -> pd.DataFrame:
    backend = ibis.duckdb.from_connection(duckdb.connect())
    calendar = register_calendar(backend, events.SPEC)
    backend.con.register("cases", pa.Table.from_pandas(frame, preserve_index=False))
    made = make_clock(limit, **{"start": "got", "earliest": ["done"], "extension": "counts", **clock})
    return light_cases(backend.table("cases"), made, events.CONTRACT, calendar, Moment.on(day)).execute()


@pytest.mark.parametrize(
    ("limit", "with_times", "own_deadlines"),
    [
        ("10 workday", False, 0.0),
        ("3 workday", False, 0.0),
        ("20 day", False, 0.0),
        ("1 month", False, 0.0),
        ("72 hour", True, 0.0),
        ("9 office_hour", True, 0.0),
        ("10 workday", False, 0.5),
        ("72 hour", True, 0.5),
    ],
)
def test_lights_agree_with_the_scalar_clock(
    limit: str, with_times: bool, own_deadlines: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Counter[str] = Counter()
    days_back, count = (12, 3000) if with_times else (60, 500)
    for number, day in enumerate(DAYS):
        monkeypatch.setattr(events, "AS_OF", day)
        frame = events.draw_rows(f"{limit}/{number}", count, with_times=with_times, own_deadlines=own_deadlines)
        recent = frame[(frame["got"] > pd.Timestamp(day) - pd.Timedelta(days=days_back))]
        clock = {"deadline_from": "due"} if own_deadlines else {}
        got = light_in_sql(recent, limit, day, **clock).set_index("line")
        for row in recent.to_dict("records"):
            due = events.at(row, "due")
            wanted = events.judge_by_hand(row, limit, deadline_from=due)
            if row["line"] not in got.index:
                assert wanted.age_days is None or events.at(row, "got").date > day, row  # type: ignore[union-attr]
                continue
            mine = got.loc[row["line"]]
            if _stands_apart(row, limit):
                continue
            seen[mine["light"]] += 1
            light = (wanted.light, None) if wanted.light else ("none", wanted.reason)
            reason = None if pd.isna(mine["reason"]) else mine["reason"]
            assert (mine["light"], reason) == light, (row, day, wanted)
            assert (mine["light"] == "suspended") == (not pd.isna(mine["suspended_since"]))
    assert min(seen[light] for light in ("green", "yellow", "red", "suspended")) >= 1, seen


def _stands_apart(row: dict[str, Any], limit: str) -> bool:
    """An extension in days has no meaning for a limit in hours: the scalar clock counts it in hours."""
    return limit.endswith("hour") and not pd.isna(row["signed"])
