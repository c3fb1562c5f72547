"""A renamed column: refused with a proposal, accepted by a person, and then the same file passes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

from etl.check.proposals import propose
from etl.scaffold.aliases import AliasError, accept_alias
from schemas.models.registry import load_registry
from schemas.settings import REPO, Settings
from tests.etl.check.files import REPORT_HEADER, check, codes_of, make_report, write_xlsx

ROW = ["甲局", 10, 8, "80%"]


def test_a_renamed_column_is_refused_with_a_proposal(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "月报.xlsx", [["2023年3月"], ["责任单位", "办理数量", "网办量", "网办率"], ROW])
    checked = check(path, make_report())
    assert codes_of(checked) == ["COLUMN.RENAMED", "TABLE.COLUMNS"]
    assert (checked.message or "").endswith("；「办理数量」像是「办件量（件）」改了名")
    assert checked.reading["proposals"] == [
        {"column": "total", "header": "办件量（件）", "seen": "办理数量", "place": 1}
    ]
    cell = next(f.cell for f in checked.findings if f.code == "COLUMN.RENAMED")
    assert cell == "B2"


@pytest.mark.parametrize(
    ("unknown", "fits", "expected"),
    [
        ({4: "网上办理率"}, {}, {"rate": 4}),  # 3 of 5 letters and 3 of 3: 6/8
        ({4: "网上办理率"}, {("rate", 4): False}, {}),  # but the values are no percentages
        ({4: "联系人"}, {}, {}),
        ({4: "网办率（%）"}, {}, {"rate": 4}),
        ({4: "联系人", 5: "网上办理率"}, {("rate", 5): True}, {"rate": 5}),
        ({4: "甲"}, {("rate", 4): True}, {"rate": 4}),  # the only one left, and its values fit
        ({4: "甲", 5: "乙"}, {("rate", 4): True, ("rate", 5): True}, {}),
    ],
)
def test_what_is_proposed(unknown: dict[int, str], fits: dict[tuple[str, int], bool], expected: dict[str, int]) -> None:
    found = propose(["rate"], unknown, make_report(), fits)
    assert {one.column: one.place for one in found} == expected


def test_another_unit_of_measure_is_never_proposed() -> None:
    assert propose(["total"], {1: "办件量（万件）"}, make_report(), {("total", 1): True}) == ()


def test_an_optional_column_under_a_new_name_is_told(tmp_path: Path) -> None:
    columns = [c.model_dump(mode="json") for c in make_report().columns]
    columns[3]["optional_column"] = True
    rows = [["2023年3月"], [*REPORT_HEADER[:3], "网办比率"], ROW]
    checked = check(write_xlsx(tmp_path / "月报.xlsx", rows), make_report(columns=columns))
    assert checked.status == "accepted"
    assert [f.message for f in checked.findings] == ["「网办比率」不在约定的列中，未读取；像是「网办率」改了名"]


def test_an_accepted_alias_lets_the_same_file_pass(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    contract = load_registry(settings.schema_folders).contracts["service_items"]
    names = contract.reporters
    rows = [["2023年3月"], ["责任单位", "事项总数量", "网上可办事项数"], *[[name, 10, 8] for name in names]]
    path = write_xlsx(tmp_path / "网上可办情况.xlsx", rows)
    options = {"unit_names": {}, "as_of": dt.date(2023, 6, 30)}
    assert check(path, contract, **options).reading["proposals"][0]["column"] == "total_items"
    done = accept_alias(settings, contract, "total_items", "事项总数量")
    assert done.changed
    text = done.file.read_text(encoding="utf-8")
    built_in = REPO / "schemas" / "contracts" / "service_items.yml"
    before = built_in.read_text(encoding="utf-8")
    assert "事项总数量" not in before
    assert yaml.safe_load(text)["columns"][1]["aliases"][-1] == "事项总数量"
    changed = set(text.splitlines()) - set(before.splitlines())
    assert len(changed) == 1, changed
    mended = load_registry(settings.schema_folders).contracts["service_items"]
    assert check(path, mended, **options).status == "accepted"
    assert not accept_alias(settings, mended, "依申请事项总数", "事项总数量").changed


def test_comments_stay_and_a_column_without_aliases_gets_some(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    own = settings.home / "schemas" / "contracts"
    own.mkdir(parents=True)
    source = (REPO / "schemas" / "contracts" / "service_items.yml").read_text(encoding="utf-8")
    text = "# 本办的约定\n" + source.replace(", aliases: [网上可办数]", "")
    (own / "service_items.yml").write_text(text, encoding="utf-8")
    contract = load_registry(settings.schema_folders).contracts["service_items"]
    accept_alias(settings, contract, "online_items", "网办项")
    written = (own / "service_items.yml").read_text(encoding="utf-8")
    assert written.startswith("# 本办的约定\n")
    assert load_registry(settings.schema_folders).contracts["service_items"].columns[2].aliases == ("网办项",)


@pytest.mark.parametrize(
    ("column", "alias", "said"),
    [
        ("nothing", "x", "没有列"),
        ("total", "网办量", "已经是另一列"),
        ("total", "办件量（万件）", "计量单位"),
        ("total", " ", "不能为空"),
    ],
)
def test_what_cannot_be_accepted(column: str, alias: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(AliasError, match=said):
        accept_alias(Settings(home=tmp_path), make_report(), column, alias)
    assert not (tmp_path / "schemas").exists()
