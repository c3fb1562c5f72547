"""Cells that name something elsewhere: a row of another source, or an entry of a list of the pack."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from etl.check.arrow import pc
from etl.check.findings import FindingLog
from etl.check.parsed import Parsed
from etl.check.table import Table
from expectations.suite import name_between_fact
from schemas.models.contract import Contract
from schemas.models.contract_between import ReferenceRule
from schemas.models.finding import Finding, Level


def find_referred(contract: Contract) -> set[str]:
    """Sources that have to be there before the rows of this one can be compared."""
    return {rule.source for rule in contract.rules if isinstance(rule, ReferenceRule) and rule.source}


@dataclass(frozen=True)
class Known:
    """What a reference may name.

    Attributes:
        where: the place in Chinese, for people.
        values: the known words as text; None where the other source has nothing yet.
    """

    where: str
    values: pa.Array | None

    def describe(self) -> dict[str, object]:
        """What goes into the record of the batch; equal words have an equal fingerprint."""
        if self.values is None:
            return {"words": None}
        listed = "\n".join(sorted(self.values.to_pylist()))
        return {"words": len(self.values), "digest": hashlib.sha256(listed.encode()).hexdigest()}


@dataclass(frozen=True)
class ReferenceJudge:
    """Answers for the rows of one file whether what they name is known: one fact a rule, true where nothing is named.

    Where nothing can be compared every fact is true, and `note_silence` says so.
    """

    rules: Sequence[ReferenceRule]
    known: Mapping[str, Known]

    @classmethod
    def of(cls, contract: Contract, known: Mapping[str, Known]) -> ReferenceJudge:
        """A judge that has an answer for every rule.

        Args:
            contract: the promise.
            known: code of the rule -> what its column may name.

        Raises:
            ValueError: a rule without an answer, so that rows that nobody compared would be accepted.
        """
        rules = [rule for rule in contract.rules if isinstance(rule, ReferenceRule)]
        if missing := sorted(rule.code for rule in rules if rule.code not in known):
            raise ValueError(f"contract {contract.id} has references: say what {missing} may name")
        return cls(rules, known)

    def facts(self, parsed: Mapping[str, Parsed]) -> dict[str, pa.Array]:
        """Column of the frame -> one boolean a row."""
        return {
            name_between_fact(rule): self._find(rule, parsed[rule.column].values)
            for rule in self.rules
            if rule.column in parsed
        }

    def _find(self, rule: ReferenceRule, cells: pa.Array) -> pa.Array:
        values = self.known[rule.code].values
        if values is None:
            return pa.repeat(True, len(cells))
        found = pc.is_in(cells.cast(pa.string()), value_set=values.cast(pa.string()))
        return pc.or_(found, pc.is_null(cells))

    def note_silence(self, table: Table, log: FindingLog) -> None:
        """A remark for each rule that had nothing to compare with."""
        for rule in self.rules:
            known, header = self.known[rule.code], table.headers.get(rule.column)
            if known.values is None and header is not None:
                message = f"「{header}」应在{known.where}中，但那里还没有数据，本次未核对"
                todo = f"无需处理；请营商办督促先报送{known.where}"
                finding = Finding(
                    code="REFERENCE.NOTHING_YET",
                    level=Level.NOTE,
                    message=message,
                    todo=todo,
                    rule=rule.kind,
                    column=rule.column,
                    header=header,
                )
                log.add_once(finding)
