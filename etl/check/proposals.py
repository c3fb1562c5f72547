"""A header that the contract does not know beside a column that is missing: perhaps the column was renamed.

Only proposed, never assumed: a person accepts a new spelling (`bizenv source alias`), then the same file passes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import pyarrow as pa

from etl.check.arrow import clean, is_filled
from etl.check.findings import FindingLog
from etl.check.grid import Grid, name_column
from etl.check.headers import take_apart
from etl.check.parse import ColumnParser
from schemas.models.contract import Column, ColumnType, Contract
from schemas.models.finding import Finding, Level

SIMILAR = 0.6
"""So alike are two headers that their texts alone make a proposal."""
RELATED = 0.3
"""So alike they have to be where the values underneath fit the missing column too."""
ALMOST_EQUAL = 0.9
"""So alike where the values do not fit."""
_WORDS = (ColumnType.TEXT, ColumnType.ID, ColumnType.CODE)
"""Types that read almost anything: that the values fit says nothing."""


@dataclass(frozen=True)
class Proposal:
    """The header `seen` in sheet column `place` (from 0) may be the contract's `column`."""

    column: str
    header: str
    seen: str
    place: int


def propose(
    missing: Sequence[str], unknown: Mapping[int, str], contract: Contract, fits: Mapping[tuple[str, int], bool]
) -> tuple[Proposal, ...]:
    """Pair missing columns with unknown headers, the likeliest first; each is used once.

    Args:
        missing: names of contract columns.
        unknown: sheet column -> header that answers to no column of the contract.
        contract: the promise.
        fits: (column, sheet column) -> whether the values there are of the column's type; left out where that says
            nothing.
    """
    scored = []
    for name in missing:
        column = contract.column_by_name[name]
        for place, seen in unknown.items():
            alike, fit = _compare(seen, column), fits.get((name, place))
            only = fit is True and len(missing) == len(unknown) == 1
            enough = RELATED if fit else (SIMILAR if fit is None else ALMOST_EQUAL)
            if alike >= 0 and (alike >= enough or only):
                scored.append((alike + (0.2 if fit else 0.0), name, place))
    found: dict[str, Proposal] = {}
    used: set[int] = set()
    for _, name, place in sorted(scored, key=lambda s: (-s[0], s[2], s[1])):
        if name not in found and place not in used:
            used.add(place)
            found[name] = Proposal(name, contract.column_by_name[name].header, unknown[place], place)
    return tuple(found[name] for name in missing if name in found)


def _compare(seen: str, column: Column) -> float:
    """0 to 1; -1 for a header of another unit of measure, which is never the same column."""
    there, promised = take_apart(seen), take_apart(column.header).unit
    if there.unit and promised and there.unit != promised:
        return -1.0
    best = 0.0
    for known in map(take_apart, (column.header, *column.aliases)):
        ratio = SequenceMatcher(None, there.core, known.core, autojunk=False).ratio()
        shorter, longer = sorted((there.core, known.core), key=len)
        within = len(shorter) >= 2 and shorter in longer  # 办理量 within 业务办理量
        best = max(best, ratio, 0.7 if within else 0.0)
    return best


def find_fits(
    grid: Grid, header_line: int, missing: Sequence[str], unknown: Mapping[int, str], parser: ColumnParser
) -> dict[tuple[str, int], bool]:
    """Whether the first rows under each unknown header can be read as each missing column."""
    rows = grid.head()[header_line:]
    fits: dict[tuple[str, int], bool] = {}
    for place in unknown:
        texts = clean(pa.array([row[place] if place < len(row) else "" for row in rows], pa.string()))
        filled = is_filled(texts)
        for column in (c for c in parser.columns if c.name in missing and c.type not in _WORDS and filled.any()):
            read = is_filled(parser.parse(texts, None, column).values)
            fits[column.name, place] = int(read.sum()) * 10 >= int(filled.sum()) * 9
    return fits


def describe_proposals(found: Sequence[Proposal]) -> str:
    """`；「业务办理量」像是「办理量」改了名`, to go after the sentence of a refusal; empty without a proposal."""
    return "".join(f"；「{p.seen}」像是「{p.header}」改了名" for p in found)


def note_proposals(log: FindingLog, found: Sequence[Proposal], *, sheet: str | None, line: int) -> None:
    """One finding for each proposal, at the header cell."""
    for one in found:
        log.add_once(
            Finding(
                code="COLUMN.RENAMED",
                level=Level.NOTE,
                message=f"第 {line} 行表头「{one.seen}」不在约定中，像是「{one.header}」改了名",
                todo=f"请把表头改回「{one.header}」后重新报送；如系统已改版，请联系营商办登记新表头",
                sheet=sheet,
                line=line,
                column=one.column,
                header=one.seen,
                cell=f"{name_column(one.place)}{line}",
            )
        )
