"""Great Expectations as the judge of rows: positions are right whatever the index, and silence is not a verdict."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from expectations.run import run_file_rules, run_rules
from expectations.suite import build_suite
from schemas.models.contract import Contract

TEXT = {"message": "m", "todo": "t"}
CONTRACT = Contract.model_validate(
    {
        **{"id": "x", "name_zh": "x", "name_en": "x", "owner": "甲局", "kind": "cases", "files": ["*"]},
        **{"period": {"grain": "month", "read_from": ["filename"]}, "received": "start", "resend": "merge"},
        "key": ["id"],
        "columns": [
            {"name": "id", "header": "编号", "type": "id"},
            {"name": "start", "header": "开始", "type": "datetime"},
            {"name": "end", "header": "结束", "type": "datetime", "required": False},
            {"name": "n", "header": "数", "type": "integer", "minimum": 0},
            {"name": "d", "header": "额", "type": "decimal", "minimum": "0.1", "maximum": 100, "required": False},
            {"name": "state", "header": "状态", "type": "code", "allowed": ["在办", "办结"]},
            {"name": "pct", "header": "率", "type": "percent", "required": False},
            {"name": "more", "header": "另", "type": "integer", "optional_column": True},
        ],
        "rules": [
            {"kind": "pair", "code": "ORDER", "left": "start", "op": "<=", "right": "end", **TEXT},
            {"kind": "pair", "code": "EXACT", "left": "d", "op": ">", "right": "n", "level": "note", **TEXT},
            {"kind": "rate", "code": "RATE", "rate": "pct", "numerator": "n", "denominator": "d", **TEXT},
            {"kind": "required_when", "code": "END", "column": "end", "when": "state", "values": ["办结"], **TEXT},
            {"kind": "total", "code": "TOTAL", "columns": ["n", "d"], **TEXT},
            {"kind": "row_count", "code": "ROWS", "minimum": 2, "maximum": 5, **TEXT},
        ],
    }
)


def day(hour: int, day_of_month: int = 5) -> dt.datetime:
    return dt.datetime(2023, 3, day_of_month, hour)


def make_frame() -> pd.DataFrame:
    """Row by row: bad in order of time; open case; end without a time on the same day; bad in everything else; good."""
    stamp, money, share = pa.timestamp("us"), pa.decimal128(20, 6), pa.decimal128(12, 6)
    table = pa.table(
        {
            "id": ["1", "2", "3", None, "5"],
            "start": pa.array([day(9)] * 5, stamp),
            "end": pa.array([day(8), None, day(0), day(0, 4), day(10)], stamp),
            "end_date_only": [False, False, True, True, False],
            "n": pa.array([0, 1, 2, -1, 1], pa.int64()),
            "d": pa.array([Decimal(3), None, Decimal(3), Decimal("0.099999"), Decimal(3)], money),
            "state": ["在办", "办结", "在办", "退回", None],
            "pct": pa.array([None, None, Decimal("66.71"), None, Decimal("33.4")], share),
        }
    )
    return table.to_pandas(types_mapper=pd.ArrowDtype)


EXPECTED = {
    ("VALUE.MISSING", "id"): [3],
    ("VALUE.MISSING", "start"): [],
    ("VALUE.MISSING", "n"): [],
    ("VALUE.RANGE", "n"): [3],
    ("VALUE.RANGE", "d"): [3],
    ("VALUE.MISSING", "state"): [4],
    ("VALUE.NOT_ALLOWED", "state"): [3],
    ("ORDER", None): [0, 3],
    ("EXACT", None): [],
    ("RATE", "pct"): [4],  # 100/3 = 33.33 against 33.4; 200/3 = 66.67 against 66.71 is within 0.05
    ("END", "end"): [1],
}


@pytest.mark.parametrize("index", [[0, 1, 2, 3, 4], [9, 9, 9, 9, 9], [4, 2, 0, 1, 3]])
def test_bad_rows_by_position_whatever_the_index(index: list[int]) -> None:
    frame = make_frame()
    frame.index = pd.Index(index)
    results = run_rules(frame, CONTRACT)
    assert {(r.code, r.column): r.bad.tolist() for r in results} == EXPECTED
    assert [r.could_not_run for r in results] == [None] * len(results)


def test_positions_follow_the_rows_when_they_are_shuffled() -> None:
    order = np.random.default_rng(3).permutation(5)
    results = run_rules(make_frame().iloc[order], CONTRACT)
    for result in results:
        assert sorted(order[result.bad]) == EXPECTED[result.code, result.column]


def test_a_rule_without_its_column_could_not_run() -> None:
    results = run_rules(make_frame().drop(columns=["n"]), CONTRACT)
    silent = {r.code for r in results if r.could_not_run}
    assert silent == {"VALUE.MISSING", "VALUE.RANGE", "EXACT", "RATE"}
    assert all(len(r.bad) == 0 for r in results if r.could_not_run)
    assert [r.bad.tolist() for r in results if r.code == "ORDER"] == [[0, 3]]


@pytest.mark.parametrize(
    ("facts", "broken"),
    [
        ({"row_count": 3, "n__stated": 5, "n__sum": 5, "d__stated": Decimal("1.5"), "d__sum": Decimal("1.500000")}, []),
        ({"row_count": 1, "n__stated": 5, "n__sum": 6, "d__stated": None, "d__sum": Decimal(1)}, ["TOTAL", "ROWS"]),
        ({"row_count": 6, "n__stated": None, "n__sum": None, "d__stated": None, "d__sum": None}, ["ROWS"]),
    ],
)
def test_rules_about_the_whole_file(facts: dict[str, Any], broken: list[str]) -> None:
    results = run_file_rules(facts, CONTRACT)
    assert [r.could_not_run for r in results] == [None] * 3
    assert [r.code for r in results if len(r.bad)] == broken


def test_an_empty_frame_and_a_contract_without_rules_are_fine() -> None:
    assert all(len(r.bad) == 0 for r in run_rules(make_frame().iloc[:0], CONTRACT))
    assert run_file_rules({"row_count": 0}, CONTRACT.model_copy(update={"rules": ()})) == []


def test_every_promise_of_the_contract_is_in_the_suite_with_its_level() -> None:
    levels = {e.code: str(e.level) for e in build_suite(CONTRACT)}
    assert {code: levels[code] for code in ("ORDER", "EXACT", "TOTAL")} == {
        **{"ORDER": "quarantine", "EXACT": "note"},
        "TOTAL": "note",
    }
    assert {rule.code for rule in CONTRACT.rules} <= set(levels)


def test_nothing_is_imported_early_written_or_printed(tmp_path: Path) -> None:
    code = (
        "import sys, pandas as pd\n"
        "import expectations.run as run, expectations.suite\n"
        "assert 'great_expectations' not in sys.modules\n"
        "from tests.expectations.test_rules import CONTRACT, make_frame\n"
        "assert run.run_rules(make_frame(), CONTRACT)\n"
        "assert 'great_expectations' in sys.modules\n"
    )
    repo = Path(__file__).resolve().parents[2]
    env = {**os.environ, "PYTHONPATH": str(repo), "HOME": str(tmp_path), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_a_cell_that_is_required_where_another_says_yes() -> None:
    columns = [
        {"name": "id", "header": "编号", "type": "id"},
        {"name": "start", "header": "开始", "type": "date"},
        {"name": "urgent", "header": "是否加急", "type": "boolean", "required": False},
        {"name": "why", "header": "原因", "type": "text", "required": False},
    ]
    rule = {"kind": "required_when", "code": "WHY", "column": "why", "when": "urgent", "values": ["true"], **TEXT}
    contract = Contract.model_validate(CONTRACT.model_dump() | {"columns": columns, "rules": [rule]})
    table = pa.table({"id": list("1234"), "urgent": [True, True, False, None], "why": ["急", None, None, None]})
    (result,) = [r for r in run_rules(table.to_pandas(types_mapper=pd.ArrowDtype), contract) if r.code == "WHY"]
    assert (result.could_not_run, result.bad.tolist()) == (None, [1])


@pytest.mark.parametrize("empty", [False, True])
def test_whole_numbers_are_compared_to_the_last_digit(empty: bool) -> None:
    """2**53 + 1 is one more than a double can tell from 2**53; an empty cell beside it must not change that."""
    column = {"name": "n", "header": "数", "type": "integer", "minimum": 0, "maximum": 2**53, "required": False}
    promise = {**CONTRACT.model_dump(), "columns": [CONTRACT.columns[0].model_dump(), column], "rules": []}
    contract = Contract.model_validate({**promise, "kind": "report", "received": None})
    numbers = [-1, 0, 2**53, 2**53 + 1, 5]
    frame = pa.table({"id": list("abcde"), "n": pa.array([*numbers[:4], None if empty else 5], pa.int64())})
    results = run_rules(frame.to_pandas(types_mapper=pd.ArrowDtype), contract)
    assert {r.code: r.bad.tolist() for r in results if len(r.bad)} == {"VALUE.RANGE": [0, 3]}
    small = frame.slice(0, 2).to_pandas(types_mapper=pd.ArrowDtype)
    assert {r.code: r.bad.tolist() for r in run_rules(small, contract) if len(r.bad)} == {"VALUE.RANGE": [0]}
