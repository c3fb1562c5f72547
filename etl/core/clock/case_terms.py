"""What goes into and comes out of judging one case: the plan's choices, an extension, the result."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from etl.core.clock.deadlines import AfterHours, ClockAbuse, Deadline, LastDay, Mark
from etl.core.clock.elapsed import Measure
from etl.core.clock.limits import Limit, Moment

Light = Literal["green", "yellow", "red", "suspended"]
Reason = Literal["precision_too_coarse", "end_before_start"]


@dataclass(frozen=True, slots=True)
class Extension:
    """A further limit granted once (Administrative Licensing Law art. 42), in the unit of the first."""

    limit: Limit
    signed: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRules:
    """How a plan counts what the law leaves open; the defaults are those of semantics section 1.

    Attributes:
        after_hours: what a start outside office hours counts as.
        last_day: whole-day limits end at midnight, at closing time, or at the time of day of the start.
        measure: how elapsed time is shown; None: in the unit of the limit. It never decides.
        extension_counts: an extension moves the plan's own limit too, not only the statutory one.
    """

    after_hours: AfterHours = "same_day"
    last_day: LastDay = "midnight"
    measure: Measure | None = None
    extension_counts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitResult:
    """The verdict on one case.

    Attributes:
        deadline_date: the last date on time; None while suspended or where times are missing.
        deadline: whole days: the first instant that is too late; else the last instant on time.
        whole_day: kept means end date <= `deadline_date`; else end <= `deadline`.
        elapsed: time to the end, or to the as-of of an open case, without suspensions, in `unit`.
        unit: unit of `elapsed`.
        kept: True or False once decided, else None.
        light: `suspended` while a suspension is open; None where nothing can be said.
        reason: why nothing can be said.
        decided: the earlier of end and deadline: the date whose period counts the case (semantics 4).
        age_days: calendar days since the start of an open case, suspended ones included.
        counted_days: the days that the limit counts, up to the deadline.
        marks: what the reader has to know about the precision.
        clock_abuse: findings on suspensions and extensions.
        recomputed: the deadline by our own count, where the file's own decides.
        extended: the statutory deadline, where a valid extension moved it.
        calendar: id and version of the calendar, `cn@0123456789ab`.
    """

    deadline_date: dt.date | None
    deadline: dt.datetime | None
    whole_day: bool
    elapsed: Fraction | None
    unit: str
    kept: bool | None
    light: Light | None
    reason: Reason | None
    decided: dt.date | None
    age_days: int | None
    counted_days: tuple[dt.date, ...]
    marks: tuple[Mark, ...]
    clock_abuse: tuple[ClockAbuse, ...]
    recomputed: Deadline | None
    extended: Deadline | None
    calendar: str
