"""`bizenv plan audit` and `bizenv plan scan` as people and scripts call them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import schemas.settings
from etl.cli import run_command
from tests.etl.policy_text.texts import RIVERSIDE


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs a command line against an office's own schema folder that has no plan yet."""
    (tmp_path / "repo" / "schemas").mkdir(parents=True)
    (tmp_path / "own").mkdir()
    monkeypatch.setattr(schemas.settings, "REPO", tmp_path / "repo")
    monkeypatch.setenv("BIZENV_SCHEMAS", str(tmp_path / "own"))
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "plan.txt").write_bytes(RIVERSIDE.encode("gb18030"))

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run_command(["plan", *arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    schemas.settings.get_settings.cache_clear()
    yield call
    schemas.settings.get_settings.cache_clear()


def read(result: tuple[int, str, str]) -> Any:
    assert result[0] == 0, result
    return json.loads(result[1])


def test_scan_prints_candidates_and_writes_nothing(run, tmp_path: Path) -> None:
    found = read(run("scan", str(tmp_path / "plan.txt"), "--json"))
    assert set(found) == {"title", "year", "candidates", "others", "units", "written"}
    assert (found["title"], found["year"], found["written"]) == ("临江区营商环境提升2025年工作要点", 2025, [])
    first = found["candidates"][0]
    assert (first["clause"], first["comparator"], first["value"], first["unit"]) == ("一(一)", "<=", 0.5, "workday")
    assert first["places"] == ["5:21 0.5个工作日以内"]
    assert list((tmp_path / "own").iterdir()) == []
    code, out, _ = run("scan", str(tmp_path / "plan.txt"))
    assert code == 0
    assert "TODO 登记网办占比" in out


def test_from_a_text_to_an_audited_skeleton(run, tmp_path: Path) -> None:
    text, own = str(tmp_path / "plan.txt"), str(tmp_path / "own")
    written = read(run("scan", text, "--out", own, "--plan", "river", "--json"))["written"]
    assert all(Path(path).is_file() for path in written)
    audit = read(run("audit", "river", "--text", text, "--json"))
    assert {"tracked", "facts", "skipped", "missing", "stale", "changed", "phrases"} == set(audit)
    assert (audit["facts"], audit["skipped"], audit["stale"], audit["changed"]) == ([], [], [], False)
    assert {"phrase": "98%以上", "line": 5, "offset": 40, "target": "todo-002"} in audit["tracked"]
    assert {"phrase": "〔2025〕7号", "line": 2, "offset": 4} in audit["missing"]
    places = {(e["line"], e["offset"]) for part in ("tracked", "missing") for e in audit[part]}
    assert len(places) == audit["phrases"]


def test_a_planted_sentence_is_told_with_a_line_to_paste(run, tmp_path: Path) -> None:
    text, own = tmp_path / "plan.txt", str(tmp_path / "own")
    run("scan", str(text), "--out", own, "--plan", "river")
    text.write_text("新的一行：还要新建77处站点。\n" + RIVERSIDE, encoding="utf-8")
    audit = read(run("audit", "river", "--text", str(text), "--json", "--only", "missing"))
    assert {"phrase": "77处", "line": 1, "offset": 9} in audit["missing"]
    assert (audit["tracked"], audit["changed"]) == ([], True)
    code, out, _ = run("audit", "river", "--text", str(text), "--only", "missing")
    assert code == 0
    assert "MISSING 第 1 行：新的一行：还要新建【77处】站点。" in out
    assert '- {at: "1:9 77处", reason: 写明原因}' in out
    assert "不是同一份" in out
    moved = read(run("audit", "river", "--text", str(text), "--json", "--only", "tracked"))["tracked"][0]
    assert (moved["line"], moved["moved_from"]) == (6, "5:21 0.5个工作日以内")


def test_one_line_of_the_text_with_its_owners(run, tmp_path: Path) -> None:
    text = str(tmp_path / "plan.txt")
    run("scan", text, "--out", str(tmp_path / "own"), "--plan", "river")
    code, out, _ = run("audit", "river", "--text", text, "--context", "5")
    assert code == 0
    assert "5:40 98%以上" in out
    assert "已跟踪：todo-002" in out
    assert "6:" not in out
    tracked = run("audit", "river", "--text", text, "--only", "tracked")[1]
    assert "todo-002" in tracked
    assert "MISSING 第" not in tracked


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["audit", "nowhere", "--text", "plan.txt"], "没有方案 'nowhere'"),
        (["scan", "absent.txt"], "读不了"),
        (["scan", "."], "读不了"),
        (["scan", "zip.txt"], "不是纯文本"),
        (["scan", "undated.txt", "--out", "own"], "--year"),
        (["scan", "plan.txt", "--out", "own", "--plan", "Bad Name"], "小写字母"),
        (["scan"], "用法有误"),
    ],
)
def test_wrong_usage_is_told_in_chinese_with_code_2(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zip.txt").write_bytes(b"PK\x03\x04\x00\x00")
    (tmp_path / "undated.txt").write_text("一、目标\n网办率达到95%。\n", encoding="utf-8")
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


def test_a_second_scan_does_not_overwrite(run, tmp_path: Path) -> None:
    arguments = ("scan", str(tmp_path / "plan.txt"), "--out", str(tmp_path / "own"), "--plan", "river")
    assert run(*arguments)[0] == 0
    code, _, err = run(*arguments)
    assert code == 2
    assert "不覆盖" in err
