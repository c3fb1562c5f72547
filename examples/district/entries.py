"""What people of the office enter by hand: confirmations, events, ranks and grades, some late, some never."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from examples.district.levels import open_stream
from examples.district.pack import BY_HAND, Pack, Target
from examples.district.spans import Span, list_spans, span_of

HEADERS = (
    *("方案编号", "目标编号", "单位", "所属期", "日期", "数值", "等次"),
    *("是否确认", "佐证", "来源", "填报人", "备注"),
)
MILESTONES = ("in_time", "never", "late", "in_time", "denied", "on_due_day", "no_evidence", "withdrawn", "later_too")
WINDOWS = ("enough", "count", "few", "zero", "enough", "none", "count")
RANKS = ("final", "none", "early_only", "short", "twice", "short")
FILES = 2
"""The second file corrects the first."""


@dataclass(frozen=True)
class Entry:
    """One row of a file of entries; a held row is one that a sound check keeps out."""

    target: str
    period: str | None = None
    day: dt.date | None = None
    value: int | None = None
    grade: str | None = None
    confirmed: bool | None = None
    evidence: str = ""
    source: str = ""
    is_held: bool = False
    file: int = 0


def list_by_hand(pack: Pack) -> list[Target]:
    return [target for target in pack.targets if target.kind in BY_HAND and target.indicator is None]


def place_of(pack: Pack, target: Target) -> int:
    """Number of the target among those of its kind: the fates take turns."""
    alike = [other.id for other in list_by_hand(pack) if other.kind == target.kind]
    return alike.index(target.id) + len(pack.id)


def enter_milestone(pack: Pack, target: Target, as_of: dt.date) -> Iterator[Entry]:
    """A deliverable: confirmed in time, late, never, taken back, or without evidence."""
    due = target.due or as_of
    first, last = max(target.start, pack.start) if target.start <= due else due, min(due, as_of)
    first = min(first, last) if target.acceptance else first
    fate = MILESTONES[place_of(pack, target) % len(MILESTONES)]
    if first > as_of or fate == "never":
        return
    day = first + (last - first) * 2 // 3
    note = f"模〔{day.year}〕{place_of(pack, target) + 1}号"
    if fate == "late" or fate == "later_too":
        late = due + dt.timedelta(days=9)
        if late <= as_of:
            yield Entry(target.id, day=late, confirmed=True, evidence=note)
        if fate == "late":
            return
    if fate == "no_evidence":
        yield Entry(target.id, day=day, confirmed=True, is_held=True)
        return
    day = last if fate == "on_due_day" else day
    yield Entry(target.id, day=day, confirmed=fate != "denied", evidence=note)
    if fate == "withdrawn":
        yield Entry(target.id, day=day, confirmed=False, evidence="撤回", file=1)


def enter_cadence(pack: Pack, target: Target, as_of: dt.date) -> Iterator[Entry]:
    """Events window by window: one row an event, or one row with the number of them."""
    end = min(as_of, target.due or as_of)
    for number, span in enumerate(list_spans(target.start, end, str(target.every), whole=False)):
        fate = WINDOWS[(place_of(pack, target) + number) % len(WINDOWS)]
        yield from enter_window(target, span, fate, as_of)


def enter_window(target: Target, span: Span, fate: str, as_of: dt.date) -> Iterator[Entry]:
    wanted = int(target.value)
    count = {"enough": wanted, "count": wanted + 1, "few": max(0, wanted - 1), "zero": 0}.get(fate)
    if count is None:
        return
    if fate == "enough" and wanted <= 2:
        first = max(span.first, target.start)
        for number in range(count):
            day = min(first + dt.timedelta(days=5 + number), as_of)
            yield Entry(target.id, day=day, evidence=f"纪要{span.digits}{number}")
        return
    yield Entry(target.id, period=span.label, value=count, evidence=f"台账{span.digits}")


def enter_rank(pack: Pack, target: Target, as_of: dt.date) -> Iterator[Entry]:
    """A result of the first year's middle and one at the due day: reached, short of it, or not known yet."""
    fate = RANKS[place_of(pack, target) % len(RANKS)]
    due = target.due or as_of
    middle = span_of(min(as_of, due), "month") if target.acceptance else span_of(max(target.start, pack.start), "month")
    if fate == "none":
        return
    if fate in ("twice", "early_only") and not target.acceptance and middle.last <= as_of:
        yield ranked(target, middle, short=True)
    if fate != "early_only" and due <= as_of:
        yield ranked(target, span_of(due, "month"), short=fate == "short")


def ranked(target: Target, span: Span, *, short: bool) -> Entry:
    """A result one place short of what is wanted, or just that."""
    is_low_good = target.comparator in ("<=", "<")
    place = int(target.value) + (1 if is_low_good else -1) * short
    shown = max(1 if target.scale else 0, place)
    source = f"示例评价通报{span.digits}"
    if target.scale:
        return Entry(target.id, period=span.label, grade=target.scale[shown - 1], source=source)
    return Entry(target.id, period=span.label, value=shown, source=source)


def enter_all(pack: Pack, as_of: dt.date) -> list[Entry]:
    """Every row of every file, in the order of the targets."""
    entries: list[Entry] = []
    make = {"milestone": enter_milestone, "cadence": enter_cadence, "rank": enter_rank}
    for target in list_by_hand(pack):
        entries += make[target.kind](pack, target, as_of)
    return entries


def to_row(pack: Pack, entry: Entry) -> list[str | int | dt.date | None]:
    """The entry as a row under `HEADERS`."""
    confirmed = None if entry.confirmed is None else ("是" if entry.confirmed else "否")
    here = open_stream("self", pack.id, entry.target).choice((None, "本级", "—"))
    return [
        *(pack.id, entry.target, here, entry.period, entry.day, entry.value, entry.grade),
        *(confirmed, entry.evidence or None, entry.source or None, "示例丙", None),
    ]


def split_files(entries: Sequence[Entry]) -> list[list[Entry]]:
    """The rows of each file; a file without rows is not written."""
    return [rows for number in range(FILES) if (rows := [entry for entry in entries if entry.file == number])]
