"""Mistakes in the events of a contract and in the clocks over them are told with file and line before anything runs.

The contracts are those of the packs page; each case changes one thing of them.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.models.registry import load_registry
from schemas.models.yaml_source import ConfigError
from schemas.settings import REPO

PAGE = (REPO / "docs" / "packs.md").read_text(encoding="utf-8")
SHOWN = dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", PAGE, flags=re.DOTALL))
NAMES = (
    *("contracts/permit_cases.yml", "contracts/case_stops.yml", "contracts/case_exclusions.yml"),
    "indicators/permits_in_time.yml",
)


def write_pack(folder: Path, name: str = "", old: str = "", new: str = "") -> Path:
    """The pages' contracts and indicator beside the built-in calendars, with one text changed in one file."""
    for wanted in NAMES:
        text = SHOWN[wanted]
        if wanted.endswith(f"/{name}.yml"):
            assert old in text
            text = text.replace(old, new)
        path = folder / wanted
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_the_page_as_it_stands_is_right(tmp_path: Path) -> None:
    registry = load_registry([REPO / "schemas", write_pack(tmp_path)])
    assert registry.contracts["permit_cases"].registers == ("case_stops", "case_exclusions")


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("permit_cases", "source: case_stops", "source: case_stop", r"stops_from: .*no other source 'case_stop'"),
        ("permit_cases", "approver: approver", "approver: signer", r"exclusions: .*\['signer'\] are not in contract"),
        ("permit_cases", "key: [case_id]", "key: [case_id, kind]", r"a register names cases by one number"),
        ("permit_cases", "finished: [finished_at]", "finished: [kind]", r"events.*'kind' is no date or datetime"),
        ("permit_cases", "amount: longer_days", "amount: kind", r"extension: .*'kind' is no integer"),
        ("permits_in_time", "复杂: 20 workday", "复杂: 20 day", r"extension: .*cannot be added to .*'20 day'"),
        ("permits_in_time", "复杂: 20 workday", "简单: 20 workday", r"limit_by: .*\['简单'\] are not among the words"),
        ("permits_in_time", "start: accepted_at", "start: window", r"clock: 'window' is no date or datetime"),
        ("permits_in_time", "by: [window, kind]", "by: [due_at]", r"by: 'due_at' holds no words"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_file_and_line(tmp_path: Path, name: str, old: str, new: str, message: str) -> None:
    with pytest.raises(ConfigError, match=rf"{name}\.yml:\d+: .*{message}"):
        load_registry([REPO / "schemas", write_pack(tmp_path, name, old, new)])
