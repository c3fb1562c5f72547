"""The same number by the words of a column - window, item, channel, voltage class - with how certain each is.

A word with few cases swings by chance: beside each share stand its Wilson interval and the funnel limits around the
share of all words, within which differences are chance (Spiegelhalter, *Funnel plots for comparing institutional
performance*, 2005; normal limits of a proportion at two standard errors).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, delete, insert

from etl.compute.case_parts import BY
from etl.compute.part_rows import PartRow
from etl.core.wilson import Z95, wilson_shares
from schemas.warehouse.case_tables import breakdowns


@dataclass(frozen=True)
class BreakdownRow:
    """One (column, word, month) of an indicator; `low` .. `high` is the interval, `funnel_*` what chance allows."""

    by: str
    word: str
    period: str
    numerator: Decimal
    denominator: Decimal
    n: int
    low: float | None = None
    high: float | None = None
    funnel_low: float | None = None
    funnel_high: float | None = None


def break_down(parts: Iterable[PartRow], *, is_share: bool) -> list[BreakdownRow]:
    """Rows by column, month and word; words of cases whose calendar or precision does not allow an answer are left out.

    Only shares have intervals: of a mean the spread is not known from its parts.
    """
    sums: dict[tuple[str, str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for part in parts:
        if not part.kind.startswith(BY) or part.blind or part.coarse:
            continue
        cell = sums[part.kind.removeprefix(BY), part.period, part.key]
        for i, value in enumerate((part.numerator or 0, part.denominator or 0, part.n)):
            cell[i] += Decimal(value)
    totals: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 2)
    for (by, period, _), cell in sums.items():
        total = totals[by, period]
        total[0], total[1] = total[0] + cell[0], total[1] + cell[1]
    rows = [BreakdownRow(by, word, period, c[0], c[1], int(c[2])) for (by, period, word), c in sorted(sums.items())]
    return [_with_limits(row, totals[row.by, row.period]) if is_share else row for row in rows if row.denominator]


def _with_limits(row: BreakdownRow, total: list[Decimal]) -> BreakdownRow:
    low, high = wilson_shares([float(row.numerator)], [float(row.denominator)])
    share = float(total[0] / total[1])
    spread = Z95 * math.sqrt(share * (1 - share) / float(row.denominator))
    limits = {"funnel_low": max(0.0, share - spread), "funnel_high": min(1.0, share + spread)}
    return BreakdownRow(
        row.by, row.word, row.period, row.numerator, row.denominator, row.n, float(low[0]), float(high[0]), **limits
    )


def record_breakdowns(connection: Connection, key: tuple[str, str], rows: Iterable[BreakdownRow]) -> None:
    """Put these rows in the place of what stood for the measure; nothing judges them, so they have no history."""
    table = breakdowns.c
    connection.execute(delete(breakdowns).where(table.indicator == key[0], table.variant == key[1]))
    content: list[dict[str, Any]] = [{"indicator": key[0], "variant": key[1], **vars(row)} for row in rows]
    if content:
        connection.execute(insert(breakdowns), content)
