"""The hours of one working day as offsets, exact to the microsecond; which days are working days is not known here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

MINUTE = 60 * 1_000_000
"""Microseconds in a minute."""


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Spans `(opens, closes)` in minutes from midnight, in order, `closes` not included."""

    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, spans: tuple[tuple[dt.time, dt.time], ...]) -> OfficeHours:
        return cls(tuple((_minutes_of(opens), _minutes_of(closes)) for opens, closes in spans))

    @property
    def minutes(self) -> int:
        """Office minutes of one whole working day."""
        return sum(closes - opens for opens, closes in self.spans)

    @property
    def opening(self) -> dt.timedelta:
        return dt.timedelta(minutes=self.spans[0][0])

    @property
    def closing(self) -> dt.timedelta:
        return dt.timedelta(minutes=self.spans[-1][1])

    def worked(self, offset: dt.timedelta) -> dt.timedelta:
        """Office time of a working day that lies before `offset` (time since midnight)."""
        done = dt.timedelta()
        for opens, closes in self.spans:
            lower, upper = dt.timedelta(minutes=opens), dt.timedelta(minutes=closes)
            done += min(max(offset - lower, dt.timedelta()), upper - lower)
        return done

    def offset_after(self, worked: dt.timedelta) -> dt.timedelta:
        """The earliest time since midnight at which `worked` (0 < worked <= a whole day) is done."""
        left = worked
        for opens, closes in self.spans:
            span = dt.timedelta(minutes=closes - opens)
            if left <= span:
                return dt.timedelta(minutes=opens) + left
            left -= span
        raise ValueError(f"{worked} is longer than one office day")

    def opening_from(self, offset: dt.timedelta) -> dt.timedelta | None:
        """`offset` itself while open, else the next opening of the same day, None after closing."""
        for opens, closes in self.spans:
            if offset < dt.timedelta(minutes=closes):
                return max(offset, dt.timedelta(minutes=opens))
        return None


def _minutes_of(time: dt.time) -> int:
    return time.hour * 60 + time.minute
