"""Facts about single rows that only somebody who knows more than the file can find: one boolean column a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from etl.check.parsed import Parsed


class RowJudge(Protocol):
    """Answers questions about the rows of one block."""

    def facts(self, parsed: Mapping[str, Parsed]) -> dict[str, pa.Array]:
        """Column of the frame that is judged -> one boolean a row, true where the question does not arise."""
        ...


@dataclass(frozen=True)
class RowJudges:
    """Several of them as one."""

    judges: Sequence[RowJudge]

    def facts(self, parsed: Mapping[str, Parsed]) -> dict[str, pa.Array]:
        """As `RowJudge.facts`."""
        return {name: fact for judge in self.judges for name, fact in judge.facts(parsed).items()}
