"""Every kind of rule at every level it may have: one planted defect is found by it, at that level, by nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pytest

from etl.check.history import History
from etl.check.references import Known
from schemas.models.contract import Contract, Rule
from schemas.models.finding import Level
from tests.etl.check.files import check, make_report, report_rows, write_xlsx

TEXT = {"code": "PLANT", "message": "与约定不符", "todo": "请核对"}
ELSEWHERE = {"entry": "test_entries.py", "reconcile": "../test_reconcile.py", "not_future": "test_event_rules.py"}
"""Entries need the targets of a plan, events a source of cases; figures of two sources are compared after load."""
MONTHS = [f"2023-0{month}" for month in range(1, 7)]


def make_history(*, rows: int = 2) -> History:
    """Both units had 10 in each of six months, 5 of them online, in files of so many rows."""
    told = [{"period": month, "unit": unit, "total": 10, "online": 5} for month in MONTHS for unit in ("甲局", "乙局")]
    return History("2023-07", pa.Table.from_pylist(told), dict.fromkeys(MONTHS, rows))


PLANTS: dict[str, tuple[dict[str, Any], list[Any], dict[str, Any]]] = {
    # kind: the rule, the row of 乙局 (甲局 has 10, 5, 50 %), what the check is told beside
    "pair": ({"left": "online", "op": "<=", "right": "total"}, [10, 11, None], {}),
    "rate": ({"rate": "rate", "numerator": "online", "denominator": "total"}, [10, 5, 51], {}),
    "required_when": ({"column": "rate", "when": "unit", "values": ["乙局"]}, [10, 5, None], {}),
    "reference": (
        {"column": "unit", "list": "units"},
        [10, 5, 50],
        {"known": {"PLANT": Known("名录", pa.array(["甲局"]))}},
    ),
    "sequence": ({"column": "total"}, [12, 5, None], {}),
    "carried": ({"opening": "online", "closing": "online"}, [10, 6, None], {"history": make_history()}),
    "plausible": ({"columns": ["total"]}, [13, 5, None], {"history": make_history()}),
    "total": ({"columns": ["total"]}, [9, 5, None], {}),
    "row_count": ({"minimum": 3}, [10, 5, 50], {}),
    "usual_rows": ({}, [10, 5, 50], {"history": make_history(rows=10)}),
}


def levels_of(kind: str) -> list[str]:
    models = {get_args(model.model_fields["kind"].annotation)[0]: model for model in get_args(get_args(Rule)[0])}
    return list(get_args(models[kind].model_fields["level"].annotation))


def read(tmp_path: Path, contract: Contract, row: list[Any], **told: Any) -> Any:
    rows = [["甲局", 10, 5, 50], ["乙局", *row], ["合计", 20, "", ""]]
    return check(write_xlsx(tmp_path / "月报.xlsx", report_rows(*rows, title="2023年7月")), contract, **told)


def test_every_kind_of_rule_is_planted_here_or_where_it_says() -> None:
    kinds = {get_args(model.model_fields["kind"].annotation)[0] for model in get_args(get_args(Rule)[0])}
    assert kinds == PLANTS.keys() | ELSEWHERE.keys()
    assert all((Path(__file__).parent / name).is_file() for name in ELSEWHERE.values())


@pytest.mark.parametrize(("kind", "level"), [(kind, level) for kind in PLANTS for level in levels_of(kind)])
def test_a_planted_defect_has_the_level_of_its_rule(tmp_path: Path, kind: str, level: str) -> None:
    rule, row, told = PLANTS[kind]
    contract = make_report(rules=[{"kind": kind, "level": level, **rule, **TEXT}])
    found = read(tmp_path, contract, row, **told)
    assert [(f.code, f.level) for f in found.findings] == [("PLANT", Level(level))]
    if level == "refuse":
        assert (found.status, found.code, found.rows_accepted) == ("refused", "PLANT", 0)
    else:
        held = [(row.line, row.codes) for row in found.quarantine]
        assert held == ([(4, ("PLANT",))] if level == "quarantine" else [])
        assert (found.status, found.rows_accepted) == ("accepted", 2 - len(held))


@pytest.mark.parametrize("kind", PLANTS)
def test_without_the_defect_the_rule_is_silent(tmp_path: Path, kind: str) -> None:
    rule, _, told = PLANTS[kind]
    clean = {"sequence": [11, 5, 50], "row_count": [10, 5, 50]}.get(kind, [10, 5, 50])
    told = {**told, **({"known": {"PLANT": Known("名录", pa.array(["甲局", "乙局"]))}} if kind == "reference" else {})}
    told |= {"history": make_history()} if "history" in told else {}
    rule = {**rule, **({"minimum": 2} if kind == "row_count" else {})}
    contract = make_report(rules=[{"kind": kind, **rule, **TEXT}])
    assert read(tmp_path, contract, clean, **told).findings == ()


COLUMN_PLANTS = [
    ("VALUE.UNREADABLE", ["乙局", "十来件", 5, None], 4),  # type
    ("VALUE.RANGE", ["乙局", -1, 0, None], 4),
    ("VALUE.MISSING", ["乙局", None, 0, None], 4),
    ("UNIT.UNKNOWN", ["某局", 1, 0, None], 4),
    ("ROW.DUPLICATE", ["甲局", 10, 5, 50], 4),  # uniqueness: the repetition goes, the first one counts
]


@pytest.mark.parametrize(("code", "row", "line"), COLUMN_PLANTS)
def test_promises_of_single_columns_and_of_the_key(tmp_path: Path, code: str, row: list[Any], line: int) -> None:
    path = write_xlsx(tmp_path / "月报.xlsx", report_rows(["甲局", 10, 5, 50], row, title="2023年7月"))
    found = check(path, make_report(rules=[]))
    assert [(row.line, row.codes) for row in found.quarantine] == [(line, (code,))]
    assert [f.level for f in found.findings] == [Level.QUARANTINE]


def test_rows_of_one_key_that_differ_are_both_held(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "月报.xlsx", report_rows(["甲局", 10, 5, 50], ["甲局", 11, 5, 50], title="2023年7月"))
    found = check(path, make_report(rules=[]))
    assert [(row.line, row.codes) for row in found.quarantine] == [(3, ("ROW.CONFLICT",)), (4, ("ROW.CONFLICT",))]


def test_a_word_that_is_not_of_the_set(tmp_path: Path) -> None:
    columns = [c.model_dump() for c in make_report().columns[:2]]
    columns.append({"name": "state", "header": "网办量", "type": "code", "allowed": ["高", "低"]})
    path = write_xlsx(
        tmp_path / "月报.xlsx", report_rows(["甲局", 1, "高", ""], ["乙局", 1, "中", ""], title="2023年7月")
    )
    found = check(path, make_report(columns=columns, rules=[], ignore=["网办率"]))
    assert [(row.line, row.codes) for row in found.quarantine] == [(4, ("VALUE.NOT_ALLOWED",))]


def test_received_but_empty_is_an_answer_of_its_own(tmp_path: Path) -> None:
    found = check(write_xlsx(tmp_path / "月报.xlsx", report_rows(title="2023年7月")), make_report(rules=[]))
    assert (found.status, found.code, found.period) == ("empty", "FILE.NO_ROWS", "2023-07")
    assert [f.level for f in found.findings] == [Level.NOTE]
