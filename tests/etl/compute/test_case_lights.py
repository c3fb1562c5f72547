"""The lights of expressions are those of the legal clock, case by case; and a few worked out by hand."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.compute.calendar_join import register_calendar
from etl.compute.case_lights import COLUMNS, light_cases
from etl.core.case_clocks import OpenClock
from etl.core.clock import CalendarNotPublished, ClockRules, Limit, Moment, WorkCalendar, judge_limit
from schemas.models.calendar import CalendarSpec
from schemas.models.contract import Contract
from schemas.models.indicator import Indicator

SPEC = CalendarSpec(id="cn", name_zh="cn")
CALENDAR = WorkCalendar.from_spec(SPEC)
CONTRACT = Contract.model_validate(
    {
        "id": "s",
        "name_zh": "s",
        "name_en": "s",
        "owner": "u",
        "kind": "cases",
        "files": ["*"],
        "period": {"grain": "month", "read_from": ["rows"]},
        "key": ["district", "k"],
        "resend": "merge",
        "received": "a",
        "events": {"window": "counter"},
        "columns": [
            {"name": "district", "header": "d", "type": "text"},
            {"name": "k", "header": "k", "type": "id"},
            {"name": "a", "header": "a", "type": "datetime"},
            {"name": "b", "header": "b", "type": "datetime", "required": False},
            {"name": "counter", "header": "c", "type": "text", "required": False},
            {"name": "voltage", "header": "v", "type": "text", "required": False},
        ],
    }
)
LIMITS = ["1 workday", "3 workday", "5 workday", "10 workday", "0.5 workday", "3.5 workday", "2.5 workday"]
LIMITS += ["2 day", "4 day", "10 day", "1 month", "2 hour", "30 hour", "90 minute", "2 office_hour", "9 office_hour"]
RULES = [("same_day", "midnight"), ("next_opening", "midnight"), ("same_day", "office_close")]
NAMES = ["k", "a", "a_date_only", "b", "b_date_only", "line"]


def make_clock(limit: str | None, **clock: Any) -> OpenClock:
    indicator = Indicator.model_validate(
        {
            **{"id": "i", "name_zh": "i", "name_en": "i", "family": "f", "source": "s", "form": "case_share"},
            **{"unit": "%", "decimals": 1, "direction": "higher_is_better", "missing": "skip"},
            "clock": {"start": "a", "earliest": ["b"], **clock},
        }
    )
    return OpenClock(
        plan="p", id="c", name_zh="", name_en="", clause="", indicator=indicator, limit=limit, lead_units=("u",)
    )


def light_in_sql(frame: pd.DataFrame, clock: OpenClock, moment: Moment) -> pd.DataFrame:
    backend = ibis.duckdb.from_connection(duckdb.connect())
    backend.con.execute("set TimeZone = 'America/New_York'")  # the session's zone must not move a wall time
    calendar = register_calendar(backend, SPEC)
    plain = {"batch_id": "x", "sheet": "s", "district": "东区", "counter": "3 号窗", "voltage": None}
    frame = frame.assign(**{name: value for name, value in plain.items() if name not in frame})
    frame = frame.astype({"a": "datetime64[us]", "b": "datetime64[us]"})
    schema = pa.schema([("counter", pa.string()), ("voltage", pa.string())])
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for field in schema:
        table = table.set_column(table.schema.get_field_index(field.name), field, table[field.name].cast(field.type))
    backend.con.register("cases", table)
    return light_cases(backend.table("cases"), clock, CONTRACT, calendar, moment).execute()


def draw_cases(moment: Moment, limit: str, seed: int, count: int = 250) -> pd.DataFrame:
    """Starts up to twice the limit back (and a little ahead), some mere dates, a third ended around the moment."""
    draw = random.Random(seed)
    whole = {"workday": 2400, "day": 1440, "month": 44_000, "hour": 60, "minute": 1, "office_hour": 250}
    amount, unit = limit.split()
    reach = max(int(float(amount) * whole[unit] * 2), 600)
    now = moment.at.replace(second=0)
    rows = []
    for line in range(count):
        start = now - dt.timedelta(minutes=draw.randrange(-600, reach))
        end = None if draw.random() < 0.7 else now + dt.timedelta(minutes=draw.randrange(-900, 900))
        is_date = draw.random() < 0.15
        start, end = (t and (t.replace(hour=0, minute=0) if is_date else t) for t in (start, end))
        rows.append((str(line), start, is_date, end, is_date and end is not None, line))
    return pd.DataFrame(rows, columns=NAMES)


def judge_by_hand(row: Any, clock: OpenClock, moment: Moment) -> Any:
    """The scalar verdict on one row; None where it needs a year without a calendar."""
    start = Moment(row.a.to_pydatetime(), row.a_date_only)
    end = None if pd.isna(row.b) else Moment(row.b.to_pydatetime(), row.b_date_only)
    rules = ClockRules(after_hours=clock.case_clock.after_hours, last_day=clock.case_clock.last_day)  # type: ignore
    try:
        return judge_limit(start, end, Limit.parse(clock.limit or ""), CALENDAR, as_of=moment, rules=rules)
    except CalendarNotPublished:
        return None


def is_open(row: Any, moment: Moment) -> bool:
    start, end = (
        pd.isna(t) or Moment(t.to_pydatetime(), d) for t, d in ((row.a, row.a_date_only), (row.b, row.b_date_only))
    )
    assert isinstance(start, Moment)
    return not moment.is_before(start) and (end is True or moment.is_before(end))


def compare(limit: str, rules: tuple[str, str], moment: Moment, seed: int) -> Counter[str]:
    clock = make_clock(limit, after_hours=rules[0], last_day=rules[1])
    frame = draw_cases(moment, limit, seed)
    got = light_in_sql(frame, clock, moment).set_index("line")
    wanted = [
        row for row in frame.astype({"a": "datetime64[us]", "b": "datetime64[us]"}).itertuples() if is_open(row, moment)
    ]
    assert sorted(got.index) == [row.line for row in wanted]
    seen: Counter[str] = Counter()
    for row in wanted:
        mine, verdict = got.loc[row.line], judge_by_hand(row, clock, moment)
        seen[mine["light"]] += 1
        if verdict is None:  # the scalar clock gives up; a deadline that is known and over stays over
            is_past = not pd.isna(mine["deadline_date"]) and mine["deadline_date"].date() <= moment.date
            assert (mine["light"], mine["reason"]) == ("none", "calendar_not_published") or (
                mine["light"] == "red" and is_past
            ), row
        else:
            light = (verdict.light, None) if verdict.light else ("none", verdict.reason)
            assert (mine["light"], None if pd.isna(mine["reason"]) else mine["reason"]) == light, (row, moment, verdict)
    return seen


DAYS = [dt.date(2023, 1, 28), dt.date(2024, 2, 9), dt.date(2023, 9, 28), dt.date(2025, 6, 12)]
"""Around Spring Festival and National Day, and an ordinary Thursday."""
TIMES = [dt.time(10, 15), dt.time(12, 30), dt.time(17, 45)]
"""Inside office hours, in the lunch break, after closing."""


@pytest.mark.parametrize("place", range(len(LIMITS)), ids=LIMITS)
def test_lights_agree_with_the_scalar_clock(place: int) -> None:
    limit, seen = LIMITS[place], Counter()
    for turn, rules in enumerate(RULES, start=place):
        seen += compare(limit, rules, Moment.on(DAYS[turn % 4]), seed=turn)
        seen += compare(
            limit, rules, Moment(dt.datetime.combine(DAYS[(turn + 1) % 4], TIMES[turn % 3])), seed=turn + 50
        )
    assert min(seen[light] for light in ("green", "yellow", "red")) >= 1, seen


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    limit=st.sampled_from(LIMITS),
    rules=st.sampled_from(RULES),
    at=st.datetimes(dt.datetime(2022, 1, 1), dt.datetime(2026, 12, 20)).map(lambda t: t.replace(microsecond=0)),
    is_date=st.booleans(),
    seed=st.integers(0, 10**6),
)
def test_lights_agree_at_any_moment(
    limit: str, rules: tuple[str, str], at: dt.datetime, is_date: bool, seed: int
) -> None:
    compare(limit, rules, Moment.on(at.date()) if is_date else Moment(at), seed)


@pytest.mark.parametrize("limit", ["3 workday", "10 day", "0.5 workday", "5 workday"])
@pytest.mark.parametrize("day", [dt.date(2026, 12, 31), dt.date(2027, 1, 20)])
def test_without_a_calendar_there_is_a_reason_and_no_colour(limit: str, day: dt.date) -> None:
    assert CALENDAR.last == dt.date(2026, 12, 31), "move the days of this test on with the library"
    seen = compare(limit, RULES[0], Moment.on(day), seed=1)
    assert seen["none"] > 0


def test_five_working_days_by_hand() -> None:
    """Friday 3 March 2023 and five working days: Friday the 10th; yellow from Thursday the 9th, red on Saturday."""
    frame = pd.DataFrame([("1", dt.datetime(2023, 3, 3, 10), False, None, False, 7)], columns=NAMES)
    clock = make_clock("5 workday")
    lights = {
        day: light_in_sql(frame, clock, Moment.on(dt.date(2023, 3, day)))["light"].tolist()
        for day in (3, 8, 9, 10, 11, 31)
    }
    assert lights == {3: ["green"], 8: ["green"], 9: ["yellow"], 10: ["yellow"], 11: ["red"], 31: ["red"]}
    assert light_in_sql(frame, clock, Moment.on(dt.date(2023, 3, 2))).empty
    (row,) = light_in_sql(frame, clock, Moment.on(dt.date(2023, 3, 9))).to_dict("records")
    assert tuple(row) == COLUMNS
    assert row["case_key"] == "东区\x1f1"
    assert (row["window_name"], row["limit_text"], row["line"]) == ("3 号窗", "5 workday", 7)
    assert row["deadline_date"].date() == dt.date(2023, 3, 10)


def test_two_office_hours_by_hand() -> None:
    """Received at 11:30: half an hour before lunch, the rest from 13:30, so 15:00; yellow from 80 %, which is 14:36."""
    frame = pd.DataFrame([("1", dt.datetime(2023, 3, 6, 11, 30), False, None, False, 1)], columns=NAMES)
    clock = make_clock("2 office_hour")
    times = [(11, 30), (14, 35), (14, 36), (15, 0), (15, 1)]
    lights = [light_in_sql(frame, clock, Moment(dt.datetime(2023, 3, 6, *t)))["light"].item() for t in times]
    assert lights == ["green", "green", "yellow", "yellow", "red"]


def test_limits_by_the_word_of_a_row() -> None:
    """Low voltage five working days, 10 kV ten, any other word three; without `otherwise` the clock does not run."""
    start = dt.datetime(2023, 3, 6, 9)  # a Monday
    words = ["低压", "10千伏", "35千伏", None]
    rows = [(str(i), start, False, None, False, i) for i in range(4)]
    frame = pd.DataFrame(rows, columns=NAMES).assign(voltage=words)
    by: dict[str, Any] = {"column": "voltage", "limits": {"低压": "5 workday", "10千伏": "10 workday"}}
    moment = Moment.on(dt.date(2023, 3, 10))
    told = light_in_sql(frame, make_clock(None, limit_by={**by, "otherwise": "3 workday"}), moment).sort_values("line")
    assert told["light"].tolist() == ["yellow", "green", "red", "red"]
    assert told["limit_text"].tolist() == ["5 workday", "10 workday", "3 workday", "3 workday"]
    assert sorted(light_in_sql(frame, make_clock(None, limit_by=by), moment)["line"]) == [0, 1]
