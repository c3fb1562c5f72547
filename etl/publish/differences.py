"""Compares verdicts with what is recorded, column by column, one target at a time: which rows are new, which gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.core.verdict_frames import VerdictFrame, VerdictSet
from etl.publish.hashing import hash_frame

Places = npt.NDArray[np.int64]
RECORDED = ("id", "unit", "period", "content_hash")
"""Columns of what is recorded of one target."""


@dataclass(frozen=True)
class Differences:
    """What publishing would do.

    Attributes:
        numbers: rows of the set to be written, rising; `hashes` theirs.
        gone: ids of recorded rows to be closed.
        changed: keys that are new, differ or have vanished.
    """

    numbers: list[int]
    hashes: list[str]
    gone: list[int]
    changed: int


@dataclass(frozen=True)
class TargetDifference:
    """The same of one target: `places` count from its first row."""

    places: Places
    hashes: list[str]
    gone: Places
    changed: int


def find_differences(verdicts: VerdictSet, read: Callable[[str, str], pd.DataFrame]) -> Differences:
    """All differences of a set.

    Args:
        verdicts: the whole set.
        read: (plan, target) -> the recorded rows that stand, with the columns of `RECORDED`.

    Raises:
        ValueError: see `compare_target`.
    """
    numbers: list[int] = []
    hashes: list[str] = []
    gone: list[int] = []
    changed = 0
    for (plan, target), members in _by_target(verdicts):
        starts = np.concatenate([np.arange(start, start + len(frame)) for start, frame in members])
        found = compare_target([frame for _, frame in members], read(plan, target))
        numbers += starts[found.places].tolist()
        hashes += found.hashes
        gone += found.gone.tolist()
        changed += found.changed
    order = np.argsort(np.array(numbers, dtype=np.int64), kind="stable")
    return Differences([numbers[i] for i in order], [hashes[i] for i in order], gone, changed)


def _by_target(verdicts: VerdictSet) -> Iterator[tuple[tuple[str, str], list[tuple[int, VerdictFrame]]]]:
    numbered = zip(verdicts.offsets(), verdicts.frames, strict=True)

    def name(item: tuple[int, VerdictFrame]) -> tuple[str, str]:
        return item[1].promised.plan, item[1].promised.target

    for key, members in groupby(sorted(numbered, key=name), key=name):
        yield key, list(members)


def compare_target(frames: Sequence[VerdictFrame], recorded: pd.DataFrame) -> TargetDifference:
    """Differences of one target by (unit, period) and content hash.

    Raises:
        ValueError: two verdicts of one key, or not exactly one current row of a unit: a fault of the judge, never of a
            department.
    """
    keys = [_keys_of(frame) for frame in frames]
    given = keys[0] if len(keys) == 1 else pd.concat(keys, ignore_index=True)
    given["place"] = np.arange(len(given))
    _check(frames[0], given)
    if _is_recorded(given, recorded):
        return _NOTHING
    both = given.merge(recorded, on=["unit", "period"], how="outer", suffixes=("", "_recorded"))
    differs = both[both["content_hash"].ne(both["content_hash_recorded"])]
    fresh = differs[differs["place"].notna()].sort_values("place")
    ids = differs.loc[differs["id"].notna(), "id"]
    places = fresh["place"].to_numpy(dtype=np.int64)
    gone = np.sort(ids.to_numpy(dtype=np.int64))
    return TargetDifference(places, fresh["content_hash"].tolist(), gone, len(differs))


_NOTHING = TargetDifference(np.array([], dtype=np.int64), [], np.array([], dtype=np.int64), 0)


def _is_recorded(given: pd.DataFrame, recorded: pd.DataFrame) -> bool:
    """Whether nothing differs: of most targets on most days, and asked faster than where they differ."""
    if len(given) != len(recorded):
        return False
    names = ("unit", "period", "content_hash")
    mine, known = (set(zip(*(table[name].tolist() for name in names), strict=True)) for table in (given, recorded))
    return mine == known


def _keys_of(frame: VerdictFrame) -> pd.DataFrame:
    table = frame.table
    return pd.DataFrame(
        {
            "unit": table["unit"].to_numpy(),
            "period": table["period"].to_numpy(),
            "is_current": table["is_current"].to_numpy(),
            "content_hash": hash_frame(frame),
        }
    )


def _check(frame: VerdictFrame, given: pd.DataFrame) -> None:
    name = (frame.promised.plan, frame.promised.target)
    units, periods = given["unit"].tolist(), given["period"].tolist()
    if len(set(zip(units, periods, strict=True))) < len(units):
        unit, period = given.loc[given.duplicated(["unit", "period"]), ["unit", "period"]].iloc[0]
        raise ValueError(f"two verdicts of one key: {(*name, unit, period)}")
    current = Counter(unit for unit, is_current in zip(units, given["is_current"].tolist(), strict=True) if is_current)
    wrong = [unit for unit in dict.fromkeys(units) if current[unit] != 1]
    if wrong:
        found = (*name, wrong[0], current[wrong[0]])
        raise ValueError(f"not exactly one current verdict: (plan, target, unit, current rows) = {found}")
