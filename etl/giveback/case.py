"""All that is known of one checked file: what the annotated workbook is made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, select

from etl.check.checked import Checked, HeldRow
from etl.compute.submissions import due_day
from etl.core.clock import CalendarNotPublished, WorkCalendar
from etl.core.context import Context
from etl.core.periods import parse_period
from schemas.models.contract import Contract
from schemas.models.finding import Finding, Level
from schemas.warehouse.tables import batches, findings, quarantine

STATUS_WORDS = {
    "landed": "已收到，尚未校验",
    "accepted": "接收",
    "loaded": "接收",
    "refused": "退回",
    "empty": "空表",
    "unchanged": "与上期相同",
    "duplicate": "重复报送",
}
NOTHING_TO_DO = ("无需处理", "报送单位无需处理")


@dataclass(frozen=True)
class Case:
    """One file and what became of it.

    Attributes:
        path: the original bytes, which stay as they are.
        batch_id: empty for a file that was only tried.
        held: the rows still kept back; their `content` is masked, the file itself is not.
        rows_quarantined, rows_mended: rows still kept back, and those that a correction has brought since.
        due: the last day on which the source is on time with this period; None where nobody can tell.
    """

    path: Path
    file_name: str
    contract: Contract | None
    status: str
    as_of: dt.date
    batch_id: str = ""
    message: str | None = None
    todo: str | None = None
    period: str | None = None
    reading: Mapping[str, Any] = field(default_factory=dict)
    rows_accepted: int = 0
    rows_quarantined: int = 0
    rows_mended: int = 0
    findings: tuple[Finding, ...] = ()
    held: tuple[HeldRow, ...] = ()
    due: dt.date | None = None

    @property
    def tasks(self) -> tuple[Finding, ...]:
        """Findings that ask something of the sender."""
        return tuple(f for f in self.findings if asks_something(f))

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """Findings that only tell something."""
        return tuple(f for f in self.findings if not asks_something(f) and f.level is not Level.SYSTEM)

    @property
    def needs_work(self) -> bool:
        """Whether the sender has anything to do; a repetition has not, whatever was found in it."""
        return self.status != "duplicate" and bool(self.tasks or self.held or self.status == "refused")


def asks_something(finding: Finding) -> bool:
    return finding.level is not Level.SYSTEM and not finding.todo.startswith(NOTHING_TO_DO)


def case_of_file(ctx: Context, path: Path, contract: Contract, checked: Checked) -> Case:
    """The case of a file that was only tried (`bizenv check`)."""
    return Case(
        path=path,
        file_name=path.name,
        contract=contract,
        status=checked.status,
        as_of=ctx.as_of,
        message=checked.message,
        todo=checked.todo,
        period=checked.period,
        reading=checked.reading,
        rows_accepted=checked.rows_accepted,
        rows_quarantined=checked.rows_quarantined,
        findings=checked.findings,
        held=checked.quarantine,
        due=find_due(ctx, contract, checked.period),
    )


def case_of_batch(ctx: Context, batch_id: str) -> Case:
    """The case of a landed batch, as the warehouse knows it.

    Raises:
        LookupError: there is no such batch.
    """
    with ctx.engine.connect() as connection:
        row = connection.execute(select(batches).where(batches.c.batch_id == batch_id)).mappings().one_or_none()
        if row is None:
            raise LookupError(f"没有批次 {batch_id}")
        found = connection.execute(select(findings).where(findings.c.batch_id == batch_id).order_by(findings.c.id))
        problems = tuple(_finding(r) for r in found.mappings())
        kept = connection.execute(
            select(quarantine).where(quarantine.c.batch_id == batch_id).order_by(quarantine.c.line)
        )
        rows = list(kept.mappings())
    held = tuple(_held(r) for r in rows if r["state"] == "open")
    mended = {r["line"] for r in rows if r["state"] == "corrected"}
    problems = tuple(p for p in problems if p.line not in mended)
    contract = ctx.registry.contracts.get(row["source"])
    if not problems and row["message"] and row["status"] == "refused":  # refused before anybody read it
        problems = (_refusal(row),)
    return Case(
        path=ctx.settings.landing / row["source"] / batch_id / Path(row["landing_path"]).name,
        file_name=row["file_name"],
        contract=contract,
        status=row["status"],
        as_of=ctx.as_of,
        batch_id=batch_id,
        message=row["message"],
        todo=row["todo"],
        period=row["period"],
        reading=row["reading"] or {},
        rows_accepted=row["rows_accepted"] or 0,
        rows_quarantined=(row["rows_quarantined"] or 0) - len(mended),
        rows_mended=len(mended),
        findings=problems,
        held=held,
        due=find_due(ctx, contract, row["period"]),
    )


def _finding(row: RowMapping) -> Finding:
    names = ("code", "level", "message", "todo", "sheet", "line", "header", "cell", "value", "rule")
    return Finding(**{name: row[name] for name in names}, column=row["column_name"], count=row["rows"])


def _held(row: RowMapping) -> HeldRow:
    return HeldRow(row["sheet"], row["line"], row["unit"], row["period"], tuple(row["codes"]), row["content"])


def _refusal(row: RowMapping) -> Finding:
    return Finding(code=row["code"] or "", level=Level.REFUSE, message=row["message"], todo=row["todo"] or "")


def find_due(ctx: Context, contract: Contract | None, period: str | None) -> dt.date | None:
    """The day by which the file of a period is owed; None where period or calendar do not tell."""
    spec = ctx.registry.calendars.get(contract.calendar) if contract else None
    if contract is None or spec is None or period is None:
        return None
    try:
        return due_day(contract, parse_period(period), WorkCalendar.from_spec(spec))
    except (CalendarNotPublished, ValueError):
        return None
