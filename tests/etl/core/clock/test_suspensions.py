"""What stops the clock, by hand. March 2023: the 1st is a Wednesday, the 4th and 5th, 11th and 12th are weekends."""

from __future__ import annotations

import datetime as dt

import pytest

from etl.core.clock import (
    Deadline,
    Extension,
    Limit,
    Moment,
    Suspension,
    WorkCalendar,
    deadline_of,
    judge_limit,
    parse_suspension,
)
from etl.core.clock.time_count import WallTime

P = Moment.parse
AT = dt.datetime.fromisoformat


def count(start: str, limit: str, calendar: WorkCalendar, *stops: str | Suspension) -> Deadline:
    suspensions = [parse_suspension(stop) if isinstance(stop, str) else stop for stop in stops]
    return deadline_of(P(start), Limit.parse(limit), calendar, suspensions=suspensions)


@pytest.mark.parametrize(
    ("limit", "stops", "last_date"),
    [
        ("5 workday", [], "2023-03-08"),  # 2, 3, 6, 7, 8
        ("5 workday", ["2023-03-02..2023-03-06"], "2023-03-10"),  # out: 3, 6; the 2nd, when it starts, counts
        ("5 workday", ["2023-03-02..2023-03-02"], "2023-03-08"),  # came back the same day
        ("5 workday", ["2023-03-03..2023-03-05"], "2023-03-08"),  # a weekend costs nothing
        ("5 workday", ["2023-03-01..2023-03-03"], "2023-03-10"),  # out: 2, 3
        ("5 workday", ["2023-02-20..2023-03-02"], "2023-03-09"),  # from before the start: out: 2
        ("5 workday", ["2023-02-20..2023-02-28"], "2023-03-08"),  # over before the start
        ("5 workday", ["2023-03-02..2023-03-06", "2023-03-03..2023-03-07"], "2023-03-13"),  # out: 3, 6, 7, once each
        ("5 workday", ["2023-03-06..2023-03-07", "2023-03-02..2023-03-03"], "2023-03-10"),  # out: 3, 7; any order
        ("5 workday", ["2023-03-07..2023-03-08", "2023-03-09..2023-03-10"], "2023-03-10"),  # the second on the last day
        ("3.5 workday", ["2023-03-02..2023-03-06"], "2023-03-09"),  # 2, 7, 8, half of the 9th
        ("9 day", ["2023-03-02..2023-03-06"], "2023-03-14"),  # out: 3, 4, 5, 6
        ("10 day", ["2023-03-10..2023-03-12"], "2023-03-13"),  # out: 11, 12
        ("1 month", ["2023-03-10..2023-03-12"], "2023-04-03"),  # 1 April and two days
        # on the last day: what is left of that day is owed on the day the case comes back
        ("5 workday", ["2023-03-08..2023-03-15"], "2023-03-15"),
        ("5 workday", ["2023-03-08..2023-03-11"], "2023-03-13"),  # it comes back on a Saturday
        ("10 day", ["2023-03-13..2023-03-15"], "2023-03-15"),
    ],
)
def test_suspended_days_are_taken_out(cn: WorkCalendar, limit: str, stops: list[str], last_date: str) -> None:
    assert count("2023-03-01", limit, cn, *stops).date == dt.date.fromisoformat(last_date)


@pytest.mark.parametrize(
    ("limit", "stop", "at"),
    [
        ("4 hour", "2023-03-03T11:00..2023-03-03T12:30", "2023-03-03T15:30"),
        ("4 office_hour", "2023-03-03T11:00..2023-03-03T14:00", "2023-03-03T17:00"),  # 1.5 office hours out
        ("4 office_hour", "2023-03-03T12:00..2023-03-03T13:30", "2023-03-03T15:30"),  # lunch costs nothing
        ("4 office_hour", "2023-03-03T15:00..2023-03-06T10:00", "2023-03-06T10:30"),
        ("0.5 workday", "2023-03-03T11:00..2023-03-06T09:30", "2023-03-06T12:00"),  # 60 done, 150 left
    ],
)
def test_hour_limits_leave_out_the_minutes_between(cn: WorkCalendar, limit: str, stop: str, at: str) -> None:
    assert count("2023-03-03T10:00", limit, cn, stop).at == AT(at)


def test_a_stop_without_times_is_too_coarse_for_hours(cn: WorkCalendar) -> None:
    deadline = count("2023-03-03T10:00", "2 hour", cn, "2023-03-03..2023-03-06")
    assert deadline.state == "precision_too_coarse"
    over = count("2023-03-03T10:00", "2 hour", cn, "2023-03-01..2023-03-02")
    assert (over.state, over.at) == ("set", AT("2023-03-03T12:00"))
    late = count("2023-03-03T10:00", "2 hour", cn, "2023-03-06..2023-03-07")
    assert (late.state, late.abuse) == ("set", ("after_deadline",))


@pytest.mark.parametrize(
    ("stop", "last_date", "abuse"),
    [
        ("2023-03-07..2023-03-09", "2023-03-10", ()),
        ("2023-03-08..2023-03-09", "2023-03-09", ("last_day",)),
        ("2023-03-09..2023-03-10", "2023-03-08", ("after_deadline",)),
    ],
)
def test_abuse_of_the_clock(cn: WorkCalendar, stop: str, last_date: str, abuse: tuple[str, ...]) -> None:
    deadline = count("2023-03-01", "5 workday", cn, stop)
    assert (deadline.date, deadline.abuse) == (dt.date.fromisoformat(last_date), abuse)


def test_a_stop_written_down_after_the_deadline_moves_nothing(cn: WorkCalendar) -> None:
    backdated = Suspension(P("2023-03-03"), P("2023-03-07"), recorded=P("2023-03-09"))
    deadline = count("2023-03-01", "5 workday", cn, backdated)
    assert (deadline.date, deadline.abuse) == (dt.date(2023, 3, 8), ("after_deadline",))
    in_time = Suspension(P("2023-03-03"), P("2023-03-07"), recorded=P("2023-03-06"))
    assert count("2023-03-01", "5 workday", cn, in_time).date == dt.date(2023, 3, 10)


def test_a_stop_that_ends_before_it_starts_is_marked_and_moves_nothing(cn: WorkCalendar) -> None:
    inverted = Suspension(P("2023-03-07"), P("2023-03-03"))
    deadline = count("2023-03-01", "5 workday", cn, inverted)
    assert (deadline.date, deadline.marks) == (dt.date(2023, 3, 8), ("suspension_inverted",))


def test_a_first_stop_in_time_lets_the_next_one_be_in_time(cn: WorkCalendar) -> None:
    second = "2023-03-09..2023-03-14"
    assert count("2023-03-01", "5 workday", cn, second).abuse == ("after_deadline",)
    both = count("2023-03-01", "5 workday", cn, "2023-03-06..2023-03-08", second)
    assert (both.date, both.abuse) == (dt.date(2023, 3, 15), ())  # 2, 3, 6, 9, 15


def test_while_a_stop_is_open_there_is_no_deadline(cn: WorkCalendar) -> None:
    deadline = count("2023-03-01", "5 workday", cn, "2023-03-06..")
    assert (deadline.state, deadline.date, deadline.at) == ("suspended", None, None)
    with pytest.raises(ValueError, match="suspended"):
        deadline.admits(AT("2023-03-06"))
    assert count("2023-03-01", "5 workday", cn, "2023-03-09..").date == dt.date(2023, 3, 8), "too late to count"


def test_parse_suspension() -> None:
    assert parse_suspension("2023-03-01..2023-03-05") == Suspension(P("2023-03-01"), P("2023-03-05"))
    assert parse_suspension("2023-03-01T10:00 .. 2023-03-01T11:00").is_coarse is False
    assert parse_suspension("2023-03-01..").end is None
    for text, says in [("2023-03-01", "中止区间"), ("2023-03-05..2023-03-01", "早于开始"), ("x..y", "看不懂时间")]:
        with pytest.raises(ValueError, match=says):
            parse_suspension(text)


def test_an_extension_has_to_be_in_the_unit_of_the_limit(cn: WorkCalendar) -> None:
    extension = Extension(Limit.parse("10 day"), P("2023-03-02"))
    with pytest.raises(ValueError, match="相同的单位"):
        judge_limit(P("2023-03-01"), None, Limit.parse("5 workday"), cn, extension=extension)


def test_stops_after_the_limit_has_run_out_move_nothing() -> None:
    at = AT("2023-03-03T10:00")
    stop = (AT("2023-03-03T12:01"), AT("2023-03-03T15:00"))
    assert WallTime().deadline(at, dt.timedelta(hours=2), [stop]) == AT("2023-03-03T12:00")
