"""Which period a file speaks of, from the places that the contract names, in its order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from etl.check.checked import Refusal
from etl.check.periods import expand_period, find_periods, find_sum_periods
from etl.check.staging import StagedRows
from etl.core.periods import parse_period, periods_between
from schemas.models.contract import Contract

_EXAMPLES = {
    **{"month": "2023年3月", "quarter": "2023年第一季度", "half": "2023年上半年", "year": "2023年"},
    **{"ten_days": "2023年3月上旬", "week": "2023年第10周"},
}
_PLACES = {"title": "表的标题", "filename": "文件名", "column": "所属期列", "rows": "各行日期"}


@dataclass(frozen=True)
class RowPeriod:
    """Where the period of a row comes from: one for all rows, its own column, or nowhere (its dates tell)."""

    constant: str | None = None
    column: str | None = None
    day: str | None = None
    """The date column whose month stands for a row that names no period."""


@dataclass(frozen=True)
class FilePeriod:
    """`period` is None where the rows themselves span it; `other`: what another place says instead, for a note."""

    period: str | None
    covers: tuple[str, ...]
    place: str
    other: tuple[str, str] | None = None


def find_stated_periods(contract: Contract, titles: Sequence[str], file_name: str) -> dict[str, str]:
    """Place (`title`, `filename`) -> the one period it names. Several different ones are none."""
    grain, find = contract.period.grain, find_sum_periods if contract.cumulative else find_periods
    stated: dict[str, str] = {}
    named = [found for title in titles if len(found := find(title, grain)) == 1]
    if named:
        stated["title"] = named[0][0]
    found = find(PurePath(file_name).stem, grain)
    if len(found) == 1:
        stated["filename"] = found[0]
    return stated


def name_period(contract: Contract, file_name: str, as_of: dt.date) -> FilePeriod | None:
    """What the file name alone says: a file that cannot be read still answers, badly, for its period."""
    period = find_stated_periods(contract, (), file_name).get("filename")
    if period is None or parse_period(period).start > as_of:
        return None
    return FilePeriod(period, expand_period(period), "filename")


def choose_row_period(contract: Contract, stated: Mapping[str, str]) -> RowPeriod:
    """What goes into `period` of every accepted row, known before the rows are read."""
    for place in contract.period.read_from:
        if place in stated:
            return RowPeriod(constant=stated[place])
        if place == "column":
            return RowPeriod(column=contract.period.column, day=contract.period.day)
        if place == "rows":
            break
    return RowPeriod()


def decide_period(
    contract: Contract, stated: Mapping[str, str], rows: StagedRows | None, as_of: dt.date
) -> FilePeriod | Refusal:
    """Ask the places in the contract's order; the first answer counts.

    Args:
        contract: the promise.
        stated: what title and file name say.
        rows: the data rows; None where the file has none.
        as_of: today. A period that has not begun is refused.
    """
    if rows is None and contract.period.grain == "any":
        return FilePeriod(None, (), _PLACES["column"])
    answers = [a for place in contract.period.read_from if (a := _ask(place, contract, stated, rows, as_of))]
    if not answers:
        places = "、".join(_PLACES[place] for place in contract.period.read_from)
        example = _EXAMPLES[contract.period.grain]
        message = f"没有找到数据所属期（查找位置：{places}）"
        return Refusal("FILE.PERIOD", message, f"请在标题或文件名中写明所属期，如“{example}”，再重新报送")
    chosen = answers[0]
    late = [period for period in chosen.covers if parse_period(period).start > as_of]
    if late:
        message = f"数据所属期为 {late[0]}，该时期尚未开始（今天是 {as_of.isoformat()}）"
        return Refusal("FILE.PERIOD_FUTURE", message, "请核对标题、文件名中的所属期后重新报送")
    differing = [a for a in answers[1:] if chosen.period and a.period and a.period != chosen.period]
    other = (_PLACES[differing[0].place], str(differing[0].period)) if differing else None
    return FilePeriod(chosen.period, chosen.covers, _PLACES[chosen.place], other)


def _ask(
    place: str, contract: Contract, stated: Mapping[str, str], rows: StagedRows | None, as_of: dt.date
) -> FilePeriod | None:
    if place in stated:
        return FilePeriod(stated[place], expand_period(stated[place]), place)
    if rows is None or place not in ("column", "rows"):
        return None
    if contract.period.grain == "any":
        # rows of many kinds of periods: the file is of none, and what is held back says nothing of any
        return FilePeriod(None, tuple(rows.find_values(str(contract.period.column), held=False)), place)
    if place == "column":
        values = rows.find_values(str(contract.period.column))
        covers = tuple(dict.fromkeys(month for value in values for month in expand_period(value)))
        return FilePeriod(values[-1], covers, place) if values else None
    span = rows.find_span()
    if span is None:
        return None
    first, last = span
    # A mistyped year in one cell must not claim years of periods; rows after today cover nothing more.
    covers = tuple(p.text for p in periods_between(first, min(last, as_of), contract.period.grain))
    return FilePeriod(None, covers, place) if covers else None
