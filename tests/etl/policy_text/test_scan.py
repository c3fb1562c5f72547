"""The scan against keys made by hand, and its skeleton through the real registry."""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from etl.policy_text.audit import audit_pack
from etl.policy_text.scan import Candidate, scan_text
from etl.policy_text.skeleton import write_skeleton
from schemas.models.registry import load_pack, load_registry
from schemas.settings import REPO
from tests.etl.policy_text.more_texts import LAKESIDE, MORE_PLANS, PLATEAU
from tests.etl.policy_text.packs import read_text
from tests.etl.policy_text.texts import HARBOUR, PLANS, RIVERSIDE

ALL_PLANS = PLANS | MORE_PLANS

Reading = tuple[str, str, str | None, str]


def readings(candidate: Candidate) -> set[Reading]:
    measure = candidate.measure
    value = None if measure.value is None else str(measure.value)
    return {(phrase.phrase, measure.comparator, value, measure.unit) for phrase in candidate.phrases}


def candidate_of(text: str, phrase: str) -> Candidate:
    return next(c for c in scan_text(read_text(text)).candidates if phrase in {p.phrase for p in c.phrases})


@pytest.mark.parametrize("name", ALL_PLANS)
def test_recall_and_precision_on_invented_plans(name: str) -> None:
    """What a person marks is what comes out; a guard since the misses of the first run have been mended."""
    text, key = ALL_PLANS[name]
    found = scan_text(read_text(text)).candidates
    wanted = {entry[:4] for entry in key}
    missed = wanted - set().union(*map(readings, found))
    wrong = [candidate for candidate in found if not readings(candidate) & wanted]
    assert (len(missed), len(wrong)) == (0, 0), (missed, wrong)
    kinds = {(phrase.phrase, c.measure.kind.value) for c in found for phrase in c.phrases}
    assert sum((entry[0], entry[4]) in kinds for entry in key) >= 0.9 * len(key)


def test_a_wish_beside_a_limit_is_its_stretch() -> None:
    found = candidate_of(RIVERSIDE, "不超过12个工作日")
    assert (found.stretch, found.measure.strength) == (10, "must")


def test_dues_come_from_the_sentence_else_from_the_clause() -> None:
    assert candidate_of(RIVERSIDE, "45亿元").due == dt.date(2025, 12, 31)
    assert candidate_of(RIVERSIDE, "50项").due == dt.date(2025, 9, 30)
    assert candidate_of(HARBOUR, "36小时以内").due == dt.date(2020, 12, 31)
    assert candidate_of(RIVERSIDE, "98%以上").due is None


def test_rows_of_a_table_stand_for_themselves() -> None:
    """A row has its own day and units; the year that it compares with is no day."""
    rows = {c.phrases[0].phrase: c for c in scan_text(read_text(PLATEAU)).candidates}
    assert (rows["不超过60个工作日"].due, rows["不超过60个工作日"].lead_units) == (dt.date(2022, 12, 31), ("市住建局",))
    assert (rows["不超过2个"].due, rows["不超过2个"].lead_units) == (dt.date(2022, 12, 31), ("市水务集团",))
    assert (rows["50%"].due, rows["50%"].lead_units) == (dt.date(2024, 12, 31), ("高原海关",))
    assert (rows["2022年9月底"].measure.kind.value, rows["4200个"].due) == ("milestone", dt.date(2024, 12, 31))


def test_a_deed_with_a_day_is_not_the_day_of_what_follows() -> None:
    assert candidate_of(LAKESIDE, "不低于八成五").due is None
    assert (candidate_of(LAKESIDE, "6月底前").due, candidate_of(LAKESIDE, "6月底前").name) == (
        dt.date(2024, 6, 30),
        "完成系统改造",
    )
    # the day of the part after a comma is that part's own
    assert candidate_of("知识产权。登记1个工作日办结,到2024年拥有量达到6件。\n", "1个工作日").due is None


def test_units_end_with_their_bracket() -> None:
    assert candidate_of(LAKESIDE, "不低于八成五").lead_units == ("区行政审批局",)


def test_names_are_a_few_nouns_before_the_figure() -> None:
    assert candidate_of(RIVERSIDE, "98%以上").name == "登记网办占比"
    assert candidate_of(HARBOUR, "30万户").name == "市场主体总量突破"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("时间分别压减到5个、7个、10个工作日以内", [("<=", 5, "workday"), ("<=", 7, "workday"), ("<=", 10, "workday")]),
        ("公示期为5天以上", [(">=", 5, "day")]),
        ("环节不超3个，材料大于等于2份，答复不迟于24h", [("<=", 3, "count"), (">=", 2, "count"), ("<=", 24, "hour")]),
        ("故障抢修到场时间缩短至一刻钟", [("<=", 15, "minute")]),
        ("网办率≧95%，差错率<=2%，满意率>=90%", [(">=", 95, "%"), ("<=", 2, "%"), (">=", 90, "%")]),
        ("到场时限不超过半小时", [("<=", Decimal("0.5"), "hour")]),
        ("争创一流，全省最优，确保每个企业一名专员", []),
        ("比例低于5%", [("<", 5, "%")]),
        ("检查每年不超过2次", [("<=", 2, "count")]),
        ("每两个月至少调度一次", [(">=", 1, "count")]),
        ("费用降至全市平均水平以下", [("<=", 100, "%")]),
        ("确保无超三年未结案件", [("<=", 0, "count")]),
        ("复电由“小时级”缩短到“分钟级”", [("<", 60, "minute")]),
        ("推进“58条”措施，用好12345平台，建立三级体系，落实《三年行动计划》", []),
        ("目前网办率为62%，已办结30件", []),
        ("实施10千伏以下线路改造", []),
        ("停电超过4小时的用户优先改造", []),
        ("新增5G基站4200个", [(">=", 4200, "count")]),
        ("每半月通报", []),
        ("每季度至少走访2家企业", [(">=", 2, "count")]),
        ("网上申请率不低于八成五", [(">=", 85, "%")]),
        ("公章刻制免费,失业保险金申领即办即结", [(">=", 100, "%"), (">=", 100, "%")]),
        ("小微企业接电“零投资”", [("<=", 0, "CNY")]),
        ("推动300项高频事项“跨省通办”", [(">=", 300, "count")]),
        ("满意度提升至93分以上", [(">=", 93, "count")]),
    ],
)
def test_readings_of_single_sentences(words: str, wanted: list[tuple[str, int | Decimal, str]]) -> None:
    found = scan_text(read_text(f"一、总则\n{words}。\n")).candidates
    assert [(c.measure.comparator, c.measure.value, c.measure.unit) for c in found] == wanted


@pytest.fixture(scope="module")
def schemas_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built-in calendar and families without the shipped plans, which take seconds to read."""
    folder = tmp_path_factory.mktemp("schemas")
    shutil.copytree(REPO / "schemas" / "calendars", folder / "calendars")
    shutil.copy(REPO / "schemas" / "families.yml", folder)
    return folder


@pytest.mark.parametrize("name", ALL_PLANS)
def test_the_skeleton_loads_and_every_candidate_is_left_to_a_person(
    name: str, schemas_alone: Path, tmp_path: Path
) -> None:
    text = read_text(ALL_PLANS[name][0])
    scan = scan_text(text)
    written = write_skeleton(scan, text, tmp_path, plan="new-plan")
    assert {"plan.yml", "targets.yml", "units.yml", "facts.yml", "skipped.yml"} <= {path.name for path in written}
    pack = load_registry([schemas_alone, tmp_path]).plans["new-plan"]
    assert len(pack.targets) == len(scan.candidates)
    assert all("TODO" in target.name_zh and "TODO" in target.basis_note for target in pack.targets)
    found = audit_pack(pack, text)
    assert (found.stale, found.changed) == ((), False)
    assert {(e.line, e.offset) for e in found.missing} == {(p.line, p.offset) for p in scan.others}


def test_the_lines_for_skips_hold_once_a_person_uncomments_them(tmp_path: Path) -> None:
    text = read_text(RIVERSIDE)
    write_skeleton(scan_text(text), text, tmp_path, plan="new-plan")
    path = tmp_path / "plans" / "new-plan" / "skipped.yml"
    lines = [line.removeprefix("# ") for line in path.read_text(encoding="utf-8").splitlines() if "at:" in line]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert len(yaml.safe_load(path.read_text(encoding="utf-8"))) == len(lines) > 3
    pack, _ = load_pack([tmp_path], "new-plan")
    assert pack is not None
    assert audit_pack(pack, text).missing == ()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    text = read_text(RIVERSIDE)
    kept = tmp_path / "plans" / "new-plan" / "units.yml"
    kept.parent.mkdir(parents=True)
    kept.write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError):
        write_skeleton(scan_text(text), text, tmp_path, plan="new-plan")
    assert [path.name for path in tmp_path.rglob("*.yml")] == ["units.yml"]
    assert kept.read_text(encoding="utf-8") == "mine"
