"""Promises that do not hold together are refused with file, line, key and the allowed values; nothing loads half."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from schemas.models.family import family_remarks
from schemas.models.registry import load_registry
from schemas.models.yaml_source import ConfigError
from schemas.settings import REPO

BUILT_IN = REPO / "schemas"
PLAN = "plans/wanli-2023"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the built-in promises to break."""
    for name in ("plans", "indicators", "contracts", "calendars"):
        shutil.copytree(BUILT_IN / name, tmp_path / name)
    shutil.copy(BUILT_IN / "families.yml", tmp_path)
    return tmp_path


PLANS = {"wanli-2023", "yuzhong-2021", "ganyu-improvement-year", "xinfu-2021-2025", "dalian-2018"}


def test_the_built_in_promises_hold_together() -> None:
    registry = load_registry([BUILT_IN])
    assert set(registry.plans) == PLANS
    targets = [target for pack in registry.plans.values() for target in pack.targets]
    assert {t.indicator for t in targets if t.indicator} == set(registry.indicators)
    used = {source for plan in PLANS for source in registry.sources_of(plan)}
    assert set(registry.contracts) - used == {"manual"}
    for contract in registry.contracts.values():
        assert len(contract.plans) == (0 if contract.id == "manual" else 1), contract.id


def test_every_family_says_what_it_is_and_its_members_how_they_differ() -> None:
    registry = load_registry([BUILT_IN])
    assert list(family_remarks(registry, set(registry.described_families))) == []


def test_no_two_members_of_a_family_describe_themselves_alike() -> None:
    """Who compares them has to see from the words how they differ; what is counted alike is one subject, one family."""
    indicators = load_registry([BUILT_IN]).indicators.values()
    told = Counter((i.family, i.note) for i in indicators)
    assert [key for key, times in told.items() if times > 1] == []
    of = {i.id: i.family for i in indicators}
    assert of["dl_tax_online_rate"] == of["yz_tax_online_rate"] == "online_handling"
    assert of["xf_hot_items_cross_rate"] == of["yz_province_items"] == "cross_region"
    assert of["xf_approval_items"] == of["dl_cancelled_rate"] == "permits"


def test_a_pack_needs_no_word_about_families(folder: Path) -> None:
    path = folder / "indicators" / "tax_hours_mean.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("family: tax_hours", "family: taxes"), encoding="utf-8")
    registry = load_registry([folder])
    assert registry.families["taxes"].name_zh == "taxes"
    remarks = list(family_remarks(registry, set(registry.described_families)))
    assert remarks == ["指标族 taxes 没有在 families.yml 中说明"]


@pytest.mark.parametrize("plan", sorted(PLANS))
def test_every_target_says_where_it_comes_from(plan: str) -> None:
    pack = load_registry([BUILT_IN]).plans[plan]
    assert pack.plan.document.text_sha256
    for target in (t for t in pack.targets if not t.is_task):
        assert target.clause, target.id
        assert target.places, target.id
        assert target.basis == "policy" or target.basis_note, target.id
        assert target.indicator or target.kind in ("milestone", "cadence", "rank"), target.id
    assert all(fact.places for fact in pack.facts)
    assert all(entry.clause for entry in (*pack.tasks, *pack.facts, *pack.mechanisms))


BROKEN = [
    pytest.param(
        f"{PLAN}/targets.yml",
        "  value: 96",
        "  valu: 96",
        "valu: 没有这个键；可以写：id, clause, name_zh",
        id="unknown key",
    ),
    pytest.param(
        f"{PLAN}/targets.yml", "indicator: online_items_rate", "indicator: nope", "no indicator", id="no indicator"
    ),
    pytest.param(
        f"{PLAN}/targets.yml", "indicator: online_items_rate", "note: x", "needs an indicator", id="by value only"
    ),
    pytest.param(
        f"{PLAN}/targets.yml", 'value: 96\n  unit: "%"', "value: 96\n  unit: hour", "against '%'", id="dimension"
    ),
    pytest.param(
        *(f"{PLAN}/targets.yml", "kind: cumulative", "kind: cumulative\n  hold: true"),
        "cumulative has nothing to hold",
        id="a sum held",
    ),
    pytest.param(f"{PLAN}/targets.yml", "value: 96", "value: 96\n  stretch: 95", "not beyond", id="stretch below"),
    pytest.param(f"{PLAN}/targets.yml", 'unit: "%"', "unit: percent", "allowed: %, workday", id="unknown unit"),
    pytest.param(
        f"{PLAN}/targets.yml", "due: 2023-12-31", "due: 2022-01-01\n  from: 2023-01-01", "lies before", id="due"
    ),
    pytest.param(
        f"{PLAN}/targets.yml", "lead_units: [局营商办]", "lead_units: [无此单位]", "not in units.yml", id="unit"
    ),
    pytest.param(f"{PLAN}/targets.yml", "- id: online-items", "- id: tax-hours", "stands twice", id="two of one id"),
    pytest.param(
        "contracts/complaints.yml", "left: received_at", "left: got_at", "unknown columns ['got_at']", id="column"
    ),
    pytest.param(
        "contracts/complaints.yml",
        "kind: cases",
        "kind: case",
        "只能写 report、cases（现在写的是 case）",
        id="allowed values",
    ),
    pytest.param(
        "contracts/complaints.yml", "id: complaints", "id: complaint", "must be the file name", id="file name"
    ),
    pytest.param("contracts/complaints.yml", "owner:", "owner: x\nowner:", "写了两次", id="key twice"),
    pytest.param("contracts/complaints.yml", "columns:", "columns: [", "不是合法的 YAML", id="no YAML"),
    pytest.param("indicators/tax_hours_mean.yml", "{sum: total_hours}", "{sum: unit}", "is no number", id="no number"),
    pytest.param("indicators/tax_hours_mean.yml", "missing: fail\n", "", "missing: 缺少这一项", id="no missing policy"),
    pytest.param("families.yml", "- id: power", "- id: tax_hours", "stands twice", id="family twice"),
    pytest.param("contracts/manual.yml", "check: known", "check: by_hand", "entry rules for ['known']", id="unchecked"),
    pytest.param("contracts/manual.yml", "resend: merge", "resend: replace", "`resend: merge`", id="entries merge"),
    pytest.param(
        "contracts/manual.yml",
        "period, day]\nopen_key",
        "period, day]\nopen_keys",
        "open_keys: 没有这个键",
        id="open key",
    ),
    pytest.param(
        "contracts/complaints.yml",
        "left: received_at",
        "lft: received_at",
        "rules.0.lft: 没有这个键；可以写：kind, code",
        id="key of a rule",
    ),
    pytest.param(
        "indicators/tax_hours_mean.yml", "{sum: total_hours}", "{where: {unit: [x]}}", "应当是列表：", id="no list"
    ),
    pytest.param("indicators/tax_hours_mean.yml", "decimals: ", "decimals: a", "decimals: 应当是整数", id="no number"),
    pytest.param("indicators/tax_hours_mean.yml", "lower_is", "higher_is", "goes against", id="against the direction"),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), BROKEN)
def test_a_broken_promise_is_named_with_its_place(folder: Path, file: str, old: str, new: str, message: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text  # what is to be broken is really there
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_registry([folder])
    assert message in str(caught.value)
    assert any(str(p).startswith(f"{folder}/") and p.line for p in caught.value.problems)


def test_all_problems_are_told_at_once(folder: Path) -> None:
    for name, old in (("tax_hours", "kind: report"), ("complaints", "kind: cases")):
        path = folder / f"contracts/{name}.yml"
        path.write_text(path.read_text(encoding="utf-8").replace(old, "kind: x"), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_registry([folder])
    assert {problem.file.name for problem in caught.value.problems} == {"tax_hours.yml", "complaints.yml"}


def test_the_window_of_a_series_may_not_overlap(folder: Path) -> None:
    path = folder / PLAN / "targets.yml"
    text = path.read_text(encoding="utf-8")
    item = text[text.index("- id: tax-hours") : text.index("- id: export-refund-days")]
    path.write_text(text + item.replace("tax-hours", "tax-hours-2", 1) + "  series: tax-hours\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="overlaps that of 'tax-hours'"):
        load_registry([folder])


def test_the_offices_own_file_covers_the_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "indicators").mkdir()
    text = (BUILT_IN / "indicators/tax_hours_mean.yml").read_text(encoding="utf-8")
    (tmp_path / "indicators/tax_hours_mean.yml").write_text(
        text.replace("decimals: 1", "decimals: 3"), encoding="utf-8"
    )
    (tmp_path / "contacts.yml").write_text("- {unit: 湾里税务局, address: a@b.invalid}\n", encoding="utf-8")
    registry = load_registry([BUILT_IN, tmp_path])
    assert registry.indicators["tax_hours_mean"].decimals == 3
    assert [contact.address for contact in registry.contacts] == ["a@b.invalid"]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load_registry([tmp_path / "nowhere"])
