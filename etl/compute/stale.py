"""Which chunks of a measure have to be computed again; pure.

What was computed of a chunk holds while nothing of this is so:
* its rows changed: a mark of `dirty` is newer than those that were followed,
* what it was computed with changed: indicator, contract, calendar, or this package (`versions`),
* the day came on which a case of it counts otherwise (`next_change`), or the day went back,
* everything is to be computed (the nightly reconcile), and this run has not done it yet.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


class Mark(NamedTuple):
    """What load changed: a chunk of a source, by a batch, and when it said so."""

    source: str
    chunk: str
    batch_id: str
    since: dt.datetime


@dataclass(frozen=True)
class Known:
    """What is kept of one chunk, beside its parts."""

    versions: Mapping[str, str]
    as_of: dt.date
    next_change: dt.date | None
    snapshot: int
    followed: dt.datetime | None
    run_id: str


@dataclass(frozen=True)
class Need:
    """What a measure asks of its chunks. `inputs`: further sources whose every change concerns all chunks."""

    source: str
    versions: Mapping[str, str]
    inputs: tuple[str, ...] = ()


class Newest:
    """The newest mark of each chunk."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self._since: dict[str, dict[str, dt.datetime]] = defaultdict(dict)
        for mark in marks:
            chunks = self._since[mark.source]
            chunks[mark.chunk] = max(mark.since, chunks.get(mark.chunk, mark.since))

    def of(self, need: Need, chunk: str) -> dt.datetime | None:
        own = self._since.get(need.source, {}).get(chunk)
        theirs = (since for source in need.inputs for since in self._since.get(source, {}).values())
        return max((since for since in (own, *theirs) if since is not None), default=None)


def stale_chunks(
    need: Need,
    present: Collection[str],
    known: Mapping[str, Known],
    newest: Newest,
    *,
    as_of: dt.date,
    run_id: str | None,
) -> list[str]:
    """Chunks to compute, sorted. `present`: those in the lake; `run_id`: of a run that computes everything."""

    def is_stale(chunk: str) -> bool:
        last = known.get(chunk)
        if last is None:
            return True
        return not still_holds(last, need, newest.of(need, chunk), as_of=as_of) or run_id not in (None, last.run_id)

    return sorted(chunk for chunk in {*present, *known} if is_stale(chunk))


def still_holds(last: Known, need: Need, marked: dt.datetime | None, *, as_of: dt.date) -> bool:
    """Whether what is kept is, by all we know, what computing anew would give."""
    is_followed = marked is None or (last.followed is not None and marked <= last.followed)
    is_settled = last.as_of <= as_of and (last.next_change is None or as_of < last.next_change)
    return is_followed and is_settled and dict(last.versions) == dict(need.versions)


def split_evenly(weights: Mapping[str, int], most: int) -> Iterator[list[str]]:
    """Neighbouring chunks in groups of at most `most` rows together, or one chunk that has more by itself."""
    group: list[str] = []
    total = 0
    for chunk in sorted(weights):
        if group and total + weights[chunk] > most:
            yield group
            group, total = [], 0
        group.append(chunk)
        total += weights[chunk]
    if group:
        yield group


def make_known(row: Mapping[Any, Any]) -> Known:
    """From a row of `part_chunks`."""
    return Known(*(row[name] for name in ("versions", "as_of", "next_change", "snapshot", "followed", "run_id")))
