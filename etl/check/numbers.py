"""Number cells. Whole columns of plain digits go through Arrow; only what remains is looked at one by one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

import cn2an
import numpy as np
import pyarrow as pa

from etl.check.arrow import is_filled, keep_where, map_words, match, pc
from etl.check.parsed import DECIMAL_TYPE, PERCENT_TYPE

_PLAIN_INTEGER = r"^-?\d{1,18}$"
_PLAIN_DECIMAL = r"^-?\d{1,13}(?:\.\d{1,6})?$"
_PLAIN_PERCENT = r"^-?\d{1,5}(?:\.\d{1,6})?%?$"
_NUMBER = re.compile(r"([-+]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?)(万亿|亿|万)?")
_BRACKETED = re.compile(r"\(([^()+-].*)\)")
_CHINESE = re.compile(
    r"负?[〇零一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟廿]+(?:点[〇零一二三四五六七八九]+)?"
)
_TIMES = {None: 1, "万": 10**4, "亿": 10**8, "万亿": 10**12}
_SCIENTIFIC = re.compile(r"-?\d+(?:\.\d+)?e[-+]?\d+")
_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-"})
_SIX_PLACES = Decimal("0.000001")


def read_number(text: str, *, native: bool = False, scaled: bool = False) -> Decimal | None:
    """`１，２３４.5`, `¥1,234.50`, `+7`, `(3)` for -3, `1.2万`, `三十五` and, from number cells only, `1.5e-07`.

    None: not a number. `1.23E+11` in a text file is refused: a spreadsheet has cut its digits.

    Args:
        text: the cell.
        native: it was a number cell of a workbook.
        scaled: the column counts in 万 or 亿 itself; what `1.2万` means there nobody can know.
    """
    folded = unicodedata.normalize("NFKC", text).strip().translate(_MINUS).lower()
    folded = folded.removeprefix("¥").strip()
    if native and _SCIENTIFIC.fullmatch(folded):
        return Decimal(folded)
    if bracketed := _BRACKETED.fullmatch(folded):
        inner = read_number(bracketed[1], scaled=scaled)
        return None if inner is None else -inner
    if number := _NUMBER.fullmatch(folded):
        plain, times = number.groups()
        return None if times and scaled else Decimal(plain.replace(",", "")) * _TIMES[times]
    return _read_chinese(folded, scaled=scaled)


def _read_chinese(text: str, *, scaled: bool) -> Decimal | None:
    """`三十五`, `两万三千`, `壹佰贰拾叁`, `负三`, `三点五`."""
    if not _CHINESE.fullmatch(text) or (scaled and text[-1] in "万亿"):
        return None
    try:
        return Decimal(str(cn2an.cn2an(text, "normal")))
    except ValueError:
        return None


def parse_integers(texts: pa.Array, native: np.ndarray, *, scaled: bool = False) -> pa.Array:
    """int64; `12.0` and `1,234` are whole, `12.5` is not."""

    def convert(text: str, native: bool) -> int | None:
        number = read_number(text, native=native, scaled=scaled)
        whole = number is not None and number == number.to_integral_value() and abs(number) < 10**18
        return int(number) if number is not None and whole else None

    return _parse(texts, native, _PLAIN_INTEGER, pa.int64(), convert)


def parse_decimals(texts: pa.Array, native: np.ndarray, *, scaled: bool = False) -> pa.Array:
    """decimal128(20, 6), rounded half-even where a cell has more places."""

    def convert(text: str, native: bool) -> Decimal | None:
        return _fit(read_number(text, native=native, scaled=scaled), 14)

    return _parse(texts, native, _PLAIN_DECIMAL, DECIMAL_TYPE, convert)


def parse_percents(
    texts: pa.Array, native: np.ndarray, *, scale: Literal["percent", "fraction"], shares: np.ndarray | None = None
) -> pa.Array:
    """decimal128(12, 6): `95.2%` and `百分之九十五点二` are 95.2; a bare 0.952 is so only under `scale: fraction`."""

    def convert(text: str, native: bool) -> Decimal | None:
        folded = unicodedata.normalize("NFKC", text).strip()
        signed = folded.endswith("%") or folded.startswith("百分之")
        number = read_number(folded.removesuffix("%").removeprefix("百分之"), native=native)
        if number is not None and scale == "fraction" and not signed:
            number *= 100
        return _fit(number, 6)

    if shares is not None and shares.any():
        # The cell holds 0.952 and shows 95.2%: what people see is what they sent.
        seen = _parse(keep_where(texts, shares), native, "$^", PERCENT_TYPE, lambda t, n: _times_hundred(t, n))
        rest = parse_percents(keep_where(texts, ~shares), native, scale=scale)
        return pc.coalesce(seen, rest)
    if scale == "fraction":
        return _parse(texts, native, "$^", PERCENT_TYPE, convert)
    signed = match(texts, _PLAIN_PERCENT)
    bare = pc.if_else(pa.array(signed), pc.utf8_rtrim(texts, characters="%"), texts)
    return _parse(bare, native, _PLAIN_PERCENT, PERCENT_TYPE, convert)


_DURATION_PART = re.compile(
    r"(?P<amount>\d+(?:\.\d+)?|半|[〇零一二两三四五六七八九十百]+)"
    r"(?P<half>个半)?个?(?P<unit>工作日|办公日|小时|分钟|天|日|时|分|秒|h|min)(?P<more>半)?"
)
_MINUTES = {"天": 1440, "日": 1440, "小时": 60, "时": 60, "h": 60, "分钟": 1, "分": 1, "min": 1, "秒": Decimal(1) / 60}
_WORKDAYS = ("工作日", "办公日")
_UNIT_MINUTES = {"day": 1440, "hour": 60, "minute": 1}


def parse_durations(texts: pa.Array, native: np.ndarray, *, unit: str) -> pa.Array:
    """decimal128(20, 6) in `unit`: `3个工作日`, `2小时30分`, `1天半`, `90分钟`, or a bare number of that unit.

    Working days are no share of calendar days or hours: `3天` in a column of working days is not read.
    """

    def convert(text: str, native: bool) -> Decimal | None:
        return _fit(_read_duration(text, unit=unit, native=native), 14)

    return _parse(texts, native, _PLAIN_DECIMAL, DECIMAL_TYPE, convert)


def _read_duration(text: str, *, unit: str, native: bool) -> Decimal | None:
    bare = read_number(text, native=native)
    if bare is not None:
        return bare
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()
    parts = list(_DURATION_PART.finditer(folded))
    if not parts or "".join(part[0] for part in parts) != folded:
        return None
    amounts = [_read_part(part, unit) for part in parts]
    return None if None in amounts else sum((a for a in amounts if a is not None), Decimal(0))


def _read_part(part: re.Match[str], unit: str) -> Decimal | None:
    amount = Decimal("0.5") if part["amount"] == "半" else read_number(part["amount"])
    if amount is None:
        return None
    if part["half"] or part["more"]:
        amount += Decimal("0.5")
    if (part["unit"] in _WORKDAYS) != (unit == "workday"):
        return None
    return amount if unit == "workday" else amount * _MINUTES[part["unit"]] / _UNIT_MINUTES[unit]


def _times_hundred(text: str, native: bool) -> Decimal | None:
    number = read_number(text, native=native)
    return None if number is None else _fit(number * 100, 6)


def _fit(number: Decimal | None, digits: int) -> Decimal | None:
    if number is None or abs(number) >= 10**digits:
        return None
    return number.quantize(_SIX_PLACES, ROUND_HALF_EVEN)


def _parse(
    texts: pa.Array, native: np.ndarray, plain: str, kind: pa.DataType, convert: Callable[[str, bool], object]
) -> pa.Array:
    fast = match(texts, plain)
    values = keep_where(texts, fast).cast(kind)
    rest = is_filled(texts) & ~fast
    for is_native in (False, True):
        mask = rest & (native == is_native)
        if mask.any():
            slow = map_words(keep_where(texts, mask), lambda t, n=is_native: convert(t, n), kind)
            values = pc.coalesce(values, slow)
    return values
