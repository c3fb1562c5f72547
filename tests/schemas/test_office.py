"""Which plans a home works with: its own word first, then what it brings, then the built-in one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from etl.demo import adopt_plan
from schemas.models.office import plans_in_use
from schemas.models.registry import load_registry
from schemas.models.yaml_source import ConfigError
from schemas.settings import REPO, Settings

BUILT_IN = REPO / "schemas"
PETITIONS = REPO / "tests" / "packs" / "petitions"


def write_office(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "office.yml").write_text(text, encoding="utf-8")
    return folder


def test_an_office_that_brings_nothing_works_with_the_built_in_plan(tmp_path: Path) -> None:
    assert plans_in_use([BUILT_IN]) == ("wanli-2023",)
    assert plans_in_use([BUILT_IN, tmp_path]) == ("wanli-2023",)


def test_an_office_works_with_the_plans_that_it_brings() -> None:
    assert plans_in_use([BUILT_IN, PETITIONS]) == tuple(p.name for p in sorted((PETITIONS / "plans").iterdir()))


def test_the_last_word_of_the_office_counts(tmp_path: Path) -> None:
    first = write_office(tmp_path / "a", "plans: [xinfu-2021-2025]\n")
    last = write_office(tmp_path / "b", "plans: [dalian-2018, wanli-2023]\n")
    assert plans_in_use([BUILT_IN, first, PETITIONS, last]) == ("dalian-2018", "wanli-2023")


def test_a_plan_that_is_not_there_is_named(tmp_path: Path) -> None:
    office = write_office(tmp_path, "plans: [nowhere-2020]\n")
    with pytest.raises(ConfigError, match=r"office\.yml.*nowhere-2020.*wanli-2023"):
        load_registry([BUILT_IN, office])


def test_what_other_plans_departments_send_is_not_in_use(tmp_path: Path) -> None:
    every = load_registry([BUILT_IN, PETITIONS])
    used = every.in_use()
    assert set(used.plans) == set(every.active)
    assert "wanli-2023" not in used.plans
    assert "startup_cases" in every.contracts
    assert "startup_cases" not in used.contracts
    assert "startup_mean_days" not in used.indicators
    assert "湾里税务局" not in used.unit_names


def test_a_source_of_another_jurisdiction_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    shutil.copytree(PETITIONS, folder)
    (plan,) = (folder / "plans").iterdir()
    target = plan / "targets.yml"
    text = target.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.strip().startswith("indicator:"))
    target.write_text(text.replace(line, "  indicator: bid_deposits_on_time", 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"targets\.yml:\d+: .*bid_deposits.*wanli-2023"):
        load_registry([BUILT_IN, folder])


def test_a_simulated_district_claims_its_home(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, schemas=(PETITIONS,))
    adopt_plan(settings, "wanli-2023")
    brought = tuple(p.name for p in sorted((PETITIONS / "plans").iterdir()))
    assert plans_in_use(settings.schema_folders) == ("wanli-2023", *brought)
    adopt_plan(settings, "wanli-2023")
    with pytest.raises(ValueError, match="没有方案 'nowhere'"):
        adopt_plan(settings, "nowhere")
    write_office(tmp_path / "schemas", "plans: [wanli-2023]\n")
    with pytest.raises(ValueError, match="已用于方案 wanli-2023；请用 BIZENV_HOME"):
        adopt_plan(settings, brought[0])
