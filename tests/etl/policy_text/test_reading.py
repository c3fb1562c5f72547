"""Decoding, numbers, days and clauses: what the finder and the scan stand on."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from pathlib import Path

import pytest

from etl.policy_text.clauses import clause_at, find_clauses
from etl.policy_text.dates import last_day
from etl.policy_text.numerals import parse_number
from etl.policy_text.text import PolicyText, UnreadableTextError
from tests.etl.policy_text.packs import read_text
from tests.etl.policy_text.texts import HARBOUR, HIGHLAND, RIVERSIDE

LINES = ("一、目标", "网办率９５％。")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_usual_encoding_and_line_end_is_read(tmp_path: Path, encoding: str, ending: str) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(ending.join(LINES).encode(encoding))
    text = PolicyText.read(path)
    assert text.lines == LINES
    assert text.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\xd8", b"\x80\x80\xff", b"PK\x03\x04\x00\x00"])
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(data)
    with pytest.raises(UnreadableTextError, match="纯文本"):
        PolicyText.read(path)


@pytest.mark.parametrize(
    ("phrase", "value"),
    [
        *(("95.5%", "95.5"), ("1,200家", "1200"), ("5.9万人", "59000"), ("10亿元", "1000000000"), ("不少于 8 次", "8")),
        *(
            ("二十条", "20"),
            ("一千五百", "1500"),
            ("三万五千", "35000"),
            ("一百零五", "105"),
            ("两个", "2"),
            ("十五", "15"),
        ),
        *(("百分之九十五", "95"), ("百分之八点五", "8.5"), ("九成以上", "90"), ("半日", "0.5"), ("四分之一", "0.25")),
        *(("1250千伏安", "1250"), ("二〇二五年", "2025"), ("一亿二千万", "120000000")),
        *(("5000余万元", "50000000"), ("5 000万元", "50000000"), ("二〇二五", "2025"), ("三千二百万元", "32000000")),
        *(("九成五以上", "95"), ("一点五倍", "1.5"), ("零点五天", "0.5"), ("减半", "0.5"), ("不超过半小时", "0.5")),
        *(("一个半月", "1.5"), ("1个半工作日", "1.5"), ("三年半", "3.5"), ("一两项", "1"), ("两三天", "2")),
    ],
)
def test_numbers(phrase: str, value: str) -> None:
    assert parse_number(phrase) == Decimal(value)


def test_a_phrase_without_a_number_has_none() -> None:
    assert parse_number("全覆盖") is None


@pytest.mark.parametrize(
    ("phrase", "day"),
    [
        *(
            ("2023年底前", "2023-12-31"),
            ("2024年2月底前", "2024-02-29"),
            ("6月30日前", "2025-06-30"),
            ("年内", "2025-12-31"),
        ),
        *(
            ("上半年", "2025-06-30"),
            ("2019年上半年", "2019-06-30"),
            ("二、三季度", "2025-09-30"),
            ("第2季度", "2025-06-30"),
        ),
        *(
            ("十二月底前", "2025-12-31"),
            ("2018-12-05", "2018-12-05"),
            ("2021-2023年", "2023-12-31"),
            ("今年10月底前", "2025-10-31"),
        ),
        *(
            ("6-8月", "2025-08-31"),
            ("6月至8月", "2025-08-31"),
            ("六月三十日前", "2025-06-30"),
            ("6月30号", "2025-06-30"),
            ("2023年Q3", "2023-09-30"),
        ),
        *(
            ("二〇二三年底前", "2023-12-31"),
            ("二○二三年六月", "2023-06-30"),
            ("23年底前", "2023-12-31"),
            ("次年一季度", "2026-03-31"),
            ("明年3月底前", "2026-03-31"),
            ("后年", "2027-12-31"),
            ("年中前", "2025-06-30"),
        ),
    ],
)
def test_the_last_day_that_a_date_allows(phrase: str, day: str) -> None:
    assert last_day(phrase, 2025) == dt.date.fromisoformat(day)


@pytest.mark.parametrize("phrase", ["2021年以后", "近年来以来", "2023年2月30日", "上年", "去年同期"])
def test_what_sets_no_day(phrase: str) -> None:
    assert last_day(phrase, 2025) is None
    assert last_day("年底前", None) is None


def _clause(text: str, words: str):
    flow = read_text(text).flow
    return clause_at(find_clauses(flow), flow.text.index(words))


@pytest.mark.parametrize(
    ("text", "words", "path", "title"),
    [
        (RIVERSIDE, "保持在98%", "一(一)", "企业登记"),
        (RIVERSIDE, "让企业办事", "前言", ""),
        (HARBOUR, "抵押登记", "二2", "提速不动产登记"),
        (HARBOUR, "每月通报", "三", "保障"),
        (HIGHLAND, "监管信息归集率", "第三章第二节3", "规范检查"),
        (HIGHLAND, "满意率", "第四章", "保障机制"),
    ],
)
def test_a_place_knows_its_clause(text: str, words: str, path: str, title: str) -> None:
    clause = _clause(text, words)
    assert (clause.path, clause.title) == (path, title)


def test_units_and_time_limits_of_a_clause() -> None:
    assert _clause(RIVERSIDE, "保持在98%").responsible == (("区市监局",), ("区税务局", "各街道"))
    customs = _clause(HARBOUR, "36小时")
    assert (customs.responsible, customs.due) == ((("市口岸办", "港城海关"), ("各区县",)), "2020年底前")


def test_a_clause_without_units_has_those_of_the_clause_above() -> None:
    text = "一、审批(牵头单位:区审批局,责任单位:区住建局、区水务局等有关部门)\n1.提速。用时不超过3天。\n"
    assert _clause(text, "用时").responsible == (("区审批局",), ("区住建局", "区水务局"))
