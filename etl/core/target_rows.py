"""The catalogue as rows: what `bizenv targets` prints and what publish stores for the board."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any

from schemas.models.commitments import Fact, Mechanism, Skip, Task
from schemas.models.plan import Target
from schemas.models.registry import Pack, Registry

TARGET_KEYS = (
    *("id", "clause", "name_zh", "name_en", "area", "kind", "comparator", "value", "unit", "stretch", "strength"),
    *("basis", "basis_note", "start", "due", "control", "lead_units", "support_units", "indicator", "series", "note"),
    *("grade", "every", "window", "is_task", "acceptance", "hold", "required_share", "counted_as", "weight"),
    *("baseline", "path"),
)
PARTS = ("facts", "tasks", "mechanisms", "skipped")
"""Parts of a pack beside its targets that are listed one by one."""


def target_rows(registry: Registry, plan: str, *, tasks: bool = True) -> list[dict[str, Any]]:
    """One row a target of the plan, in the document's order, its tasks last; numbers as JSON numbers."""
    return [target_row(plan, target) for target in registry.plans[plan].targets if tasks or not target.is_task]


def target_row(plan: str, target: Target) -> dict[str, Any]:
    """One target; `from` is its first day. Everything in it is plain JSON."""
    row = {"from" if key == "start" else key: to_plain(getattr(target, key)) for key in TARGET_KEYS}
    return {"plan": plan, **row}


def part_rows(pack: Pack, part: str) -> list[dict[str, Any]]:
    """The facts, tasks, mechanisms or skipped phrases of a pack, one row each, in the document's order.

    Keys are those of the YAML file; a task has `first_day` and `last_day` beside its quarter.
    """
    items: Sequence[Fact | Task | Mechanism | Skip] = getattr(pack, part)
    return [{"plan": pack.plan.id, **_part_row(item)} for item in items]


def _part_row(item: Fact | Task | Mechanism | Skip) -> dict[str, Any]:
    if isinstance(item, Skip):
        at = {"line": item.at.line, "offset": item.at.offset, "phrase": item.at.phrase}
        return {**at, "reason": item.reason}
    row = {field.alias or name: to_plain(getattr(item, name)) for name, field in type(item).model_fields.items()}
    row["places"] = [str(place) for place in item.places]
    if isinstance(item, Task):
        row |= {"first_day": to_plain(item.first_day), "last_day": to_plain(item.last_day)}
    return row


def to_plain(value: Any) -> Any:
    """Plain JSON: exact numbers as numbers (96, not "96"), days as ISO text, models as objects."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    if hasattr(type(value), "model_fields"):
        return {name: to_plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    return value
