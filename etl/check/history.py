"""Earlier periods of a source as a check is told them, and the figures of one key in the order of their periods."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from etl.core.periods import Period, parse_period
from schemas.models.contract import Contract
from schemas.models.contract_between import CarriedRule, HistoryRule, PlausibleRule

Key = tuple[str | None, ...]


@dataclass(frozen=True)
class History:
    """What was known of a source before one of its files.

    Attributes:
        before: the period of the file; everything here lies before it.
        rows: `period`, the columns of `Contract.series_key` as text, and the columns of `followed_columns`.
        counts: period -> data rows of its newest usable file.
        sums: of a source of sums since January, its rows of the same years and other periods, later ones too: `period`,
            the key as text, and the sums.
    """

    before: str
    rows: pa.Table
    counts: Mapping[str, int] = field(default_factory=dict)
    sums: pa.Table | None = None

    def describe(self) -> dict[str, Any]:
        """What goes into the record of the batch: which periods were looked at, and a fingerprint of the figures."""
        tables = [self.rows, *([self.sums] if self.sums is not None else [])]
        listed = [line for table in tables for line in sorted(map(repr, table.to_pylist()))]
        listed += sorted(map(repr, self.counts.items()))
        periods = {*self.counts}.union(*(table["period"].to_pylist() for table in tables))
        digest = hashlib.sha256("\n".join(listed).encode()).hexdigest()
        return {
            "before": self.before,
            "periods": sorted(periods),
            "rows": sum(table.num_rows for table in tables),
            "digest": digest,
        }


def history_rules(contract: Contract) -> list[HistoryRule]:
    return [rule for rule in contract.rules if isinstance(rule, HistoryRule)]


def followed_columns(contract: Contract) -> list[str]:
    """Columns whose earlier figures some rule asks for."""
    names = [n for r in contract.rules if isinstance(r, (CarriedRule, PlausibleRule)) for n in r.own_columns]
    return list(dict.fromkeys(names))


class Series:
    """Figures by key and period."""

    def __init__(self, contract: Contract) -> None:
        self._key = contract.series_key
        self._figures: dict[Key, dict[Period, Mapping[str, Any]]] = defaultdict(dict)

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            if row["period"] is not None:
                self._figures[self.key_of(row)][parse_period(row["period"])] = row

    def key_of(self, row: Mapping[str, Any]) -> Key:
        return tuple(row[name] for name in self._key)

    def before(self, row: Mapping[str, Any], column: str, count: int) -> list[Any]:
        """The last `count` figures of the row's key before its period, of the same grain; the newest last."""
        own = parse_period(row["period"])
        known = self._figures[self.key_of(row)]
        earlier = sorted(p for p in known if p.grain == own.grain and p.end < own.start)[-count:]
        return [known[p][column] for p in earlier if known[p][column] is not None]

    def right_before(self, row: Mapping[str, Any]) -> tuple[Period, Mapping[str, Any]] | None:
        """The row of the same key whose period ends the day before this one begins (merged months too)."""
        own = parse_period(row["period"])
        known = self._figures[self.key_of(row)]
        found = [p for p in known if (own.start - p.end).days == 1 and own.grain in (p.grain, "month", "months")]
        return (max(found), known[max(found)]) if found else None
