"""A change as a mail prints it: every field is finished text."""

from __future__ import annotations

from dataclasses import dataclass, replace

from etl.core.verdicts import EvidenceRow, VerdictRow
from etl.publish.advice import advise
from etl.publish.changes import Change
from etl.publish.recipients import WHOLE, find_target
from etl.publish.wording import (
    COLOURS,
    NOTHING,
    Yardstick,
    name_light,
    write_gap,
    write_number,
    write_target,
    write_value,
)
from schemas.models.plan import Kind, Target
from schemas.models.registry import Registry

_FALLBACK_DECIMALS = 0  # what people enter without an indicator are counts and places
LATE = "超时"
"""How compute's note on a late case begins."""
LATE_LIMIT = 15


@dataclass(frozen=True)
class ChangeView:
    """One change. `before`/`after` are lights in words; for a restatement also `value_before`."""

    name: str
    subject: str
    period: str
    before: str
    after: str
    colour: str
    value_before: str
    value: str
    target: str
    gap: str
    due: str
    clause: str
    units: str
    sentence: str
    source: str
    advice: str


@dataclass(frozen=True)
class OpenView:
    """A light that is still red or yellow and is no news."""

    name: str
    subject: str
    period: str
    light: str
    colour: str
    value: str
    target: str


def view_change(registry: Registry, change: Change) -> ChangeView:
    """Print one change; its target is in the registry (others are never mailed)."""
    target = find_target(registry, change.verdict)
    row = _in_times(change.verdict, target)
    assert target is not None  # noqa: S101 - letters hold only changes of known targets
    decimals, yardstick = _decimals_of(registry, row), Yardstick.of(row)
    plan = registry.plans[row.plan].plan
    return ChangeView(
        name=target.name_zh,
        subject=_subject_of(registry, row),
        period=row.period,
        before=name_light(change.light_before, strive=row.strength == "strive"),
        after=_light_of(row),
        colour=COLOURS[row.light],
        value_before=write_number(change.value_before, yardstick.unit, decimals=decimals, against=yardstick.goal),
        value=write_value(row, decimals=decimals),
        target=write_target(row),
        gap=write_gap(row, decimals=decimals),
        due=row.due.isoformat() if row.due else "",
        clause=f"《{plan.document.title}》{row.clause}",
        units="、".join(target.lead_units),
        sentence=row.sentence,
        source=_source_of(row.evidence),
        advice=advise(row),
    )


def view_open(registry: Registry, row: VerdictRow) -> OpenView:
    """Print one light that stays."""
    target = find_target(registry, row)
    row = _in_times(row, target)
    return OpenView(
        name=target.name_zh if target else row.target,
        subject=_subject_of(registry, row),
        period=row.period,
        light=_light_of(row),
        colour=COLOURS[row.light],
        value=write_value(row, decimals=_decimals_of(registry, row)),
        target=write_target(row),
    )


def _in_times(row: VerdictRow, target: Target | None) -> VerdictRow:
    """A cadence counts events: `21 次`, not `21 个`."""
    is_cadence = target is not None and target.kind is Kind.CADENCE and row.target_unit == "count"
    return replace(row, target_unit="times") if is_cadence else row


def _light_of(row: VerdictRow) -> str:
    return name_light(row.light, carried_from=row.carried_from, strive=row.strength == "strive")


def _subject_of(registry: Registry, row: VerdictRow) -> str:
    return f"{registry.plans[row.plan].plan.jurisdiction}（汇总）" if row.unit == WHOLE else row.unit


def _decimals_of(registry: Registry, row: VerdictRow) -> int:
    target = find_target(registry, row)
    indicator = registry.indicators.get(target.indicator or "") if target else None
    return indicator.decimals if indicator else _FALLBACK_DECIMALS


def _source_of(evidence: tuple[EvidenceRow, ...]) -> str:
    """File, sheet, row and cells; never what stands in the cells, for a mail leaves the office."""
    if not evidence:
        return NOTHING
    first = evidence[0]
    sheet = f"，工作表“{first.sheet}”" if first.sheet else ""
    late = [row for row in evidence if row.note and row.note.startswith(LATE)]
    if late:
        return f"{first.file_name}{sheet}；{_list_late(late, first)}"
    cells = "、".join(f"{c['cell']}（{c['header']}）" for c in first.cells if c.get("cell"))
    return f"{first.file_name}{sheet}，第 {first.line} 行" + (f"，单元格 {cells}" if cells else "")


def _list_late(late: list[EvidenceRow], first: EvidenceRow) -> str:
    """Every late case with its row and deadline, so that nobody has to open the board to find them."""

    def place(row: EvidenceRow) -> str:
        other = "" if row.batch_id == first.batch_id else f"{row.file_name} "
        return f"{other}第 {row.line} 行（{row.note}）"

    shown = "、".join(place(row) for row in late[:LATE_LIMIT])
    return f"超时件：{shown}" + (f" 等 {len(late)} 件" if len(late) > LATE_LIMIT else "")
