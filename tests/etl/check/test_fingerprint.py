"""The fingerprint of accepted rows: of what they say, not of their order, their blocks or their file."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from etl.check.fingerprint import Fingerprint
from etl.check.staging import staged_schema
from schemas.models.contract import Contract

CONTRACT = Contract.model_validate(
    {
        **{"id": "visits", "name_zh": "办件", "name_en": "visits", "owner": "甲局", "kind": "report"},
        **{"files": ["*"], "period": {"grain": "month", "read_from": ["column"], "column": "month"}},
        **{"resend": "replace", "key": ["unit"]},
        "columns": [
            {"name": "unit", "header": "单位", "type": "text"},
            {"name": "month", "header": "月份", "type": "period"},
            {"name": "seen_at", "header": "时间", "type": "datetime", "required": False},
            {"name": "amount", "header": "金额", "type": "decimal", "required": False},
        ],
    }
)
SAID = [
    ("甲局", "2023-01", dt.datetime(2023, 1, 5, 9, 30), Decimal("12.500000")),
    ("乙局", "2023-01", None, Decimal(0)),
    ("丙局", "2023-02", dt.datetime(2023, 2, 1), None),
]


def table(rows: list[tuple[Any, ...]]) -> pa.Table:
    names = ("unit", "month", "seen_at", "amount")
    known = [dict(zip(names, row, strict=True)) for row in rows]
    schema = staged_schema(CONTRACT)
    return pa.Table.from_pylist(
        [{name: row.get(name) for name in schema.names} | {"line": i} for i, row in enumerate(known)], schema=schema
    )


def fingerprint(*blocks: list[tuple[Any, ...]]) -> Fingerprint:
    found = Fingerprint(CONTRACT)
    for block in blocks:
        found.add(table(block))
    found.close()
    return found


def by_hand(rows: list[tuple[Any, ...]]) -> str:
    """Count and sum of the last eight bytes of each row's MD5, its cells but the period joined by U+001F."""
    total = 0
    for unit, _, seen_at, amount in rows:
        cells = [unit, "\x01" if seen_at is None else str(seen_at), "\x01" if amount is None else f"{amount:.6f}"]
        total += int.from_bytes(hashlib.md5("\x1f".join(cells).encode(), usedforsecurity=False).digest()[8:], "little")
    return f"{len(rows):x}-{total:x}"


def test_it_is_the_sum_of_the_rows_hashes() -> None:
    assert fingerprint(SAID).content_hash == by_hand(SAID)


def test_order_blocks_and_period_are_no_content() -> None:
    later = [(unit, "2023-09", *rest) for unit, _, *rest in SAID]
    found = {f.content_hash for f in (fingerprint(SAID), fingerprint(SAID[2:], [], SAID[:2]), fingerprint(later))}
    assert len(found) == 1
    assert fingerprint(SAID[:2]).content_hash not in found


@pytest.mark.parametrize(("rows", "wanted"), [(SAID, False), (SAID[1:], True), ([], False)])
def test_all_zero_speaks_of_all_blocks(rows: list[tuple[Any, ...]], wanted: bool) -> None:
    assert fingerprint(*([row] for row in rows)).all_zero is wanted


def test_no_row_has_no_hash() -> None:
    assert fingerprint([]).content_hash is None
