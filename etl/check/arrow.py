"""Arrow's compute functions and the few column operations that every step of the check shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

_NOTHING = ("\u200b", "\ufeff", "\x00", "\x1a")
pc: Any = pyarrow.compute  # its functions are made at import time; the type checker cannot see them


def to_mask(values: pa.Array) -> np.ndarray:
    """A boolean Arrow array as numpy; null counts as false."""
    return np.asarray(pc.fill_null(values, False).to_numpy(zero_copy_only=False), dtype=bool)


def may_hold(texts: pa.Array, *parts: str) -> bool:
    """Whether one of `parts` stands somewhere in the memory of the cells: one look instead of one a cell.

    False is certain; true may be of a neighbour that is not in this slice.
    """
    data = texts.buffers()[2]
    if data is None:
        return False
    wanted = [part.encode() for part in parts]
    letters = np.frombuffer(data, np.uint8)
    if not any((letters == first).any() for first in {part[0] for part in wanted}):
        return False
    return any(part in whole for whole in (data.to_pybytes(),) for part in wanted)


def match(texts: pa.Array, pattern: str, *, needs: tuple[str, ...] = ()) -> np.ndarray:
    """Which cells match the (RE2) pattern; empty cells do not.

    `needs`: every match holds one of them; where none is there at all, which is found fast, nothing is matched.
    """
    if needs and not may_hold(texts, *needs):
        return np.zeros(len(texts), dtype=bool)
    return to_mask(pc.match_substring_regex(texts, pattern))


def is_filled(texts: pa.Array) -> np.ndarray:
    return np.asarray(texts.is_valid().to_numpy(zero_copy_only=False), dtype=bool)


def keep_where(texts: pa.Array, mask: np.ndarray) -> pa.Array:
    """The cells under `mask`; null elsewhere."""
    return pc.if_else(pa.array(mask), texts, pa.scalar(None, texts.type))


def map_words(texts: pa.Array, convert: Callable[[str], Any], kind: pa.DataType) -> pa.Array:
    """`convert` each distinct text once; what it turns into None becomes null."""
    words = texts.dictionary_encode()
    results = pa.array([convert(word) for word in words.dictionary.to_pylist()], kind)
    return results.take(words.indices)


def is_one_of(texts: pa.Array, words: Sequence[str]) -> np.ndarray:
    if not words:
        return np.zeros(len(texts), dtype=bool)
    return to_mask(pc.is_in(texts, value_set=pa.array(words, pa.string())))


def clean(texts: pa.Array) -> pa.Array:
    """Cells without surrounding blanks (any width, byte order marks, zero-width ones); what is then empty is null.

    NULs and the end-of-file mark of DOS go too: databases and people do not take the first, nobody means the second.
    """
    if may_hold(texts, *_NOTHING):
        texts = pc.replace_substring_regex(texts, f"[{''.join(_NOTHING)}]", "")
    trimmed = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(pc.binary_length(trimmed), 0), pa.scalar(None, pa.string()), trimmed)


def clean_text(text: str) -> str:
    """The same for one cell."""
    for mark in _NOTHING:
        text = text.replace(mark, "")
    return text.strip()
