"""Rows of the sources that report figures of a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from examples.district.filings import Cell, Line
from examples.district.levels import Beat, lead_of, open_stream, story_of, value_at
from examples.district.pack import Column, Contract, Indicator, Pack
from examples.district.spans import Span

SMALL_COUNTS = (2, 0, 3, 1, 4, 2)
KEYS_OF_TEXT = ("甲类示例", "乙类示例", "丙类示例")
UNITS_WITHOUT_LIST = 4


@dataclass
class Draft:
    """One row in the making; the figures that others are made of come first."""

    pack: Pack
    contract: Contract
    beat: Beat
    row: int
    seed: int
    span: Span
    values: dict[str, Cell]

    def matches(self, where: Sequence[tuple[str, tuple[object, ...]]]) -> bool:
        return all(column in self.values and self.values[column] in allowed for column, allowed in where)

    def driver_of(self, column: str) -> Indicator | None:
        """The indicator that this figure is the numerator of."""
        for indicator in self.pack.indicators_of(self.contract.id):
            part = indicator.numerator
            if part and part.column == column and self.matches((*indicator.where, *part.where)):
                return indicator
        return None

    def is_denominator(self, column: str) -> bool:
        parts = [i.denominator for i in self.pack.indicators_of(self.contract.id)]
        return any(part and part.column == column for part in parts)


def store(column: Column, number: Fraction) -> int | Decimal:
    """The figure as its column holds it: whole, or with two decimals; never below the column's minimum."""
    number = max(number, column.minimum or Fraction(0))
    if column.type == "integer":
        return round(number)
    return (Decimal(number.numerator) / Decimal(number.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def number_of(cell: Cell) -> Fraction:
    return Fraction(str(cell))


def draw_base(draft: Draft, column: Column) -> Fraction:
    """A figure that nothing decides: a size of its own and a little movement, so that no two periods are alike."""
    size = open_stream("size", draft.pack.id, draft.contract.id, column.name, draft.row).randint(60, 360)
    noise = open_stream(draft.seed, draft.contract.id, draft.span.label, column.name, draft.row).randint(1, 9)
    stories = [
        story_of(draft.pack, lead_of(draft.pack, i.id))
        for i in draft.pack.indicators_of(draft.contract.id)
        if i.denominator and i.denominator.column == column.name
    ]
    if "zero" in stories[:1] and draft.beat.number % 5 == 1:
        return Fraction(0)
    if "small" in stories[:1]:
        return Fraction(SMALL_COUNTS[draft.beat.number % len(SMALL_COUNTS)])
    if "edge" in stories:
        return Fraction(100 * (size // 50 + noise))
    return Fraction(size + 3 * draft.beat.number + noise)


def draw_share(draft: Draft, column: Column, indicator: Indicator) -> Fraction:
    """A numerator, so that the ratio is the one of the story."""
    target = lead_of(draft.pack, indicator.id)
    level = value_at(draft.pack, target, draft.beat) + Fraction((draft.row % 3 - 1) * (draft.row > 0), 2)
    per_one = max(level, Fraction(0)) / indicator.factor
    if indicator.unit == "%":
        per_one = min(per_one, Fraction(1))
    part = indicator.denominator
    if part is None or part.column is None:
        return per_one
    return per_one * number_of(make_figure(draft, draft.contract.column(part.column)))


def draw_increment(draft: Draft, indicator: Indicator) -> Fraction:
    """What is added in one period to a sum that is owed at the end."""
    target = lead_of(draft.pack, indicator.id)
    pace = {"good": Fraction(7, 5), "stuck": Fraction(1, 2), "edge": Fraction(1), "climb": Fraction(6, 5)}
    months = 12 if draft.contract.grain == "month" else 4
    chance = open_stream(draft.seed, "add", indicator.id, draft.span.label, draft.row)
    wanted = target.value / months * pace[story_of(draft.pack, target)] * Fraction(chance.randint(80, 120), 100)
    return wanted if draft.beat.number % 4 != 3 else Fraction(0)


def make_figure(draft: Draft, column: Column) -> Cell:
    """The figure of one column; those it is made of are made first."""
    if column.name in draft.values:
        return draft.values[column.name]
    indicator = draft.driver_of(column.name)
    if indicator is None:
        number = draw_base(draft, column)
    elif indicator.form == "count":
        number = draw_increment(draft, indicator)
    else:
        number = draw_share(draft, column, indicator)
    draft.values[column.name] = store(column, number)
    return draft.values[column.name]


def keep_order(draft: Draft) -> None:
    """Bend the figures until every promise `left <= right` of the contract holds; what tells a story bends last."""
    rules = [r for r in draft.contract.rules_of("pair") if draft.contract.column(r["left"]).is_number]
    for rule in [*rules, *rules]:
        left, right = (number_of(draft.values[rule[side]]) for side in ("left", "right"))
        left_column, right_column = draft.contract.column(rule["left"]), draft.contract.column(rule["right"])
        if left <= right:
            continue
        if draft.driver_of(left_column.name) is None and not draft.is_denominator(left_column.name):
            draft.values[left_column.name] = store(left_column, Fraction(int(right * 3 / 5)))
        elif draft.driver_of(right_column.name) is None and not draft.is_denominator(right_column.name):
            draft.values[right_column.name] = store(right_column, left + 4)
        else:
            draft.values[left_column.name] = draft.values[right_column.name]


def fill_rates(draft: Draft) -> None:
    """Stated percentages follow from their parts."""
    for rule in draft.contract.rules_of("rate"):
        whole = number_of(draft.values[rule["denominator"]])
        share = 100 * number_of(draft.values[rule["numerator"]]) / whole if whole else None
        rate = draft.contract.column(rule["rate"])
        draft.values[rule["rate"]] = None if share is None else Decimal(str(store(rate, share)))


def list_units(pack: Pack, contract: Contract) -> tuple[str, ...]:
    """Who reports: the contract's list, else some departments of the plan, where they have a name of their own."""
    if contract.reporters:
        return contract.reporters
    alone = [unit["id"] for unit in pack.units if unit.get("kind", "department") in ("department", "place")]
    start = open_stream("units", pack.id, contract.id).randrange(3)
    return tuple(alone[start : start + UNITS_WITHOUT_LIST])


def list_keys(pack: Pack, contract: Contract) -> list[dict[str, Cell]]:
    """The cells that name each row: units, the words of a code column, invented names, or nothing for one row."""
    if contract.unit_column:
        return [{contract.unit_column: unit} for unit in list_units(pack, contract)]
    for name in contract.key:
        column = contract.column(name)
        if column.type == "period":
            continue
        return [{name: word} for word in column.allowed or KEYS_OF_TEXT]
    return [{}]


def draw_rows(pack: Pack, contract: Contract, span: Span, beat: Beat, *, seed: int) -> tuple[Line, ...]:
    """All rows of one period's report, every promise of the contract kept."""
    lines = []
    for row, key in enumerate(list_keys(pack, contract)):
        draft = Draft(pack, contract, beat, row, seed, span, dict(key))
        for column in contract.columns:
            if column.type == "boolean":
                draft.values[column.name] = row != 1 or beat.number > 2
            elif column.is_number:
                make_figure(draft, column)
            elif column.type == "period":
                draft.values[column.name] = span.label
        keep_order(draft)
        fill_rates(draft)
        lines.append(Line(draft.values))
    return tuple(lines)
