"""The cases with a limit on each one: bid deposits to be returned, complaints to be answered."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from examples.calendar2023 import step_workdays
from examples.districts import DEPARTMENTS
from examples.periods import Period, list_months
from examples.truth.cases import Case
from examples.truth.draws import name_firm, pick_day

PROJECTS_A_MONTH, CANDIDATES = 4, 3
LATE_DEPOSITS = {3: "both", 6: "interest", 9: "no_interest", 11: "both", 12: "interest"}
"""The month's spoilt deposit: both parts late, interest late, interest never paid."""

ORDINARY_A_MONTH, HARD_A_MONTH = 12, 3
MONTHS_WITHOUT_HARD = (5, 9)
HARD_UNTIL = 12
"""Hard complaints come in early enough to be decided in their own month, so that some months have none."""
LATE_CONTACTS = {3: "late", 8: "never"}
LATE_ORDINARY = {2: 1, 6: 1, 10: 2, 12: 1}
LATE_HARD = {4: "late", 7: "never"}
COMPLAINTS_OF = (*DEPARTMENTS, "湾里市场监管局", "湾里市场监管局", "局景城建设办", "局景城建设办")


def return_deposit(
    chance: random.Random, published: dt.date, *, is_candidate: bool, fault: str | None
) -> tuple[dt.date, dt.date | None]:
    """The days on which principal and interest go back; a deposit counts as returned when both have."""
    if is_candidate:
        day = step_workdays(published, chance.randint(10, 18))
        return day, day
    days = chance.randint(1, 4)
    if fault == "both":
        return step_workdays(published, days + 6), step_workdays(published, days + 7)
    principal = step_workdays(published, days)
    if fault == "no_interest":
        return principal, None
    extra = 6 if fault == "interest" else chance.randint(0, 5 - days)
    return principal, step_workdays(published, days + extra)


def draw_bidders(chance: random.Random, period: Period, number: int, *, fault: str | None) -> Iterator[Case]:
    """The bidders of one tender; three are award candidates, whose deposits stay with the contract."""
    published = pick_day(chance, period, until=20 if fault else 31)
    amount = chance.choice((5, 8, 10, 20, 50))
    for rank in range(chance.randint(6, 7)):
        is_candidate = rank < CANDIDATES
        principal, interest = return_deposit(
            chance, published, is_candidate=is_candidate, fault=fault if rank == CANDIDATES else None
        )
        yield {
            "项目编号": f"WLZB2023-{number:03d}",
            "项目名称": f"示例工程{number:03d}标段",
            "投标人": name_firm(5000 + number * 11 + rank),
            "是否中标候选人": "是" if is_candidate else "否",
            "中标公示发出日期": published,
            "保证金金额（万元）": amount,
            "本金退付日期": principal,
            "利息退付日期": interest,
        }


def draw_deposits(chance: random.Random) -> list[Case]:
    """About 25 deposits a month from four tenders."""
    cases: list[Case] = []
    for period in list_months(12):
        for tender in range(PROJECTS_A_MONTH):
            number = (period.first.month - 1) * PROJECTS_A_MONTH + tender + 1
            fault = LATE_DEPOSITS.get(period.first.month) if tender == 0 else None
            cases += draw_bidders(chance, period, number, fault=fault)
    return cases


def draw_moment(chance: random.Random, day: dt.date, first: int, last: int) -> dt.datetime:
    """A minute of `day` from hour `first` to the end of hour `last`."""
    return dt.datetime.combine(day, dt.time(chance.randint(first, last), chance.randint(0, 59)))


def draw_contact(chance: random.Random, received: dt.datetime, fault: str | None) -> dt.datetime | None:
    """The first call: the same day where there is time left, else on the next working day."""
    if fault == "never":
        return None
    if fault == "late":
        return draw_moment(chance, step_workdays(received.date(), 3), 9, 11)
    if received.hour < 15 and chance.random() < 0.5:
        return received + dt.timedelta(minutes=chance.randint(10, 170))
    return draw_moment(chance, step_workdays(received.date(), 1), 9, 11)


def draw_ordinary(chance: random.Random, period: Period, *, contact: str | None, is_late: bool) -> Case:
    """An ordinary complaint: closed within five working days, or in the second week after."""
    day = pick_day(chance, period, until=18 if is_late or contact else 31, rest_share=0.06)
    received = draw_moment(chance, day, 8, 20)
    days = chance.randint(7, 9) if is_late else chance.randint(3 if contact else 1, 5)
    return {
        "受理时间": received,
        "问题类型": "一般问题",
        "责任单位": chance.choice(COMPLAINTS_OF),
        "首次电话联系时间": draw_contact(chance, received, contact),
        "办结时间": draw_moment(chance, step_workdays(day, days), 14, 17),
        "答复时间": None,
    }


def draw_hard(chance: random.Random, period: Period, *, fault: str | None) -> Case:
    """A hard complaint: answered within ten working days, closed some days after the answer."""
    day = pick_day(chance, period, until=HARD_UNTIL)
    received = draw_moment(chance, day, 8, 17)
    days = chance.randint(12, 14) if fault == "late" else chance.randint(4, 10)
    replied = None if fault == "never" else draw_moment(chance, step_workdays(day, days), 14, 16)
    closed = replied and draw_moment(chance, step_workdays(replied.date(), chance.randint(1, 6)), 9, 16)
    return {
        "受理时间": received,
        "问题类型": "疑难问题",
        "责任单位": chance.choice(COMPLAINTS_OF),
        "首次电话联系时间": draw_contact(chance, received, None),
        "办结时间": closed,
        "答复时间": replied,
    }


def draw_complaints(chance: random.Random) -> list[Case]:
    """About 15 complaints a month, numbered in the order of receipt."""
    cases: list[Case] = []
    for period in list_months(12):
        month = period.first.month
        late, contact = LATE_ORDINARY.get(month, 0), LATE_CONTACTS.get(month)
        drawn = [
            draw_ordinary(chance, period, contact=contact if i == 0 else None, is_late=1 <= i <= late)
            for i in range(ORDINARY_A_MONTH + chance.randint(-1, 1))
        ]
        hard = 0 if month in MONTHS_WITHOUT_HARD else HARD_A_MONTH
        drawn += [draw_hard(chance, period, fault=LATE_HARD.get(month) if i == 0 else None) for i in range(hard)]
        drawn.sort(key=lambda case: str(case["受理时间"]))
        cases += [{"投诉编号": f"TS{period.digits}{i + 1:04d}", **case} for i, case in enumerate(drawn)]
    return cases
