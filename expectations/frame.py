"""Typed rows -> the narrow frame that Great Expectations judges.

Great Expectations hashes every frame it is handed, twice, and hashing text costs more than all rules together.
So it gets only columns that a rule reads; text that is only asked to be there becomes 1 or null; and what it
cannot express exactly (decimals, rates, dates without a time) becomes one boolean column, expected true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute

from expectations.suite import (
    EXACT_TYPES,
    IN_SET,
    VALUE_CHECK_DIGIT,
    Expected,
    name_entry_fact,
    name_pair_columns,
    name_range_column,
    name_rule_column,
)
from schemas.models.contract import Column, ColumnType, Contract, EntryRule, PairRule, RateRule, RequiredWhenRule
from schemas.models.contract_between import BetweenRule

pc: Any = pyarrow.compute  # its functions are made at import time; the type checker cannot see them

ROW = "_row"
"""Position of the row in the frame that was handed in; the only index that is ever trusted."""

_EXACT = 2**53
_TEXT_TYPES = (ColumnType.TEXT, ColumnType.ID, ColumnType.UNIT, ColumnType.CODE, ColumnType.PERIOD)
_COMPARE: dict[str, Callable[..., Any]] = {
    "<=": pc.less_equal,
    "<": pc.less,
    ">=": pc.greater_equal,
    ">": pc.greater,
    "==": pc.equal,
}


def narrow_frame(frame: pd.DataFrame, contract: Contract, expected: Iterable[Expected]) -> pd.DataFrame:
    """The columns that `expected` reads, on a fresh index, with the row's position in `_row`.

    A column that cannot be built is left out: the expectation then reports that it could not run.
    """
    reader = _Reader(frame, contract)
    built: dict[str, Any] = {}
    for item in expected:
        for name, build in reader.builders(item).items():
            if name in built:
                continue
            try:
                built[name] = build()
            except (KeyError, pa.ArrowException, ArithmeticError):
                continue
    return pd.DataFrame({**built, ROW: np.arange(len(frame))})


class _Reader:
    """Builds columns of the narrow frame from the frame of typed rows."""

    def __init__(self, frame: pd.DataFrame, contract: Contract) -> None:
        self.frame = frame
        self.columns = contract.column_by_name

    def array(self, name: str) -> pa.Array:
        made = pa.array(self.frame[name], from_pandas=True)
        return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made

    def builders(self, item: Expected) -> dict[str, Callable[[], Any]]:
        rule = item.rule
        if isinstance(rule, PairRule):
            return self._pair_builders(rule)
        if isinstance(rule, RateRule):
            return {name_rule_column(rule): lambda: self._rate_agrees(rule)}
        if isinstance(rule, RequiredWhenRule):
            return {name_rule_column(rule): lambda: self._filled_when(rule)}
        if isinstance(rule, EntryRule):
            return {name_rule_column(rule): lambda: _to_bool(self.array(name_entry_fact(rule.check)))}
        if isinstance(rule, BetweenRule):
            fact = str(item.kwargs["column"])
            return {fact: lambda: _to_bool(self.array(fact))}
        column = self.columns[str(item.column)]
        if item.kwargs["column"] == name_range_column(column.name):
            return {item.kwargs["column"]: lambda: self._in_range(column)}
        if item.code == VALUE_CHECK_DIGIT:
            digits = item.kwargs["column"]
            return {digits: lambda: _to_bool(self.array(digits))}
        as_words = item.type == IN_SET or bool(column.allowed)
        return {column.name: lambda: self._plain(column, as_words=as_words)}

    def _plain(self, column: Column, *, as_words: bool) -> Any:
        values = self.array(column.name)
        if as_words:
            words = values.dictionary_encode()
            codes = np.asarray(words.indices.fill_null(-1))
            return pd.Categorical.from_codes(codes, categories=pd.Index(words.dictionary.to_pylist(), dtype=object))
        if column.type in _TEXT_TYPES or column.type in EXACT_TYPES:
            return np.where(_is_filled(values), np.float32(1), np.float32("nan"))
        return _to_numbers(values) if column.type is ColumnType.INTEGER else _to_pandas(values)

    def _in_range(self, column: Column) -> Any:
        values = self.array(column.name)
        holds = pa.array(np.ones(len(values), bool))
        if column.minimum is not None:
            holds = pc.and_(holds, pc.fill_null(pc.greater_equal(values, pa.scalar(column.minimum)), True))
        if column.maximum is not None:
            holds = pc.and_(holds, pc.fill_null(pc.less_equal(values, pa.scalar(column.maximum)), True))
        return _to_bool(holds)

    def _pair_builders(self, rule: PairRule) -> dict[str, Callable[[], Any]]:
        left, right = self.columns[rule.left], self.columns[rule.right]
        if left.type in EXACT_TYPES or right.type in EXACT_TYPES:
            compare = _COMPARE[rule.op]
            return {
                name_rule_column(rule): lambda: _to_bool(
                    pc.fill_null(compare(self.array(left.name), self.array(right.name)), True)
                )
            }
        both = cache(lambda: self._pair(left, right))
        first, second = name_pair_columns(rule)
        return {first: lambda: both()[0], second: lambda: both()[1]}

    def _pair(self, left: Column, right: Column) -> tuple[Any, Any]:
        """Both sides; where one is a date without a time, both are cut to the day, for nothing finer is known."""
        pair = self.array(left.name), self.array(right.name)
        if left.type not in (ColumnType.DATE, ColumnType.DATETIME):
            return _to_pandas(pair[0]), _to_pandas(pair[1])
        coarse = pc.or_(self._date_only(left), self._date_only(right))
        stamps = [p.cast(pa.timestamp("us")) for p in pair]
        days = [pc.floor_temporal(s, unit="day") for s in stamps]
        first, second = (pc.if_else(coarse, day, stamp) for day, stamp in zip(days, stamps, strict=True))
        return first.to_pandas(), second.to_pandas()

    def _date_only(self, column: Column) -> pa.Array:
        name = f"{column.name}_date_only"
        if column.type is ColumnType.DATE or name not in self.frame:
            return pa.array(np.full(len(self.frame), column.type is ColumnType.DATE))
        return pc.fill_null(self.array(name), False)

    def _rate_agrees(self, rule: RateRule) -> Any:
        """|rate * denominator - 100 * numerator| <= tolerance * denominator, in exact decimals, without a division."""
        rate = self.array(rule.rate).cast(pa.decimal128(12, 6))
        numerator, denominator = (self._wide(name) for name in (rule.numerator, rule.denominator))
        hundred = pa.scalar(100, pa.decimal128(3, 0))
        allowed = pa.scalar(rule.tolerance).cast(pa.decimal128(12, 6))
        gap = pc.abs(pc.subtract(pc.multiply(rate, denominator), pc.multiply(numerator, hundred)))
        agrees = pc.less_equal(gap, pc.multiply(denominator, allowed))
        # A denominator of 0 has no rate to disagree with.
        empty = pc.less_equal(denominator, pa.scalar(0, pa.decimal128(1, 0)))
        return _to_bool(pc.fill_null(pc.or_kleene(agrees, empty), True))

    def _wide(self, name: str) -> pa.Array:
        values = self.array(name)
        return values.cast(pa.decimal128(19, 0)) if pa.types.is_integer(values.type) else values

    def _filled_when(self, rule: RequiredWhenRule) -> Any:
        when = self.array(rule.when)
        if pa.types.is_boolean(when.type):
            when = pc.if_else(when, pa.scalar("true"), pa.scalar("false"))
        due = pc.is_in(when, value_set=pa.array(rule.values, pa.string()))
        return _to_bool(pc.or_(pc.invert(due), self.array(rule.column).is_valid()))


def _is_filled(values: pa.Array) -> np.ndarray:
    return values.is_valid().to_numpy(zero_copy_only=False)


def _to_numbers(values: pa.Array) -> Any:
    """Whole numbers as doubles, which Great Expectations compares at once; where those would not be exact, as they are.

    It takes bounds for doubles too, so that longer numbers have to be compared one by one.
    """
    bounds = pc.min_max(values)
    if (bounds["min"].as_py() or 0) > -_EXACT and (bounds["max"].as_py() or 0) < _EXACT:
        return values.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return _to_pandas(values)


def _to_pandas(values: pa.Array) -> Any:
    return pd.arrays.ArrowExtensionArray(values)  # pyright: ignore[reportAttributeAccessIssue]


def _to_bool(values: pa.Array | pa.ChunkedArray) -> np.ndarray:
    return values.to_numpy(zero_copy_only=False)
