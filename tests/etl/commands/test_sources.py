"""`bizenv source template`: the form on disk, what it lists, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

import schemas.settings
from etl.cli import run_command
from tests.etl.by_hand_city import load_city


@pytest.fixture
def office(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch):
    """An office with the city's plan alone; commands run in its home."""
    load_city(tmp_path / "schemas")
    monkeypatch.setattr(schemas.settings, "REPO", tmp_path)
    for name, value in {"HOME": str(tmp_path / "home"), "DATABASE_URL": database_url, "CLOCK": "2023-09-15"}.items():
        monkeypatch.setenv(f"BIZENV_{name}", value)
    monkeypatch.delenv("BIZENV_SCHEMAS", raising=False)
    monkeypatch.chdir(tmp_path)
    schemas.settings.get_settings.cache_clear()
    yield tmp_path
    schemas.settings.get_settings.cache_clear()


def test_the_form_is_written_once(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["source", "template", "manual", "--plan", "hand-city"]
    assert run_command([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["file"] == "人工填报_hand-city.xlsx"
    assert [row["目标编号"] for row in told["rows"]] == [
        *("list-published", "meeting", "visit", "city-rank", "city-grade", "guide-issued")
    ]
    sheet = openpyxl.load_workbook(office / told["file"])["填报"]
    assert [cell.value for cell in sheet[3]][:7] == list(told["rows"][1].values())
    before = (office / told["file"]).read_bytes()
    assert run_command(command) == 2
    assert "已经存在" in capsys.readouterr().err
    assert (office / told["file"]).read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["services", "--plan", "hand-city"], "没有填报模板；人工填报的来源：manual"),
        (["manual", "--plan", "nowhere"], "nowhere"),
    ],
)
def test_what_has_no_form(office: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    assert run_command(["source", "template", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert not list(office.glob("*.xlsx"))
