"""Rules that name other sources are held against those sources before anything runs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from schemas.models.contract import Contract
from schemas.models.registry import load_registry
from schemas.models.yaml_source import ConfigError
from schemas.settings import REPO
from tests.etl.check.files import make_cases, make_report

TEXT = {"message": "与约定不符", "todo": "请核对"}
REFERENCE = {"kind": "reference", "code": "R", "column": "person", "source": "cases", "key": "case_id", **TEXT}
RECONCILE = {"kind": "reconcile", "code": "R", "mine": {"column": "total"}, "source": "cases", "theirs": {}, **TEXT}


def write(folder: Path, *contracts: Contract) -> Path:
    for name in ("contracts", "calendars"):
        (folder / name).mkdir(parents=True)
    shutil.copy(REPO / "schemas" / "calendars" / "cn.yml", folder / "calendars")
    for contract in contracts:
        text = yaml.safe_dump(contract.model_dump(mode="json"), allow_unicode=True)
        (folder / "contracts" / f"{contract.id}.yml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (REFERENCE | {"source": "nowhere"}, "no other source 'nowhere'"),
        (REFERENCE | {"source": "people"}, "no other source 'people'"),
        (REFERENCE | {"key": "number"}, r"columns \['number'\] are not in contract 'cases'"),
        (REFERENCE, "hold persons of different kinds"),
        (RECONCILE | {"mine": {}, "theirs": {"column": "state"}}, "'state' is no number"),
        (RECONCILE | {"mine": {}, "theirs": {"counted_on": "state"}}, "'state' is no date"),
        (RECONCILE | {"mine": {}, "theirs": {"where": {"person": ["x"]}}}, "words of a personal column"),
    ],
)
def test_what_is_said_of_another_source_has_to_be_there(tmp_path: Path, rule: dict[str, Any], message: str) -> None:
    people = make_cases(id="people", rules=[rule])
    with pytest.raises(ConfigError, match=message):
        load_registry([write(tmp_path / "s", make_cases(rules=[]), people)])


def test_persons_of_one_kind_may_be_referred_to(tmp_path: Path) -> None:
    people = make_cases(id="people", rules=[REFERENCE | {"key": "person"}])
    assert set(load_registry([write(tmp_path / "s", make_cases(rules=[]), people)]).contracts) == {"cases", "people"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rules": [REFERENCE | {"column": "unit", "list": "units"}]}, "`source` and `key`, or `list`"),
        ({"rules": [{"kind": "plausible", "code": "P", "columns": ["unit"], **TEXT}]}, "are no numbers"),
        ({"rules": [{"kind": "sequence", "code": "S", "column": "rate", **TEXT}]}, "type integer"),
        ({"rules": [{"kind": "carried", "code": "C", "opening": "x", "closing": "total", **TEXT}]}, "unknown columns"),
        (
            {"rules": [{"kind": "usual_rows", "code": "U", **TEXT}], "resend": "merge", "reporters": ["甲局"]},
            "several senders",
        ),
    ],
)
def test_rules_that_cannot_be_meant(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        make_report(**changes)


def test_cases_have_no_figures_of_periods() -> None:
    columns = [*make_cases().model_dump()["columns"], {"name": "n", "header": "数", "type": "integer"}]
    with pytest.raises(ValidationError, match="those of a report"):
        make_cases(columns=columns, rules=[{"kind": "plausible", "code": "P", "columns": ["n"], **TEXT}])
