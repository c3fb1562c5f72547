"""The result of a file whose table was read to its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etl.check.checked import Checked
from etl.check.file_period import FilePeriod
from etl.check.findings import FindingLog
from etl.check.fingerprint import Fingerprint
from etl.check.held_lines import merge_lines
from etl.check.rows import RowChecker
from schemas.models.finding import Finding, Level


def report_empty(log: FindingLog, reading: Mapping[str, Any], lines: Mapping[str, int], period: FilePeriod) -> Checked:
    """A header without rows."""
    message, todo = "文件只有表头，没有数据行", "如本期确无数据，请按约定报零；否则请重新导出后报送"
    log.add_once(Finding(code="FILE.NO_ROWS", level=Level.NOTE, message=message, todo=todo))
    return Checked(
        status="empty",
        code="FILE.NO_ROWS",
        message=message,
        todo=todo,
        findings=log.all(),
        reading=reading,
        lines=lines,
        period=period.period,
        covers=period.covers,
    )


def report_accepted(
    checker: RowChecker,
    reading: Mapping[str, Any],
    lines: Mapping[str, int],
    period: FilePeriod,
    fingerprint: Fingerprint,
) -> Checked:
    """What became of the rows; they are all there, or it is a fault of ours.

    Raises:
        RuntimeError: rows do not add up.
    """
    findings = checker.log.all()
    silent = next((f for f in findings if f.level is Level.SYSTEM), None)
    accepted = fingerprint.rows
    quarantine = merge_lines(checker.held[number] for number in sorted(checker.held))
    held, said = len(quarantine), _balance(checker, lines["data"], accepted)
    return Checked(
        status="accepted",
        code=silent.code if silent else None,
        message=f"接收 {accepted} 行" + (f"，隔离 {held} 行" if held else ""),
        todo="请更正被隔离的行后重新报送整份文件" if held else None,
        findings=findings,
        reading={**reading, **said, "period_from": period.place, "all_zero": fingerprint.all_zero},
        lines=lines,
        period=period.period,
        covers=period.covers,
        rows_accepted=accepted,
        rows_quarantined=held,
        quarantine=quarantine,
        content_hash=fingerprint.content_hash,
    )


def _balance(checker: RowChecker, data_lines: int, accepted: int) -> dict[str, Any]:
    """Prove that no row got lost; of a wide table also what became of its cells.

    Raises:
        RuntimeError: rows do not add up (a fault of ours).
    """
    held, layout, left_out = len(checker.held), checker.table.layout, checker.data.left_out
    wanted = data_lines * len(layout.groups) - left_out if layout else data_lines
    if accepted + held != wanted:
        raise RuntimeError(f"{accepted} accepted and {held} held are not {wanted} data rows")
    return {"wide_rows": {"accepted": accepted, "held": held, "empty": left_out}} if layout else {}
