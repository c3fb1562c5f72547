"""The commands of the scaffolds as people type them; none of them needs the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.cli import run_command
from schemas.models.registry import load_registry
from schemas.settings import get_settings
from tests.etl.check.files import write_xlsx
from tests.etl.scaffold.test_new import REPORT


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("BIZENV_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    yield tmp_path / "home"
    get_settings.cache_clear()


def test_from_a_sample_to_an_indicator(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample = str(write_xlsx(tmp_path / "窗口服务情况（2023年3月）.xlsx", REPORT))
    new = ["source", "new", "windows", "--from", sample, "--plan", "wanli-2023"]
    assert run_command([*new, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["files"] == [str(home / "schemas" / "contracts" / "windows.yml")]
    assert told["todos"] > 8
    assert run_command(new) == 2
    assert "已经有了" in capsys.readouterr().err
    assert run_command(["indicator", "new", "windows_rate", "--source", "windows"]) == 0
    assert run_command(["source", "alias", "windows", "办件量", "业务量"]) == 0
    assert "「业务量」就是「办件量」" in capsys.readouterr().out
    registry = load_registry(get_settings().schema_folders)
    assert registry.indicators["windows_rate"].source == "windows"
    assert registry.contracts["windows"].columns[1].aliases == ("业务量",)
    assert "TODO" in (home / "schemas" / "contracts" / "windows.yml").read_text(encoding="utf-8")


def test_a_new_plan_goes_where_it_is_told(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["plan", "new", "next-2024", "--year", "2024", "--out", str(tmp_path / "own")]) == 0
    assert "TODO 需要人工改定" in capsys.readouterr().out
    assert (tmp_path / "own" / "plans" / "next-2024" / "plan.yml").is_file()
    assert run_command(["plan", "new", "Nächstes", "--year", "2024"]) == 2
    assert run_command(["source", "alias", "service_items", "nothing", "x"]) == 2
    assert "没有列" in capsys.readouterr().err
    assert not home.exists()
