"""What a check hands on: one value, whatever became of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from schemas.models.finding import Finding

Status = Literal["accepted", "refused", "empty", "unchanged", "duplicate"]


@dataclass(frozen=True)
class Refusal:
    """Why a whole file cannot be used, and what the sender has to do."""

    code: str
    message: str
    todo: str


@dataclass(frozen=True)
class HeldRow:
    """A data row kept back: `content` is header -> text as it stood (personal columns masked)."""

    sheet: str
    line: int
    unit: str | None
    period: str | None
    codes: tuple[str, ...]
    content: Mapping[str, str]


@dataclass(frozen=True)
class Checked:
    """The result of checking one file.

    Attributes:
        status: what became of it; `unchanged` and `duplicate` need the warehouse, so only the stage sets them.
        lines: `header section subtotal note blank data` and their sum `total`, the lines of the sheet up to its end;
            title rows and the unit line count as notes. Empty where no table was found.
        covers: the periods the file answers for.
        rows_accepted, rows_quarantined: their sum is `lines["data"]`, except that both are 0 for a refused file.
        content_hash: of the accepted rows without period and place; None where none were accepted.
    """

    status: Status
    code: str | None = None
    message: str | None = None
    todo: str | None = None
    findings: tuple[Finding, ...] = ()
    reading: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    period: str | None = None
    covers: tuple[str, ...] = ()
    rows_accepted: int = 0
    rows_quarantined: int = 0
    quarantine: tuple[HeldRow, ...] = ()
    content_hash: str | None = None
