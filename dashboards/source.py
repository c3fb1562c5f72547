"""What the board holds in memory: the newest published set, and whether the warehouse still answers.

One thread a worker: it listens on the channel of new sets, looks every 30 s in any case, and swaps the snapshot as
a whole. Browsers ask only this memory.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal
from zoneinfo import ZoneInfo

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from dashboards.queries.records import Snapshot
from dashboards.queries.snapshot import Pulse, load_snapshot, read_pulse
from schemas.warehouse.dialect import SET_CHANNEL, listen

LOG = logging.getLogger(__name__)
POLL_SECONDS = 30.0
REQUEST_POLL_SECONDS = 2.0
"""Looks are closer together while a viewer waits for a request."""
RETRY_SECONDS = 2.0
SILENCE_SECONDS = 90.0
"""A look that has not come back for so long counts as no answer: a hanging network is no fresh board."""
COUNTDOWN_SECONDS = 300
"""So often the time that open cases have left is worked out anew on an open page."""
OLD_DAYS = 3
"""From more than so many days on, the age of the figures is said in words."""

Problem = Literal["away", "not_ready"]


@dataclass(frozen=True, kw_only=True)
class State:
    """One consistent picture for one rendering.

    Attributes:
        snapshot: the newest set known, None before the first.
        problem: `away`: the database does not answer; `not_ready`: it has no warehouse; None: all is well.
        seen_at: when the database last answered; None: never yet.
        today: the home's day (simulated clock, or the real day of the zone).
    """

    snapshot: Snapshot | None
    problem: Problem | None
    seen_at: dt.datetime | None
    now: dt.datetime
    today: dt.date
    simulated: bool
    activity: str
    zone: ZoneInfo
    catalogue: str = ""
    cases: str = ""

    @property
    def shown(self) -> Snapshot:
        """The snapshot where there is one for sure; pages ask `snapshot` first."""
        if self.snapshot is None:
            raise LookupError("no set has been published or read yet")
        return self.snapshot

    @property
    def age_days(self) -> int | None:
        """Days between the set's as-of and today; None without a set."""
        return (self.today - self.snapshot.published.as_of).days if self.snapshot else None

    @property
    def is_old(self) -> bool:
        return (self.age_days or 0) > OLD_DAYS

    @property
    def set_token(self) -> str:
        """Changes whenever a page of verdicts would look different."""
        set_id = self.snapshot.published.set_id if self.snapshot else None
        day = self.now.astimezone(self.zone).date()
        return f"{set_id}|{self.problem}|{day}|{self.today}|{self.simulated}|{self.catalogue}"

    @property
    def tokens(self) -> dict[str, str]:
        return {
            "set": self.set_token,
            "data": f"{self.set_token}|{self.activity}",
            "cases": f"{self.set_token}|{self.cases}|{int(self.now.timestamp()) // COUNTDOWN_SECONDS}",
        }


@dataclass(frozen=True)
class _Known:
    snapshot: Snapshot | None = None
    pulse: Pulse | None = None
    problem: Problem | None = "away"
    seen_at: dt.datetime | None = None


class Source:
    """Holds the snapshot; `start` and `stop` its thread. `refresh` is one look and may be called by tests."""

    def __init__(self, engine: Engine, *, zone: str, clock: str | None, now: Callable[[], dt.datetime]) -> None:
        """`clock`: the settings' own today (ISO date), before the home's; `now`: an aware instant."""
        self.engine = engine
        self._zone = ZoneInfo(zone)
        self._clock = dt.date.fromisoformat(clock[:10]) if clock else None
        self._now = now
        self._known = _Known()
        self._told: Problem | None = None
        """What the log was told last: one line a change, not one an attempt."""
        self._looking = threading.Lock()
        self._stop = threading.Event()
        self._hurry = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> State:
        """The picture now; asks memory and the clock only."""
        known, now = self._known, self._now()
        silent = known.seen_at is None or (now - known.seen_at).total_seconds() > SILENCE_SECONDS
        pulse = known.pulse
        return State(
            snapshot=known.snapshot,
            problem=known.problem or ("away" if silent else None),
            seen_at=known.seen_at,
            now=now,
            today=self._clock or (pulse and pulse.clock) or now.astimezone(self._zone).date(),
            simulated=bool(pulse and pulse.simulated),
            activity=pulse.activity if pulse else "",
            zone=self._zone,
            catalogue=pulse.catalogue if pulse else "",
            cases=pulse.cases if pulse else "",
        )

    def refresh(self) -> None:
        """One look: what is new is loaded; a database that does not answer becomes the state `problem`."""
        with self._looking:
            try:
                self._known = self._look()
            except (SQLAlchemyError, psycopg.Error, OSError) as error:
                self._lose(error)

    def _look(self) -> _Known:
        known, pulse = self._known, read_pulse(self.engine)
        before = known.pulse.catalogue if known.pulse else None
        if self._told:
            LOG.info("the warehouse answers again")
            self._told = None
        snapshot = known.snapshot
        if pulse.set_id != (snapshot.published.set_id if snapshot else None) or pulse.catalogue != before:
            snapshot = load_snapshot(self.engine)
        return _Known(snapshot=snapshot, pulse=pulse, problem=None, seen_at=self._now())

    def _lose(self, error: Exception) -> None:
        problem: Problem = "not_ready" if isinstance(error, ProgrammingError) else "away"
        if self._told != problem:
            LOG.warning("the warehouse does not answer (%s): %s", problem, str(error).splitlines()[0])
            self._told = problem
        self._known = replace(self._known, problem=problem)
        self.engine.dispose()

    def hurry(self) -> None:
        """Look within a second: a viewer has just asked for something."""
        self._hurry.set()

    def start(self) -> None:
        self.refresh()
        self._thread = threading.Thread(target=self._watch, name="board-source", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=5)

    def _watch(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow()
            except (psycopg.Error, OSError) as error:
                with self._looking:
                    self._lose(error)
                self._stop.wait(RETRY_SECONDS)

    def _follow(self) -> None:
        """Listen until the connection breaks; the first tick looks at once, so nothing falls between two."""
        since = POLL_SECONDS
        for payload in listen(self.engine.url.render_as_string(hide_password=False), SET_CHANNEL, timeout=1.0):
            if self._stop.is_set():
                return
            since += 1.0
            pulse = self._known.pulse
            wait = REQUEST_POLL_SECONDS if pulse and pulse.request_open else POLL_SECONDS
            if payload is not None or since >= wait or self._hurry.is_set() or self._known.problem:
                self._hurry.clear()
                since = 0.0
                self.refresh()
