"""The score of the scan, worked out by hand on a small pack."""

from __future__ import annotations

from bench.plan_scan import Score, score_scan
from etl.policy_text.scan import scan_text
from schemas.models.plan import Target
from tests.etl.policy_text.packs import COMMON, make_pack, read_text

TEXT = "一、目标\n网办率达到95%以上，好评率达到97%以上，新建12个网点。\n二、办法\n6月底前，印发清单。\n要心中有数。\n"


def _target(name: str, value: float, unit: str, *places: str) -> Target:
    content = {"kind": "by_deadline", "comparator": ">=", "value": value, "unit": unit, "due": "2025-12-31"}
    return Target.model_validate(
        {**COMMON, **content, "id": name, "indicator": "any", "lead_units": ["甲"], "places": places}
    )


def test_only_a_candidate_that_agrees_at_its_place_is_right() -> None:
    own = [
        _target("right", 95, "%", "2:5 95%以上"),
        _target("other-value", 98, "%", "2:15 97%以上"),
        _target("unseen", 100, "%", "5:1 心中有数"),
    ]
    candidates = scan_text(read_text(TEXT), year=2025).candidates
    assert [c.phrases[0].phrase for c in candidates] == ["95%以上", "97%以上", "12个", "6月底前"]
    score = score_scan(make_pack(targets=own), candidates)
    assert score == Score(targets=3, candidates=4, recalled=1, touched=2, right=1, placed=2)
    assert score + score == Score(targets=6, candidates=8, recalled=2, touched=4, right=2, placed=4)
