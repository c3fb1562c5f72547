"""Packs in memory for tests of the audit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from etl.policy_text.phrases import find_phrases
from etl.policy_text.text import PolicyText
from schemas.models.commitments import Fact, Mechanism, Skip, Task
from schemas.models.plan import Document, Plan, Target
from schemas.models.registry import Pack
from schemas.models.yaml_source import YamlSource

COMMON = {"clause": "一", "name_zh": "甲", "name_en": "A", "area": "乙"}


def make_pack(
    *,
    targets: Sequence[Target] = (),
    facts: Sequence[Fact] = (),
    tasks: Sequence[Task] = (),
    mechanisms: Sequence[Mechanism] = (),
    skipped: Sequence[Skip] = (),
    sha256: str | None = None,
) -> Pack:
    document = Document(number="1", title="方案", issuer="区", text_sha256=sha256)
    dates = {"from": dt.date(2025, 1, 1), "until": dt.date(2025, 12, 31)}
    names = {"id": "draft", "name_zh": "方案", "name_en": "Plan", "jurisdiction": "区", "coordinator": "区办"}
    plan = Plan.model_validate({**names, **dates, "document": document})
    milestones = tuple(target for task in tasks if (target := task.as_target()))
    return Pack(
        plan=plan,
        targets=(*targets, *milestones),
        units=(),
        targets_source=YamlSource(Path("targets.yml"), [], None),
        facts=tuple(facts),
        tasks=tuple(tasks),
        mechanisms=tuple(mechanisms),
        skipped=tuple(skipped),
    )


def target(name: str, *places: str) -> Target:
    content = {"kind": "milestone", "comparator": "==", "value": 1, "unit": "count", "due": dt.date(2025, 12, 31)}
    return Target.model_validate({**COMMON, **content, "id": name, "lead_units": ["区办"], "places": places})


def skip_all(text: str) -> Pack:
    """A pack that skips each phrase of a text at its place."""
    return make_pack(skipped=[Skip(at=str(phrase), reason="测试用") for phrase in find_phrases(text)])  # type: ignore[arg-type]


def read_text(text: str) -> PolicyText:
    return PolicyText.from_string(text)
