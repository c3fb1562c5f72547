"""The skeleton of a pack from a scan: YAML that loads, every reading marked TODO for a person to finish."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from etl.policy_text.placeholders import placeholder_of, placeholder_sources
from etl.policy_text.scan import Candidate, Scan
from etl.policy_text.text import PolicyText
from schemas.models.plan import BY_HAND, Kind

TODO = "TODO"
_LEAD = "TODO牵头单位"
_GRADES = ("良好", "优良", "先进", "标杆", "优秀", "优异")
_SCALE = "todo"
_HEADER = """\
# 由 bizenv plan scan 按规则从原文提出，未经人工核对。凡写有 TODO 的都要由人改定：名称用自己的话写，不照抄原文；
# 逐条对照原文核对类型、比较符、数值、单位、期限、单位名称，指标换成真实的指标。改完一条，删掉它的 TODO。
"""


def write_skeleton(scan: Scan, text: PolicyText, folder: Path, *, plan: str) -> list[Path]:
    """Write plan.yml, targets.yml, units.yml, facts.yml, skipped.yml and placeholder sources; nothing is overwritten.

    Args:
        scan: what was found; it must have a year.
        text: the document that was scanned, for its checksum.
        folder: a schema folder of the office's own, as `BIZENV_SCHEMAS` names it.
        plan: id of the new plan.

    Raises:
        FileExistsError: one of the files is there already; nothing is written.
        ValueError: the scan has no year.
    """
    files = {folder / name: body for name, body in _documents(scan, text, plan)}
    for path in files:
        if path.exists():
            raise FileExistsError(path)
    for path, body in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_HEADER + body, encoding="utf-8")
    return list(files)


def _documents(scan: Scan, text: PolicyText, plan: str) -> Iterator[tuple[str, str]]:
    if scan.year is None:
        raise ValueError("the scan has no year")
    prefix = plan.replace("-", "_")
    targets = [_target(number, candidate, scan, prefix) for number, candidate in enumerate(scan.candidates, start=1)]
    used = [(t["indicator"], t) for t in targets if "indicator" in t]
    here = f"plans/{plan}"
    yield f"{here}/plan.yml", _dump(_plan(scan, text, plan))
    yield f"{here}/targets.yml", _dump(targets)
    yield f"{here}/units.yml", _dump([{"id": name, "name_en": TODO} for name in _unit_names(scan)])
    yield f"{here}/facts.yml", "# 原文报告的既成数字写在这里，格式见 docs/packs.md。\n"
    yield f"{here}/skipped.yml", _skipped(scan)
    for name, document in placeholder_sources(used, plan=plan, prefix=prefix, owner=_unit_names(scan)[0]):
        yield name, _dump(document)


def _dump(document: Any) -> str:
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=110)


def _unit_names(scan: Scan) -> list[str]:
    return list(dict.fromkeys([*scan.units, *(name for c in scan.candidates for name in c.lead_units)])) or [_LEAD]


def _year(scan: Scan) -> int:
    return scan.year or 0


def _until(scan: Scan) -> dt.date:
    return max([dt.date(_year(scan), 12, 31), *(c.due for c in scan.candidates if c.due)])


def _plan(scan: Scan, text: PolicyText, plan: str) -> dict[str, Any]:
    document = {"number": TODO, "title": scan.title or TODO, "issuer": TODO, "text_sha256": text.sha256}
    found = {c.phrases[0].phrase for c in scan.candidates if c.measure.unit == "grade"}
    known = [grade for grade in _GRADES if grade in found]
    scales = {_SCALE: [*known, *sorted(found - set(known))]} if found else {}
    return {
        "id": plan,
        "name_zh": scan.title or TODO,
        "name_en": TODO,
        "jurisdiction": TODO,
        "document": document,
        "from": dt.date(_year(scan), 1, 1),
        "until": _until(scan),
        "basis": "interpretation",
        "coordinator": _unit_names(scan)[0],
        **({"scales": scales} if scales else {}),
    }


def _target(number: int, candidate: Candidate, scan: Scan, prefix: str) -> dict[str, Any]:
    measure = candidate.measure
    due = candidate.due or (_until(scan) if measure.kind in (Kind.BY_DEADLINE, Kind.CUMULATIVE) else None)
    target: dict[str, Any] = {
        "id": f"todo-{number:03d}",
        "clause": candidate.clause,
        "name_zh": f"{TODO} {candidate.name}",
        "name_en": TODO,
        "area": candidate.area or TODO,
        "kind": measure.kind.value,
        "comparator": measure.comparator,
        **_value(candidate),
        "unit": measure.unit,
        "every": measure.every,
        "stretch": _plain(candidate.stretch),
        "strength": None if measure.strength == "must" else measure.strength,
        "from": dt.date(due.year, 1, 1) if due and due < dt.date(_year(scan), 1, 1) else None,
        "due": due,
        "basis": "interpretation",
        "basis_note": f"{TODO} 类型和期限为规则推测",
        "lead_units": list(candidate.lead_units or (_unit_names(scan)[0],)),
        "support_units": list(candidate.support_units) or None,
        "indicator": None if measure.kind in BY_HAND else placeholder_of(measure, prefix),
        "places": [str(phrase) for phrase in candidate.phrases],
    }
    return {key: value for key, value in target.items() if value is not None}


def _value(candidate: Candidate) -> dict[str, Any]:
    if candidate.measure.unit == "grade":
        return {"grade": candidate.phrases[0].phrase, "scale": _SCALE}
    return {"value": _plain(candidate.measure.value)}


def _plain(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def _skipped(scan: Scan) -> str:
    """As comments: a phrase is skipped when a person says why, not because no rule took it."""
    lines: Iterable[str] = (f'# - {{at: "{phrase}", reason: {TODO}}}' for phrase in scan.others)
    head = "# 规则没有列为目标的词。确定不跟踪的，去掉行首的 # 并写明原因；是目标、任务或事实的，移到相应的文件。\n"
    return head + "\n".join(lines) + "\n"
