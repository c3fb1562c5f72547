"""What the departments have answered: the state of every (source, period), from the batches alone."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from etl.core.clock.workdays import WorkCalendar
from etl.core.periods import Period, parse_period, periods_between
from schemas.models.contract import Contract
from schemas.warehouse.tables import batches, quarantine

_RANK = {"loaded": 0, "unchanged": 1, "empty": 2, "refused": 3}
_STATE = {"loaded": "ok", "unchanged": "unchanged_copy", "empty": "reported_empty", "refused": "failed_check"}


@dataclass(frozen=True)
class Answer:
    """What one batch answers: its status and the periods it speaks of."""

    batch_id: str
    status: str
    periods: tuple[str, ...]


@dataclass(frozen=True)
class Submissions:
    """All answers of one source, and the units whose rows were kept back."""

    contract: Contract
    answers: tuple[Answer, ...]
    held_units: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Batch id -> units with a quarantined row in it."""

    def state_of(self, period: Period) -> tuple[str | None, tuple[str, ...]]:
        """`ok` with the batches that answer, a reason of silence, or None where nobody has answered yet."""
        wanted = {period.text, *period.months()}
        found = [a for a in self.answers if a.status in _RANK and wanted.intersection(a.periods)]
        if not found:
            return None, ()
        best = min(_RANK[answer.status] for answer in found)
        status = next(answer.status for answer in found if _RANK[answer.status] == best)
        if status == "empty" and self.contract.zero_report:
            status = "loaded"
        return _STATE[status], tuple(sorted(a.batch_id for a in found if _RANK[a.status] == best))

    def held_in(self, batch_ids: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self.held_units.get(batch, frozenset()) for batch in batch_ids))


def read_submissions(connection: Connection, contract: Contract) -> Submissions:
    """The answers of one source as the warehouse knows them now."""
    columns = ("batch_id", "status", "period", "covers", "rows_accepted", "rows_quarantined")
    query = select(*(batches.c[name] for name in columns)).where(batches.c.source == contract.id)
    rows = connection.execute(query).all()
    answers = tuple(
        Answer(r.batch_id, _status_of(r, contract), tuple(r.covers) or ((r.period,) if r.period else ())) for r in rows
    )
    held: dict[str, set[str]] = defaultdict(set)
    kept_back = select(quarantine.c.batch_id, quarantine.c.unit).where(
        quarantine.c.source == contract.id, quarantine.c.unit.is_not(None), quarantine.c.state == "open"
    )
    for row in connection.execute(kept_back):
        held[row.batch_id].add(row.unit)
    return Submissions(contract, answers, {batch: frozenset(units) for batch, units in held.items()})


def _status_of(batch: Any, contract: Contract) -> str:
    """A report of which no row passed its checks has said as little as one that was refused."""
    is_held = batch.status == "loaded" and not batch.rows_accepted and batch.rows_quarantined
    return "refused" if is_held and contract.kind == "report" else batch.status


def due_day(contract: Contract, period: Period, calendar: WorkCalendar) -> dt.date:
    """The last day on which the department is on time with the file of `period`."""
    if contract.due.unit == "workday":
        return calendar.workday(calendar.number(period.end) + contract.due.days)
    return period.end + dt.timedelta(days=contract.due.days)


def periods_in_play(
    submissions: Submissions, calendar: WorkCalendar, *, first: dt.date, as_of: dt.date
) -> list[Period]:
    """Periods that get a value row: answered, or silent after the day on which the file was due."""
    contract = submissions.contract
    grain = contract.period.grain
    first = max(first, _first_answer(submissions.answers, first)) if contract.period.read_from == ("rows",) else first
    chosen = []
    for period in periods_between(first, as_of, grain):
        state, _ = submissions.state_of(period)
        if state is not None or as_of > due_day(contract, period, calendar):
            chosen.append(period)
    return chosen


def _first_answer(answers: Sequence[Answer], default: dt.date) -> dt.date:
    starts = [parse_period(text).start for answer in answers for text in answer.periods if answer.status == "loaded"]
    return min(starts, default=default)
