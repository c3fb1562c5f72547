"""What stands around a date: a year left out, day and month in another order, AM and PM, a zone.

All of it is taken off whole columns at once; what is left is a plain date or stamp (`etl/check/dates.py`). An order
other than year, month, day is only read where the contract says it: of `03/04/2023` nobody can know the month.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from etl.check.arrow import is_filled, keep_where, map_words, match, may_hold, pc
from etl.check.dates import parse_stamps
from etl.check.parsed import STAMP_TYPE
from etl.core.periods import Period
from schemas.models.contract_columns import DateOrder

_MONTH_AND_DAY = re.compile(r"\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_OFFSET = r"(?:[Zz]|[+-](?:0\d|1[0-4])(?::?\d{2})?)$"
_HALF = r"(?i:\s*[ap]\.?m\.?)$"
_ZONED = rf"(?:^\d{{12,14}}|[:时分]\d{{1,2}}(?:\.\d+)?[分秒]?(?i:\s*[ap]\.?m\.?)?)\s*{_OFFSET}"
_AFTERNOON = r"(?i:p\.?m\.?)$"
_HOUR, _DAY = 3_600_000_000, 86_400_000_000


@dataclass(frozen=True)
class DateReader:
    """Reads date columns of one file.

    Attributes:
        period: the file's own period: gives `3月5日` its year. None: such a cell has no year and is not read.
        zone: whose wall time a stamp with a zone of its own is turned into, once, here.
    """

    period: Period | None = None
    zone: str = "Asia/Shanghai"

    def parse(self, texts: pa.Array, order: DateOrder | None = None) -> tuple[pa.Array, np.ndarray]:
        """As `parse_stamps`.

        Args:
            texts: the cells.
            order: how the column writes day, month and year where the year does not come first.
        """
        if match(texts, "^[^年]*月", needs=("月",)).any():
            texts = map_words(texts, self._complete, pa.string())
        zoned = match(texts, _ZONED, needs=("Z", "z", "+", "-"))
        ahead = _read_zones(keep_where(texts, zoned)) if zoned.any() else None
        plain = _put_year_first(_strip(texts, rf"\s*{_OFFSET}", zoned), order)
        halved = match(plain, rf"\d{_HALF}") if may_hold(plain, "m", "M") else np.zeros_like(zoned)
        stamps, date_only = parse_stamps(_strip(plain, _HALF, halved))
        if halved.any():
            stamps = _count_from_noon(stamps, date_only, halved, match(plain, _AFTERNOON))
        if ahead is not None:
            stamps = self._to_wall_time(stamps, ahead, zoned)
        return stamps, date_only & is_filled(stamps)

    def _complete(self, text: str) -> str:
        """`3月5日` with the year of the period; a day after the period's end would be a guess and stays as it is."""
        found = _MONTH_AND_DAY.match(unicodedata.normalize("NFKC", text))
        if found is None or self.period is None:
            return text
        year = self.period.end.year
        try:
            day = dt.date(year, int(found[1]), int(found[2]))
        except ValueError:
            return text
        return f"{year}年{text.strip()}" if day <= self.period.end else text

    def _to_wall_time(self, stamps: pa.Array, ahead: np.ndarray, zoned: np.ndarray) -> pa.Array:
        filled = is_filled(stamps)
        micros = np.asarray(stamps.cast(pa.int64()).fill_null(0))
        there = pd.DatetimeIndex((micros - ahead).astype("datetime64[us]"), tz="UTC")
        wall = there.tz_convert(ZoneInfo(self.zone)).tz_localize(None).to_numpy().astype("datetime64[us]")
        return pa.array(np.where(zoned, wall.astype(np.int64), micros), mask=~filled).cast(STAMP_TYPE)


def _read_zones(texts: pa.Array) -> np.ndarray:
    """How far each cell is ahead of UTC, in microseconds; 0 where it says nothing."""
    tails = pc.replace_substring_regex(texts, f"^.*?({_OFFSET[:-1]})$", r"\1")
    return np.asarray(pc.fill_null(map_words(tails, _read_offset, pa.int64()), 0))


def _read_offset(tail: str) -> int:
    if tail in "Zz":
        return 0
    minutes = int(tail[1:3]) * 60 + int(tail[3:].lstrip(":") or 0)
    return (-minutes if tail[0] == "-" else minutes) * 60_000_000


def _strip(texts: pa.Array, pattern: str, mask: np.ndarray) -> pa.Array:
    return pc.if_else(pa.array(mask), pc.replace_substring_regex(texts, pattern, ""), texts) if mask.any() else texts


def _put_year_first(texts: pa.Array, order: DateOrder | None) -> pa.Array:
    """`01/31/2023 23:59` as `2023/01/31 23:59`; a cell that begins with its year stays as it is."""
    if order is None:
        return texts
    first, second = ("1", "3") if order == "mdy" else ("3", "1")
    return pc.replace_substring_regex(texts, r"^(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4})", rf"\4\2\{first}\2\{second}")


def _count_from_noon(stamps: pa.Array, date_only: np.ndarray, halved: np.ndarray, afternoon: np.ndarray) -> pa.Array:
    """12:30 AM is 00:30, 1:00 PM is 13:00; of an hour that no such clock shows, and of a bare date, nobody knows."""
    micros = np.asarray(stamps.cast(pa.int64()).fill_null(0))
    hour = micros % _DAY // _HOUR
    shift = np.where(hour == 12, 0, 12) - np.where(afternoon, 0, 12)
    wrong = halved & ((hour == 0) | (hour > 12) | date_only)
    moved = np.where(halved, micros + shift * _HOUR, micros)
    return pa.array(moved, mask=~is_filled(stamps) | wrong).cast(STAMP_TYPE)
