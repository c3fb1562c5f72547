"""One defect for every promise of a contract, each in a row of its own, planted into rows of a simulated file.

Which codes a planted row must get is worked out here from the contract's YAML and the cells alone: nothing of the
package that checks is asked. Where one cell cannot break a promise without breaking another (a negative number is below
its minimum and below the number beside it), both are expected.
"""

from __future__ import annotations

import datetime as dt
import itertools
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from schemas.models.contract import Column, ColumnType, Contract, PairRule, RateRule, RequiredWhenRule, Rule

Cells = dict[str, Any]
"""Column -> value: number, date, datetime, bool or text; None is empty. A `Text` stands as it is written."""

NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.PERCENT, ColumnType.DURATION)
DATES = (ColumnType.DATE, ColumnType.DATETIME)
UNREADABLE = "不详的内容"
RESIDENT = "11010519491231002X"
"""The example of GB 11643."""
_OPS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
    "==": operator.eq,
}


class Text(str):
    """A cell that is not what its column is."""

    __slots__ = ()


@dataclass(frozen=True)
class Plant:
    """One planted row: `code` at `column` is what it is for; `codes` all that its cells break."""

    code: str
    column: str | None
    cells: Cells
    codes: frozenset[str]


def default_value(column: Column) -> Any:
    """Some lawful value of a column."""
    low, high = column.minimum, column.maximum
    if column.type in NUMBERS:
        number = Decimal(50) if low is None and high is None else (low if low is not None else high)
        return int(number or 0) if column.type is ColumnType.INTEGER else number
    if column.type in DATES:
        return dt.datetime(2023, 3, 6, 10) if column.type is ColumnType.DATETIME else dt.date(2023, 3, 6)
    if column.check == "resident_id" or (column.personal and column.type is ColumnType.ID):
        return RESIDENT
    lawful = {ColumnType.BOOLEAN: True, ColumnType.PERIOD: "2023-03", ColumnType.ID: "A20230001"}
    return column.allowed[0] if column.allowed else lawful.get(column.type, "某某")


def write_cell(value: Any, column: Column) -> str:
    """The cell as a department writes it."""
    if value is None:
        return ""
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, bool):
        return column.true_words[0] if value else column.false_words[0]
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if column.type is ColumnType.PERCENT:
        return f"{value:f}%"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def find_broken(cells: Cells, contract: Contract) -> frozenset[str]:
    """Codes of all promises of single columns and of pairs that the cells break, by the words of the YAML."""
    found = {code for column in contract.columns if (code := _broken_cell(cells.get(column.name), column, contract))}
    return frozenset(found | {rule.code for rule in contract.rules if not _holds(rule, cells, contract)})


def _holds(rule: Rule, cells: Cells, contract: Contract) -> bool:
    if isinstance(rule, PairRule):
        return _pair_holds(rule, cells, contract)
    if isinstance(rule, RateRule):
        return _rate_holds(rule, cells)
    if isinstance(rule, RequiredWhenRule):
        return cells.get(rule.column) is not None or not _is_due(rule, cells)
    return True


def _broken_cell(value: Any, column: Column, contract: Contract) -> str | None:
    closed_key = set(contract.key) - set(contract.open_key)
    if value is None:
        return "VALUE.MISSING" if column.required or column.name in closed_key else None
    if isinstance(value, Text):
        return {"unit": "UNIT.UNKNOWN", "code": "VALUE.NOT_ALLOWED", "text": "VALUE.NOT_ALLOWED"}.get(
            column.type.value, "VALUE.CHECK_DIGIT" if column.check else "VALUE.UNREADABLE"
        )
    if column.type in NUMBERS:
        low, high = column.minimum, column.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            return "VALUE.RANGE"
    return None


def _known(value: Any) -> Any:
    return None if isinstance(value, Text) else value


def _pair_holds(rule: PairRule, cells: Cells, contract: Contract) -> bool:
    left, right = _known(cells.get(rule.left)), _known(cells.get(rule.right))
    if left is None or right is None:
        return True
    types = contract.column_by_name
    if ColumnType.DATE in (types[rule.left].type, types[rule.right].type):
        left, right = _day(left), _day(right)
    return _OPS[rule.op](left, right)


def _day(value: Any) -> Any:
    return value.date() if isinstance(value, dt.datetime) else value


def _rate_holds(rule: RateRule, cells: Cells) -> bool:
    parts = [_known(cells.get(name)) for name in (rule.rate, rule.numerator, rule.denominator)]
    if any(part is None for part in parts) or parts[2] <= 0:
        return True  # what is no whole has no share of it
    rate, numerator, denominator = map(Decimal, parts)
    return abs(rate - 100 * numerator / denominator) <= rule.tolerance


def _is_due(rule: RequiredWhenRule, cells: Cells) -> bool:
    word = _known(cells.get(rule.when))
    return (str(word).lower() if isinstance(word, bool) else word) in rule.values


def make_plants(contract: Contract, base: Cells) -> Iterator[Plant]:
    """Every promise of the contract broken once."""
    for column in contract.columns:
        yield from _column_plants(contract, column, base)
    for rule in contract.rules:
        if isinstance(rule, PairRule):
            yield _choose(contract, rule.code, None, base, _pair_cells(rule, base, contract))
        elif isinstance(rule, RateRule):
            yield _choose(contract, rule.code, rule.rate, base, _rate_cells(rule))
        elif isinstance(rule, RequiredWhenRule):
            word: Any = rule.values[0]
            when = contract.column_by_name[rule.when]
            word = word == "true" if when.type is ColumnType.BOOLEAN else word
            yield _choose(contract, rule.code, rule.column, base, [{rule.when: word, rule.column: None}])


def _column_plants(contract: Contract, column: Column, base: Cells) -> Iterator[Plant]:
    name = column.name
    if (column.required or name in set(contract.key) - set(contract.open_key)) and contract.table.filled_by != (name,):
        yield _choose(contract, "VALUE.MISSING", name, base, [{name: None}])
    if column.type in (*NUMBERS, *DATES, ColumnType.BOOLEAN, ColumnType.PERIOD):
        yield _choose(contract, "VALUE.UNREADABLE", name, base, [{name: Text(UNREADABLE)}])
    if column.type is ColumnType.UNIT:
        yield _choose(contract, "UNIT.UNKNOWN", name, base, [{name: Text("没有的单位")}])
    if column.allowed:
        yield _choose(contract, "VALUE.NOT_ALLOWED", name, base, [{name: Text("没有的选项")}])
    if column.check:
        good = str(base[name] or default_value(column))
        other = "1" if good[-1] != "1" else "2"
        yield _choose(contract, "VALUE.CHECK_DIGIT", name, base, [{name: Text(good[:-1] + other)}])
    if column.type in NUMBERS:
        beyond = [b for b in (column.minimum, column.maximum) if b is not None]
        for bound, step in zip(beyond, (-1, 1) if column.minimum is not None else (1,), strict=False):
            number = bound + step
            value = int(number) if column.type is ColumnType.INTEGER else number
            yield _choose(contract, "VALUE.RANGE", name, base, [{name: value}])


def _choose(contract: Contract, code: str, column: str | None, base: Cells, changes: list[Cells]) -> Plant:
    """The change that breaks the fewest promises beside the one it is for."""
    made = [{**base, **change} for change in changes]
    broken = [find_broken(cells, contract) for cells in made]
    best = min((i for i, codes in enumerate(broken) if code in codes), key=lambda i: len(broken[i]))
    return Plant(code, column, made[best], broken[best])


def _pair_cells(rule: PairRule, base: Cells, contract: Contract) -> list[Cells]:
    """Both cells next to each other on the wrong side, from either end, near what they were and near zero."""
    columns = contract.column_by_name
    ends = [columns[rule.left], columns[rule.right]]
    starts: list[Any] = [base[c.name] if base[c.name] is not None else default_value(c) for c in ends]
    if ends[0].type in NUMBERS:
        starts += [0, 1, 2, 50]
    found: list[Cells] = []
    for start in starts:
        lower, upper = start, start + (dt.timedelta(days=1) if ends[0].type in DATES else 1)
        pairs = [
            (lower, upper),
            (upper, lower),
            (lower, lower),
            (lower - (upper - lower), lower),
            (lower, lower - (upper - lower)),
        ]
        for left, right in pairs:
            cells: Cells = {rule.left: _fit(left, ends[0]), rule.right: _fit(right, ends[1])}
            if not _pair_holds(rule, cells, contract):
                found.append(cells)
    others = {name for other in contract.rules if isinstance(other, PairRule) for name in (other.left, other.right)}
    free = [name for name in others - {rule.left, rule.right} if not columns[name].required]
    return [*found, *({**dict.fromkeys(free), **cells} for cells in found)]


def _fit(value: Any, column: Column) -> Any:
    if column.type is ColumnType.INTEGER:
        return int(value)
    if column.type is ColumnType.DATETIME and not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time(10))
    if column.type is ColumnType.DATE:
        return _day(value)
    return Decimal(str(value)) if column.type in NUMBERS else value


def _rate_cells(rule: RateRule) -> list[Cells]:
    return [{rule.numerator: n, rule.denominator: 10, rule.rate: Decimal(rate)} for n, rate in ((5, 51), (10, 99))]


def make_keys(contract: Contract, units: Sequence[str], base: Cells, *, most: int) -> list[Cells]:
    """Different keys, at most so many; few where a key is made of a few words or units."""
    choices = [_list_values(contract.column_by_name[name], contract, units, base) for name in contract.key]
    return [dict(zip(contract.key, key, strict=True)) for key in itertools.islice(itertools.product(*choices), most)]


def _list_values(column: Column, contract: Contract, units: Sequence[str], base: Cells) -> list[Any]:
    if column.type is ColumnType.UNIT:
        return list(units)
    if column.type is ColumnType.PERIOD:
        spell, parts = _PERIODS[contract.period.grain]
        return [spell.format(year, part) for year in range(2005, 2023) for part in range(1, parts + 1)]
    if column.allowed:
        return list(column.allowed)
    if column.type in (ColumnType.ID, ColumnType.TEXT) and not column.check:
        return [f"K{number:04d}" for number in range(200)]
    return [base[column.name]]


_PERIODS = {"month": ("{}-{:02d}", 12), "quarter": ("{}-Q{}", 4), "half": ("{}-H{}", 2), "year": ("{}", 1)}
