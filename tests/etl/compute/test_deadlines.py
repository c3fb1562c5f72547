"""The deadlines of expressions are those of the legal clock, case by case over thousands of random cases."""

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
from etl.compute.expressions import TableExpr
from etl.core.clock import ClockRules, Limit, Moment, WorkCalendar, judge_limit
from schemas.models.calendar import CalendarSpec
from schemas.models.contract import Contract
from schemas.models.indicator import Indicator

SPEC = CalendarSpec(id="cn", name_zh="cn")
AS_OF = dt.date(2023, 12, 31)
CONTRACT = Contract.model_validate(
    {
        "id": "s",
        "name_zh": "s",
        "name_en": "s",
        "owner": "u",
        "kind": "cases",
        "files": ["*"],
        "period": {"grain": "month", "read_from": ["rows"]},
        "key": ["k"],
        "resend": "merge",
        "received": "a",
        "columns": [
            {"name": "k", "header": "k", "type": "id"},
            {"name": "a", "header": "a", "type": "datetime"},
            {"name": "b", "header": "b", "type": "datetime", "required": False},
        ],
    }
)


def random_cases(seed: int, count: int = 400) -> pd.DataFrame:
    """Starts at any hour of any day of 2023, ends up to 60 days later, a fifth of them open, some mere dates."""
    draw = random.Random(seed)
    rows = []
    for line in range(count):
        start = dt.datetime(2023, 1, 1) + dt.timedelta(minutes=draw.randrange(340 * 24 * 60))
        end = start + dt.timedelta(minutes=int(draw.expovariate(1 / 4000)))
        is_date = draw.random() < 0.2
        start, end = (t.replace(hour=0, minute=0) if is_date else t for t in (start, end))
        is_open = draw.random() < 0.2
        rows.append((str(line), start, is_date, None if is_open else end, is_date and not is_open, line))
    names = ["k", "a", "a_date_only", "b", "b_date_only", "line"]
    frame = pd.DataFrame(rows, columns=names).assign(batch_id="x", sheet="s")
    return frame.astype({"a": "datetime64[us]", "b": "datetime64[us]"})


def judge_in_sql(frame: pd.DataFrame, limit: str, **clock: object) -> pd.DataFrame:
    judged = _judged(frame, limit, **clock)
    return judged.select("line", "is_kept", "deadline_date", "decided_on", "span", "is_coarse").execute()


def _judged(frame: pd.DataFrame, limit: str, **clock: object) -> TableExpr:
    backend = ibis.duckdb.from_connection(duckdb.connect())
    backend.con.execute("set TimeZone = 'America/New_York'")  # the session's zone must not move a wall time
    calendar = register_calendar(backend, SPEC)
    indicator = Indicator.model_validate(
        {
            "id": "i",
            "name_zh": "i",
            "name_en": "i",
            "family": "f",
            "source": "s",
            "form": "case_share",
            "unit": "%",
            "decimals": 1,
            "direction": "higher_is_better",
            "missing": "skip",
            "clock": {"start": "a", "earliest": ["b"], **clock},
        }
    )
    backend.con.register("cases", pa.Table.from_pandas(frame, preserve_index=False))
    table = backend.table("cases")
    assert indicator.clock is not None
    cases = case_table(table, indicator, CONTRACT, calendar, as_of=AS_OF)
    cases = add_elapsed(cases, indicator.clock, CONTRACT, calendar)
    return judged_cases(cases, indicator.clock, limit, calendar, as_of=AS_OF)


@pytest.mark.parametrize("after_hours", ["same_day", "next_opening"])
@pytest.mark.parametrize(
    "limit", ["1 workday", "5 workday", "10 workday", "10 day", "1 month", "0.5 workday", "2 hour"]
)
def test_expressions_agree_with_the_clock(limit: str, after_hours: str) -> None:
    frame = random_cases(seed=len(limit))
    got = judge_in_sql(frame, limit, after_hours=after_hours).set_index("line")
    calendar = WorkCalendar.from_spec(SPEC)
    compared = 0
    for row in frame.itertuples(index=False):
        start = Moment(row.a.to_pydatetime(), row.a_date_only)
        end = None if pd.isna(row.b) else Moment(row.b.to_pydatetime(), row.b_date_only)
        rules = ClockRules(after_hours=after_hours)  # type: ignore[arg-type]
        wanted = judge_limit(start, end, Limit.parse(limit), calendar, as_of=Moment.on(AS_OF), rules=rules)
        mine = got.loc[row.line]
        if mine["is_coarse"]:
            assert wanted.reason == "precision_too_coarse"
            continue
        assert (mine["deadline_date"].date(), bool(mine["is_kept"])) == (wanted.deadline_date, wanted.kept or False), (
            row
        )
        compared += 1
    assert compared > 250  # the comparison is not empty


def test_a_late_case_is_decided_at_its_deadline_and_an_open_one_not_before() -> None:
    # Friday 3 March 2023, five working days: until Friday 10 March
    start = dt.datetime(2023, 3, 3, 10)
    ends = [dt.datetime(2023, 3, 10, 23, 59), dt.datetime(2023, 3, 11), dt.datetime(2023, 4, 2), None]
    rows = [(str(i), start, False, end, False, i, "x", "s") for i, end in enumerate(ends)]
    rows.append(("4", dt.datetime(2023, 12, 29, 9), False, None, False, 4, "x", "s"))
    names = ["k", "a", "a_date_only", "b", "b_date_only", "line", "batch_id", "sheet"]
    frame = pd.DataFrame(rows, columns=names).astype({"a": "datetime64[us]", "b": "datetime64[us]"})
    got = judge_in_sql(frame, "5 workday").sort_values("line")
    assert got["is_kept"].tolist() == [True, False, False, False, False]
    days = [None if pd.isna(day) else day.date().isoformat() for day in got["decided_on"]]
    assert days == ["2023-03-10", "2023-03-10", "2023-03-10", "2023-03-10", None]


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        pytest.param("workdays", 1, id="Monday after Friday is one working day"),
        pytest.param("calendar_days", 3, id="three dates further"),
        pytest.param("full_days", 2, id="71 hours are two whole days"),
        pytest.param("hours", 71 * 3600, id="seconds; the divisor makes hours of them"),
        # Friday 15:00-17:30 and Monday 09:00-12:00, 13:30-14:00: 2.5 + 3.5 office hours
        pytest.param("office_days", 6 * 3600, id="office seconds"),
    ],
)
def test_elapsed_measures(measure: str, expected: int) -> None:
    row = ("0", dt.datetime(2023, 3, 3, 15), False, dt.datetime(2023, 3, 6, 14), False, 0, "x", "s")
    names = ["k", "a", "a_date_only", "b", "b_date_only", "line", "batch_id", "sheet"]
    frame = pd.DataFrame([row], columns=names).astype({"a": "datetime64[us]", "b": "datetime64[us]"})
    assert judge_in_sql(frame, "5 workday", measure=measure)["span"].tolist() == [expected]


def cases_of(*spans: tuple[dt.datetime, dt.datetime]) -> pd.DataFrame:
    rows = [(str(i), a, False, b, False, i, "x", "s") for i, (a, b) in enumerate(spans)]
    names = ["k", "a", "a_date_only", "b", "b_date_only", "line", "batch_id", "sheet"]
    return pd.DataFrame(rows, columns=names).astype({"a": "datetime64[us]", "b": "datetime64[us]"})


@pytest.mark.parametrize(("measure", "total"), [("hours", 479 + 60), ("office_days", 479 + 60), ("full_days", 0)])
def test_fractions_of_seconds_are_cut_off(measure: str, total: int) -> None:
    """Of what databases write, 09:32:10.5 and 10:00:00.7; a sum that is not whole ended the computation."""
    day = dt.datetime(2023, 3, 6)
    first = (
        day + dt.timedelta(hours=9, minutes=32, seconds=10.5),
        day + dt.timedelta(hours=9, minutes=40, seconds=9.25),
    )
    second = (day + dt.timedelta(hours=10, seconds=0.7), day + dt.timedelta(hours=10, seconds=60.1))
    judged = _judged(cases_of(first, second), "5 workday", measure=measure)
    assert judged.aggregate(total=judged.span.sum()).to_pyarrow().to_pylist() == [{"total": total}]


def test_a_fraction_of_a_second_does_not_reach_into_the_next_day() -> None:
    """Seven office hours from 09:00:00.4 are over at 17:30, when the office closes; 17:45 is late."""
    day = dt.datetime(2023, 3, 6)
    start = day + dt.timedelta(hours=9, seconds=0.4)
    ends = (day + dt.timedelta(hours=17, minutes=30), day + dt.timedelta(hours=17, minutes=45))
    judged = judge_in_sql(cases_of(*((start, end) for end in ends)), "7 office_hour").set_index("line")
    assert judged["is_kept"].to_dict() == {0: True, 1: False}
