"""The sentences of whole verdicts in both languages, written out by hand: what stands where, and in which words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.etl.judge.hand import judge_rows, make_target, value

JUNE = "2023-06-30"
STANDING = {"kind": "standing", "due": None}
COUNT = {"form": "count", "unit": "count"}
SUM = {"kind": "cumulative", "value": 100, "unit": "count"}
LIMIT = {"kind": "each_case", "comparator": "<=", "value": 5, "unit": "workday", "due": None}
AVERAGE = {"kind": "average_case", "comparator": "<=", "value": 3, "unit": "workday", "due": None}
MEAN = {"form": "case_mean", "unit": "workday", "direction": "lower_is_better", "decimals": 1}
BY_HAND = {"indicator": None, "unit": "count"}
CADENCE = {**BY_HAND, "kind": "cadence", "value": 2, "every": "month", "due": None}
RANK = {**BY_HAND, "kind": "rank", "comparator": "<=", "value": 3, "unit": "rank"}
GRADE = {**BY_HAND, "kind": "rank", "grade": "良好", "scale": "s", "unit": "grade", "value": 2, "due": None}
MILESTONE = {**BY_HAND, "kind": "milestone", "value": None, "due": JUNE}
LAST_YEAR = {**SUM, "path": {"form": "last_year"}}
BEFORE = [value(f"2023-{month:02d}", 95, 100) for month in (1, 2, 3)]


def late(share: object):
    return {**LIMIT, "required_share": share}


@pytest.mark.parametrize(
    ("changes", "options", "values", "zh", "en"),
    [
        pytest.param(
            *(STANDING, {}, [value("2023-03", 96, 100)]),
            *("2023年3月甲为 96%，达到目标（≥ 96%）。", "2023-03, A: 96%; meets ≥ 96%."),
            id="met",
        ),
        pytest.param(
            *(STANDING, {}, [value("2023-03", None, None, n=None, state="not_reported")]),
            "2023年3月未报送：截止报送日仍没有收到数据。",
            "2023-03: Not reported: no data by the day it was due.",
            id="silent",
        ),
        pytest.param(
            *({**STANDING, "value": 90}, {}, [*BEFORE, value("2023-04", 2, 2, n=2), value("2023-05", 4, 4, n=4)]),
            "2023年4月至2023年5月合并计算，甲为 100%，达到目标（≥ 90%）。",
            "2023-04 to 2023-05 pooled, A: 100%; meets ≥ 90%.",
            id="pooled",
        ),
        pytest.param(
            *(STANDING, {}, [value("2023-W01", 97, 100), value("2023-W02", 90, 100)]),
            "2023年第2周甲为 90%，未达到目标（≥ 96%），还差 6 个百分点。按连续两期才变灯的规则，灯暂不改变。",
            "2023-W02, A: 90%; ≥ 96% is not satisfied, 6 percentage points short. The light waits for a second period.",
            id="held",
        ),
        pytest.param(
            *(SUM, {**COUNT, "as_of": JUNE}, [value("2023-01", 10), value("2023-06", 0)]),
            "截至2023年6月，甲累计 10 个，目标是2023年12月31日前 ≥ 100 个，完成进度 10%，时间进度 49.4%，进度落后，"
            "请加快推进。",
            "A to 2023-06-30: 10; behind on the way to ≥ 100 by 2023-12-31 (10% done, 49.4% of the time gone).",
            id="a sum and its pace",
        ),
        pytest.param(
            *(LAST_YEAR, {**COUNT, "as_of": JUNE}, [value("2023-06", 50)]),
            "截至2023年6月，甲累计 50 个，目标是2023年12月31日前 ≥ 100 个，完成进度 50%，时间进度 49.4%"
            "（缺上年同期数据，按工作日均匀推算），进度正常。",
            "A to 2023-06-30: 50; on the way to ≥ 100 by 2023-12-31 "
            "(50% done, 49.4% of the time gone; last year is not known, so by working days).",
            id="a sum whose last year is not known",
        ),
        pytest.param(
            *({}, {"as_of": JUNE, "base": 98}, [value("2023-06", 90, 100)]),
            "2023年6月甲为 90%，目标是2023年12月31日前 ≥ 96%，起点时已达到，现在达不到，进度落后，请加快推进。",
            "2023-06, A: 90%; behind on the way to ≥ 96% by 2023-12-31 (it was satisfied at the start and is lost).",
            id="lost since the start",
        ),
        pytest.param(
            *({}, {"as_of": JUNE}, [value("2023-06", 90, 100)]),
            *(
                "2023年6月甲为 90%，目标是2023年12月31日前 ≥ 96%，尚未到期。",
                "2023-06, A: 90%; ≥ 96% is due 2023-12-31.",
            ),
            id="no baseline, no pace",
        ),
        pytest.param(
            *({**STANDING, "comparator": "<=", "value": 3, "unit": "hour"}, {"unit": "hour"}),
            [value("2023-12", 40, 10)],
            *(
                "2023年12月甲为 4 小时，未达到目标（≤ 3 小时），超出 1 小时。",
                "2023-12, A: 4 hours; ≤ 3 hours is not satisfied, 1 hours over.",
            ),
            id="another unit",
        ),
        pytest.param(
            *(late(100), {"form": "case_share"}, [value("2023-03", 40, 40, n=40)]),
            "2023年3月甲：应办 40 件，全部在 5 个工作日内完成。",
            "2023-03, A: 0 of 40 late (limit 5 working days, 100% in time).",
            id="all cases in time",
        ),
        pytest.param(
            *(late(100), {"form": "case_share"}, [value("2023-03", 39, 40, n=40)]),
            "2023年3月甲：应办 40 件，1 件超过 5 个工作日，按时率 97.5%，要求每件按时。",
            "2023-03, A: 1 of 40 late (limit 5 working days, 97.5% in time).",
            id="one case late",
        ),
        pytest.param(
            *(late(90), {"form": "case_share"}, [value("2023-03", 39, 40, n=40)]),
            "2023年3月甲：应办 40 件，1 件超过 5 个工作日，按时率 97.5%，达到要求。",
            "2023-03, A: 1 of 40 late (limit 5 working days, 97.5% in time).",
            id="one case late of four that may be",
        ),
        pytest.param(
            *(AVERAGE, MEAN),
            [value("2023-03", 20, 10, n=10, open_numerator=Decimal("30.4"), open_denominator=Decimal(10))],
            # 3.04 would read 3 with one decimal, which is within the limit
            "2023年3月甲为 2 个工作日，达到目标（≤ 3 个工作日），但计入在办件后为 3.04 个工作日，请尽快办结在办件。",
            "2023-03, A: 2 working days; meets ≤ 3 working days, "
            "but not with the open cases at their present age (3.04 working days).",
            id="open cases",
        ),
        pytest.param(
            *(CADENCE, {}, [value("2023-03", 1, 1)]),
            "2023年3月甲 1 次，少于要求（每月 ≥ 2 次），还差 1 次。",
            "2023-03, A: 1; fewer than ≥ 2 in every month, 1 short.",
            id="too few events",
        ),
        pytest.param(
            *(CADENCE, {}, [value("2023-03", 2, 1)]),
            *("2023年3月甲 2 次，达到要求（每月 ≥ 2 次）。", "2023-03, A: 2; meets ≥ 2 in every month."),
            id="enough events",
        ),
        pytest.param(
            *(CADENCE, {"as_of": "2023-03-30"}, [value("2023-03", 0, 1, state="manual_pending")]),
            "2023年3月甲：要求每月 ≥ 2 次，本期还没有结束。",
            "2023-03, A: ≥ 2 in every month wanted, still open.",
            id="an open window",
        ),
        pytest.param(
            *(RANK, {}, [value("2023", 5, 1)]),
            "2023年甲为 第 5 名，到期未达到目标（前 3 名），还差 2 位。",
            "2023, A: No. 5; top 3 was not reached at the due day, 2 places short.",
            id="a place",
        ),
        pytest.param(
            *({**RANK, "comparator": "==", "value": 1}, {}, [value("2023", 1, 1)]),
            *("2023年甲为 第 1 名，达到目标（＝ 1 位）。", "2023, A: No. 1; meets ＝ 1."),
            id="exactly one place",
        ),
        pytest.param(
            *(GRADE, {}, [value("2023", 1, 1)]),
            "2023年甲为 “一般”，未达到目标（不低于“良好”），还差 1 档。",
            '2023, A: "一般"; at least "良好" is not satisfied, 1 grades short.',
            id="a grade",
        ),
        pytest.param(
            *({**GRADE, "grade": "优异", "value": 3}, {}, [value("2023", 3, 1)]),
            *("2023年甲为 “优异”，达到目标（最高档“优异”）。", '2023, A: "优异"; meets the top grade "优异".'),
            id="the top grade",
        ),
        pytest.param(
            *({**GRADE, "comparator": ">"}, {}, [value("2023", 3, 1)]),
            *("2023年甲为 “优异”，达到目标（高于“良好”）。", '2023, A: "优异"; meets above "良好".'),
            id="above a grade",
        ),
        pytest.param(
            *({**GRADE, "comparator": "<="}, {}, [value("2023", 2, 1)]),
            *("2023年甲为 “良好”，达到目标（不高于“良好”）。", '2023, A: "良好"; meets at most "良好".'),
            id="at most a grade",
        ),
        pytest.param(
            *({**GRADE, "comparator": "<"}, {}, [value("2023", 1, 1)]),
            *("2023年甲为 “一般”，达到目标（低于“良好”）。", '2023, A: "一般"; meets below "良好".'),
            id="below a grade",
        ),
        pytest.param(
            *({**GRADE, "comparator": "=="}, {}, [value("2023", 2, 1)]),
            *("2023年甲为 “良好”，达到目标（“良好”）。", '2023, A: "良好"; meets "良好".'),
            id="exactly a grade",
        ),
        pytest.param(
            *(MILESTONE, {}, []),
            "甲：已过2023年6月30日期限，没有收到完成佐证。",
            "A: no evidence by its due day, 2023-06-30.",
            id="a deliverable",
        ),
    ],
)
def test_whole_sentences(changes, options, values, zh: str, en: str) -> None:
    row = judge_rows(make_target(**changes), values, **options)[-1]
    assert (row.sentence, row.sentence_en) == (zh, en)
