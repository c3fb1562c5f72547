"""The audit: what is tracked, a fact, skipped, missing or stale, also in a text that was shifted or wrapped anew."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.policy_text.audit import audit_pack, surroundings
from etl.policy_text.phrases import find_phrases
from schemas.models.commitments import Fact, Mechanism, Skip, Task
from tests.etl.policy_text.packs import COMMON, make_pack, read_text, skip_all, target
from tests.etl.policy_text.texts import PLANS

TEXT = "一、目标\n（一）网办。网办率达到95%以上，其中12项为新增。\n2024年网办率为90%，每季度通报一次。\n"

SENTENCES = (
    ("好评率做到{}。", ("93%以上", "98%以上", "百分之八十七", "不低于95%")),
    ("新开办{}网点。", ("17个", "不少于40处", "三十五家")),
    ("答复用时压到{}。", ("6个工作日内", "10日内", "0.5个工作日以内", "36小时以内")),
    ("于{}办成。", ("2027年底前", "8月底前", "三季度末前")),
    ("由专班{}碰头。", ("每旬", "每季度", "每两个月")),
    ("做到{}。", ("全覆盖", "应接尽接", "零延误")),
)


def test_each_phrase_lands_where_its_owner_is() -> None:
    pack = make_pack(
        targets=[target("online", "2:11 95%以上"), target("online-again", "2:11 95%以上")],
        tasks=[
            Task.model_validate(
                {**COMMON, "id": "new-items", "ongoing": True, "lead_units": ["甲"], "places": ["2:19 12项"]}
            )
        ],
        mechanisms=[
            Mechanism.model_validate(
                {
                    **COMMON,
                    "id": "bulletin",
                    "kind": "bulletin",
                    "lead_units": ["甲"],
                    "places": ["3:13 每季度", "3:18 一次"],
                }
            )
        ],
        facts=[Fact.model_validate({**COMMON, "id": "before", "value": 90, "unit": "%", "places": ["3:9 90%"]})],
        skipped=[Skip.model_validate({"at": "3:0 2024年", "reason": "基期年份"})],
    )
    found = audit_pack(pack, read_text(TEXT))
    assert [(e.phrase, e.target) for e in found.tracked] == [
        ("95%以上", "online"),
        ("95%以上", "online-again"),
        ("12项", "new-items"),
        ("每季度", "bulletin"),
        ("一次", "bulletin"),
    ]
    assert [(e.phrase, e.target) for e in found.facts] == [("90%", "before")]
    assert [(e.phrase, e.reason) for e in found.skipped] == [("2024年", "基期年份")]
    assert (found.missing, found.stale, found.phrases) == ((), (), 6)


def test_what_no_entry_names_is_missing_with_its_surroundings() -> None:
    text = read_text(TEXT)
    found = audit_pack(make_pack(targets=[target("online", "2:11 95%以上")]), text)
    assert [f"{e.line}:{e.offset} {e.phrase}" for e in found.missing] == [
        "2:19 12项",
        "3:0 2024年",
        "3:9 90%",
        "3:13 每季度",
        "3:18 一次",
    ]
    assert surroundings(text, found.missing[0], width=3) == "，其中【12项】为新增"


def test_a_changed_number_is_one_stale_place_and_one_missing_phrase() -> None:
    found = audit_pack(skip_all(TEXT), read_text(TEXT.replace("95%", "96%")))
    assert [(e.phrase, e.owner) for e in found.stale] == [("95%以上", "skipped.yml")]
    assert [e.phrase for e in found.missing] == ["96%以上"]
    assert len(found.skipped) == 5


def test_a_removed_sentence_leaves_only_its_places_stale() -> None:
    found = audit_pack(skip_all(TEXT), read_text(TEXT.replace("，其中12项为新增", "")))
    assert [e.phrase for e in found.stale] == ["12项"]
    assert found.missing == ()


def test_a_phrase_that_only_a_person_saw_is_found_again() -> None:
    text = TEXT + "要做到随到随办。\n"
    pack = make_pack(targets=[target("at-once", "4:3 随到随办")], skipped=skip_all(TEXT).skipped)
    assert audit_pack(pack, read_text(text)).stale == ()
    moved = audit_pack(pack, read_text("新加的一行。\n" + text))
    assert [(e.line, e.phrase, e.moved_from) for e in moved.tracked] == [(5, "随到随办", "4:3 随到随办")]
    assert [e.phrase for e in audit_pack(pack, read_text(TEXT)).stale] == ["随到随办"]


def test_a_longer_wording_of_a_person_covers_the_phrase_inside_it() -> None:
    pack = make_pack(targets=[target("rate", "2:8 达到95%以上")], skipped=skip_all(TEXT).skipped[1:])
    found = audit_pack(pack, read_text(TEXT))
    assert (found.missing, found.stale) == ((), ())


TWINS = "共3项。甲达到95%以上。乙建成40处。"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (TWINS.replace("乙", "丙单位做到95%以上。乙"), "1:18 95%以上"),  # the old place still holds the old phrase
        ("丙单位做到95%以上。" + TWINS, "1:5 95%以上"),
        ("新句。" + TWINS.replace("乙", "丙单位做到95%以上。乙"), "1:21 95%以上"),  # only distances tell them apart
    ],
)
def test_of_two_equal_phrases_the_planted_one_is_missing(text: str, missing: str) -> None:
    found = audit_pack(skip_all(TWINS), read_text(text))
    assert [f"{e.line}:{e.offset} {e.phrase}" for e in found.missing] == [missing]


@pytest.mark.parametrize(("sha256", "changed"), [(None, None), ("", True), ("own", False)])
def test_another_copy_of_the_text_is_told_apart(sha256: str | None, changed: bool | None) -> None:
    text = read_text(TEXT)
    pack = make_pack(sha256=text.sha256 if sha256 == "own" else sha256)
    assert audit_pack(pack, text).changed is changed


@given(data=st.data(), name=st.sampled_from(sorted(PLANS)))
@settings(max_examples=40, deadline=None)
def test_planted_sentences_are_exactly_what_is_missing(data: st.DataObject, name: str) -> None:
    """Sentences planted after any sentence or line shift nothing else; their phrases come out with their places."""
    text = PLANS[name][0]
    gaps = [match.end() for match in re.finditer("[。；;]|(?<=。)\n", text)]
    planted: list[str] = []
    for gap in sorted(data.draw(st.sets(st.sampled_from(gaps), min_size=1, max_size=4)), reverse=True):
        form, phrases = data.draw(st.sampled_from(SENTENCES))
        phrase = data.draw(st.sampled_from(phrases))
        text = text[:gap] + form.format(phrase) + text[gap:]
        planted.insert(0, phrase)
    found = audit_pack(skip_all(PLANS[name][0]), read_text(text))
    assert [e.phrase for e in found.missing] == planted
    assert found.stale == ()
    lines = text.split("\n")
    assert all(lines[e.line - 1][e.offset :].startswith(e.phrase) for e in found.missing)


@given(data=st.data(), name=st.sampled_from(sorted(PLANS)))
@settings(max_examples=40, deadline=None)
def test_a_planted_phrase_that_is_new_comes_out_at_its_place(data: st.DataObject, name: str) -> None:
    text = PLANS[name][0]
    gap = data.draw(st.sampled_from([match.end() for match in re.finditer("[。；;]", text)]))
    found = audit_pack(skip_all(text), read_text(text[:gap] + "另设311个点位。" + text[gap:]))
    line = text[:gap].count("\n") + 1
    offset = gap - (text.rfind("\n", 0, gap) + 1) + 2
    assert [(e.phrase, e.line, e.offset) for e in found.missing] == [("311个", line, offset)]


@given(width=st.integers(12, 60), name=st.sampled_from(sorted(PLANS)))
@settings(max_examples=25, deadline=None)
def test_a_text_wrapped_anew_keeps_all_its_places(width: int, name: str) -> None:
    text = PLANS[name][0]
    wrapped = "\n".join(line[at : at + width] for line in text.split("\n") for at in range(0, max(len(line), 1), width))
    found = audit_pack(skip_all(text), read_text(wrapped))
    assert (found.missing, found.stale) == ((), ())
    assert Counter(p.phrase for p in find_phrases(wrapped)) == Counter(p.phrase for p in find_phrases(text))
