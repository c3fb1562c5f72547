"""One case against one limit: kept, lights, what is known when, the file's deadline, extensions."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from etl.core.clock import (
    CalendarNotPublished,
    ClockRules,
    Extension,
    Limit,
    LimitResult,
    Moment,
    WorkCalendar,
    judge_limit,
    parse_suspension,
)

P = Moment.parse


def judge(
    calendar: WorkCalendar, start: str, end: str | None, limit: str, as_of: str | None = "2025-12-31", **more
) -> LimitResult:
    stops = [parse_suspension(stop) for stop in more.pop("stops", ())]
    return judge_limit(
        P(start),
        P(end) if end else None,
        Limit.parse(limit),
        calendar,
        as_of=P(as_of) if as_of else None,
        suspensions=stops,
        **more,
    )


@pytest.mark.parametrize(
    ("start", "end", "limit", "kept", "elapsed", "unit"),
    [
        ("2023-01-18", "2023-01-30", "5 workday", True, 5, "workday"),
        ("2023-01-18", "2023-01-30T23:59:59", "5 workday", True, 5, "workday"),
        ("2023-01-18", "2023-01-31T00:00", "5 workday", False, 6, "workday"),
        # a rest day after the deadline: elapsed is still 5, and it is late
        ("2023-03-03", "2023-03-11", "5 workday", False, 5, "workday"),
        ("2023-03-03", "2023-03-10", "5 workday", True, 5, "workday"),
        ("2023-03-01", "2023-03-13", "10 day", True, 12, "day"),
        ("2023-03-01", "2023-03-14", "10 day", False, 13, "day"),
        ("2023-01-31", "2023-02-28", "1 month", True, 1, "month"),
        ("2023-01-31", "2023-03-30", "1 month", False, 1, "month"),
        ("2023-03-03T16:30", "2023-03-06T10:00", "2 office_hour", True, 2, "hour"),
        ("2023-03-03T16:30", "2023-03-06T10:00:01", "2 office_hour", False, 2 + Fraction(1, 3600), "hour"),
        ("2023-03-03T16:30", "2023-03-03T17:10", "30 minute", False, 40, "minute"),
        ("2023-03-01T10:00", "2023-03-01T15:00", "0.5 workday", True, Fraction(1, 2), "workday"),
        ("2023-03-01T10:00", "2023-03-01T15:01", "0.5 workday", False, Fraction(211, 420), "workday"),
        ("2023-03-01T10:00", "2023-03-07T14:00", "3.5 workday", True, 4, "workday"),
        ("2023-03-01T10:00", "2023-03-07T14:01", "3.5 workday", False, 4, "workday"),
        ("2023-03-01T10:00", "2023-03-07", "3.5 workday", True, 4, "workday"),
        # the end lies before the opening at which the limit starts to run
        ("2023-03-01T08:00", "2023-03-01T08:30", "2 office_hour", True, 0, "hour"),
    ],
)
def test_kept_if_and_only_if_the_end_is_not_after_the_deadline(
    cn: WorkCalendar, start: str, end: str, limit: str, kept: bool, elapsed: Fraction, unit: str
) -> None:
    result = judge(cn, start, end, limit)
    assert (result.kept, result.elapsed, result.unit) == (kept, elapsed, unit)
    assert result.light == ("green" if kept else "red")
    assert result.decided == (P(end).date if kept else result.deadline_date)
    assert result.calendar == f"cn@{cn.version}"


@pytest.mark.parametrize(
    ("limit", "as_of", "light", "kept"),
    [
        # five days and more: yellow from one working day before
        ("5 workday", "2023-03-06", "green", None),
        ("5 workday", "2023-03-07", "yellow", None),
        ("5 workday", "2023-03-08", "yellow", None),
        ("5 workday", "2023-03-08T23:59", "yellow", None),
        ("5 workday", "2023-03-09T00:00", "red", False),
        ("5 workday", "2023-03-09", "red", False),
        ("8 workday", "2023-03-09", "green", None),  # deadline Monday 13
        ("8 workday", "2023-03-10", "yellow", None),
        ("8 workday", "2023-03-12", "yellow", None),
        ("10 day", "2023-03-09", "green", None),  # deadline Monday 13
        ("10 day", "2023-03-10", "yellow", None),
        ("5 day", "2023-03-02", "green", None),  # deadline Monday 6
        ("5 day", "2023-03-03", "yellow", None),
        # below five: from 80 %
        ("3 workday", "2023-03-03", "green", None),
        ("3 workday", "2023-03-06", "yellow", None),
        ("3 workday", "2023-03-07", "red", False),
        ("4 day", "2023-03-04", "green", None),
        ("4 day", "2023-03-05", "yellow", None),  # moved to Monday 6
        ("3.5 workday", "2023-03-03", "green", None),
        ("3.5 workday", "2023-03-06", "yellow", None),  # 3 of 3.5
        # hours, from 10:00 on the 1st
        ("10 hour", "2023-03-01T17:59", "green", None),
        ("10 hour", "2023-03-01T18:00", "yellow", None),
        ("10 hour", "2023-03-01T20:00", "yellow", None),
        ("10 hour", "2023-03-01T20:01", "red", False),
        ("5 office_hour", "2023-03-01T15:29", "green", None),
        ("5 office_hour", "2023-03-01T15:30", "yellow", None),
        ("5 office_hour", "2023-03-01T16:31", "red", False),
        ("5 office_hour", "2023-03-01", "red", False),  # a date as today stands for its end
        ("0.5 workday", "2023-03-01T14:00", "green", None),  # 150 of 210 minutes
        ("0.5 workday", "2023-03-01T14:18", "yellow", None),  # 168
    ],
)
def test_lights_of_an_open_case(cn: WorkCalendar, limit: str, as_of: str, light: str, kept: bool | None) -> None:
    result = judge(cn, "2023-03-01T10:00", None, limit, as_of)
    assert (result.light, result.kept) == (light, kept)
    assert result.decided == (result.deadline_date if kept is False else None)


def test_closing_time_on_the_last_day(cn: WorkCalendar) -> None:
    rules = ClockRules(last_day="office_close")
    for end, kept in (("2023-03-02T17:30", True), ("2023-03-02T17:31", False), ("2023-03-02", True)):
        assert judge(cn, "2023-03-01", end, "1 workday", rules=rules).kept is kept
    for as_of, light in (("2023-03-02T17:30", "yellow"), ("2023-03-02T17:31", "red"), ("2023-03-02", "red")):
        assert judge(cn, "2023-03-01", None, "1 workday", as_of, rules=rules).light == light


def test_what_cannot_be_judged_says_why(cn: WorkCalendar) -> None:
    for start, end in (("2023-03-01", "2023-03-01"), ("2023-03-01T10:00", "2023-03-09"), ("2023-03-01", None)):
        coarse = judge(cn, start, end, "2 hour")
        assert (coarse.kept, coarse.light, coarse.reason) == (None, None, "precision_too_coarse")
        assert (coarse.deadline, coarse.elapsed, coarse.decided) == (None, None, None)
    swapped = judge(cn, "2023-03-02", "2023-03-01", "5 workday")
    assert (swapped.kept, swapped.light, swapped.reason) == (None, None, "end_before_start")
    undated = judge(cn, "2023-03-01", None, "5 workday", None)
    assert (undated.deadline_date, undated.light, undated.elapsed) == (dt.date(2023, 3, 8), None, None)


def test_nothing_from_after_the_as_of_is_known(cn: WorkCalendar) -> None:
    later_end = judge(cn, "2023-03-01", "2023-03-08", "5 workday", "2023-03-07")
    assert (later_end.kept, later_end.light, later_end.elapsed) == (None, "yellow", 4)
    later_stop = judge(cn, "2023-03-01", None, "5 workday", "2023-03-07", stops=["2023-03-08..2023-03-10"])
    assert (later_stop.light, later_stop.deadline_date) == ("yellow", dt.date(2023, 3, 8))
    running = judge(cn, "2023-03-01", None, "5 workday", "2023-03-07", stops=["2023-03-06..2023-03-10"])
    assert (running.light, running.deadline_date, running.age_days) == ("suspended", None, 6)
    back = judge(cn, "2023-03-01", None, "5 workday", "2023-03-10", stops=["2023-03-06..2023-03-10"])
    assert (back.light, back.deadline_date) == ("green", dt.date(2023, 3, 14))  # 2, 3, 6, 13, 14


def test_suspended_and_overdue_cases(cn: WorkCalendar) -> None:
    stopped = judge(cn, "2023-03-01", None, "5 workday", "2023-04-03", stops=["2023-03-06.."])
    assert (stopped.light, stopped.kept, stopped.elapsed, stopped.age_days) == ("suspended", None, 3, 33)
    too_late = judge(cn, "2023-03-01", None, "5 workday", "2023-04-03", stops=["2023-03-09.."])
    assert (too_late.light, too_late.kept, too_late.clock_abuse) == ("red", False, ("after_deadline",))
    # The case ends while it is still suspended: the stop ends with it.
    ended = judge(cn, "2023-03-01", "2023-03-20", "5 workday", stops=["2023-03-06.."])
    assert (ended.kept, ended.elapsed) == (True, 3)
    after_end = judge(cn, "2023-03-01", "2023-03-03", "5 workday", stops=["2023-03-20..2023-03-21"])
    assert (after_end.kept, after_end.clock_abuse) == (True, ())


@pytest.mark.parametrize(
    ("measure", "elapsed", "unit"),
    [
        ("workdays", 4, "workday"),
        ("calendar_days", 6, "day"),
        ("full_days", 5, "day"),  # 5 days and 23 hours
        ("office_days", 4 - Fraction(60, 420), "workday"),
        ("hours", 143, "hour"),
        (None, 4, "workday"),
    ],
)
def test_the_measure_is_shown_and_never_decides(cn: WorkCalendar, measure, elapsed: Fraction, unit: str) -> None:
    result = judge(cn, "2023-03-01T16:00", "2023-03-07T15:00", "5 workday", rules=ClockRules(measure=measure))
    assert (result.elapsed, result.unit, result.kept) == (elapsed, unit, True)


@pytest.mark.parametrize(
    ("start", "end", "limit", "measure", "elapsed"),
    [
        ("2023-03-01", "2023-03-14", "9 day", None, 9),  # 13 days, out: 3, 4, 5, 6
        ("2023-03-01T10:00", "2023-03-14T09:00", "9 day", "full_days", 8),
        ("2023-03-01T10:00", "2023-03-07T12:00", "5 workday", "office_days", Fraction(360 + 420 + 180, 420)),
        ("2023-02-04", "2023-03-07", "1 month", None, 0),  # 4 March comes four days later
        ("2023-02-04", "2023-03-08", "1 month", None, 1),
    ],
)
def test_suspended_time_is_not_elapsed(
    cn: WorkCalendar, start: str, end: str, limit: str, measure, elapsed: Fraction
) -> None:
    rules = ClockRules(measure=measure)
    result = judge(cn, start, end, limit, stops=["2023-03-02..2023-03-06"], rules=rules)
    assert (result.kept, result.elapsed) == (True, elapsed)


def test_full_days_between_dates_are_calendar_days(cn: WorkCalendar) -> None:
    result = judge(cn, "2023-03-01", "2023-03-07", "9 day", rules=ClockRules(measure="full_days"))
    assert result.elapsed == 6


@pytest.mark.parametrize(
    ("file", "end", "kept"),
    [
        ("2023-03-10", "2023-03-10T23:59", True),
        ("2023-03-10", "2023-03-13", False),
        ("2023-03-07", "2023-03-08", False),  # our own count would have kept it
        ("2023-03-10T12:00", "2023-03-10T12:00", True),
        ("2023-03-10T12:00", "2023-03-10T12:01", False),
        ("2023-03-10T12:00", "2023-03-10", None),
        ("2023-03-10T12:00", "2023-03-09", True),
    ],
)
def test_the_deadline_of_the_file_decides(cn: WorkCalendar, file: str, end: str, kept: bool | None) -> None:
    result = judge(cn, "2023-03-01", end, "5 workday", deadline_from=P(file))
    assert result.kept is kept
    assert result.deadline_date == P(file).date
    assert result.recomputed is not None
    assert result.recomputed.date == dt.date(2023, 3, 8)
    assert "file_deadline" in result.marks
    assert (result.reason == "precision_too_coarse") is (kept is None)


def test_the_file_decides_also_where_our_calendar_ends(cn: WorkCalendar) -> None:
    result = judge(cn, "2026-12-20", "2027-01-04", "20 workday", None, deadline_from=P("2027-01-10"))
    assert (result.kept, result.recomputed, result.elapsed) == (True, None, None)
    assert "calendar_not_published" in result.marks
    with pytest.raises(CalendarNotPublished):
        judge(cn, "2026-12-20", "2027-01-04", "20 workday", None)


def test_an_open_case_with_a_deadline_of_its_own(cn: WorkCalendar) -> None:
    for as_of, light in (("2023-03-08", "green"), ("2023-03-09", "yellow"), ("2023-03-11", "red")):
        assert judge(cn, "2023-03-01", None, "3 workday", as_of, deadline_from=P("2023-03-10")).light == light


@pytest.mark.parametrize(
    ("signed", "counts", "kept", "extended", "abuse"),
    [
        ("2023-03-08", False, False, "2023-03-13", ()),
        ("2023-03-08", True, True, "2023-03-13", ()),
        ("2023-03-09", True, False, None, ("extension_after_deadline",)),
    ],
)
def test_an_extension_moves_the_statutory_deadline(
    cn: WorkCalendar, signed: str, counts: bool, kept: bool, extended: str | None, abuse: tuple[str, ...]
) -> None:
    result = judge(
        cn,
        "2023-03-01",
        "2023-03-13",
        "5 workday",
        extension=Extension(Limit.parse("3 workday"), P(signed)),
        rules=ClockRules(extension_counts=counts),
    )
    assert (result.kept, result.clock_abuse) == (kept, abuse)
    assert (result.extended and result.extended.date) == (dt.date.fromisoformat(extended) if extended else None)
    assert result.deadline_date == (dt.date(2023, 3, 13) if kept else dt.date(2023, 3, 8))


def test_an_extension_signed_later_or_during_a_stop(cn: WorkCalendar) -> None:
    signed = Extension(Limit.parse("3 workday"), P("2023-03-08"))
    rules = ClockRules(extension_counts=True)
    unknown = judge(cn, "2023-03-01", None, "5 workday", "2023-03-07", extension=signed, rules=rules)
    assert (unknown.deadline_date, unknown.extended) == (dt.date(2023, 3, 8), None)
    stopped = judge(
        cn, "2023-03-01", None, "5 workday", "2023-03-20", extension=signed, rules=rules, stops=["2023-03-06.."]
    )
    assert (stopped.light, stopped.clock_abuse) == ("suspended", ())


def test_received_at_the_next_opening(cn: WorkCalendar) -> None:
    rules = ClockRules(after_hours="next_opening")
    assert judge(cn, "2023-03-03T18:00", "2023-03-07", "1 workday", rules=rules).elapsed == 1
    assert judge(cn, "2023-03-03T18:00", "2023-03-07", "1 workday").kept is False
    # Done on Saturday what counts as received on Monday: on time, nothing elapsed.
    early = judge(cn, "2023-03-03T18:00", "2023-03-04", "1 workday", rules=rules)
    assert (early.kept, early.elapsed, early.reason) == (True, 0, None)


def test_the_last_covered_date_needs_nothing_of_the_next_year(cn: WorkCalendar) -> None:
    result = judge(cn, "2026-12-31T10:00", None, "2 office_hour", "2026-12-31")
    assert (result.light, result.elapsed) == ("red", 6)
