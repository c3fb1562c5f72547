"""What a set changed: the light of (target, unit) now, or the verdict of an older period (a restatement)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, select, text

from etl.core.verdict_history import ROW_COLUMNS, evidence_of, row_of
from etl.core.verdicts import VerdictRow
from schemas.models.plan import Target
from schemas.models.registry import Pack
from schemas.warehouse.tables import verdicts

# Why these lights: a first appearance is news only where somebody has to act; neutral and grey among themselves
# never are; silence after a coloured light is news, for somebody stopped reporting.
_LIGHT_CHANGES = """
insert into changes (set_id, kind, plan, target, unit, period, verdict_id,
                     light_before, light_after, status_before, status_after)
select :set_id, 'light', n.plan, n.target, n.unit, n.period, n.id, o.light, n.light, o.status, n.status
from verdicts n
left join (select v.* from verdicts v join verdict_diff d on d.old_id = v.id where v.is_current) o
    using (plan, target, unit)
where n.set_from = :set_id and n.is_current and o.light is distinct from n.light
  and (n.light in ('yellow', 'red') or o.light in ('green', 'yellow', 'red')
       or (n.light = 'green' and o.light is not null))
order by n.plan, n.target, n.unit
"""
_RESTATEMENTS = """
insert into changes (set_id, kind, plan, target, unit, period, verdict_id,
                     light_before, light_after, status_before, status_after)
select :set_id, 'restatement', n.plan, n.target, n.unit, n.period, n.id, o.light, n.light, o.status, n.status
from verdicts n
join (select v.* from verdicts v join verdict_diff d on d.old_id = v.id) o using (plan, target, unit, period)
where n.set_from = :set_id and not n.is_current
  and (o.status is distinct from n.status or o.value is distinct from n.value)
order by n.plan, n.target, n.unit, n.period_end
"""
_READ_CHANGES = """
select c.id as change_id, c.kind, c.light_before, c.status_before, o.value as value_before, v.*,
       e.batch_id, e.file_name, e.sheet, e.line, e.cells, e.note
from changes c
join verdicts v on v.id = c.verdict_id
left join verdicts o on (o.plan, o.target, o.unit, o.period) = (v.plan, v.target, v.unit, v.period)
    and o.set_to = :set_id
left join evidence e on e.verdict_id = v.id and e.rank = 1
where c.set_id = :set_id
order by c.id
"""


@dataclass(frozen=True)
class Change:
    """One change of a set. `verdict` is the new one, with at most its first row of evidence."""

    change_id: int
    kind: Literal["light", "restatement"]
    light_before: str | None
    status_before: str | None
    value_before: Decimal | None
    verdict: VerdictRow


def write_changes(connection: Connection, *, set_id: int) -> None:
    """Compare the rows of `verdict_diff` pair by pair; needs the temporary tables of `staging`."""
    for statement in (_LIGHT_CHANGES, _RESTATEMENTS):
        connection.execute(text(statement), {"set_id": set_id})


def read_changes(connection: Connection, *, set_id: int) -> list[Change]:
    """The changes of one set in the order they were written: lights first, then restatements."""
    found = connection.execute(text(_READ_CHANGES), {"set_id": set_id}).mappings()
    return [_change_of(columns) for columns in found]


def _change_of(columns: Mapping[Any, Any]) -> Change:
    evidence = (evidence_of(columns),) if columns["batch_id"] is not None else ()
    return Change(
        columns["change_id"],
        columns["kind"],
        columns["light_before"],
        columns["status_before"],
        columns["value_before"],
        row_of(columns, evidence_rows=evidence),
    )


def read_open_lights(connection: Connection) -> list[VerdictRow]:
    """Every red and yellow light of the newest set, red first."""
    v = verdicts.c
    query = select(*(v[name] for name in ROW_COLUMNS)).where(v.set_to.is_(None), v.is_current)
    query = query.where(v.light.in_(("red", "yellow"))).order_by(v.light, v.plan, v.target, v.unit)
    return [row_of(m) for m in connection.execute(query).mappings()]


def is_listed(target: Target, pack: Pack) -> bool:
    """Whether a unit is told of this target at all: not what others control, not what was due before the plan."""
    return target.control in ("own", "shared") and not target.acceptance


def is_mailed(target: Target, pack: Pack) -> bool:
    """Whether a change sends a mail: a `strive` target opens no alert (semantics, section 2)."""
    return is_listed(target, pack) and target.strength == "must"
