"""What judge hands to publish: one frozen row a verdict, with the rows of the lake that decided it.

The fields are the columns of the table `verdicts` that carry meaning; set numbers, hashes and times of recording
are publish's business. All numbers are exact (`Decimal` or `int`), never floats.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

Status = Literal["met", "at_risk", "missed", "not_due", "no_data"]
Light = Literal["green", "yellow", "red", "neutral", "grey"]

EVIDENCE_LIMIT = 200
"""At most so many deciding rows stand beside a verdict."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceRow:
    """One row of a department's file that decided a verdict.

    Attributes:
        batch_id: the file content (first 12 hex digits of its SHA-256).
        file_name: the file's name as it was sent in.
        sheet: name of the sheet, None for a CSV.
        line: row number in the sheet as people see it, from 1.
        cells: the cells that count, each `{"column", "header", "cell", "text"}` (`cell` like `F7`).
        note: why this row is here (late, open past its deadline), in plain Chinese.
    """

    batch_id: str
    file_name: str
    sheet: str | None
    line: int
    cells: tuple[Mapping[str, Any], ...] = ()
    note: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class VerdictRow:
    """The verdict on one target, unit and period (semantics, section 3).

    Attributes:
        unit: the organisation that the value describes; `self` is the roll-up of the jurisdiction.
        period: `2023`, `2023-Q1`, `2023-03`, ...; `period_end` is its last day.
        is_current: this row lights (target, unit) now; exactly one row of each (plan, target, unit) has it.
        light: the light *now*, with red and yellow carried over silence (`carried_from` names the period).
        value: in `target_unit` (96 is 96 %); `numerator`, `denominator` are the exact parts behind it.
        low: lower end of the Wilson interval, in `target_unit`; `high` the upper end.
        gap: how far the value is from the target, in `target_unit`; negative is short of it.
        progress: share of the way from start to target (1 is all of it); `time_share` the share of the time gone.
        pooled: how many periods were pooled because the numbers are small.
        marks: further marks as JSON values (XmR, rounding, simulated, ...).
        versions: content hashes of target, indicator, calendar, plan that the verdict rests on.
    """

    plan: str
    target: str
    unit: str
    period: str
    period_end: dt.date
    is_current: bool
    status: Status
    reason: str
    light: Light
    comparator: str
    target_unit: str
    sentence: str
    sentence_en: str
    clause: str
    basis: str
    strength: str
    control: str
    exceeded: bool = False
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    n: int | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    target_value: Decimal | None = None
    stretch: Decimal | None = None
    gap: Decimal | None = None
    projected: Decimal | None = None
    progress: Decimal | None = None
    time_share: Decimal | None = None
    due: dt.date | None = None
    carried_from: str | None = None
    pooled: int | None = None
    marks: Mapping[str, Any] = field(default_factory=dict)
    batches: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[EvidenceRow, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """(plan, target, unit, period): one row each in a set."""
        return (self.plan, self.target, self.unit, self.period)
