"""What YAML itself allows: merges, aliases that lead back; and what it hides: a key that stands twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.models.yaml_source import ConfigError, read_yaml

MERGED = "base: &base {unit: day, value: 3}\nmine:\n  <<: *base\n  value: 5\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "a.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_merge_may_be_overridden(tmp_path: Path) -> None:
    source = read_yaml(write(tmp_path, MERGED))
    assert source.data["mine"] == {"unit": "day", "value": 5}
    assert source.line_of(["mine", "value"]) == 4
    assert source.line_of(["mine", "unit"]) == 1


def test_a_key_twice_is_told_with_its_lines(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as told:
        read_yaml(write(tmp_path, "a:\n  b: 1\n  b: 2\nc: 1\nc: 2\n"))
    assert [(problem.key, problem.line) for problem in told.value.problems] == [("b", 3), ("c", 5)]


def test_aliases_cost_no_more_than_the_file(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x]", *[f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)], "me: &me [*me]"]
    source = read_yaml(write(tmp_path, "\n".join(lines)))
    assert source.line_of(["a39"]) == 40
