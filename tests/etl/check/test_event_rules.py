"""What the events of a contract mean for its rows: reversed and future events are kept back by rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.models.contract import Contract
from tests.etl.check.files import CASE_HEADER, check, make_cases, write_csv

EVENTS = {"finished": ["finished_at"], "order": ["accepted_at", "finished_at"]}


def rows_with(accepted: str, finished: str) -> list[list[str]]:
    return [CASE_HEADER, ["A001", "甲某", accepted, finished, "办结"], ["A002", "乙某", "2023-12-04 09:00", "", "在办"]]


@pytest.mark.parametrize(
    ("accepted", "finished", "code"),
    [
        ("2023-12-05 09:00", "2023-12-04 09:00", "EVENT_ORDER_ACCEPTED_AT_FINISHED_AT"),
        # checked on 31 December 2023
        ("2023-12-05 09:00", "2024-01-01 00:00", "EVENT_FUTURE_FINISHED_AT"),
        ("2023-12-05 09:00", "2023-12-31 23:59", None),
        ("2023-12-05 09:00", "2023-12-05 09:00", None),
    ],
)
def test_impossible_events_are_kept_back(tmp_path: Path, accepted: str, finished: str, code: str | None) -> None:
    contract = make_cases(events=EVENTS, rules=[])
    path = write_csv(tmp_path / "办件明细2023年12月.csv", rows_with(accepted, finished))
    result = check(path, contract)
    assert [(f.code, f.cell) for f in result.findings] == ([(code, "D2")] if code else [])
    assert (result.rows_accepted, result.rows_quarantined) == ((1, 1) if code else (2, 0))


def test_rules_are_derived_once_and_may_be_written_otherwise() -> None:
    """A contract goes to the reader and back as JSON; an office that wants a note instead writes the same code."""
    contract = make_cases(events=EVENTS)
    again = Contract.model_validate_json(contract.model_dump_json(by_alias=True))
    assert [rule.code for rule in again.rules] == [rule.code for rule in contract.rules]
    own = {
        "kind": "pair", "code": "EVENT_ORDER_ACCEPTED_AT_FINISHED_AT", "left": "accepted_at", "op": "<=",
        "right": "finished_at", "level": "note", "message": "先办结后受理", "todo": "请核对",
    }  # fmt: skip
    softer = make_cases(events=EVENTS, rules=[own])
    found = [rule for rule in softer.rules if rule.code == own["code"]]
    assert [rule.level for rule in found] == ["note"]


def test_what_a_rule_says_already_is_not_said_twice(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "办件明细2023年12月.csv", rows_with("2023-12-05 09:00", "2023-12-04 09:00"))
    assert [f.code for f in check(path, make_cases(events=EVENTS)).findings] == ["ENDED_BEFORE"]


@pytest.mark.parametrize("level", ["quarantine", "note"])
def test_a_future_event_has_the_level_of_its_rule(tmp_path: Path, level: str) -> None:
    rule = {"kind": "not_future", "code": "LATER", "column": "finished_at", "level": level, "message": "m", "todo": "t"}
    path = write_csv(tmp_path / "办件明细2023年12月.csv", rows_with("2023-12-05 09:00", "2024-01-01 00:00"))
    result = check(path, make_cases(rules=[rule]))
    assert [(f.code, str(f.level)) for f in result.findings] == [("LATER", level)]
    assert result.rows_quarantined == (level == "quarantine")
