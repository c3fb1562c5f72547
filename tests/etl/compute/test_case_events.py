"""Deadlines of cases with stops, extensions, withdrawals and own deadlines, in SQL as in the legal clock."""

from __future__ import annotations

import datetime as dt
import random

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
import pytest

from etl.compute.calendar_join import register_calendar
from etl.compute.cases import add_elapsed, case_table, judged_cases
from etl.compute.stopped_cases import add_stopped
from etl.core.clock import ClockRules, Extension, Limit, Moment, Suspension, WorkCalendar, judge_limit
from schemas.models.calendar import CalendarSpec
from schemas.models.contract import Contract
from schemas.models.indicator import Indicator

SPEC = CalendarSpec(id="cn", name_zh="cn")
AS_OF = dt.date(2023, 9, 30)
TIMES = ("got", "done", "gone", "s1", "u1", "s2", "u2", "r2", "signed", "due")
CONTRACT = Contract.model_validate(
    {
        "id": "s", "name_zh": "s", "name_en": "s", "owner": "u", "kind": "cases", "files": ["*"],
        "period": {"grain": "month", "read_from": ["rows"]}, "key": ["k"], "resend": "merge", "received": "got",
        "columns": [
            {"name": "k", "header": "k", "type": "id"},
            *({"name": name, "header": name, "type": "datetime", "required": False} for name in TIMES),
            {"name": "why2", "header": "why2", "type": "text", "required": False},
            {"name": "extra", "header": "extra", "type": "integer", "required": False},
            {"name": "kind", "header": "kind", "type": "code", "required": False},
        ],
        "events": {
            "withdrawn": "gone",
            "stops": [
                {"from": "s1", "until": "u1"},
                {"from": "s2", "until": "u2", "reason": "why2", "recorded": "r2"},
            ],
            "extension": {"amount": "extra", "unit": "workday", "signed": "signed"},
        },
    }
)  # fmt: skip


CHANCES = {
    "got": (1, None, 1),
    "done": (0.7, None, 30),
    "gone": (0.1, None, 20),
    "s1": (0.5, None, 12),
    "u1": (0.85, "s1", 9),
    "s2": (0.5, None, 12),
    "u2": (0.85, "s2", 9),
    "r2": (0.4, "s2", 5),
    "signed": (0.3, None, 12),
    "due": (0, None, 20),
}
"""How often each event happens, behind which other one, and by up to how many days."""


def draw_moment(draw: random.Random, around: dt.datetime, days: float, *, with_times: bool) -> tuple[dt.datetime, bool]:
    """An instant (or a mere date) within so many days; half hours, so that moments meet deadlines exactly."""
    at = around + dt.timedelta(days=draw.uniform(0, days))
    if not with_times and draw.random() < 0.4:
        return at.replace(hour=0, minute=0, second=0, microsecond=0), True
    return at.replace(minute=draw.choice([0, 30]), second=0, microsecond=0), False


def draw_rows(seed: str, count: int, *, with_times: bool, own_deadlines: float = 0.0) -> pd.DataFrame:
    draw = random.Random(seed)
    rows = []
    for line in range(count):
        row: dict[str, object] = {"k": str(line), "batch_id": "x", "sheet": "s", "line": line}
        start = dt.datetime(2023, 1, 3) + dt.timedelta(days=draw.uniform(0, 240))
        found: dict[str, tuple[dt.datetime, bool]] = {}
        for name, (chance, after, days) in CHANCES.items():
            likely = own_deadlines if name == "due" else chance
            if draw.random() < likely and (after is None or after in found):
                around = found[after][0] if after else start
                found[name] = draw_moment(draw, around, days, with_times=with_times)
        row |= {"extra": draw.randrange(1, 6) if "signed" in found else None, "kind": draw.choice("abcd")}
        row["why2"] = draw.choice(["现场检验", "听证", "等待材料", None])
        for name in TIMES:
            row[name], row[f"{name}_date_only"] = found.get(name, (None, False))
        rows.append(row)
    frame = pd.DataFrame(rows)
    frame["extra"] = frame["extra"].astype("Int64")
    return frame.astype(dict.fromkeys(TIMES, "datetime64[us]"))


def judge_in_sql(frame: pd.DataFrame, limit: str | None, **clock: object) -> pd.DataFrame:
    backend = ibis.duckdb.from_connection(duckdb.connect())
    backend.con.execute("set TimeZone = 'America/New_York'")  # the session's zone must not move a wall time
    calendar = register_calendar(backend, SPEC)
    indicator = Indicator.model_validate(
        {
            "id": "i", "name_zh": "i", "name_en": "i", "family": "f", "source": "s", "form": "case_share", "unit": "%",
            "decimals": 1, "direction": "higher_is_better", "missing": "skip",
            "clock": {"start": "got", "earliest": ["done"], "extension": "counts", **clock},
        }
    )  # fmt: skip
    assert indicator.clock is not None
    backend.con.register("cases", pa.Table.from_pandas(frame, preserve_index=False))
    cases = case_table(backend.table("cases"), indicator, CONTRACT, calendar, as_of=AS_OF)
    cases = add_stopped(cases, indicator.clock, limit, calendar, as_of=AS_OF)
    cases = add_elapsed(cases, indicator.clock, CONTRACT, calendar)
    judged = judged_cases(cases, indicator.clock, limit, calendar, as_of=AS_OF)
    columns = ("line", "is_kept", "is_late", "deadline_date", "own_date", "decided_on", "is_suspended", "is_coarse")
    return judged.select(*columns, "abuse", "span", "is_reversed", "has_deadline").execute().set_index("line")


def at(row: dict, name: str) -> Moment | None:
    return None if pd.isna(row[name]) else Moment(row[name].to_pydatetime(), bool(row[f"{name}_date_only"]))


def judge_by_hand(row: dict, limit: str, **rules: object):
    """The scalar clock, fed as the contract says."""
    start = at(row, "got")
    assert start is not None
    stops = []
    if since := at(row, "s1"):
        stops.append(Suspension(since, at(row, "u1")))
    if (since := at(row, "s2")) and row["why2"] in ("现场检验", "听证"):
        stops.append(Suspension(since, at(row, "u2"), at(row, "r2")))
    ends = [moment for moment in (at(row, "done"), at(row, "gone")) if moment]
    signed = at(row, "signed")
    parsed = Limit.parse(limit)
    extension = (
        Extension(Limit(parsed.amount * 0 + int(row["extra"]), parsed.unit, parsed.clock), signed) if signed else None
    )
    return judge_limit(
        start, min(ends, key=lambda m: m.begins) if ends else None, parsed, WorkCalendar.from_spec(SPEC),
        as_of=Moment.on(AS_OF), suspensions=stops, extension=extension, deadline_from=rules.pop("deadline_from", None),  # type: ignore[arg-type]
        rules=ClockRules(extension_counts=True, **rules),  # type: ignore[arg-type]
    )  # fmt: skip


def compare(row: dict, mine: dict, wanted) -> bool:
    """Whether a verdict was there to compare."""
    if bool(mine["is_coarse"]) or wanted.reason == "precision_too_coarse":
        assert bool(mine["is_coarse"]), row
        assert wanted.reason == "precision_too_coarse" or wanted.light == "suspended", (row, wanted)
        return False
    if wanted.reason == "end_before_start":
        assert mine["is_reversed"]
        assert pd.isna(mine["decided_on"])
        return False
    date = None if pd.isna(mine["deadline_date"]) else mine["deadline_date"].date()
    decided = None if pd.isna(mine["decided_on"]) else mine["decided_on"].date()
    assert date == wanted.deadline_date, (row, wanted)
    assert bool(mine["is_suspended"]) == (wanted.light == "suspended"), (row, wanted)
    assert decided == wanted.decided, (row, wanted)
    assert (bool(mine["is_kept"]), bool(mine["is_late"])) == (wanted.kept is True, wanted.kept is False), (row, wanted)
    return True


@pytest.mark.parametrize(
    "rules", [{}, {"after_hours": "next_opening"}, {"last_day": "office_close"}, {"last_day": "start_time"}]
)
@pytest.mark.parametrize(
    "limit", ["1 workday", "5 workday", "3.5 workday", "10 day", "1 month", "0.5 workday", "30 hour"]
)
def test_stops_and_extensions_agree_with_the_clock(limit: str, rules: dict) -> None:
    with_times = Limit.parse(limit).needs_time
    frame = draw_rows(f"{limit} {rules}", 250, with_times=with_times)
    got = judge_in_sql(frame, limit, **rules)
    compared = suspended = abused = 0
    for row in frame.to_dict("records"):
        if row["got"].date() > AS_OF:
            continue
        wanted = judge_by_hand(row, limit, **rules)
        mine = got.loc[row["line"]].to_dict()
        compared += compare(row, mine, wanted)
        suspended += bool(mine["is_suspended"])
        reasons = set() if pd.isna(mine["abuse"]) else set(mine["abuse"].split(","))
        abused += bool(reasons)
        if not mine["is_suspended"] and wanted.reason is None:
            assert reasons - {"reason"} == set(wanted.clock_abuse), (row, wanted)
    assert compared > 200
    assert abused > 10
    if limit in ("5 workday", "10 day", "1 month"):  # few stops begin within a shorter limit
        assert suspended > 0


def test_a_deadline_of_the_file_decides_and_ours_is_kept() -> None:
    frame = draw_rows("file", 300, with_times=True, own_deadlines=0.6)
    got = judge_in_sql(frame, "5 workday", deadline_from="due")
    by_file = 0
    for row in frame.to_dict("records"):
        if row["got"].date() > AS_OF:
            continue
        wanted = judge_by_hand(row, "5 workday", deadline_from=at(row, "due"))
        mine = got.loc[row["line"]].to_dict()
        compare(row, mine, wanted)
        by_file += not pd.isna(row["due"])
    assert by_file > 100


def test_without_any_limit_only_the_file_decides() -> None:
    """Received on Monday 6 March 2023: done before the due time of the 8th, after it, and without a due time."""
    rows = []
    for line, (done, due) in enumerate(
        [("2023-03-08 16:00", "2023-03-08 17:00"), ("2023-03-08 18:00", "2023-03-08 17:00"), ("2023-03-09 10:00", None)]
    ):
        row = {"k": str(line), "batch_id": "x", "sheet": "s", "line": line, "kind": "a", "why2": "", "extra": 0}
        named = {"got": "2023-03-06 09:00", "done": done, "due": due}
        for name in TIMES:
            row |= {name: pd.Timestamp(named[name]) if named.get(name) else None, f"{name}_date_only": False}
        rows.append(row)
    frame = pd.DataFrame(rows).astype(dict.fromkeys(TIMES, "datetime64[us]")).astype({"extra": "Int64"})
    got = judge_in_sql(frame, None, deadline_from="due").sort_index()
    assert got["is_kept"].tolist() == [True, False, False]
    assert got["is_late"].tolist() == [False, True, False]
    assert got["has_deadline"].tolist() == [True, True, False]


def test_limits_by_kind_are_those_of_each_kind() -> None:
    frame = draw_rows("kinds", 300, with_times=True)
    limits = {"a": "1 workday", "b": "5 workday", "c": "10 day"}
    got = judge_in_sql(frame, None, limit_by={"column": "kind", "limits": limits, "otherwise": "2 hour"})
    compared = 0
    for row in frame.to_dict("records"):
        if row["got"].date() > AS_OF:
            continue
        limit = limits.get(row["kind"], "2 hour")
        compared += compare(row, got.loc[row["line"]].to_dict(), judge_by_hand(row, limit))
    assert compared > 250
