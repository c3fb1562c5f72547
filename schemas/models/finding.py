"""A data problem as a value: what, where, and what the sender has to do."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Level(StrEnum):
    """How far a finding reaches: the whole file, one row, or nothing but a remark."""

    REFUSE = "refuse"
    QUARANTINE = "quarantine"
    NOTE = "note"
    SYSTEM = "system"
    """A rule could not run: ours to mend, never the sender's fault."""


class Finding(BaseModel):
    """One problem of one file. `line` is the row number of the sheet as people see it (from 1).

    Attributes:
        code: stable, machine-read, e.g. `VALUE.RANGE`; never shown to people.
        level: how far it reaches.
        message: plain Chinese: what is wrong, with the value (masked where the column is personal).
        todo: plain Chinese: what the sender has to do.
        count: how many rows share this finding (findings above the stored limit are counted, not dropped).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    level: Level
    message: str
    todo: str
    sheet: str | None = None
    line: int | None = None
    column: str | None = None
    header: str | None = None
    cell: str | None = None
    value: str | None = None
    rule: str | None = None
    count: int = 1
