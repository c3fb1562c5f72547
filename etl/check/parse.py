"""Text cells -> typed columns under the contract. A cell that cannot be read is reported as itself, never guessed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from etl.check.arrow import is_filled, is_one_of, keep_where, map_words, match, pc
from etl.check.date_reader import DateReader
from etl.check.grid import CellKind
from etl.check.headers import take_apart
from etl.check.ids import check_digits
from etl.check.measures import read_measure
from etl.check.numbers import parse_decimals, parse_durations, parse_integers, parse_percents
from etl.check.parsed import (
    DATE_TYPE,
    DECIMAL_TYPE,
    DIGITS_LOST,
    ERROR_CELL,
    NOT_CALCULATED,
    PERCENT_TYPE,
    STAMP_TYPE,
    UNIT_UNKNOWN,
    UNREADABLE,
    Parsed,
)
from etl.check.periods import Grain, read_dated, read_dated_sum, read_period, read_sum_period
from etl.check.words import CUT_NUMBER, parse_booleans, parse_codes, parse_ids, parse_periods, parse_units
from etl.core.periods import Period
from schemas.models.contract import Column, ColumnType, Contract

_NUMERIC = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.PERCENT, ColumnType.DURATION)
_DATES = (ColumnType.DATE, ColumnType.DATETIME)
_ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    ColumnType.INTEGER: pa.int64(),
    ColumnType.DECIMAL: DECIMAL_TYPE,
    ColumnType.PERCENT: PERCENT_TYPE,
    ColumnType.DURATION: DECIMAL_TYPE,
    ColumnType.DATE: DATE_TYPE,
    ColumnType.DATETIME: STAMP_TYPE,
    ColumnType.BOOLEAN: pa.bool_(),
}


def arrow_type(column: Column) -> pa.DataType:
    """The type of a column in the staged file."""
    return _ARROW_TYPES.get(column.type, pa.string())


class ColumnParser:
    """Parses the columns of one contract, block after block.

    Args:
        contract: the promise.
        unit_names: every spelling of a unit -> its id.
        period: the one period of the file, which gives dates like 3月5日 their year; None where rows bring their own.
        zone: whose wall time stamps with a zone of their own are turned into.
        year: that of the table, for cells of periods without one.
    """

    def __init__(
        self,
        contract: Contract,
        unit_names: Mapping[str, str],
        *,
        period: Period | None = None,
        zone: str = "Asia/Shanghai",
        year: str | None = None,
    ) -> None:
        self.columns = contract.columns
        self.grain: Grain = contract.period.grain
        self.year = year
        self._read_cell = read_sum_period if contract.cumulative else read_period
        self._read_dated = read_dated_sum if contract.cumulative else read_dated
        self.unit_names = {**{name: name for name in contract.reporters}, **unit_names}
        self.tokens = contract.tokens
        self.missing_words = [word for word, meaning in contract.tokens.items() if meaning == "missing"]
        self.dates = DateReader(period=period, zone=zone)

    def parse(self, texts: pa.Array, kinds: np.ndarray | None, column: Column) -> Parsed:
        """Read one column of a block; every filled cell gets a value, a meaning of "missing", or a problem."""
        errors = self._find_errors(texts, kinds)
        words = self._take_words(texts) if column.type in _NUMERIC else None
        uncounted = np.zeros(len(texts), dtype=bool) if kinds is None else kinds == CellKind.NOT_CALCULATED
        absent = is_one_of(texts, self.missing_words) | errors | uncounted
        if absent.any():
            texts = keep_where(texts, ~absent)
        if words is not None:
            # What is left of them is zero, or so little that it rounds to it in the unit of the column.
            texts = pc.if_else(pc.and_(words.is_valid(), texts.is_valid()), pa.scalar("0"), texts)
        problems = {ERROR_CELL: errors, NOT_CALCULATED: uncounted}
        if column.type is ColumnType.ID:
            cut = _find_cut_ids(texts, kinds)
            problems[DIGITS_LOST] = cut
            texts = keep_where(texts, ~cut) if cut.any() else texts
        values, date_only = self._read(texts, kinds, column)
        unread = is_filled(texts) & ~is_filled(values)
        problems[UNIT_UNKNOWN if column.type is ColumnType.UNIT else UNREADABLE] = unread
        held = {code: mask for code, mask in problems.items() if mask.any()}
        digits = check_digits(values, column.check) if column.check else None
        return Parsed(values, date_only, held, words, digits)

    def _take_words(self, texts: pa.Array) -> pa.Array | None:
        """`—:missing` where a word of the contract stands for a number; None where there is none."""
        known = is_one_of(texts, list(self.tokens))
        if not known.any():
            return None
        return map_words(keep_where(texts, known), lambda word: f"{word}:{self.tokens[word]}", pa.string())

    @staticmethod
    def _find_errors(texts: pa.Array, kinds: np.ndarray | None) -> np.ndarray:
        if kinds is None:
            return match(texts, r"^#(?:N/A|DIV/0!|REF!|VALUE!|NAME\?|NUM!|NULL!)$", needs=("#",))
        return kinds == CellKind.ERROR

    def _read(self, texts: pa.Array, kinds: np.ndarray | None, column: Column) -> tuple[pa.Array, np.ndarray | None]:
        if column.type in _DATES:
            stamps, date_only = self.dates.parse(texts, column.date_order)
            return (
                (stamps.cast(DATE_TYPE, safe=False), date_only)
                if column.type is ColumnType.DATE
                else (stamps, date_only)
            )
        if column.type in _NUMERIC:
            return self._read_numbers(texts, kinds, column), None
        return self._read_words(texts, column), None

    @staticmethod
    def _read_numbers(texts: pa.Array, kinds: np.ndarray | None, column: Column) -> pa.Array:
        native = np.zeros(len(texts), dtype=bool) if kinds is None else np.isin(kinds, _NUMBER_KINDS)
        measure = read_measure(take_apart(column.header).unit)
        scaled = measure is not None and measure.size > 1
        if column.type is ColumnType.INTEGER:
            return parse_integers(texts, native, scaled=scaled)
        if column.type is ColumnType.DECIMAL:
            return parse_decimals(texts, native, scaled=scaled)
        if column.type is ColumnType.DURATION:
            return parse_durations(texts, native, unit=str(column.unit))
        shares = None if kinds is None else kinds == CellKind.SHARE
        return parse_percents(texts, native, scale=column.scale, shares=shares)

    def _read_words(self, texts: pa.Array, column: Column) -> pa.Array:
        if column.type is ColumnType.ID:
            return parse_ids(texts)
        if column.type is ColumnType.UNIT:
            return parse_units(texts, self.unit_names)
        if column.type is ColumnType.CODE or column.allowed:
            return parse_codes(texts, column)
        if column.type is ColumnType.BOOLEAN:
            return parse_booleans(texts, column)
        if column.type is ColumnType.PERIOD:
            return parse_periods(texts, self._read_period)
        return texts

    def _read_period(self, word: str) -> str | None:
        found = self._read_cell(word, self.grain)
        return self._read_dated(word, self.grain, self.year) if found is None and self.year else found


_NUMBER_KINDS = (CellKind.NUMBER, CellKind.INEXACT, CellKind.SHARE)


def _find_cut_ids(texts: pa.Array, kinds: np.ndarray | None) -> np.ndarray:
    cut = match(texts, CUT_NUMBER)
    return cut if kinds is None else cut | (kinds == CellKind.INEXACT)
