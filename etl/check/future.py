"""Events that lie after the day on which their file is checked: they cannot have happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from etl.check.arrow import pc
from etl.check.parsed import Parsed
from expectations.suite import name_between_fact
from schemas.models.contract import Contract
from schemas.models.contract_between import NotFutureRule


@dataclass(frozen=True)
class FutureJudge:
    """One fact a rule and row: the cell is empty, or its date is `as_of` or earlier."""

    rules: Sequence[NotFutureRule]
    as_of: dt.date

    @classmethod
    def of(cls, contract: Contract, as_of: dt.date) -> FutureJudge:
        """A judge for the rules of a contract."""
        return cls([rule for rule in contract.rules if isinstance(rule, NotFutureRule)], as_of)

    def facts(self, parsed: Mapping[str, Parsed]) -> dict[str, pa.Array]:
        """Column of the frame -> one boolean a row."""
        return {
            name_between_fact(rule): self._is_past(parsed[rule.column].values)
            for rule in self.rules
            if rule.column in parsed
        }

    def _is_past(self, cells: pa.Array) -> pa.Array:
        days = cells.cast(pa.date32(), safe=False)
        return pc.fill_null(pc.less_equal(days, pa.scalar(self.as_of, pa.date32())), True)
