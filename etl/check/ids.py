"""Ids whose last digit proves the others: unified social credit codes and numbers of identity cards."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
from stdnum.cn import ric, uscc

from etl.check.arrow import is_filled, map_words, to_mask

_VALID: Mapping[str, Callable[[str], bool]] = {"uscc": uscc.is_valid, "resident_id": ric.is_valid}


def check_digits(ids: pa.Array, kind: str) -> np.ndarray:
    """Which ids hold; empty cells do, for whether a cell may be empty is another promise."""
    valid = _VALID[kind]
    holds = map_words(ids, lambda text: valid(unicodedata.normalize("NFKC", text).upper()), pa.bool_())
    return to_mask(holds) | ~is_filled(ids)
