"""What stops the clock, and which stops count (semantics 1.9).

A suspension from date a to date b takes out the days d with a < d <= b: the day it starts is still used up, the day the
case comes back is not. What is known at the as-of is separated from what is not before anything is counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from etl.core.clock.limits import Moment

Span = tuple[dt.datetime, dt.datetime]
FOREVER = dt.datetime.max  # noqa: DTZ901 - all times here are wall times without a zone


@dataclass(frozen=True, slots=True)
class Suspension:
    """One stop of the clock; `end` None while it is open.

    Attributes:
        recorded: when it was written down, where the file says so; a stop entered later than it starts is held against
            the deadline by this moment.
        reason: as the file names it; shown, never interpreted.
    """

    start: Moment
    end: Moment | None = None
    recorded: Moment | None = None
    reason: str = ""

    @property
    def known(self) -> Moment:
        """The moment that has to lie before the deadline."""
        if self.recorded is not None and self.start.is_before(self.recorded):
            return self.recorded
        return self.start

    @property
    def is_inverted(self) -> bool:
        return self.end is not None and self.end.is_before(self.start)

    @property
    def is_coarse(self) -> bool:
        return self.start.is_date_only or (self.end is not None and self.end.is_date_only)

    @property
    def span(self) -> Span:
        """The stopped time. A date without a time counts as its end on both sides, which is a < d <= b in instants."""
        return self.start.ends, FOREVER if self.end is None else self.end.ends

    def takes_out(self, day: dt.date) -> bool:
        return self.start.date < day and (self.end is None or day <= self.end.date)


def parse_suspension(text: str, *, zone: str = "Asia/Shanghai") -> Suspension:
    """Read `2023-03-01..2023-03-05`, with times where the limit needs them; `2023-03-01..` is still open.

    Raises:
        ValueError: not of this form, or the end lies before the start.
    """
    start, dots, end = text.partition("..")
    if not dots:
        raise ValueError(f"看不懂中止区间“{text}”，请写成 2023-03-01..2023-03-05（尚未恢复的写 2023-03-01..）")
    stop = Suspension(Moment.parse(start, zone=zone), Moment.parse(end, zone=zone) if end.strip() else None)
    if stop.is_inverted:
        raise ValueError(f"中止区间“{text}”的结束早于开始，请改正顺序")
    return stop


def known_suspensions(
    suspensions: Iterable[Suspension], end: Moment | None, as_of: Moment | None
) -> tuple[Suspension, ...]:
    """The stops as they are seen from the as-of, in order of their start.

    A stop that begins after the case ended, or after the as-of, is left out; one still running at the end of the case
    ends with it; one whose end lies after the as-of of an open case is open.
    """
    kept = []
    for stop in sorted(suspensions, key=lambda stop: stop.start.begins):
        if end is not None:
            if stop.start.is_before(end):
                kept.append(stop if stop.end is not None else replace(stop, end=end))
        elif as_of is None or not as_of.is_before(stop.known):
            still_open = as_of is not None and stop.end is not None and as_of.is_before(stop.end)
            kept.append(replace(stop, end=None) if still_open else stop)
    return tuple(kept)


def is_taken_out(day: dt.date, stops: Sequence[Suspension]) -> bool:
    return any(stop.takes_out(day) for stop in stops)


def merge_spans(stops: Iterable[Suspension]) -> list[Span]:
    """The stopped time in order, overlapping and touching stops as one, so that nothing is taken out twice."""
    merged: list[Span] = []
    for begins, ends in sorted(stop.span for stop in stops):
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((begins, ends))
    return merged
