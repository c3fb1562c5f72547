"""Columns of cases with stops and extensions give what the scalar rules give, case by case."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

import numpy as np
import pytest

from etl.core.clock import ClockRules, Extension, Limit, Moment, Suspension, WorkCalendar, elapsed_between, judge_limit
from etl.core.clock.stop_frames import Stops, Terms, fold_stops, known_stops, pick_limit, stopped_time
from etl.core.clock.times import Times

AS_OF = Moment.on(dt.date(2023, 7, 31))
ROUNDS = 4


@dataclass(frozen=True)
class Case:
    start: Moment
    end: Moment | None
    stops: tuple[Suspension, ...]
    lawful: tuple[bool, ...]
    signed: Moment | None
    extra: int
    deadline: Moment | None


def draw_moment(draw: random.Random, around: dt.datetime, spread_days: float) -> Moment:
    """Near `around`: often a date, often at a full or half hour, so that moments meet deadlines exactly."""
    at = around + dt.timedelta(days=draw.uniform(0, spread_days))
    if draw.random() < 0.4:
        return Moment.on(at.date())
    return Moment(at.replace(minute=draw.choice([0, 30]), second=0, microsecond=0))


def draw_case(draw: random.Random, *, with_times: bool) -> Case:
    start_at = dt.datetime(2023, 1, 3) + dt.timedelta(days=draw.uniform(0, 190))
    start = draw_moment(draw, start_at, 0.5)
    if with_times and start.is_date_only:
        start = Moment(start.at + dt.timedelta(hours=draw.choice([8, 10, 12, 17])))
    end = None if draw.random() < 0.3 else draw_moment(draw, start.at, 30)
    if end is not None and end.is_before(start):
        end = start
    stops, lawful = [], []
    for _ in range(draw.randrange(ROUNDS + 1)):
        close = with_times and draw.random() < 0.5  # within the hours of a short limit
        since = draw_moment(draw, start.at - dt.timedelta(days=0 if close else 3), 0.3 if close else 20)
        until = None if draw.random() < 0.15 else draw_moment(draw, since.at - dt.timedelta(days=1), 12)
        recorded = draw_moment(draw, since.at, 6) if draw.random() < 0.3 else None
        stops.append(Suspension(since, until, recorded))
        lawful.append(draw.random() < 0.9)
    signed = draw_moment(draw, start.at, 15) if draw.random() < 0.5 else None
    deadline = draw_moment(draw, start.at, 20) if draw.random() < 0.2 else None
    order = sorted(range(len(stops)), key=lambda i: stops[i].start.begins)
    kept = tuple(stops[i] for i in order)
    return Case(start, end, kept, tuple(lawful[i] for i in order), signed, draw.randrange(1, 6), deadline)


def column(moments: list[Moment | None]) -> Times:
    at = np.array(["NaT" if m is None else m.at.isoformat() for m in moments], "datetime64[us]")
    return Times.of(at, np.array([bool(m and m.is_date_only) for m in moments]))


def table(cases: list[Case]) -> Stops:
    def grid(pick) -> Times:
        rows = [[pick(s) for s in c.stops] + [None] * (ROUNDS - len(c.stops)) for c in cases]
        flat = column([m for row in rows for m in row])
        shape = (len(cases), ROUNDS)
        return Times(flat.at.reshape(shape), flat.coarse.reshape(shape))

    lawful = np.array([[*c.lawful, *[True] * (ROUNDS - len(c.lawful))] for c in cases])
    return Stops(grid(lambda s: s.start), grid(lambda s: s.end), grid(lambda s: s.recorded), lawful)


def fold(cases: list[Case], limit: Limit, calendar: WorkCalendar, last_day: str):
    starts, ends = column([c.start for c in cases]), column([c.end for c in cases])
    ends = ends.keep(~column([AS_OF] * len(cases)).is_before(ends))
    stops = known_stops(table(cases), ends, column([AS_OF] * len(cases)))
    file = column([c.deadline for c in cases])
    signed = column([c.signed for c in cases])
    signed = signed.keep(~column([AS_OF] * len(cases)).is_before(signed))
    zero = np.zeros(len(cases), np.int64)
    terms = Terms(starts, ends.coarse, limit, zero, file, last_day)  # type: ignore[arg-type]
    plain = fold_stops(terms, stops, calendar)
    extra = np.array([c.extra for c in cases])
    longer = fold_stops(Terms(starts, ends.coarse, limit, extra, file, last_day), stops, calendar)  # type: ignore[arg-type]
    picked, late = pick_limit(plain, longer, signed.keep(file.missing))
    return picked, late, stops, starts, ends


LIMITS = ["1 workday", "5 workday", "3.5 workday", "20 workday", "10 day", "1 month", "0.5 workday", "2 office_hour"]


@pytest.mark.parametrize("last_day", ["midnight", "office_close", "start_time"])
@pytest.mark.parametrize("text", [*LIMITS, "30 hour", "90 minute"])
def test_columns_agree_with_the_scalar_rules(cn: WorkCalendar, text: str, last_day: str) -> None:
    limit = Limit.parse(text)
    draw = random.Random(f"{text} {last_day}")
    cases = [draw_case(draw, with_times=limit.needs_time) for _ in range(800)]
    got, late, *_ = fold(cases, limit, cn, last_day)
    seen = {"suspended": 0, "abuse": 0, "moved": 0, "extended": 0}
    for i, case in enumerate(cases):
        lawful = [stop for stop, ok in zip(case.stops, case.lawful, strict=True) if ok]
        extension = (
            Extension(Limit(limit.amount * 0 + case.extra, limit.unit, limit.clock), case.signed)
            if case.signed
            else None
        )
        wanted = judge_limit(
            case.start, case.end, limit, cn, as_of=AS_OF, suspensions=lawful, extension=extension,
            deadline_from=case.deadline, rules=ClockRules(last_day=last_day, extension_counts=True),  # type: ignore[arg-type]
        )  # fmt: skip
        date = None if np.isnat(got.date[i]) else got.date[i].item()
        assert date == wanted.deadline_date, (i, case, wanted)
        assert (got.state[i] == "suspended") == (wanted.light == "suspended"), (i, case)
        if date is not None and not wanted.whole_day:
            assert got.at[i].item() == wanted.deadline, (i, case, wanted)
        assert date is None or bool(got.whole_day[i]) == wanted.whole_day
        noted = {"last_day": got.last_day, "after_deadline": got.late_stop, "extension_after_deadline": late}
        abuse = {name for name, flags in noted.items() if flags[i]}
        if wanted.light != "suspended" and wanted.reason is None:
            assert abuse == set(wanted.clock_abuse), (i, case, wanted)
        seen["suspended"] += got.state[i] == "suspended"
        seen["abuse"] += bool(abuse)
        seen["moved"] += bool(got.accepted[i].any())
        seen["extended"] += wanted.extended is not None
    assert min(seen.values()) >= 5, seen  # every branch was compared


@pytest.mark.parametrize("measure", ["workdays", "calendar_days", "full_days", "office_days", "hours"])
def test_time_taken_out_is_that_of_the_scalar_rules(cn: WorkCalendar, measure: str) -> None:
    draw = random.Random(measure)
    cases = [c for c in (draw_case(draw, with_times=True) for _ in range(900)) if c.end and not c.end.is_date_only]
    limit = Limit.parse("10 workday")
    got, _, stops, starts, ends = fold(cases, limit, cn, "midnight")
    taken = stopped_time(stops, got.accepted, starts, ends, measure, cn)  # type: ignore[arg-type]
    compared = 0
    for i, case in enumerate(cases):
        if case.end is None or np.isnat(ends.at[i]):
            continue
        counted = [s for s, use in zip(case.stops, got.accepted[i], strict=False) if use]
        counted = [s if s.end else Suspension(s.start, case.end) for s in counted]
        with_stops = elapsed_between(case.start, case.end, measure, cn, stops=counted)  # type: ignore[arg-type]
        without = elapsed_between(case.start, case.end, measure, cn)  # type: ignore[arg-type]
        assert with_stops is not None
        assert without is not None
        unit = {"office_days": cn.office.minutes * 60 * 10**6, "hours": 3600 * 10**6}.get(measure, 1)
        assert (without - with_stops) * unit == int(taken[i]), (case, with_stops, without)
        compared += bool(counted)
    assert compared > 100


def test_by_hand_around_spring_festival_2023(cn: WorkCalendar) -> None:
    """Accepted Mon 16 January, 5 working days; expert review from the 18th to the 30th of January.

    Counted: 17, 18; the festival was 21-27 January, 28 and 29 were make-up days; 19, 20, 28, 29, 30 are taken out;
    then 31 January, 1 and 2 February: the deadline is 2 February.
    """
    start, stop = Moment.on(dt.date(2023, 1, 16)), (Moment.on(dt.date(2023, 1, 18)), Moment.on(dt.date(2023, 1, 30)))
    case = Case(start, None, (Suspension(*stop),), (True,), None, 0, None)
    got, *_ = fold([case], Limit.parse("5 workday"), cn, "midnight")
    assert got.date[0].item() == dt.date(2023, 2, 2)
