"""Documentation that cannot rot: settings, links, commands, and the two READMEs against each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
import yaml
from pydantic import BaseModel

from etl.cli import app, run_command
from schemas.models.code_list import CodeList
from schemas.models.commitments import Fact, Mechanism, Skip, Task
from schemas.models.contract import Contract
from schemas.models.family import Family
from schemas.models.indicator import Indicator
from schemas.models.plan import Plan, Target, Unit
from schemas.settings import REPO, Settings, get_settings

READMES = ("README.md", "README.zh-CN.md")
PAGES = sorted([*(REPO / "docs").rglob("*.md"), *(REPO / name for name in READMES), REPO / "CHANGELOG.md"])


def readme_commands(name: str) -> list[str]:
    """Lines of the code blocks that call bizenv or make, without their comments."""
    blocks = re.findall(r"```\n(.*?)```", (REPO / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith((".venv/bin/bizenv", "make "))]


def test_every_setting_is_documented_and_none_else() -> None:
    text = (REPO / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(BIZENV_[A-Z_]+)`", text, flags=re.MULTILINE))
    assert documented == {f"BIZENV_{name.upper()}" for name in Settings.model_fields}


def test_both_readmes_name_the_same_commands() -> None:
    english, chinese = (readme_commands(name) for name in READMES)
    assert len(english) >= 7
    assert english == chinese


def test_readme_commands_exist() -> None:
    known = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    used = {line.split()[1] for line in readme_commands("README.md") if "bizenv" in line}
    assert used <= known
    targets = re.findall(r"^([a-z-]+):", (REPO / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert {line.split()[1] for line in readme_commands("README.md") if line.startswith("make")} <= set(targets)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)", text):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link


def test_the_examples_of_the_packs_page_are_valid() -> None:
    """The YAML that a newcomer copies is what the models take."""
    page = (REPO / "docs" / "packs.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n# (\S+)\n(.*?)```", page, flags=re.DOTALL)
    assert len(blocks) == page.count("```yaml") == len(PACK_MODELS)
    for name, text in blocks:
        found = yaml.safe_load(text)
        model = PACK_MODELS[name.rpartition("/")[2]]
        assert [model.model_validate(item) for item in (found if isinstance(found, list) else [found])], name


PACK_MODELS: dict[str, type[BaseModel]] = {
    **{"monthly_counts.yml": Contract, "window_stock.yml": Contract, "building_kinds.yml": CodeList},
    **{"bid_deposits_on_time.yml": Indicator, "permits_in_time.yml": Indicator, "units.yml": Unit},
    **{"permit_cases.yml": Contract, "case_stops.yml": Contract, "case_exclusions.yml": Contract},
    **{"bid_deposits.yml": Contract, "plan.yml": Plan, "targets.yml": Target, "facts.yml": Fact, "tasks.yml": Task},
    **{"mechanisms.yml": Mechanism, "skipped.yml": Skip, "families.yml": Family},
}


def test_the_commands_of_the_plan_audit_page_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In their order, on an invented document, as a newcomer types them."""
    page = (REPO / "docs" / "plan-audit.md").read_text(encoding="utf-8")
    commands = re.findall(r"^ +bizenv (plan .*)$", page, flags=re.MULTILINE)
    assert len(commands) == 5
    text = "江口区2025年要点\n一、目标\n（一）网办。网办率达到95%以上。\n二、保障\n每季度调度一次，一网通办。\n"
    (tmp_path / "plan.txt").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIZENV_SCHEMAS", str(tmp_path / "my-schemas"))
    get_settings.cache_clear()
    for command in commands:
        (tmp_path / "my-schemas").mkdir(exist_ok=True)
        assert run_command(command.split()) == 0, capsys.readouterr().err
    get_settings.cache_clear()
    assert '"phrase": "一网"' in capsys.readouterr().out


def test_no_lock_names_a_registry() -> None:
    text = (REPO / "requirements.lock").read_text(encoding="utf-8")
    assert "apache-airflow==" in text
    assert not re.search(r"https?://|file://|--index|--find-links", text)
