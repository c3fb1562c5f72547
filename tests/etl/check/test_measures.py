"""Units of measure in headers and unit lines: another size is never read in silence, another spelling is no error."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.models.contract import Contract
from tests.etl.check.files import check, make_report, write_xlsx


def make_amounts() -> Contract:
    return make_report(
        columns=[
            {"name": "unit", "header": "责任单位", "type": "unit"},
            {"name": "amount", "header": "金额（万元）", "type": "decimal"},
        ],
        rules=[],
    )


SAME = (
    "金额",
    "金额（万）",
    "金额（人民币万元）",
    "金额(RMB万元)",
    "金额（单位：万元）",
    "金额/万元",
    "金额（万元，含税）",
)
OTHER = (
    *("金额（元）", "金额（人民币元）", "金额（单位：元）", "金额/元", "金额（RMB）", "金额（¥）", "金额（亿）"),
    *("金额（万美元）", "金额（十万元）", "金额（元/人）", "金额（万元/人）", "金额（元，含税）"),
)


@pytest.mark.parametrize(("header", "code"), [(h, None) for h in SAME] + [(h, "TABLE.UNIT") for h in OTHER])
def test_units_in_the_header(header: str, code: str | None, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "月报.xlsx", [["2023年3月"], ["责任单位", header], ["甲局", 10]])
    assert check(path, make_amounts()).code == code


SAME_LINE = (
    "单位：万元",
    "（单位：件、万元）",
    "金额单位：人民币万元",
    "单位：件、%",
    "填报单位：元氏县",
    "单位：元、万元",
)
OTHER_LINE = (
    *("单位：元", "单位：人民币元", "单位：千元人民币", "单位：件、元", "单位（元）", "单位 元", "单位：（元）"),
    *("币种：人民币 单位：元", "单 位：RMB元", "单位：万美元", "单位：万元/人"),
)


@pytest.mark.parametrize(("line", "code"), [(s, None) for s in SAME_LINE] + [(o, "TABLE.UNIT") for o in OTHER_LINE])
def test_unit_lines(line: str, code: str | None, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "月报.xlsx", [["2023年3月"], [line], ["责任单位", "金额"], ["甲局", 10]])
    assert check(path, make_amounts()).code == code


@pytest.mark.parametrize(
    ("header", "code"), [("人次（万人次）", "TABLE.UNIT"), ("人次（次）", None), ("人次（人）", None)]
)
def test_words_for_counting_are_mixed_but_not_their_size(header: str, code: str | None, tmp_path: Path) -> None:
    contract = make_report(
        columns=[
            {"name": "unit", "header": "责任单位", "type": "unit"},
            {"name": "n", "header": "人次（人次）", "type": "integer"},
        ],
        rules=[],
    )
    path = write_xlsx(tmp_path / "月报.xlsx", [["2023年3月"], ["责任单位", header], ["甲局", 10]])
    assert check(path, contract).code == code
