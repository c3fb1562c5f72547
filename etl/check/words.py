"""Cells that stay words: text, ids, codes, units, yes and no, periods."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pyarrow as pa

from etl.check.arrow import map_words, match, pc
from etl.check.headers import fold
from schemas.models.contract import Column

CUT_NUMBER = r"^\d(?:\.\d+)?[eE]\+\d+$"
"""`3.60103E+17`: a spreadsheet has already cut the digits of an id."""


def parse_ids(texts: pa.Array) -> pa.Array:
    """Ids to the last digit; the leading apostrophe that forces text in Excel is not part of them."""
    return pc.utf8_ltrim(texts, characters="'") if match(texts, "^'", needs=("'",)).any() else texts


def parse_units(texts: pa.Array, unit_names: Mapping[str, str]) -> pa.Array:
    """Unit ids by any known spelling; null where nobody is called so."""
    folded = {fold(name): unit for name, unit in unit_names.items()}
    return map_words(texts, lambda word: folded.get(fold(word)), pa.string())


def parse_codes(texts: pa.Array, column: Column) -> pa.Array:
    """Codes in the contract's spelling where only width or blanks differ; others stay for the rule to judge."""
    known = {fold(word): word for word in column.allowed}
    return map_words(texts, lambda word: known.get(fold(word), word), pa.string())


def parse_booleans(texts: pa.Array, column: Column) -> pa.Array:
    yes = {fold(word) for word in (*column.true_words, "true")}
    no = {fold(word) for word in (*column.false_words, "false")}

    def convert(word: str) -> bool | None:
        folded = fold(word)
        return True if folded in yes else False if folded in no else None

    return map_words(texts, convert, pa.bool_())


def parse_periods(texts: pa.Array, read: Callable[[str], str | None]) -> pa.Array:
    return map_words(texts, read, pa.string())


def looks_cut(text: str) -> bool:
    return re.match(CUT_NUMBER, text) is not None
