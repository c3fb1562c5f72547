"""The comparison with what is recorded, in columns."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from etl.core.verdict_frames import VerdictFrame, VerdictSet
from etl.publish.differences import RECORDED, compare_target, find_differences
from etl.publish.hashing import hash_frame, hash_verdict
from tests.etl.publish.cases import verdict

APRIL = {"period": "2023-04", "is_current": False}
UNITS = ("甲局", "乙局", "东街所")


def recorded(*rows, first_id: int = 1) -> pd.DataFrame:
    cells = [(first_id + i, row.unit, row.period, hash_verdict(row)) for i, row in enumerate(rows)]
    return pd.DataFrame(cells, columns=list(RECORDED))


def compare(rows, old: pd.DataFrame):
    found = compare_target(VerdictFrame.of_rows(rows), old)
    return found.places.tolist(), found.gone.tolist(), found.changed


def test_new_other_gone_and_kept() -> None:
    kept, old, gone = (verdict(unit=unit) for unit in UNITS)
    other, fresh = replace(old, sentence="改了。"), verdict(unit="新设所")
    assert compare([kept, other, fresh], recorded(kept, old, gone, first_id=7)) == ([1, 2], [8, 9], 3)
    assert compare([kept, old], recorded(kept, old)) == ([], [], 0)
    assert compare([kept], recorded()) == ([0], [], 1)


def test_hashes_of_a_frame_are_those_of_its_rows() -> None:
    numbers = {"low": Decimal("1.5"), "projected": Decimal("-2"), "time_share": Decimal("0.000001"), "pooled": 3}
    rows = [
        verdict("red", unit="甲局", **numbers),
        verdict("grey", unit="乙局"),
        verdict(unit="东街所", marks={"late": 2}),
    ]
    (frame,) = VerdictFrame.of_rows(rows)
    assert hash_frame(frame) == [hash_verdict(row) for row in rows]
    assert len(set(hash_frame(frame))) == 3
    assert hash_frame(VerdictFrame(frame.promised, frame.table.slice(1))) == hash_frame(frame)[1:]
    assert hash_frame(VerdictFrame(frame.promised, frame.table.slice(0, 0))) == []


def test_missing_is_not_zero_and_texts_do_not_run_together() -> None:
    row = verdict("grey")
    assert hash_verdict(row) != hash_verdict(replace(row, n=0))
    assert hash_verdict(row) != hash_verdict(replace(row, value=Decimal(0)))
    assert hash_verdict(row) != hash_verdict(replace(row, low=Decimal(0)))
    shifted = replace(row, sentence=row.sentence[:-1], sentence_en=row.sentence[-1] + row.sentence_en)
    assert hash_verdict(row) != hash_verdict(shifted)
    assert hash_verdict(replace(row, carried_from="")) != hash_verdict(row)
    high = replace(row, low=None, high=Decimal(5))
    assert hash_verdict(high) != hash_verdict(replace(row, low=Decimal(5)))
    big = Decimal(2**70)  # beyond 64 bits
    assert hash_verdict(replace(row, value=big)) != hash_verdict(replace(row, value=big - 2**64))


def test_numbers_of_a_set_count_through_its_frames() -> None:
    rows = [verdict(unit="甲局", **APRIL), verdict(target="shared"), verdict(unit="甲局"), verdict(target="wish")]
    verdicts = VerdictSet.of_rows(rows)
    order = [(row.target, row.period) for row in verdicts.rows()]
    assert order == [("online", "2023-04"), ("online", "2023-05"), ("shared", "2023-05"), ("wish", "2023-05")]
    kept = {"shared": recorded(rows[1])}
    found = find_differences(verdicts, lambda _plan, target: kept.get(target, recorded()))
    assert (found.numbers, found.gone, found.changed) == ([0, 1, 3], [], 3)
    assert list(verdicts.rows(found.numbers)) == [rows[0], rows[2], rows[3]]
    assert found.hashes == [hash_verdict(rows[i]) for i in (0, 2, 3)]


def test_what_cannot_be() -> None:
    with pytest.raises(ValueError, match="two verdicts of one key"):
        compare([verdict(), verdict("red")], recorded())
    with pytest.raises(ValueError, match="exactly one current"):
        compare([verdict(), verdict(**{**APRIL, "is_current": True})], recorded())
    with pytest.raises(TypeError, match="float"):
        VerdictFrame.of_rows([verdict(low=95.5)])
    for number in (Decimal("NaN"), Decimal("1E-11")):
        with pytest.raises(ValueError, match=r"."):
            VerdictFrame.of_rows([verdict(low=number)])


def test_parts_of_a_whole_are_compared_as_the_whole() -> None:
    rows = [verdict(unit=f"所{i:03}", n=i) for i in range(50)]
    old = recorded(*(replace(row, n=7) if i % 5 == 0 else row for i, row in enumerate(rows)))
    assert compare(rows, old)[0] == list(range(0, 50, 5))
    frames = [
        frame for part in np.array_split(np.arange(50), 7) for frame in VerdictFrame.of_rows([rows[i] for i in part])
    ]
    assert compare_target(frames, old).places.tolist() == list(range(0, 50, 5))
