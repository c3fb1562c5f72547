"""Cells in all the ways people write them -> values worked out by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from etl.check.cell_texts import to_text
from etl.check.dates import parse_stamps
from etl.check.grid import CellKind, name_column
from etl.check.headers import match_headers
from etl.check.numbers import parse_decimals, parse_integers, parse_percents
from etl.check.parse import ColumnParser
from etl.check.periods import expand_period, find_periods, period_before, read_period
from etl.core.periods import parse_period
from schemas.models.contract import Column
from tests.etl.check.files import make_cases, make_report

STAMPS = [
    ("2023-03-05", dt.datetime(2023, 3, 5), True),
    ("2023/3/5 9:32:09", dt.datetime(2023, 3, 5, 9, 32, 9), False),
    ("2023/3/5 9:32", dt.datetime(2023, 3, 5, 9, 32), False),
    ("2023.3.5", dt.datetime(2023, 3, 5), True),
    ("20230305", dt.datetime(2023, 3, 5), True),
    ("20230305093209", dt.datetime(2023, 3, 5, 9, 32, 9), False),
    ("2023年3月5日", dt.datetime(2023, 3, 5), True),
    ("2023年3月5日 9时32分", dt.datetime(2023, 3, 5, 9, 32), False),
    ("2023年3月5日下午3:20", dt.datetime(2023, 3, 5, 15, 20), False),
    ("２０２３年３月５日", dt.datetime(2023, 3, 5), True),
    ("2023-03-05T09:32:09", dt.datetime(2023, 3, 5, 9, 32, 9), False),
    ("2023-03-05 09:32:09.0", dt.datetime(2023, 3, 5, 9, 32, 9), False),
    ("2024-02-29", dt.datetime(2024, 2, 29), True),
    ("45000", dt.datetime(2023, 3, 15), True),
    ("45000.5", dt.datetime(2023, 3, 15, 12), False),
    *((text, None, False) for text in ("2023-02-29", "2023-02-30", "2023年13月5日", "2023/4/31 8:00", "5/3/2023")),
    *((text, None, False) for text in ("2023-03-05 25:00:00", "2023-03", "19999", "80001", "无", "2023-03-05 9:61")),
]


def test_dates_of_every_form_in_one_column() -> None:
    values, date_only = parse_stamps(pa.array([text for text, _, _ in STAMPS]))
    assert values.to_pylist() == [expected for _, expected, _ in STAMPS]
    assert date_only.tolist() == [only for _, _, only in STAMPS]


@pytest.mark.parametrize("text", [s[0] for s in STAMPS])
def test_a_date_does_not_depend_on_its_neighbours(text: str) -> None:
    expected = next(e for t, e, _ in STAMPS if t == text)
    assert parse_stamps(pa.array([None, text, None]))[0].to_pylist() == [None, expected, None]


def test_numbers() -> None:
    texts = ["12", "1,234", "１２", "-3", "12.0", "12.5", "1,23", "1e5", "", "9" * 18, "9" * 19, "3件"]
    texts += [
        "（3）",
        "(1,234)",
        "(-3)",
        "1.2万",
        "3亿",
        "0.5",
        "三十五",
        "两万三千",
        "负三",
        "壹佰贰拾叁",
        "百",
        "三分之一",
    ]
    native = np.zeros(len(texts), dtype=bool)
    whole = [12, 1234, 12, -3, 12, None, None, None, None, 10**18 - 1, None, None]
    whole += [-3, -1234, None, 12_000, 300_000_000, None, 35, 23_000, -3, 123, None, None]
    assert parse_integers(pa.array(texts), native).to_pylist() == whole
    assert parse_integers(pa.array(["1e+05"]), ~native[:1]).to_pylist() == [100_000]
    decimals = parse_decimals(pa.array(["1,234.5", "¥3", "（3.5）", "0.1234565", "1.5e-07", "三点五"]), native[:6])
    assert decimals.to_pylist() == [Decimal(x) if x else None for x in ("1234.5", "3", "-3.5", "0.123456", "", "3.5")]


def test_ten_thousand_in_a_column_of_ten_thousands_is_not_guessed() -> None:
    parser = ColumnParser(make_report(), {})
    for header, expected in (("金额（万元）", None), ("金额（元）", Decimal(12_000)), ("金额", Decimal(12_000))):
        column = Column(name="x", header=header, type="decimal")
        assert parser.parse(pa.array(["1.2万"]), None, column).values.to_pylist() == [expected]


DURATIONS = [
    ("workday", "3个工作日", "3"),
    ("workday", "0.5个工作日", "0.5"),
    ("workday", "半个工作日", "0.5"),
    ("workday", "两个工作日", "2"),
    ("workday", "3", "3"),
    ("workday", "3天", None),
    ("workday", "2小时", None),
    ("day", "3天", "3"),
    ("day", "1天半", "1.5"),
    ("day", "36小时", "1.5"),
    ("day", "3个工作日", None),
    ("hour", "2小时30分", "2.5"),
    ("hour", "2小时 30 分钟", "2.5"),
    ("hour", "一个半小时", "1.5"),
    ("hour", "90分钟", "1.5"),
    ("hour", "1天2小时", "26"),
    ("minute", "1小时", "60"),
    ("minute", "30分钟30秒", "30.5"),
    ("minute", "约30分钟", None),
    ("minute", "", None),
]


@pytest.mark.parametrize(("unit", "text", "expected"), DURATIONS, ids=[f"{u} {t}" for u, t, _ in DURATIONS])
def test_durations_in_the_unit_of_their_column(unit: Any, text: str, expected: str | None) -> None:
    column = Column(name="x", header="X", type="duration", unit=unit)
    parsed = ColumnParser(make_report(), {}).parse(pa.array([text or None], pa.string()), None, column)
    assert parsed.values.to_pylist() == [Decimal(expected) if expected else None]
    assert list(parsed.problems) == (["VALUE.UNREADABLE"] if text and not expected else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3月5日", dt.datetime(2023, 3, 5)),
        ("３月５日 9:30", dt.datetime(2023, 3, 5, 9, 30)),
        ("3月31日", dt.datetime(2023, 3, 31)),
        ("12月30日", None),  # of this year or the last: nobody says
        ("2月29日", None),
        ("2023-03-05T09:32:09+08:00", dt.datetime(2023, 3, 5, 9, 32, 9)),
        ("2023-02-28T16:30:00Z", dt.datetime(2023, 3, 1, 0, 30)),
        ("2023/3/5 01:00 +0000", dt.datetime(2023, 3, 5, 9)),
        ("2023-03-05 09:32:09-08:00", dt.datetime(2023, 3, 6, 1, 32, 9)),
    ],
)
def test_dates_that_need_their_file_or_their_zone(text: str, expected: dt.datetime | None) -> None:
    column = Column(name="x", header="X", type="datetime")
    parser = ColumnParser(make_report(), {}, period=parse_period("2023-03"))
    assert parser.parse(pa.array([text]), None, column).values.to_pylist() == [expected]
    if "月" in text:
        assert ColumnParser(make_report(), {}).parse(pa.array([text]), None, column).values.to_pylist() == [None]


@pytest.mark.parametrize(
    ("kind", "text", "holds"),
    [
        ("resident_id", "11010519491231002X", True),  # the example of GB 11643-1999
        ("resident_id", "11010519491231002x", True),
        ("resident_id", "110105194912310021", False),
        ("resident_id", "110105194913310023", False),  # month 13
        ("uscc", "91350100M000100Y43", True),  # the example of GB 32100-2015, appendix A
        ("uscc", "91350100M000100Y44", False),
        ("uscc", "91350100M000100Y4", False),
    ],
)
def test_check_digits(kind: Any, text: str, holds: bool) -> None:
    column = Column(name="x", header="X", type="id", check=kind, required=False)
    parsed = ColumnParser(make_report(), {}).parse(pa.array([text, None]), None, column)
    assert parsed.digits_hold is not None
    assert parsed.digits_hold.tolist() == [holds, True]


def test_words_for_numbers_are_kept_with_their_meaning() -> None:
    contract = make_report(tokens={"—": "missing", "无": "zero", "…": "below_unit"})
    column = Column(name="x", header="X", type="decimal")
    parsed = ColumnParser(contract, {}).parse(pa.array(["—", "无", "…", "1.5", None]), None, column)
    assert parsed.values.to_pylist() == [None, Decimal(0), Decimal(0), Decimal("1.5"), None]
    assert parsed.words is not None
    assert parsed.words.to_pylist() == ["—:missing", "无:zero", "…:below_unit", None, None]
    assert parsed.problems == {}


@pytest.mark.parametrize(
    ("text", "percent", "fraction"),
    [("95.2%", "95.2", "95.2"), ("95.2", "95.2", "9520"), ("0.952", "0.952", "95.2"), ("９５％", "95", "95")],
)
def test_percentages(text: str, percent: str, fraction: str) -> None:
    native = np.zeros(1, dtype=bool)
    assert parse_percents(pa.array([text]), native, scale="percent").to_pylist() == [Decimal(percent)]
    assert parse_percents(pa.array([text]), native, scale="fraction").to_pylist() == [Decimal(fraction)]


@pytest.mark.parametrize(
    ("cell", "text", "kind"),
    [
        (360103199001011200.0, "360103199001011200", CellKind.INEXACT),
        (12345.0, "12345", CellKind.NUMBER),
        (95.19999999999999, "95.2", CellKind.NUMBER),
        (0.1 + 0.2, "0.3", CellKind.NUMBER),
        (True, "TRUE", CellKind.BOOLEAN),
        (dt.date(2023, 3, 5), "2023-03-05", CellKind.DATE),
        (dt.datetime(2023, 3, 5, 9, 32, 8, 999_997), "2023-03-05 09:32:09", CellKind.DATETIME),
        (dt.time(9, 30), "09:30:00", CellKind.TIME),
        ("00012", "00012", CellKind.TEXT),
    ],
)
def test_cells_of_workbooks_as_text(cell: Any, text: str, kind: CellKind) -> None:
    assert to_text(cell) == (text, kind)


WORDS: list[tuple[dict[str, Any], str | None, Any, str | None]] = [
    ({"type": "id"}, "00123", "00123", None),
    ({"type": "id"}, "'36010319900101123X", "36010319900101123X", None),
    ({"type": "id"}, "3.60103E+17", None, "VALUE.DIGITS_LOST"),
    ({"type": "unit"}, "甲 局", "甲局", None),
    ({"type": "unit"}, "丁局", None, "UNIT.UNKNOWN"),
    ({"type": "code", "allowed": ("一类（A）",)}, "一类(A)", "一类（A）", None),
    ({"type": "code", "allowed": ("一类",)}, "五类", "五类", None),
    ({"type": "boolean"}, "√", True, None),
    ({"type": "boolean"}, "否", False, None),
    ({"type": "boolean"}, "也许", None, "VALUE.UNREADABLE"),
    ({"type": "period"}, "2023年3月", "2023-03", None),
    ({"type": "period"}, "三月", None, "VALUE.UNREADABLE"),
    ({"type": "integer"}, "—", None, None),
    ({"type": "integer"}, "无", 0, None),
    ({"type": "text"}, "无", "无", None),
    ({"type": "integer"}, "#N/A", None, "VALUE.ERROR_CELL"),
]


@pytest.mark.parametrize(("column", "text", "value", "code"), WORDS, ids=[f"{w[0]['type']} {w[1]}" for w in WORDS])
def test_words_under_the_contract(column: dict[str, Any], text: str, value: Any, code: str | None) -> None:
    contract = make_report(tokens={"—": "missing", "无": "zero"})
    parsed = ColumnParser(contract, {"甲局": "甲局"}).parse(
        pa.array([text]), None, Column(name="x", header="X", **column)
    )
    assert parsed.values.to_pylist() == [value]
    assert list(parsed.problems) == ([code] if code else [])


@pytest.mark.parametrize(
    ("text", "grain", "expected"),
    [
        ("2023年3月办件统计表", "month", ["2023-03"]),
        ("企业开办办件明细_202303", "month", ["2023-03"]),
        ("２０２３ 年 03 月", "month", ["2023-03"]),
        ("二〇二三年十一月", "month", ["2023-11"]),
        ("2023年1-2月", "month", ["2023-01..02"]),
        ("2023-3 导出于20230405", "month", ["2023-03"]),
        ("填报日期：2023年4月5日", "month", []),
        ("2023年3月、2023年4月", "month", ["2023-03", "2023-04"]),
        ("2023年13月", "month", []),
        ("2023年第一季度", "quarter", ["2023-Q1"]),
        ("2023年3季度", "quarter", ["2023-Q3"]),
        ("2023Q4", "quarter", ["2023-Q4"]),
        ("2023年4-6月", "quarter", ["2023-Q2"]),
        ("2023年上半年", "half", ["2023-H1"]),
        ("2023年度", "year", ["2023"]),
    ],
)
def test_periods_in_titles_and_names(text: str, grain: Any, expected: list[str]) -> None:
    assert find_periods(text, grain) == expected


def test_period_arithmetic() -> None:
    assert read_period("2023-03-01", "month") == "2023-03"
    assert expand_period("2023-01..02") == ("2023-01", "2023-02")
    assert period_before("2023-01..02", "month") == "2022-12"
    assert period_before("2023-Q1", "quarter") == "2022-Q4"
    assert [name_column(i) for i in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        ("办 件 量\n（件）", "total"),
        ("办件量", "total"),
        ("办件总数(件)", "total"),
        ("*网办量", "online"),
        ("网办量：", "online"),
    ],
)
def test_headers_in_other_spellings(cell: str, column: str) -> None:
    assert match_headers([["序号"], [cell]], make_report()).columns[column] == 1


def test_the_closer_header_wins() -> None:
    contract = make_cases()
    cells = [[h] for h in ("办件编号", "申请人", "受理时间", "办结时间", "状态")]
    assert match_headers(cells, contract).is_full
