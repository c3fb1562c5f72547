"""Natural persons: what is kept of them is a keyed hash, what is shown of them is a mask.

A hash says `h:` and 160 bits of HMAC-SHA256 in base 32. The kind of what is hashed (ID number, telephone number, name)
goes into it, the source does not: the same person hashes alike in all sources, and a number that happens to be an ID
number here and a telephone number there does not.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace

import pyarrow as pa
from stdnum.cn import ric

from etl.check.arrow import map_words
from etl.check.messages import MASK
from etl.check.parsed import Parsed
from schemas.models.contract import Column, ColumnType, Contract

PREFIX = "h:"
_HASH_BYTES = 20
_BLANKS = re.compile(r"\s+")
_BESIDE_HAN = re.compile(r"(?<=[\u3400-\u9fff·])\s+(?=[\u3400-\u9fff·])")
_DOTS = str.maketrans(dict.fromkeys("•‧・･∙●", "·"))
_NOT_DIALLED = re.compile(r"[^0-9]")
_COUNTRY = re.compile(r"^(?:00)?86(?=1[3-9]\d{9}$)")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_BIRTHDAY = r"(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_RESIDENT = re.compile(rf"(?<!\d)[1-9]\d{{5}}{_BIRTHDAY}\d{{3}}[\dXx](?!\d)")


def hash_person(text: str, kind: str, key: bytes) -> str:
    """The keyed hash of one person's number or name, whatever its width, blanks or case."""
    spelled = _NORMAL[kind](unicodedata.normalize("NFKC", text))
    digest = hmac.new(key, f"{kind}\0{spelled}".encode(), hashlib.sha256).digest()[:_HASH_BYTES]
    return PREFIX + base64.b32encode(digest).decode("ascii").lower()


def _spell_number(text: str) -> str:
    return _BLANKS.sub("", text).upper()


def _spell_phone(text: str) -> str:
    """Digits alone, without the country before a mobile number; what has none stays as it is."""
    digits = _NOT_DIALLED.sub("", text)
    return _COUNTRY.sub("", digits) if digits else _spell_number(text)


def _spell_name(text: str) -> str:
    """Names are often padded with blanks to the width of their neighbours: 张　三 is 张三."""
    return _BESIDE_HAN.sub("", _BLANKS.sub(" ", text.translate(_DOTS)).strip()).upper()


_NORMAL: Mapping[str, Callable[[str], str]] = {
    "id_number": _spell_number,
    "phone": _spell_phone,
    "name": _spell_name,
}


def hash_column(parsed: Parsed, column: Column, key: bytes) -> Parsed:
    """The column with hashes for values; check digits and problems of its cells are known already."""
    kind = column.person_kind
    return replace(parsed, values=map_words(parsed.values, lambda text: hash_person(text, kind, key), pa.string()))


def mask_strays(text: str, column: Column, contract: Contract) -> str:
    """A cell as findings may show it: in a source of persons, numbers of persons in the wrong column are masked too."""
    if not contract.has_personal:
        return text
    if column.type is not ColumnType.ID:
        return _MOBILE.sub(MASK, _RESIDENT.sub(MASK, text))
    # eleven digits of an id are the number of a case, and so are eighteen with a day inside but another check digit
    return _RESIDENT.sub(lambda found: MASK if ric.is_valid(found[0].upper()) else found[0], text)
