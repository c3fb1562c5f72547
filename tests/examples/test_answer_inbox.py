"""What counts as reported, and which cases are known, on a handful of files."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from examples.answers.inbox import find_first_periods, merge_cases, open_inbox
from examples.districts import EXPORT_REFUNDS, POWER_CONNECTIONS, STARTUP_CASES, Source
from examples.periods import list_months
from examples.submissions import Row, Submission

MONTHS = list_months(3)
MARCH_END = dt.date(2023, 3, 31)


def hand_in(source: Source, month: int, *rows: Row, content: str = "table", days: int = 3) -> Submission:
    period = MONTHS[month - 1]
    sent = period.last + dt.timedelta(days=days)
    made = Submission(source, period, source.name_file(period), sent, rows)
    return replace(made, content=content)


def count_power(total: int) -> Row:
    return Row({"供电所": "招贤供电所", "办电总数（件）": total, "线上办电数（件）": 1})


def tell_startup(number: str, unit: str, end: str | None, *, is_bad: bool = False) -> Row:
    return Row({"办件编号": number, "受理单位": unit, "办结时间": end}, is_bad=is_bad)


@pytest.mark.parametrize(
    ("files", "states"),
    [
        ([], ["not_reported", "not_reported"]),  # March is owed on 10 April only: no verdict yet
        ([hand_in(POWER_CONNECTIONS, 1, count_power(9))], [None, "not_reported"]),
        (
            [hand_in(POWER_CONNECTIONS, m, count_power(9)) for m in (1, 2, 3)],
            [None, "unchanged_copy", "unchanged_copy"],
        ),
        (
            [hand_in(POWER_CONNECTIONS, 1, count_power(9)), hand_in(POWER_CONNECTIONS, 3, count_power(9))],
            [None, "not_reported", None],  # nothing to compare with
        ),
        (
            [hand_in(POWER_CONNECTIONS, 1), hand_in(POWER_CONNECTIONS, 3, content="garbage")],
            ["reported_empty", "not_reported", "failed_check"],
        ),
        (
            [
                hand_in(POWER_CONNECTIONS, 1, count_power(9), days=5),
                hand_in(POWER_CONNECTIONS, 1, content="other_table"),
            ],
            [None, "not_reported"],  # refused first, right later
        ),
    ],
)
def test_state_of_each_period(files: list[Submission], states: list[str | None]) -> None:
    inbox = open_inbox(POWER_CONNECTIONS, MONTHS, files, as_of=MARCH_END)
    assert list(inbox.states.values()) == states


def test_list_of_cases_may_be_the_same_twice() -> None:
    row = Row({"申报编号": "1"})
    files = [hand_in(EXPORT_REFUNDS, 1, row), hand_in(EXPORT_REFUNDS, 2, row)]
    assert list(open_inbox(EXPORT_REFUNDS, MONTHS[:2], files, as_of=MARCH_END).states.values()) == [None, None]


def test_case_stands_as_its_last_good_row_told_it() -> None:
    files = [
        hand_in(STARTUP_CASES, 1, tell_startup("A", "招贤镇", None), tell_startup("B", "招贤镇", None)),
        hand_in(STARTUP_CASES, 2, tell_startup("A", "招贤镇", "2月"), tell_startup("C", "太平镇", "2月")),
        hand_in(STARTUP_CASES, 3, tell_startup("B", "梅岭镇", "3月", is_bad=True)),
    ]
    inbox = open_inbox(STARTUP_CASES, MONTHS, files, as_of=MARCH_END)
    known = {values["办件编号"]: values["办结时间"] for values in merge_cases(inbox)}
    assert known == {"A": "2月", "B": None, "C": "2月"}
    assert find_first_periods(inbox) == {"招贤镇": "2023-01", "太平镇": "2023-02"}
