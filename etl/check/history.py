"""Earlier periods of a source as a check is told them, and the figures of one key in the order of their periods."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from etl.core.periods import Period, parse_period
from schemas.models.contract import ColumnType, Contract
from schemas.models.contract_between import CarriedRule, HistoryRule, PlausibleRule

Key = tuple[str | None, ...]


@dataclass(frozen=True)
class History:
    """What was known of a source before one of its files.

    Attributes:
        before: the period of the file; everything here lies before it.
        rows: `period`, the columns of `series_key` as text, and the columns of `followed_columns`.
        counts: period -> data rows of its newest usable file.
    """

    before: str
    rows: pa.Table
    counts: Mapping[str, int] = field(default_factory=dict)

    def describe(self) -> dict[str, Any]:
        """What goes into the record of the batch: which periods were looked at, and a fingerprint of the figures."""
        listed = sorted(map(repr, self.rows.to_pylist())) + sorted(map(repr, self.counts.items()))
        periods = {*self.rows["period"].to_pylist(), *self.counts}
        digest = hashlib.sha256("\n".join(listed).encode()).hexdigest()
        return {"before": self.before, "periods": sorted(periods), "rows": self.rows.num_rows, "digest": digest}


def history_rules(contract: Contract) -> list[HistoryRule]:
    return [rule for rule in contract.rules if isinstance(rule, HistoryRule)]


def series_key(contract: Contract) -> list[str]:
    """The key of a row without its period: rows of one such key follow each other through the periods."""
    columns = contract.column_by_name
    return [name for name in contract.key if columns[name].type is not ColumnType.PERIOD]


def followed_columns(contract: Contract) -> list[str]:
    """Columns whose earlier figures some rule asks for."""
    names = [n for r in contract.rules if isinstance(r, (CarriedRule, PlausibleRule)) for n in r.own_columns]
    return list(dict.fromkeys(names))


class Series:
    """Figures by key and period."""

    def __init__(self, contract: Contract) -> None:
        self._key = series_key(contract)
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
