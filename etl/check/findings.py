"""Collects findings, bounded: a file with a million bad cells must not make a million messages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable

import numpy as np

from schemas.models.finding import Finding, Level

KEPT_PER_CODE = 1_000
TOO_MANY = 10_000
"""More bad rows than this for one rule, and the file as a whole is wrong."""


class FindingLog:
    """Findings of one file. Above `KEPT_PER_CODE` for one code only the number is kept."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Finding]] = defaultdict(list)
        self._left: Counter[str] = Counter()
        self._per_rule: Counter[tuple[str, str | None]] = Counter()

    def add_once(self, finding: Finding) -> None:
        """A finding about the file as a whole; every block may come to the same one."""
        if finding not in self._kept[finding.code]:
            self._kept[finding.code].append(finding)

    def add_rows(self, code: str, column: str | None, rows: np.ndarray, make: Callable[[int], Finding]) -> None:
        """One finding for each row position in `rows`; `make` is only called for those that are kept."""
        self._per_rule[code, column] += len(rows)
        room = max(0, KEPT_PER_CODE - len(self._kept[code]))
        self._kept[code] += [make(int(row)) for row in rows[:room]]
        self._left[code] += max(0, len(rows) - room)

    def find_excess(self) -> tuple[Finding, int] | None:
        """The first rule with more than `TOO_MANY` bad rows: an example, and how many rows so far."""
        for (code, _), count in self._per_rule.items():
            if count > TOO_MANY:
                return self._kept[code][0], count
        return None

    def all(self) -> tuple[Finding, ...]:
        """Everything kept, in order of appearance; a last finding of a code tells how many more there are."""
        found: list[Finding] = []
        for code, kept in self._kept.items():
            found += kept
            if self._left[code]:
                found.append(_summarise(kept[0], self._left[code]))
        return tuple(found)


def _summarise(example: Finding, count: int) -> Finding:
    return Finding(
        code=example.code,
        level=example.level,
        message=f"另有 {count} 行有同样的问题，未逐一列出",
        todo=example.todo,
        sheet=example.sheet,
        header=example.header,
        column=example.column,
        rule=example.rule,
        count=count,
    )


def make_refusal_finding(code: str, message: str, todo: str) -> Finding:
    return Finding(code=code, level=Level.REFUSE, message=message, todo=todo)
