"""What has to hold for every case, checked on generated ones, and against day-by-day and minute-by-minute counting."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.core.clock import (
    ClockRules,
    Limit,
    Moment,
    Suspension,
    WorkCalendar,
    deadline_of,
    elapsed_between,
    judge_limit,
)

OFFICIAL = holidays.country_holidays("CN", years=range(2015, 2027))
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
DATES = st.dates(dt.date(2015, 1, 1), dt.date(2025, 6, 30))
TIMES = st.integers(0, 24 * 60 - 1).map(lambda minute: dt.time(minute // 60, minute % 60))
INSTANTS = st.builds(dt.datetime.combine, DATES, TIMES).map(Moment)
MOMENTS = DATES.map(Moment.on) | INSTANTS
DAY_LIMITS = st.sampled_from(["1", "2", "3.5", "5", "10", "20"]).map(lambda n: Limit.parse(f"{n} workday"))
DAY_LIMITS |= st.sampled_from(["3 day", "10 day", "30 day", "1 month"]).map(Limit.parse)
TIME_LIMITS = st.sampled_from(["0.5 workday", "2 office_hour", "90 office_minute", "5 hour", "30 minute"]).map(
    Limit.parse
)
# (days after the start, length); None is an open stop
STOPS = st.lists(st.tuples(st.integers(-5, 25), st.integers(0, 12) | st.none()), max_size=4)


def make_stops(start: Moment, shape: list[tuple[int, int | None]]) -> list[Suspension]:
    stops = []
    for offset, length in shape:
        begins = start.date + DAY * offset
        stops.append(Suspension(Moment.on(begins), None if length is None else Moment.on(begins + DAY * length)))
    return stops


def timed(stops: list[Suspension]) -> list[Suspension]:
    """The same stops from 10:15 to 15:45."""
    morning, afternoon = dt.time(10, 15), dt.time(15, 45)
    return [
        Suspension(
            Moment(dt.datetime.combine(stop.start.date, morning)),
            stop.end and Moment(dt.datetime.combine(stop.end.date, afternoon)),
        )
        for stop in stops
    ]


def is_office_minute(at: dt.datetime) -> bool:
    minute = at.hour * 60 + at.minute
    return OFFICIAL.is_working_day(at.date()) and (540 <= minute < 720 or 810 <= minute < 1050)


@given(start=MOMENTS, limit=DAY_LIMITS | TIME_LIMITS, shape=STOPS, extra=STOPS)
def test_a_further_suspension_never_shortens_a_deadline(cn: WorkCalendar, start, limit, shape, extra) -> None:
    stops, more = make_stops(start, shape), make_stops(start, shape + extra)
    if limit.needs_time:
        stops, more = timed(stops), timed(more)
    before = deadline_of(start, limit, cn, suspensions=stops)
    after = deadline_of(start, limit, cn, suspensions=more)
    if before.at is None:
        assert after.at is None
    else:
        assert after.at is None or after.at >= before.at


@given(start=DATES, n=st.integers(1, 40), shape=STOPS)
def test_working_days_against_a_walk_by_another_calendar(cn: WorkCalendar, start, n, shape) -> None:
    stops = [stop for stop in make_stops(Moment.on(start), shape) if stop.end is not None]
    deadline = deadline_of(Moment.on(start), Limit(Fraction(n), "workday"), cn, suspensions=stops)
    counting = [s for s in stops if s in deadline.stops]
    day, left = start, n
    while left:
        day += DAY
        out = any(stop.start.date < day <= stop.end.date for stop in counting if stop.end)
        left -= OFFICIAL.is_working_day(day) and not out
    if "last_day" not in deadline.abuse:
        assert deadline.date == day
    assert deadline.counted_days[-1] == day
    assert deadline.date is not None
    assert OFFICIAL.is_working_day(deadline.date)


@settings(max_examples=40)
@given(start=INSTANTS, limit=st.sampled_from(["0.5 workday", "2 office_hour", "1 office_minute"]).map(Limit.parse))
def test_office_time_against_a_walk_minute_by_minute(cn: WorkCalendar, start, limit) -> None:
    left = {"workday": 210, "hour": 120, "minute": 1}[limit.unit]
    at = start.at
    while left:
        left -= is_office_minute(at)
        at += MINUTE
    assert deadline_of(start, limit, cn).at == at
    # 15 to 25 hours later, in the middle of anything
    later = start.at + 17 * 61 * MINUTE
    walked = sum(is_office_minute(start.at + MINUTE * n) for n in range(17 * 61))
    assert elapsed_between(start, Moment(later), "office_days", cn) == Fraction(walked, 420)


@given(days=st.tuples(DATES, DATES, DATES).map(sorted), shape=STOPS)
@pytest.mark.parametrize("measure", ["workdays", "calendar_days"])
def test_elapsed_is_additive(cn: WorkCalendar, measure, days, shape) -> None:
    first, second, third = (Moment.on(day) for day in days)
    stops = make_stops(second, shape)
    parts = [
        elapsed_between(a, b, measure, cn, stops=stops) for a, b in ((first, second), (second, third), (first, third))
    ]
    assert parts[0] is not None
    assert parts[1] is not None
    assert parts[0] + parts[1] == parts[2]


@given(moments=st.tuples(INSTANTS, INSTANTS, INSTANTS).map(lambda m: sorted(m, key=lambda x: x.at)))
@pytest.mark.parametrize("clock", ["wall", "office"])
def test_elapsed_time_is_additive(cn: WorkCalendar, clock, moments) -> None:
    a, b, c = moments
    ab, bc, ac = (elapsed_between(x, y, "hours", cn, clock=clock) for x, y in ((a, b), (b, c), (a, c)))
    assert ab is not None
    assert bc is not None
    assert ab + bc == ac


@given(start=MOMENTS, n=st.integers(1, 40), shape=STOPS)
def test_deadline_and_elapsed_are_inverse(cn: WorkCalendar, start, n, shape) -> None:
    stops = [stop for stop in make_stops(start, shape) if stop.end is not None]
    deadline = deadline_of(start, Limit(Fraction(n), "workday"), cn, suspensions=stops)
    assert deadline.date is not None
    elapsed = elapsed_between(start, Moment.on(deadline.date), "workdays", cn, stops=deadline.stops)
    # Suspended on the last day and back on a rest day: the working day after it is owed, and counted once more.
    assert elapsed == n or ("last_day" in deadline.abuse and elapsed == n + 1)
    if "last_day" not in deadline.abuse:
        before = elapsed_between(start, Moment.on(deadline.date - DAY), "workdays", cn, stops=deadline.stops)
        assert before == n - 1


@given(start=INSTANTS, limit=TIME_LIMITS, shape=STOPS)
def test_at_the_deadline_exactly_the_limit_has_elapsed(cn: WorkCalendar, start, limit, shape) -> None:
    stops = [stop for stop in timed(make_stops(start, shape)) if stop.end is not None]
    deadline = deadline_of(start, limit, cn, suspensions=stops)
    assert deadline.at is not None
    result = judge_limit(start, Moment(deadline.at), limit, cn, suspensions=stops)
    assert (result.kept, result.elapsed) == (True, limit.amount)
    late = judge_limit(start, Moment(deadline.at + MINUTE), limit, cn, suspensions=stops)
    assert late.kept is False


@given(start=MOMENTS, limit=DAY_LIMITS, age=st.integers(0, 60), shape=STOPS)
def test_lights_only_get_worse_while_nothing_happens(cn: WorkCalendar, start, limit, age, shape) -> None:
    stops = [stop for stop in make_stops(start, shape) if stop.end is not None]
    order = ["green", "yellow", "red"]
    today = max([start.date + DAY * age, *(stop.end.date for stop in stops if stop.end)])
    lights = [
        judge_limit(start, None, limit, cn, as_of=Moment.on(day), suspensions=stops, rules=ClockRules()).light
        for day in (today, today + DAY, today + DAY * 7)
    ]
    ranks = [order.index(light) for light in lights if light]
    assert len(ranks) == 3
    assert ranks == sorted(ranks)
