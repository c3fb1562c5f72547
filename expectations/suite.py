"""Contract -> the list of what is expected, each with the code and the level that a breach gets.

The YAML contract is the only description of the promise; this is a reading of it. Nothing here imports
Great Expectations, so that building and documenting a suite costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from schemas.models.contract import (
    Column,
    ColumnType,
    Contract,
    EntryRule,
    PairRule,
    RateRule,
    RequiredWhenRule,
    RowCountRule,
    Rule,
    TotalRule,
)
from schemas.models.contract_between import (
    CarriedRule,
    NotFutureRule,
    PlausibleRule,
    ReferenceRule,
    SequenceRule,
    UsualRowsRule,
)
from schemas.models.finding import Level

VALUE_MISSING = "VALUE.MISSING"
VALUE_RANGE = "VALUE.RANGE"
VALUE_NOT_ALLOWED = "VALUE.NOT_ALLOWED"
VALUE_CHECK_DIGIT = "VALUE.CHECK_DIGIT"

EXACT_TYPES = (ColumnType.DECIMAL, ColumnType.PERCENT, ColumnType.DURATION)
"""Types that Great Expectations would compare slowly or as floats: compared exactly beforehand, then expected true."""

NOT_NULL = "expect_column_values_to_not_be_null"
BETWEEN = "expect_column_values_to_be_between"
IN_SET = "expect_column_values_to_be_in_set"
PAIR_GREATER = "expect_column_pair_values_a_to_be_greater_than_b"
PAIR_EQUAL = "expect_column_pair_values_to_be_equal"


@dataclass(frozen=True)
class Expected:
    """One expectation.

    Attributes:
        code: finding code of a breach.
        level: how far a breach reaches.
        type: name of the expectation in Great Expectations.
        kwargs: its arguments; column names are those of `expectations.frame`.
        column: contract column that a breach is shown at; None for rules over several columns.
        rule: the contract's rule that it comes from; None for promises of a single column.
        needs: contract columns without which it cannot run.
        scope: judged on every row; on every row once all of them are known (`table`: rules that look at other rows or
            at earlier periods); or once a file on a one-row frame of facts.
    """

    code: str
    level: Level
    type: str
    kwargs: Mapping[str, Any]
    column: str | None = None
    rule: Rule | None = None
    needs: tuple[str, ...] = ()
    scope: Literal["rows", "table", "file"] = "rows"


def name_range_column(column: str) -> str:
    return f"{column}__in_range"


def name_digits_column(column: str) -> str:
    """Column of the typed rows that says whether the check digit of an id holds."""
    return f"{column}__digits_hold"


def name_rule_column(rule: Rule) -> str:
    return f"{rule.code}__holds"


def name_entry_fact(check: str) -> str:
    """Column of the typed rows in which check says whether a row agrees with its target."""
    return f"_entry_{check}"


def name_between_fact(rule: Rule, column: str | None = None) -> str:
    """Column in which check says whether a rule about other rows, periods or sources holds (of one column)."""
    return f"_{rule.code}_{column}" if column else f"_{rule.code}"


def name_pair_columns(rule: PairRule) -> tuple[str, str]:
    return f"{rule.code}__left", f"{rule.code}__right"


def name_total_columns(column: str) -> tuple[str, str]:
    """Columns of the one-row frame: what the file's total row states, and the sum of the data rows."""
    return f"{column}__stated", f"{column}__sum"


def build_suite(contract: Contract) -> list[Expected]:
    """Everything that the contract promises of typed rows and of the whole file, in a stable order."""
    closed_key = set(contract.key) - set(contract.open_key)
    expected = [e for c in contract.columns for e in _expect_column(c, is_key=c.name in closed_key)]
    return expected + [e for rule in contract.rules for e in _expect_rule(rule, contract)]


def _expect_column(column: Column, *, is_key: bool) -> Iterator[Expected]:
    name = column.name
    common: dict[str, Any] = {"level": Level.QUARANTINE, "column": name, "needs": (name,)}
    if column.required or is_key:
        yield Expected(VALUE_MISSING, type=NOT_NULL, kwargs={"column": name}, **common)
    if column.allowed:
        kwargs = {"column": name, "value_set": list(column.allowed)}
        yield Expected(VALUE_NOT_ALLOWED, type=IN_SET, kwargs=kwargs, **common)
    if column.check:
        yield Expected(VALUE_CHECK_DIGIT, **_expect_true(name_digits_column(name)), **common)
    if column.minimum is None and column.maximum is None:
        return
    if column.type is ColumnType.INTEGER and _bounds_are_whole(column):
        bounds = {"min_value": _int(column.minimum), "max_value": _int(column.maximum)}
        yield Expected(VALUE_RANGE, type=BETWEEN, kwargs={"column": name, **bounds}, **common)
    else:
        yield Expected(VALUE_RANGE, **_expect_true(name_range_column(name)), **common)


def _bounds_are_whole(column: Column) -> bool:
    return all(b is None or b == b.to_integral_value() for b in (column.minimum, column.maximum))


def _int(bound: Any) -> int | None:
    return None if bound is None else int(bound)


def _expect_true(column: str) -> dict[str, Any]:
    return {"type": IN_SET, "kwargs": {"column": column, "value_set": [True]}}


def _expect_rule(rule: Rule, contract: Contract) -> Iterator[Expected]:
    common: dict[str, Any] = {"code": rule.code, "level": Level(rule.level), "rule": rule}
    if isinstance(rule, PairRule):
        yield Expected(**common, needs=(rule.left, rule.right), **_expect_pair(rule, contract))
    elif isinstance(rule, RateRule):
        needs = (rule.rate, rule.numerator, rule.denominator)
        yield Expected(**common, needs=needs, column=rule.rate, **_expect_true(name_rule_column(rule)))
    elif isinstance(rule, RequiredWhenRule):
        needs = (rule.column, rule.when)
        yield Expected(**common, needs=needs, column=rule.column, **_expect_true(name_rule_column(rule)))
    elif isinstance(rule, EntryRule):
        yield Expected(**common, needs=(rule.column,), column=rule.column, **_expect_true(name_rule_column(rule)))
    elif isinstance(rule, RowCountRule):
        kwargs = {"column": "row_count", "min_value": rule.minimum, "max_value": rule.maximum}
        yield Expected(**common, type=BETWEEN, kwargs=kwargs, scope="file")
    elif isinstance(rule, TotalRule):
        yield from (_expect_total(rule, contract, common, column) for column in rule.columns)
    else:
        yield from _expect_between(rule, common)


def _expect_between(rule: Rule, common: Mapping[str, Any]) -> Iterator[Expected]:
    """Rules about other rows, periods and sources: check finds the facts. What is reconciled is known after load."""
    if isinstance(rule, UsualRowsRule):
        yield Expected(**common, **_expect_true(name_between_fact(rule)), scope="file")
    elif isinstance(rule, (ReferenceRule, NotFutureRule)):
        fact = _expect_true(name_between_fact(rule))
        yield Expected(**common, column=rule.column, needs=(rule.column,), **fact)
    elif isinstance(rule, SequenceRule):
        fact = _expect_true(name_between_fact(rule))
        yield Expected(**common, column=rule.column, needs=rule.own_columns, **fact, scope="table")
    elif isinstance(rule, CarriedRule):
        fact = _expect_true(name_between_fact(rule))
        yield Expected(**common, column=rule.opening, needs=rule.own_columns, **fact, scope="table")
    elif isinstance(rule, PlausibleRule):
        for column in rule.columns:
            fact = _expect_true(name_between_fact(rule, column))
            yield Expected(**common, column=column, needs=(column,), **fact, scope="table")


def _expect_pair(rule: PairRule, contract: Contract) -> dict[str, Any]:
    types = contract.column_by_name
    if types[rule.left].type in EXACT_TYPES or types[rule.right].type in EXACT_TYPES:
        return _expect_true(name_rule_column(rule))
    left, right = name_pair_columns(rule)
    # The default counts a pair with one empty cell as a breach: that is every open case.
    pair = {"ignore_row_if": "either_value_is_missing"}
    if rule.op == "==":
        return {"type": PAIR_EQUAL, "kwargs": {"column_A": left, "column_B": right, **pair}}
    larger, smaller = (right, left) if rule.op.startswith("<") else (left, right)
    kwargs = {"column_A": larger, "column_B": smaller, "or_equal": rule.op.endswith("="), **pair}
    return {"type": PAIR_GREATER, "kwargs": kwargs}


def _expect_total(rule: TotalRule, contract: Contract, common: Mapping[str, Any], column: str) -> Expected:
    """Of a wide table with its many totals, check finds out whether all of them hold."""
    if contract.wide:
        return Expected(**common, column=column, **_expect_true(name_between_fact(rule, column)), scope="file")
    stated, added = name_total_columns(column)
    kwargs = {"column_A": stated, "column_B": added, "ignore_row_if": "either_value_is_missing"}
    return Expected(**common, column=column, type=PAIR_EQUAL, kwargs=kwargs, scope="file")
