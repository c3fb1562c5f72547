"""Parts become values: one row a (unit, period) that is in play, with a number or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce

from etl.compute.part_rows import PartRow
from etl.compute.submissions import Submissions
from etl.core.periods import Period
from schemas.models.contract import Contract
from schemas.models.indicator import Indicator

SELF = "self"
ZERO = Decimal(0)


@dataclass(frozen=True)
class Cell:
    """The parts of one (unit, period)."""

    numerator: Decimal | None
    denominator: Decimal | None
    n: int
    blind: int = 0
    coarse: int = 0


@dataclass(frozen=True)
class ValueRow:
    """A value as the warehouse stores it. `state` is `ok` or the reason of silence."""

    unit: str
    period: str
    state: str
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    n: int | None = None
    open_numerator: Decimal | None = None
    open_denominator: Decimal | None = None
    batches: tuple[str, ...] = ()
    extra: Mapping[str, int] = field(default_factory=dict)
    """Numbers beside the value that are shown with it (see `side_numbers`)."""


def merge_cells(parts: Iterable[PartRow], periods: Sequence[Period]) -> dict[tuple[str | None, str], Cell]:
    """Sums a (unit, period); unit None where the source has no reporting unit.

    Months are summed into the periods asked for; parts outside all of them fall away (they belong to no verdict).
    """
    spelled = {month: period.text for period in periods for month in (*period.months(), period.text)}
    cells: dict[tuple[str | None, str], Cell] = {}
    for part in parts:
        if part.period in spelled:
            place = (part.unit, spelled[part.period])
            cell = Cell(_decimal(part.numerator), _decimal(part.denominator), part.n, part.blind, part.coarse)
            cells[place] = _add(cells[place], cell) if place in cells else cell
    return cells


def _decimal(value: Decimal | int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _add(one: Cell, other: Cell) -> Cell:
    return Cell(
        _sum([one.numerator, other.numerator]),
        _sum([one.denominator, other.denominator]),
        one.n + other.n,
        one.blind + other.blind,
        one.coarse + other.coarse,
    )


def first_seen(contract: Contract, seen: Mapping[str, str], periods: Sequence[Period]) -> dict[str, str]:
    """Unit -> first period in which it is expected: listed reporters from the start, others once they appeared."""
    if not periods:
        return {}
    start = periods[0].text
    expected = dict.fromkeys(contract.reporters, start)
    if contract.reporters:
        return expected
    order = {month: period.text for period in periods for month in (period.text, *period.months())}
    return {unit: order.get(first, start if first < start else "") for unit, first in seen.items()}


def fill_grid(
    indicator: Indicator,
    submissions: Submissions,
    cells: Mapping[tuple[str | None, str], Cell],
    periods: Sequence[Period],
    units: Mapping[str, str],
) -> list[ValueRow]:
    """Rows for `self` and every expected unit of every period.

    `cells` are the parts by (unit, period); `units` gives each unit's first expected period and is empty where the
    source has no reporting unit.
    """
    rows: list[ValueRow] = []
    index = {period.text: i for i, period in enumerate(periods)}
    for period in periods:
        state, batch_ids = submissions.state_of(period)
        state = state or "not_reported"
        expected = [u for u, first in units.items() if first and index[first] <= index[period.text]]
        if state != "ok":
            rows += [_silent_row(indicator, cells, unit, period, state, batch_ids) for unit in (SELF, *expected)]
            continue
        held = submissions.held_in(batch_ids)
        unit_rows = [
            _unit_row(submissions.contract, indicator, cells, unit, period, batch_ids, held) for unit in expected
        ]
        rows.append(_roll_up(indicator, submissions.contract, cells, unit_rows, period, batch_ids))
        rows += unit_rows
    return rows


def _silent_row(
    indicator: Indicator,
    cells: Mapping[tuple[str | None, str], Cell],
    unit: str,
    period: Period,
    state: str,
    batch_ids: tuple[str, ...],
) -> ValueRow:
    """A period without an answer of its own. What later files told of it still counts in a running total."""
    if indicator.form != "count":
        return ValueRow(unit, period.text, state, batches=batch_ids)
    found = [c for (name, text), c in cells.items() if text == period.text and unit in (SELF, name)]
    told = _sum_cells(found, indicator)
    return ValueRow(unit, period.text, state, told.numerator, None, told.n, batches=batch_ids)


def _unit_row(
    contract: Contract,
    indicator: Indicator,
    cells: Mapping[tuple[str | None, str], Cell],
    unit: str,
    period: Period,
    batch_ids: tuple[str, ...],
    held: frozenset[str],
) -> ValueRow:
    cell = cells.get((unit, period.text))
    if cell is None and contract.kind == "report":
        return ValueRow(unit, period.text, "failed_check" if unit in held else "not_reported", batches=batch_ids)
    return _row(unit, period, cell or _nothing(indicator), batch_ids, indicator)


def _nothing(indicator: Indicator) -> Cell:
    """No rows where the period was answered: a count of 0, or a rate over nothing."""
    return Cell(ZERO, None if indicator.form == "count" else ZERO, 0)


def _row(unit: str, period: Period, cell: Cell, batch_ids: tuple[str, ...], indicator: Indicator) -> ValueRow:
    state = "ok"
    if cell.blind:
        state = "calendar_not_published"
    elif cell.coarse:
        state = "precision_too_coarse"
    elif cell.numerator is None or (indicator.form != "count" and cell.denominator is None):
        state = "parts_missing"
    if state != "ok":
        return ValueRow(unit, period.text, state, batches=batch_ids)
    return ValueRow(unit, period.text, "ok", cell.numerator, cell.denominator, cell.n, batches=batch_ids)


def _roll_up(
    indicator: Indicator,
    contract: Contract,
    cells: Mapping[tuple[str | None, str], Cell],
    unit_rows: Sequence[ValueRow],
    period: Period,
    batch_ids: tuple[str, ...],
) -> ValueRow:
    """The jurisdiction: sums over its units (never a mean of rates), under the declared missing policy."""
    lacking = [row for row in unit_rows if row.state != "ok"]
    if lacking and indicator.missing == "fail":
        return ValueRow(SELF, period.text, "parts_missing", batches=batch_ids)
    names = {row.unit for row in lacking}
    found = [c for (unit, text), c in cells.items() if text == period.text and unit not in names]
    if not found and contract.kind == "report" and indicator.missing != "zero":
        return ValueRow(SELF, period.text, "parts_missing", batches=batch_ids)
    return _row(SELF, period, _sum_cells(found, indicator), batch_ids, indicator)


def _sum_cells(found: Sequence[Cell], indicator: Indicator) -> Cell:
    return reduce(_add, found) if found else _nothing(indicator)


def _sum(items: Sequence[Decimal | None]) -> Decimal | None:
    """One missing part makes the sum missing: missing is never zero."""
    known = [item for item in items if item is not None]
    return sum(known, ZERO) if len(known) == len(items) else None
