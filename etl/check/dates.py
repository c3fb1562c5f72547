"""Date and time cells, in every way in which Chinese offices write them.

A column is usually written in one way: each form is tried on what is left, the form of the first cell first. Arrow
does the whole column at once, but takes 30 February for 2 March, so a strict pattern decides what it may read.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from etl.check.arrow import is_filled, keep_where, match, pc
from etl.check.parsed import STAMP_TYPE

_TIME = r"(?:[01]?\d|2[0-3]):[0-5]?\d"
_SECONDS = r":[0-5]?\d"
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - the serial numbers of Excel have no zone
_LOOSE = re.compile(
    r"(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"
    r"(?:[ T]?(?P<half>上午|下午)?(?P<h>\d{1,2}):(?P<mi>\d{1,2})(?::(?P<s>\d{1,2})(?P<f>\.\d{1,9})?)?)?"
)
_DIGITS = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?")
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?")


def _date_pattern(separator: str) -> str:
    s, days28, days30, days31 = (
        separator,
        r"(?:0?[1-9]|1\d|2[0-8])",
        r"(?:0?[1-9]|[12]\d|30)",
        r"(?:0?[1-9]|[12]\d|3[01])",
    )
    months = f"(?:0?[13578]|1[02]){s}{days31}|(?:0?[469]|11){s}{days30}|0?2{s}{days28}"
    return rf"(?:19|20)\d\d{s}(?:{months})"


@dataclass(frozen=True)
class _Form:
    pattern: str
    format: str
    date_only: bool


def _make_forms() -> tuple[_Form, ...]:
    forms: list[_Form] = []
    for mark, pattern in (("-", "-"), ("/", "/"), (".", r"\.")):
        date, day = _date_pattern(pattern), f"%Y{mark}%m{mark}%d"
        forms.append(_Form(f"^{date}$", day, True))
        forms.append(_Form(f"^{date} {_TIME}{_SECONDS}$", f"{day} %H:%M:%S", False))
        forms.append(_Form(f"^{date} {_TIME}$", f"{day} %H:%M", False))
    return tuple(forms)


_FORMS = _make_forms()


@dataclass
class _Stamps:
    """Result under construction: microseconds since 1970, and which cells are read."""

    micros: np.ndarray
    read: np.ndarray
    date_only: np.ndarray

    def put(self, mask: np.ndarray, stamps: pa.Array, *, date_only: bool) -> None:
        self.micros[mask] = np.asarray(stamps.filter(pa.array(mask)).cast(pa.int64()))
        self.read |= mask
        self.date_only[mask] = date_only


def parse_stamps(texts: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """Read a column of dates or datetimes.

    Returns:
        timestamp[us] without a zone (null: empty or unreadable), and the mask of cells without a time.
    """
    size = len(texts)
    stamps = _Stamps(np.zeros(size, dtype=np.int64), np.zeros(size, dtype=bool), np.zeros(size, dtype=bool))
    filled = is_filled(texts)
    _read_forms(texts, filled, stamps)
    rest = filled & ~stamps.read
    if rest.any():
        folded = _fold(keep_where(texts, rest))
        _read_forms(folded, rest, stamps)
        rest = filled & ~stamps.read
        _read_one_by_one(folded, rest, stamps)
    micros = pa.array(stamps.micros, mask=~stamps.read)
    return micros.cast(STAMP_TYPE), stamps.date_only


def _read_forms(texts: pa.Array, wanted: np.ndarray, stamps: _Stamps) -> None:
    for form in _order_forms(texts, wanted):
        left = wanted & ~stamps.read
        if not left.any():
            return
        mask = match(texts, form.pattern) & left
        if mask.any():
            read = pc.strptime(keep_where(texts, mask), format=form.format, unit="us")
            stamps.put(mask, read, date_only=form.date_only)


def _order_forms(texts: pa.Array, wanted: np.ndarray) -> list[_Form]:
    first = texts[int(np.argmax(wanted))].as_py() or ""
    return sorted(_FORMS, key=lambda form: re.match(form.pattern, first) is None)


def _fold(texts: pa.Array) -> pa.Array:
    """`２０２３年3月5日 9时32分` and `2023-03-05T09:32:09.0` in the plain form."""
    folded = pc.utf8_normalize(texts, form="NFKC")
    for pattern, plain in (
        ("[年月]", "-"),
        ("日", " "),
        (r"(\d)T(\d)", r"\1 \2"),
        ("[时点]", ":"),
        (r"分(\d)", r":\1"),
        ("[分秒]", ""),
        (r"\.0+$", ""),
        (r"\s*([-/.:])\s*", r"\1"),
        (r"\s+", " "),
    ):
        folded = pc.replace_substring_regex(folded, pattern, plain)
    return pc.utf8_trim_whitespace(folded)


def _read_one_by_one(texts: pa.Array, wanted: np.ndarray, stamps: _Stamps) -> None:
    words = keep_where(texts, wanted).dictionary_encode()
    results = [read_stamp(word) for word in words.dictionary.to_pylist()]
    places = np.asarray(words.indices.fill_null(-1))
    for at in np.flatnonzero(wanted):
        result = results[places[at]]
        if result is not None:
            stamp, date_only = result
            stamps.micros[at] = (stamp - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1)  # noqa: DTZ001
            stamps.read[at], stamps.date_only[at] = True, date_only


def read_stamp(text: str) -> tuple[dt.datetime, bool] | None:
    """One cell in a rarer form: digits alone, serial numbers of Excel, 29 February, 上午 and 下午, fractions."""
    text = unicodedata.normalize("NFKC", text)
    if _SERIAL.fullmatch(text):
        return _from_serial(float(text)), "." not in text
    try:
        if digits := _DIGITS.fullmatch(text):
            parts = [int(part) for part in digits.groups() if part is not None]
            return dt.datetime(*parts), len(parts) == 3  # type: ignore[arg-type]  # noqa: DTZ001
        loose = _LOOSE.fullmatch(text.removesuffix(":"))
        if loose is None and text.endswith(":"):
            loose = _LOOSE.fullmatch(text + "00")
        return _from_parts(loose) if loose else None
    except ValueError:
        return None


def _from_serial(serial: float) -> dt.datetime:
    return _EPOCH + dt.timedelta(seconds=round(serial * 86400))


def _from_parts(found: re.Match[str]) -> tuple[dt.datetime, bool]:
    year, month, day = int(found["y"]), int(found["m"]), int(found["d"])
    if found["h"] is None:
        return dt.datetime(year, month, day), True  # noqa: DTZ001
    hour = int(found["h"])
    if found["half"] == "下午" and hour < 12:
        hour += 12
    fraction = int((found["f"] or ".0")[1:7].ljust(6, "0"))
    return dt.datetime(year, month, day, hour, int(found["mi"]), int(found["s"] or 0), fraction), False  # noqa: DTZ001
