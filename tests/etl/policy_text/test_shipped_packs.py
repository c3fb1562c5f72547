"""The catalogues of the shipped plans against the documents themselves: nothing missing, nothing stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.policy_text.audit import audit_pack
from etl.policy_text.text import PolicyText
from schemas.models.registry import load_pack
from schemas.settings import REPO

PLANS = sorted(path.parent.name for path in (REPO / "schemas" / "plans").glob("*/plan.yml"))


@pytest.fixture(scope="module")
def texts(shared: Path) -> dict[str, PolicyText]:
    """The documents by their checksum."""
    return {text.sha256: text for text in map(PolicyText.read, sorted((shared / "policy").glob("*.txt")))}


@pytest.mark.shared
@pytest.mark.parametrize("plan", PLANS)
def test_every_quantified_phrase_is_tracked_a_fact_or_skipped(plan: str, texts: dict[str, PolicyText]) -> None:
    pack, _ = load_pack([REPO / "schemas"], plan)
    assert pack is not None
    found = audit_pack(pack, texts[pack.plan.document.text_sha256 or ""])
    assert [f"{e.line}:{e.offset} {e.phrase}" for e in found.missing] == []
    assert [f"{e.owner} {e.line}:{e.offset} {e.phrase}" for e in found.stale] == []
    moved = [e.moved_from for part in (found.tracked, found.facts, found.skipped) for e in part if e.moved_from]
    assert moved == []
