"""`bizenv targets`: the catalogue with stable keys, the other parts of a pack, and plans side by side."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import schemas.settings
from etl.cli import run_command
from etl.commands.catalogue import complete_arguments, wanted
from etl.core.comparison import compare_family, family_rows
from schemas.models.registry import Registry, load_registry
from tests.etl.by_hand_city import load_city

DESIGN_KEYS = (
    "plan id clause name_zh name_en area kind comparator value unit stretch strength basis from due control "
    "lead_units support_units indicator series note"
)


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with the city's promises alone: all plans of the repository take seconds to read."""
    root = tmp_path_factory.mktemp("repo")
    load_city(root / "schemas")
    return root


@pytest.fixture
def run(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(schemas.settings, "REPO", repo)
    monkeypatch.setenv("BIZENV_HOME", str(tmp_path))
    monkeypatch.delenv("BIZENV_SCHEMAS", raising=False)
    schemas.settings.get_settings.cache_clear()

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run_command(list(arguments))
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    yield call
    schemas.settings.get_settings.cache_clear()


def read(result: tuple[int, str, str]) -> Any:
    assert result[0] == 0, result
    return json.loads(result[1])


def test_rows_have_the_keys_of_the_design_in_its_order(run) -> None:
    rows = read(run("targets", "--plan", "hand-city", "--json"))
    names = DESIGN_KEYS.split()
    for row in rows:
        assert [key for key in row if key in names] == names
    further = {"grade", "every", "window", "is_task", "acceptance", "basis_note", "required_share", "baseline", "path"}
    assert further <= set(rows[0])
    online = next(row for row in rows if row["id"] == "online")
    assert (online["value"], online["unit"], online["from"], online["required_share"]) == (90, "%", "2023-01-01", 100)
    assert online["path"] == {"form": "linear", "steps": [], "tolerance": 10}


def test_tasks_are_milestones_that_can_be_left_out(run) -> None:
    rows = read(run("targets", "--plan", "hand-city", "--json"))
    assert [(r["id"], r["kind"], r["due"]) for r in rows if r["is_task"]] == [
        ("guide-issued", "milestone", "2023-03-31")
    ]
    left = read(run("targets", "--plan", "hand-city", "--no-tasks", "--json"))
    assert [r["id"] for r in left] == [r["id"] for r in rows if not r["is_task"]]


PARTS = [
    ("facts", {"id": "online-2022", "value": 85, "at": "2022", "family": "services"}),
    ("tasks", {"id": "guide-issued", "quarter": "2023-Q1", "last_day": "2023-03-31"}),
    ("mechanisms", {"id": "dispatch", "every": "two_months", "targets": ["meeting"]}),
    ("skipped", {"line": 3, "offset": 0, "phrase": "58条", "reason": "文件的别称，不是数量承诺"}),
]


@pytest.mark.parametrize(("part", "expected"), PARTS)
def test_the_other_parts_of_a_document(run, part: str, expected: dict[str, Any]) -> None:
    (row,) = read(run("targets", "--plan", "hand-city", f"--{part}", "--json"))
    assert row["plan"] == "hand-city"
    assert expected.items() <= row.items()
    code, table, _ = run("targets", "--plan", "hand-city", f"--{part}")
    assert code == 0
    assert str(expected.get("phrase", expected.get("id"))) in table


def test_targets_that_people_enter_say_so(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    _, table, _ = run("targets")
    lines = {line.split("│")[1].strip(): line for line in table.splitlines() if line.startswith("│")}
    assert "人工填报" in lines["city-grade"]
    assert "等次 ≥ 优异" in lines["city-grade"]
    assert "每两个月 ≥ 1 次" in lines["meeting"]
    assert "人工填报" not in lines["online"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--plan", "nowhere"), "没有方案 'nowhere'；现有：hand-city"),
        (("--compare", "nothing"), "没有指标族 'nothing'；现有：services"),
        (("--facts", "--tasks"), "一次只用一个"),
    ],
)
def test_wrong_usage(run, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = run("targets", *arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_a_bare_compare_lists_the_families(run) -> None:
    assert complete_arguments(["targets", "--compare"]) == ["targets", "--compare", "list"]
    assert complete_arguments(["targets", "--compare", "--json"]) == ["targets", "--compare", "list", "--json"]
    assert complete_arguments(["targets", "--compare", "power"]) == ["targets", "--compare", "power"]
    (row,) = read(run("targets", "--compare", "--json"))
    assert (row["id"], row["indicators"], row["targets"], row["facts"]) == ("services", 1, 1, 1)
    assert row["plans"] == ["hand-city"]


@pytest.fixture(scope="module")
def two_plans(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """A second plan with an indicator of its own in the same family, stricter and read differently."""
    folder = tmp_path_factory.mktemp("two")
    shutil.copytree(repo / "schemas", folder, dirs_exist_ok=True)
    for old, new in (("contracts/services.yml", "contracts/b_services.yml"), ("indicators/online_rate.yml", "")):
        text = (folder / old).read_text(encoding="utf-8").replace("id: services", "id: b_services")
        text = text.replace("source: services", "source: b_services").replace("id: online_rate", "id: b_online")
        text = text.replace("note: 网上办结的件数占全部办件", "note: 能在网上办的事项占全部事项")
        (folder / (new or "indicators/b_online.yml")).write_text(text, encoding="utf-8")
    other = folder / "plans" / "another-city"
    shutil.copytree(folder / "plans" / "hand-city", other)
    for name in ("tasks", "mechanisms", "skipped", "facts"):
        (other / f"{name}.yml").unlink()
    for path in other.glob("*.yml"):
        text = path.read_text(encoding="utf-8").replace("id: hand-city", "id: another-city")
        path.write_text(text.replace("online_rate", "b_online").replace("value: 90", "value: 95"), encoding="utf-8")
    return load_registry([folder])


def test_plans_stand_side_by_side_and_nothing_is_merged(two_plans: Registry) -> None:
    """Same name, same unit, same family: still two things, each with its own definition."""
    found = compare_family(two_plans, "services")
    assert [(m["id"], m["note"], [(t["plan"], t["value"]) for t in m["targets"]]) for m in found["indicators"]] == [
        ("b_online", "能在网上办的事项占全部事项", [("another-city", 95)]),
        ("online_rate", "网上办结的件数占全部办件", [("hand-city", 90)]),
    ]
    assert [(f["plan"], f["value"]) for f in found["facts"]] == [("hand-city", 85)]
    (row,) = family_rows(two_plans)
    assert (row["indicators"], row["targets"], row["plans"]) == (2, 2, ["another-city", "hand-city"])


def test_a_family_as_tables(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    code, table, _ = run("targets", "--compare", "services")
    assert code == 0
    assert "口径：网上办结的件数占全部办件" in table
    assert "≥ 90%" in table
    assert "上年网上办理率" in table


def test_what_is_wanted_in_words() -> None:
    row = {"kind": "each_case", "comparator": "<=", "value": 5, "unit": "workday", "stretch": None}
    assert wanted(row | {"required_share": 100}) == "≤ 5 个工作日"
    assert wanted(row | {"required_share": 95}) == "≤ 5 个工作日（95% 的件）"
    share = {"kind": "standing", "comparator": ">=", "value": 96, "unit": "%", "stretch": 98, "required_share": 100}
    assert wanted(share) == "≥ 96%，力争 98%"
