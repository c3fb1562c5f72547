"""How much time an open case has left, worked out when it is read; for command line, mails and board alike."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class TimeLeft:
    """Days to the last date on time, or, where the deadline has a time, minutes; below 0 it is overdue by so much."""

    days: int | None = None
    minutes: int | None = None

    @property
    def is_over(self) -> bool:
        return (self.days if self.minutes is None else self.minutes or 0) < 0  # type: ignore[operator]


def time_left(deadline_date: dt.date | None, deadline_at: dt.datetime | None, now: dt.datetime) -> TimeLeft | None:
    """From `now` (wall time of the deadline's zone) to the deadline; None where there is none."""
    if deadline_date is None:
        return None
    if deadline_at is None:
        return TimeLeft(days=(deadline_date - now.date()).days)
    return TimeLeft(minutes=(deadline_at - now) // MINUTE)
