"""Deadlines worked out by hand from the published arrangements (each case names the days that count)."""

from __future__ import annotations

import datetime as dt

import pytest

from etl.core.clock import CalendarNotPublished, Limit, Moment, WorkCalendar, deadline_of
from schemas.models.calendar import CalendarSpec

P = Moment.parse
AT = dt.datetime.fromisoformat


def due(start: str, limit: str, calendar: WorkCalendar, **options) -> dt.datetime | None:
    return deadline_of(P(start), Limit.parse(limit), calendar, **options).at


@pytest.mark.parametrize(
    ("start", "n", "last_date"),
    [
        # Spring Festival
        ("2019-01-31", 5, "2019-02-12"),  # 1, 2 (Sat), 3 (Sun), 11, 12 Feb
        ("2020-01-17", 6, "2020-02-03"),  # 19 (Sun), 20, 21, 22, 23 Jan, 3 Feb (holiday prolonged that year)
        ("2021-02-10", 3, "2021-02-20"),  # 18, 19, 20 (Sat) Feb
        ("2022-01-28", 3, "2022-02-07"),  # 29 (Sat), 30 (Sun) Jan, 7 Feb
        ("2023-01-18", 5, "2023-01-30"),  # 19, 20, 28 (Sat), 29 (Sun), 30 Jan
        ("2024-02-08", 3, "2024-02-19"),  # 9, 18 (Sun), 19 Feb
        ("2025-01-24", 4, "2025-02-06"),  # 26 (Sun), 27 Jan, 5, 6 Feb
        ("2026-02-13", 2, "2026-02-24"),  # 14 (Sat), 24 Feb
        # National Day
        ("2019-09-27", 3, "2019-10-08"),  # 29 (Sun), 30 Sep, 8 Oct
        ("2020-09-30", 2, "2020-10-10"),  # 9, 10 (Sat) Oct
        ("2021-09-24", 6, "2021-10-08"),  # 26 (Sun), 27, 28, 29, 30 Sep, 8 Oct
        ("2022-09-30", 3, "2022-10-10"),  # 8 (Sat), 9 (Sun), 10 Oct
        ("2023-09-28", 2, "2023-10-08"),  # 7 (Sat), 8 (Sun) Oct
        ("2025-09-30", 3, "2025-10-11"),  # 9, 10, 11 (Sat) Oct
        # a start on a rest day: the first working day after it is the first day
        ("2023-01-24", 1, "2023-01-28"),
        ("2023-03-04", 1, "2023-03-06"),
    ],
)
def test_whole_working_days(cn: WorkCalendar, start: str, n: int, last_date: str) -> None:
    deadline = deadline_of(P(start), Limit.parse(f"{n} workday"), cn)
    assert deadline.date == dt.date.fromisoformat(last_date)
    assert deadline.at == AT(last_date) + dt.timedelta(days=1)
    assert len(deadline.counted_days) == n
    assert deadline.counted_days[-1] == deadline.date


@pytest.mark.parametrize(
    ("start", "limit", "last_date"),
    [
        ("2023-03-01", "10 day", "2023-03-13"),  # 11 March is a Saturday
        ("2023-03-01", "9 day", "2023-03-10"),
        ("2023-01-13", "10 day", "2023-01-28"),  # 23 January is in the festival; the first working day is a Saturday
        ("2022-09-21", "10 day", "2022-10-08"),  # 1 October; Saturday 8 is worked
        ("2023-01-31", "1 month", "2023-02-28"),
        ("2024-01-31", "1 month", "2024-02-29"),
        ("2023-12-31", "2 month", "2024-02-29"),
        ("2023-01-28", "3 month", "2023-04-28"),
        ("2022-08-31", "1 month", "2022-09-30"),
        ("2022-07-01", "3 month", "2022-10-08"),  # 1 October
        ("2022-11-15", "3 month", "2023-02-15"),
    ],
)
def test_calendar_days_and_months_move_off_rest_days(cn: WorkCalendar, start: str, limit: str, last_date: str) -> None:
    assert deadline_of(P(start), Limit.parse(limit), cn).date == dt.date.fromisoformat(last_date)


@pytest.mark.parametrize(
    ("start", "limit", "at"),
    [
        ("2023-03-03T16:30", "2 hour", "2023-03-03T18:30"),
        ("2023-03-03T23:00", "2 hour", "2023-03-04T01:00"),
        ("2023-03-03T16:30", "30 minute", "2023-03-03T17:00"),
        ("2023-03-03T10:00", "2 office_hour", "2023-03-03T12:00"),
        ("2023-03-03T11:00", "2 office_hour", "2023-03-03T14:30"),  # over lunch
        ("2023-03-03T16:30", "2 office_hour", "2023-03-06T10:00"),  # over a weekend
        ("2023-01-20T17:00", "2 office_hour", "2023-01-28T10:30"),  # over the festival, to a worked Saturday
        ("2023-03-03T12:30", "30 office_minute", "2023-03-03T14:00"),  # from the next opening
        ("2023-03-04T10:00", "2 office_hour", "2023-03-06T11:00"),  # a Saturday
        ("2023-03-01T10:00", "0.5 workday", "2023-03-01T15:00"),  # 210 minutes: 120 before lunch, 90 after
        ("2023-03-01T16:00", "0.5 workday", "2023-03-02T11:00"),  # 90 today, 120 tomorrow
        ("2023-03-01T20:00", "0.5 workday", "2023-03-02T14:00"),
        ("2023-03-01T10:00", "3.5 workday", "2023-03-07T14:00"),  # 2, 3, 6, then half of the 7th
        ("2023-03-01T23:00", "1.25 workday", "2023-03-03T10:45"),  # the 2nd, then 105 minutes of the 3rd
    ],
)
def test_hours_minutes_and_fractions(cn: WorkCalendar, start: str, limit: str, at: str) -> None:
    deadline = deadline_of(P(start), Limit.parse(limit), cn)
    assert (deadline.at, deadline.whole_day) == (AT(at), False)


def test_a_date_without_a_time_is_too_coarse_below_one_day(cn: WorkCalendar) -> None:
    for limit in ("0.5 workday", "2 hour", "2 office_hour", "30 minute"):
        assert deadline_of(P("2023-03-01"), Limit.parse(limit), cn).state == "precision_too_coarse"
        coarse_end = deadline_of(P("2023-03-01T10:00"), Limit.parse(limit), cn, is_end_coarse=True)
        assert coarse_end.state == "precision_too_coarse"


def test_a_fraction_above_one_day_ends_with_its_day_and_says_so(cn: WorkCalendar) -> None:
    for start, is_end_coarse in (("2023-03-01", False), ("2023-03-01T10:00", True)):
        deadline = deadline_of(P(start), Limit.parse("3.5 workday"), cn, is_end_coarse=is_end_coarse)
        assert deadline.at == AT("2023-03-08")
        assert deadline.marks == ("fraction_to_end_of_day",)


def test_the_last_day_may_end_at_closing_time(cn: WorkCalendar) -> None:
    assert due("2023-03-01", "2 workday", cn, last_day="office_close") == AT("2023-03-03T17:30")
    assert due("2023-03-01", "10 day", cn, last_day="office_close") == AT("2023-03-13T17:30")
    coarse = deadline_of(P("2023-03-01"), Limit.parse("2 workday"), cn, last_day="office_close", is_end_coarse=True)
    assert (coarse.at, coarse.marks) == (AT("2023-03-04"), ("last_day_to_midnight",))


@pytest.mark.parametrize(
    ("start", "limit", "same_day", "next_opening"),
    [
        ("2023-03-03T17:29", "1 workday", "2023-03-07", "2023-03-07"),
        ("2023-03-03T17:30", "1 workday", "2023-03-07", "2023-03-08"),  # closed: received on Monday
        ("2023-03-03T08:00", "1 workday", "2023-03-07", "2023-03-07"),
        ("2023-03-04T10:00", "1 workday", "2023-03-07", "2023-03-08"),  # a Saturday
        ("2023-03-04", "1 workday", "2023-03-07", "2023-03-08"),  # the date alone tells that it is one
        ("2023-03-03", "1 workday", "2023-03-07", "2023-03-07"),
        ("2023-03-03T18:00", "7 day", "2023-03-11", "2023-03-14"),
        ("2023-03-03T12:10", "2 hour", "2023-03-03T14:10", "2023-03-03T15:30"),
        ("2023-03-03T18:00", "2 hour", "2023-03-03T20:00", "2023-03-06T11:00"),
    ],
)
def test_a_start_after_hours(cn: WorkCalendar, start: str, limit: str, same_day: str, next_opening: str) -> None:
    assert due(start, limit, cn) == AT(same_day)
    assert due(start, limit, cn, after_hours="next_opening") == AT(next_opening)


def test_a_limit_that_runs_into_an_unpublished_year_is_an_error(cn: WorkCalendar) -> None:
    for limit in ("3 workday", "3.5 workday", "5 day", "1 month", "20 office_hour"):
        with pytest.raises(CalendarNotPublished) as caught:
            due("2026-12-30T10:00", limit, cn)
        assert caught.value.year == 2027
    # What needs no working day needs no calendar either.
    assert due("2026-12-30T10:00", "72 hour", cn) == AT("2027-01-02T10:00")
    assert due("2026-12-30T10:00", "1 workday", cn) == AT("2027-01-01")


def test_office_hours_are_those_of_the_calendar() -> None:
    own = CalendarSpec.model_validate({"id": "own", "name_zh": "连班", "office_hours": [["08:30", "16:30"]]})
    assert due("2023-03-01T12:00", "0.5 workday", WorkCalendar.from_spec(own)) == AT("2023-03-01T16:00")
