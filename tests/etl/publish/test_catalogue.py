"""What stands beside the verdicts: parts of the document, the clauses as printed, and all plans side by side."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from etl.publish import publish_set
from etl.publish.catalogue import describe_target
from etl.publish.clause_texts import LONGEST, quote_clauses
from schemas.models.commitments import Fact, Mechanism, Skip
from schemas.models.place import Place
from schemas.models.plan import Baseline
from schemas.models.registry import Pack, Registry
from tests.etl.publish.cases import verdict

TEXT = """示例市方案

一、提升服务
（一）网上办理。网上办理率保持在95%以上，力争达到98%。
（二）两局共管。第二段，
没有句号就换行，按期率达到９５％。
二、强化监管
（一）另一节的第一项。
"""
PLACES = {"online": ("4:16 95%以上", "4:26 98%"), "shared": ("6:13 ９５％",)}


def with_text(pack: Pack, text: str = TEXT) -> Pack:
    """The demo city with places in `text`, whose checksum it knows."""
    known = {"text": "copy.txt", "text_sha256": hashlib.sha256(text.encode()).hexdigest()}
    document = pack.plan.document.model_copy(update=known)
    targets = tuple(
        t.model_copy(update={"places": tuple(Place.model_validate(p) for p in PLACES.get(t.id, ()))})
        for t in pack.targets
    )
    return replace(pack, plan=pack.plan.model_copy(update={"document": document}), targets=targets)


def marked(quote: dict[str, Any]) -> list[str]:
    return [quote["text"][a:b] for a, b in quote["marks"]]


def test_a_target_is_quoted_with_its_phrases(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "copy.txt").write_bytes(TEXT.encode())
    found = quote_clauses(with_text(registry.plans["demo-city"]), [tmp_path])
    assert (found["state"], found["is_same"]) == ("ok", True)
    (online,) = found["targets"]["online"]
    assert (online["line"], online["clause"], online["title"]) == (4, "一(一)", "提升服务 · 网上办理")
    assert marked(online) == ["95%以上", "98%"]
    assert online["text"] == "（一）网上办理。网上办理率保持在95%以上，力争达到98%。"
    (shared,) = found["targets"]["shared"]  # a sentence that was wrapped is whole again
    assert (marked(shared), shared["line"]) == (["９５％"], 6)
    assert shared["text"].startswith("（二）两局共管。第二段，没有句号就换行")


def test_without_a_phrase_the_clause_itself_is_quoted(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "copy.txt").write_bytes(TEXT.encode())
    found = quote_clauses(with_text(registry.plans["demo-city"]), [tmp_path])["targets"]
    assert (found["wish"][0]["text"], found["wish"][0]["marks"]) == ("（一）另一节的第一项。", [])
    assert "city-figure" not in found  # its clause 二(二) is not in this text


def test_another_copy_is_searched_again(registry: Registry, tmp_path: Path) -> None:
    moved = "封面\n\n" + TEXT.replace("，力争", "，\n力争")
    (tmp_path / "copy.txt").write_bytes(moved.encode("gb18030"))
    found = quote_clauses(with_text(registry.plans["demo-city"]), [tmp_path])
    assert found["is_same"] is False
    (online,) = found["targets"]["online"]
    assert (online["line"], marked(online)) == (6, ["95%以上", "98%"])


@pytest.mark.parametrize(("is_named", "state"), [(True, "missing"), (False, "no_text")])
def test_no_copy_is_said(registry: Registry, tmp_path: Path, is_named: bool, state: str) -> None:
    pack = registry.plans["demo-city"]
    found = quote_clauses(with_text(pack) if is_named else pack, [tmp_path])
    name = "copy.txt" if is_named else "texts/demo-city.txt"
    assert found == {"state": state, "name": name, "is_same": None, "targets": {}}


def test_a_copy_at_its_usual_place_needs_no_setting(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/demo-city.txt").write_text(TEXT, encoding="utf-8")
    found = quote_clauses(registry.plans["demo-city"], [tmp_path])
    assert (found["state"], found["targets"]["wish"][0]["line"]) == ("ok", 8)


def test_an_unreadable_copy_stops_nothing(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "copy.txt").write_bytes(b"\xff\x00\x81\x00\x00")
    assert quote_clauses(with_text(registry.plans["demo-city"]), [tmp_path])["state"] == "unreadable"


def test_a_very_long_paragraph_is_cut_around_its_phrase(registry: Registry, tmp_path: Path) -> None:
    text = TEXT.replace("网上办理率", "甲" * 2000 + "网上办理率").replace(
        "力争达到98%。", "力争达到98%，" + "乙" * 2000
    )
    (tmp_path / "copy.txt").write_bytes(text.encode())
    (online,) = quote_clauses(with_text(registry.plans["demo-city"]), [tmp_path])["targets"]["online"]
    assert marked(online) == ["95%以上", "98%"]
    assert len(online["text"]) < LONGEST + 100
    assert (online["text"][0], online["text"][-1]) == ("…", "…")


def test_parts_clauses_and_families_are_published(
    run: Callable, registry: Registry, ask: Callable[[str], Sequence[Any]]
) -> None:
    pack = registry.plans["demo-city"]
    common = {"clause": "一(一)", "name_zh": "项", "name_en": "Item", "area": "政务服务"}
    fact = Fact(id="f", value=Decimal("90.5"), unit="%", family="services", at="2022", **common)
    mechanism = Mechanism(id="m", kind="case_clock", targets=("online",), lead_units=("甲局",), **common)
    skip = Skip(at=Place(line=4, offset=3, phrase="二、"), reason="标题")
    full = replace(pack, facts=(fact,), mechanisms=(mechanism,), skipped=(skip,))
    other = replace(full, plan=pack.plan.model_copy(update={"id": "other-city"}))
    everything = replace(registry, plans={"demo-city": full, "other-city": other})
    used = replace(everything, active=("demo-city",)).in_use()
    publish_set(run(registry=used), (verdict(),), plans=("demo-city",))
    (parts,) = ask("select content from catalogue where kind = 'parts'")
    assert (parts["facts"][0]["value"], parts["facts"][0]["at"], parts["tasks"]) == (90.5, "2022", [])
    assert parts["mechanisms"][0]["targets"] == ["online"]
    assert parts["skipped"] == [{"plan": "demo-city", "line": 4, "offset": 3, "phrase": "二、", "reason": "标题"}]
    assert ask("select name from catalogue where kind = 'clauses'") == ["demo-city"]
    (family,) = ask("select content from catalogue where kind = 'family'")
    assert sorted(family["plans"]) == ["demo-city", "other-city"]  # also the plan that is not in use
    assert [f["plan"] for f in family["facts"]] == ["demo-city", "other-city"]
    assert [t["plan"] for t in family["indicators"][0]["targets"]].count("other-city") == len(pack.targets)
    publish_set(run(day=2, registry=registry), (verdict(),), plans=("demo-city",))
    assert ask("select content -> 'facts' from catalogue where kind = 'parts'") == [[]]  # replaced, not added


def test_baselines_stand_beside_the_target(registry: Registry) -> None:
    entered = Baseline(
        plan="demo-city", target="online", value=Decimal("80.5"), date=dt.date(2022, 12, 31), source="报"
    )
    known = replace(registry, baselines=(entered, entered.model_copy(update={"unit": "乙局", "value": Decimal(70)})))
    target = known.plans["demo-city"].targets[0]
    row = describe_target(known, "demo-city", target)
    told = [(b["unit"], b["value"], b["date"]) for b in row["baselines"]]
    assert told == [(None, 80.5, "2022-12-31"), ("乙局", 70, "2022-12-31")]
    assert describe_target(registry, "demo-city", target)["baselines"] == []
