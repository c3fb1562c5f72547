"""Cases with suspensions and extensions on whole columns: the numpy twin of `judge_limit` (semantics 1.9).

Each stop of a case is held against the deadline that the stops before it have made, so that they have to be taken in
turn. Here all cases take their first stop at once, then their second: as many rounds as the case with the most stops
has. Instants are `datetime64[us]`, wall time; a date without a time stands as its midnight with `coarse` set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from etl.core.clock.deadlines import LastDay
from etl.core.clock.elapsed import Measure
from etl.core.clock.frames import office_microseconds, positions_of
from etl.core.clock.limits import Limit
from etl.core.clock.reckonings import Reckoning, reckoning_of
from etl.core.clock.times import Bools, Ints, Times
from etl.core.clock.workdays import WorkCalendar

SUSPENDED, COARSE = "suspended", "coarse"


@dataclass(frozen=True)
class Stops:
    """The stops of each case in order of their start, one column a round: shape (cases, most stops).

    Attributes:
        since, until: a stop that is not there has no `since`, an open one no `until`.
        recorded: when it was entered; missing where the file does not say.
        lawful: its reason is one that stops the clock.
    """

    since: Times
    until: Times
    recorded: Times
    lawful: Bools

    @property
    def rounds(self) -> int:
        return self.lawful.shape[1]

    def round(self, i: int) -> Stops:
        """The i-th stop of every case."""
        return Stops(self.since[:, i], self.until[:, i], self.recorded[:, i], self.lawful[:, i])

    def sorted_by(self, order: npt.NDArray[np.intp]) -> Stops:
        """The stops of each case in another order."""
        lawful = np.take_along_axis(self.lawful, order, axis=1)
        return Stops(self.since.take(order), self.until.take(order), self.recorded.take(order), lawful)

    @property
    def known(self) -> Times:
        """The moment that has to lie before the deadline."""
        return self.since.or_later(self.recorded)


def known_stops(stops: Stops, end: Times, as_of: Times) -> Stops:
    """The stops as seen from the as-of (twin of `suspensions.known_suspensions`); the others lose their `since`."""
    ended = ~end.missing[:, None]
    last, today = end.spread(stops.rounds), as_of.spread(stops.rounds)
    seen = np.where(ended, stops.since.is_before(last), ~today.is_before(stops.known))
    until = stops.until.where(~(ended & stops.until.missing), last)
    still_open = ~ended & today.is_before(until)
    return replace(stops, since=stops.since.keep(seen), until=until.keep(~still_open))


@dataclass(frozen=True)
class Terms:
    """What is judged: the limit (`extra` whole units more for each case), and the file's own deadline where it has one.

    `starts` are the starts that count, after any rule on office hours; `end_coarse`: the end is known as a date.
    """

    starts: Times
    end_coarse: Bools
    limit: Limit | None
    extra: Ints
    file_deadline: Times
    last_day: LastDay


@dataclass(frozen=True)
class Folded:
    """Deadlines of the cases. `state` is empty, `suspended` or `coarse`; where it is not empty there is no deadline.

    `accepted` are the stops that count; `late_stop`, `last_day`, `unlawful`: what was noted as abuse of the clock.
    """

    date: npt.NDArray[np.datetime64]
    at: npt.NDArray[np.datetime64]
    whole_day: Bools
    state: npt.NDArray[np.str_]
    accepted: Bools
    late_stop: Bools
    last_day: Bools
    unlawful: Bools


def fold_stops(terms: Terms, stops: Stops, calendar: WorkCalendar) -> Folded:
    """Let each stop in turn move the deadline, if it was known by the deadline that stood before it.

    A date outside the published calendar leaves no date (NaT), which the caller tells as `calendar_not_published`.
    """
    reckoning = reckoning_of(terms.starts, terms.end_coarse, terms.limit, terms.extra, terms.last_day, calendar)
    reckoning = reckoning.with_deadlines(terms.file_deadline)
    state = np.where(reckoning.too_coarse, COARSE, "")
    shape = stops.lawful.shape
    marks = {name: np.zeros(shape[0], bool) for name in ("late", "last", "unlawful")}
    accepted = np.zeros(shape, bool)
    for i in range(stops.rounds):
        stop = stops.round(i)
        there = ~stop.since.missing & (state == "")
        there &= ~stop.until.is_before(stop.since) & ~stop.until.is_before(terms.starts)
        marks["unlawful"] |= there & ~stop.lawful
        there &= stop.lawful & ~np.isnat(reckoning.date)
        admitted = there & reckoning.admits(stop.known.begins)
        marks["late"] |= there & ~admitted
        blunt = admitted & reckoning.needs_time & (stop.since.coarse | (stop.until.coarse & ~stop.until.missing))
        state = np.where(blunt, COARSE, state)
        admitted &= ~blunt
        marks["last"] |= admitted & ~reckoning.needs_time & (stop.since.date == reckoning.date)
        accepted[:, i] = admitted
        state = np.where(admitted & stop.until.missing, SUSPENDED, state)
        reckoning.take_out(stop.since, stop.until, admitted & ~stop.until.missing)
    return _result(reckoning, state, accepted, marks)


def _result(reckoning: Reckoning, state: npt.NDArray[np.str_], accepted: Bools, marks: dict[str, Bools]) -> Folded:
    no_date, no_time = np.datetime64("NaT", "D"), np.datetime64("NaT", "us")
    lacking = state != ""
    return Folded(
        date=np.where(lacking, no_date, reckoning.date),
        at=np.where(lacking | reckoning.whole_day, no_time, reckoning.at),
        whole_day=reckoning.whole_day,
        state=state,
        accepted=accepted,
        late_stop=marks["late"],
        last_day=marks["last"],
        unlawful=marks["unlawful"],
    )


def pick_limit(plain: Folded, longer: Folded, signed: Times) -> tuple[Folded, Bools]:
    """The extended deadline where the extension was signed by the plain one, and which were signed too late."""
    has = ~signed.missing
    in_time = np.where(plain.whole_day, signed.date <= plain.date, signed.begins <= plain.at)
    late = has & (plain.state == "") & ~np.isnat(plain.date) & ~in_time
    use = has & ~late
    picked = {}
    for name in ("date", "at", "whole_day", "state", "late_stop", "last_day", "unlawful"):
        picked[name] = np.where(use, getattr(longer, name), getattr(plain, name))
    accepted = np.where(use[:, None], longer.accepted, plain.accepted)
    return Folded(**picked, accepted=accepted), late


def stopped_time(
    stops: Stops, chosen: Bools, starts: Times, ends: Times, measure: Measure, calendar: WorkCalendar
) -> Ints:
    """Time from start to end that the chosen stops took out: days, or microseconds of the measures below a day."""
    order = np.argsort(stops.since.ends, axis=1, kind="stable")  # a date stands for its end: behind times of its day
    stops, chosen = stops.sorted_by(order), np.take_along_axis(chosen, order, axis=1)
    total, covered = np.zeros(starts.at.shape, np.int64), _number(starts, measure, calendar)
    last = _number(ends, measure, calendar)
    for i in range(stops.rounds):
        stop = stops.round(i)
        use = chosen[:, i] & ~stop.since.missing & ~stop.until.is_before(stop.since)
        first = np.maximum(_number(stop.since, measure, calendar, over=True), covered)
        until = _number(stop.until.where(~stop.until.missing, ends), measure, calendar, over=True)
        until = np.minimum(until, last)
        total += np.where(use, np.maximum(until - first, 0), 0)
        covered = np.where(use, np.maximum(covered, until), covered)
    return total


def _number(times: Times, measure: Measure, calendar: WorkCalendar, *, over: bool = False) -> Ints:
    """Moments on the scale of the measure; `over`: a date without a time is its end (of a stop, on both sides)."""
    if measure == "workdays":
        return calendar.numbers[positions_of(times.date, calendar, "null")[0]]
    if measure in ("calendar_days", "full_days", "months"):
        return times.date.astype(np.int64)
    at = times.ends if over else times.at
    return office_microseconds(at, calendar, "null")[0] if measure == "office_days" else at.astype(np.int64)
