"""Persons: hashed alike however they are written, never mixed up between kinds, never shown, never kept in clear."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from etl.check.personal import hash_person
from schemas.models.contract import Column, Contract
from tests.etl.check.files import CASE_HEADER, KEY, check, codes_of, make_cases, write_csv, write_xlsx

ID = "11010519491231002X"  # the specimen of GB 11643
PERSONS = [
    {"name": "id_card", "header": "身份证号", "type": "id", "check": "resident_id", "personal": True},
    {"name": "phone", "header": "联系电话", "type": "text", "personal": True, "person": "phone", "required": False},
]
HEADER = [*CASE_HEADER, "身份证号", "联系电话"]


def make_persons(**changes: Any) -> Contract:
    columns = [*make_cases().model_dump(mode="json")["columns"], *PERSONS]
    return make_cases(**({"columns": columns} | changes))


def test_the_hash_is_hmac_sha256_over_kind_and_number() -> None:
    by_hand = hmac.digest(KEY, b"id_number\x00" + ID.encode(), hashlib.sha256)
    assert hash_person(ID, "id_number", KEY) == "h:" + b32encode(by_hand[:20]).decode().lower()


@pytest.mark.parametrize(
    ("kind", "spellings"),
    [
        ("id_number", [ID, ID.lower(), " 110105 19491231 002X ", "１１０１０５１９４９１２３１００２Ｘ"]),
        ("phone", ["13800001234", "138-0000-1234", "+86 138 0000 1234", "008613800001234", "１３８００００１２３４"]),
        ("phone", ["0411-83601234", "(0411)8360 1234"]),
        ("name", ["张三", "张 三", "张　三 ", " 张三"]),
        ("name", ["阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽 · 买买提"]),
        ("name", ["John Smith", "JOHN  SMITH"]),
    ],
)
def test_one_person_hashes_alike(kind: str, spellings: list[str]) -> None:
    assert len({hash_person(text, kind, KEY) for text in spellings}) == 1


def test_others_hash_otherwise() -> None:
    told = [("张三", "name"), ("张四", "name"), ("13800001234", "name"), ("13800001234", "phone"), ("暂无", "phone")]
    told += [("无", "phone"), ("13800001234", "id_number"), ("13800001235", "phone"), ("JohnSmith", "name")]
    told += [("John Smith", "name"), (ID, "id_number")]
    hashes = {hash_person(*one, KEY) for one in told}
    assert len(hashes) == len(told)
    assert hashes.isdisjoint({hash_person(*one, bytes(32)) for one in told})


def test_accepted_rows_hold_hashes_and_findings_hold_masks(tmp_path: Path) -> None:
    rows = [
        ["A1", "张 三", "2023-03-05", "", "在办", ID.lower(), "138 0000 1234"],
        ["A2", "李四", "2023-03-05", "", "在办", "110105194912310021", "13800001234"],  # a wrong check digit
        ["A3", "王五", "2023-03-05", "", "在办", "", "13900001234"],
    ]
    path = write_xlsx(tmp_path / "办件明细202303.xlsx", [HEADER, *rows])
    checked = check(path, make_persons(), staged=tmp_path / "a.parquet")
    (row,) = pq.read_table(tmp_path / "a.parquet").to_pylist()
    assert row["person"] == hash_person("张三", "name", KEY)
    assert row["id_card"] == hash_person(ID, "id_number", KEY)
    assert row["phone"] == hash_person("13800001234", "phone", KEY)
    assert codes_of(checked) == ["VALUE.CHECK_DIGIT", "VALUE.MISSING"]
    wrong = next(f for f in checked.findings if f.code == "VALUE.CHECK_DIGIT")
    assert (wrong.cell, wrong.value) == ("F3", "***")
    assert wrong.message == "第 3 行「身份证号」为 ***，不是有效的身份证号码（校验位不符）"
    assert checked.quarantine[0].content["联系电话"] == "***"


def test_a_personal_key_merges_by_hash(tmp_path: Path) -> None:
    rows = [
        ["A1", "", "2023-03-05", "", "在办", text, ""]
        for text in (ID, ID.lower(), "１１０１０５１９４９１２３１００２Ｘ")
    ]
    path = write_csv(tmp_path / "办件明细202303.csv", [HEADER, *rows])
    checked = check(path, make_persons(key=["id_card"]), staged=tmp_path / "a.parquet")
    assert codes_of(checked) == ["ROW.DUPLICATE", "ROW.DUPLICATE"]
    assert checked.rows_accepted == 1
    assert "110105" not in str(checked)
    assert "（「身份证号」***）" in checked.findings[0].message


def test_a_person_in_the_wrong_place_is_masked_too(tmp_path: Path) -> None:
    rows = [
        ["A1", "张", "三丰", "2023-03-05", "", "在办", ID, "13800001234"],  # shifted by a delimiter in the name
        ["A2", "", "2023-03-05", "", "13800001234", ID, ""],
        ["A3", "", ID, "", "在办", ID, ""],
    ]
    checked = check(write_csv(tmp_path / "办件明细202303.csv", [HEADER, *rows]), make_persons())
    assert checked.rows_quarantined == 3
    for planted in ("三丰", "13800001234", ID):
        assert planted not in str(checked)
    assert {f.value for f in checked.findings if f.line in (3, 4)} == {"***"}


def test_a_missing_header_does_not_show_the_first_person(tmp_path: Path) -> None:
    rows = [["A1", "张三丰", "2023-03-05", "", "状态", ID, "13800001234"]] * 3
    checked = check(write_csv(tmp_path / "办件明细202303.csv", rows), make_persons())
    assert checked.code == "TABLE.COLUMNS"
    assert (checked.message or "").endswith("实际表头为：状态，另有 5 格不在约定中")
    assert "张三丰" not in str(checked)


def test_without_a_key_nothing_is_read(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "办件明细202303.csv", [CASE_HEADER])
    with pytest.raises(ValueError, match="give the key"):
        check(path, make_cases(), key=None)


@pytest.mark.parametrize(
    "column",
    [
        {"type": "integer", "personal": True},
        {"type": "text", "person": "phone"},
        {"type": "text", "personal": True, "allowed": ["甲"]},
    ],
)
def test_columns_that_cannot_be_personal(column: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="person"):
        Column.model_validate({"name": "a", "header": "甲", **column})


def test_rules_that_would_read_a_hash() -> None:
    pair = {"kind": "pair", "code": "P", "left": "person", "op": "<=", "right": "case_id", "message": "x", "todo": "y"}
    when = {"kind": "required_when", "code": "W", "column": "state", "when": "person", "values": ["张三"]}
    for rule in (pair, pair | {"op": "=="}, when | {"message": "x", "todo": "y"}):
        with pytest.raises(ValidationError, match="personal column"):
            make_cases(rules=[rule])
