"""The cases of startups, refunds and investment: each with its whole life, known to nobody in full at the time."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

from examples.calendar2023 import is_workday, step_office_seconds, step_workdays
from examples.districts import PLACES
from examples.periods import Period, list_months
from examples.submissions import Cell
from examples.truth.draws import name_firm, pick_day

Case = dict[str, Cell]
"""One case with all its events, by the headers of its source; a snapshot blanks what is still to come."""

STARTUPS_OF_PLACE = dict(zip(PLACES, (10, 7, 6, 5, 14, 14, 1, 4), strict=True))
LATE_STARTUPS = (9, 8, 6, 5, 4, 3, 2, 2, 3, 1, 1, 1)
"""Startups a month beyond half a working day."""
FIRST_MONTH_OF_PARK = 3
"""The industrial park opens its window in March: its rows begin there."""

REFUND_MEANS = (2.4, 2.7, 2.5, 3.9, 2.5, 2.4, 3.0, 2.6, 2.6, 2.4, 2.5, 2.4)
"""Mean working days of class-1 and class-2 refunds by month of receipt."""
STUCK_MONTH, STUCK_REFUNDS, STUCK_DAYS = 6, 8, 24
"""Refunds that stay open over the end of June: on time so far, heading for a miss."""

PROJECTS = (1, 1, 3, 2, 2, 3, 5, 5, 5, 5, 4, 4)
KEY_PROJECTS = (1, 1, 2, 1, 1, 2, 3, 3, 2, 2, 2, 0)


def draw_startup_moment(chance: random.Random, period: Period) -> dt.datetime:
    """When a startup is received: mostly in office hours, now and then before, between or after them."""
    day = pick_day(chance, period, rest_share=0.04)
    hours = (8, 12, 18, 19) if chance.random() < 0.07 else (9, 10, 11, 14, 15, 16)
    # Seconds from 1 on: no deadline then falls on a closing time, where two readings would be possible.
    return dt.datetime.combine(day, dt.time(chance.choice(hours), chance.randint(0, 59), chance.randint(1, 59)))


def draw_startup_end(chance: random.Random, received: dt.datetime, *, is_late: bool) -> dt.datetime:
    """When it is finished; some of the forenoon's last are finished in the noon break."""
    low, high = (500, 900) if is_late and received.month == 1 else (225, 700) if is_late else (45, 200)
    end = step_office_seconds(received, chance.randint(low * 60, high * 60))
    if end.time() > dt.time(11, 45) and end.time() < dt.time(12) and chance.random() < 0.3:
        return end + dt.timedelta(minutes=20)
    return end


def draw_startups(chance: random.Random) -> list[Case]:
    """About 60 startups a month; the number says year, month and serial."""
    cases: list[Case] = []
    for period, late in zip(list_months(12), LATE_STARTUPS, strict=True):
        units = [unit for unit, usual in STARTUPS_OF_PLACE.items() for _ in range(usual + chance.randint(0, 1))]
        units = [unit for unit in units if unit != "罗亭工业园" or period.first.month >= FIRST_MONTH_OF_PARK]
        moments = sorted(draw_startup_moment(chance, period) for _ in units)
        chance.shuffle(units)
        late_ones = set(chance.sample(range(len(units)), late))
        for serial, (unit, received) in enumerate(zip(units, moments, strict=True)):
            end = draw_startup_end(chance, received, is_late=serial in late_ones)
            number = f"3601222{period.digits}{serial + 1:07d}"
            firm = name_firm(1000 + len(cases))
            cases.append(
                {"办件编号": number, "企业名称": firm, "受理单位": unit, "受理时间": received, "办结时间": end}
            )
    return cases


def draw_refund(chance: random.Random, period: Period, *, is_stuck: bool) -> Case:
    """One refund; only class 1 and 2 are promised a mean of three working days."""
    grade = "一类" if is_stuck else chance.choice(("一类",) * 8 + ("二类",) * 7 + ("三类",) * 3 + ("四类",) * 2)
    mean = REFUND_MEANS[period.first.month - 1] + (4 if grade in ("三类", "四类") else 0)
    days = STUCK_DAYS if is_stuck else max(0, round(mean + chance.uniform(-1.5, 1.5)))
    received = pick_day(chance, period, until=8 if is_stuck else 31, rest_share=0.05)
    ended = step_workdays(received, days)
    # Nobody closes a case on the rest day on which it came in.
    ended = ended if is_workday(ended) else step_workdays(received, 1)
    amount = Decimal(chance.randint(500_000, 90_000_000)) / 100
    return {"企业类别": grade, "受理日期": received, "办结日期": ended, "退税额（元）": amount}


def draw_refunds(chance: random.Random) -> list[Case]:
    """About 40 refunds a month, numbered in the order of receipt."""
    cases: list[Case] = []
    for period in list_months(12):
        stuck = STUCK_REFUNDS if period.first.month == STUCK_MONTH else 0
        count = chance.randint(36, 44)
        drawn = [draw_refund(chance, period, is_stuck=i < stuck) for i in range(count)]
        drawn.sort(key=lambda case: str(case["受理日期"]))
        cases += [{"申报编号": f"CKTS{period.digits}{i + 1:06d}", **case} for i, case in enumerate(drawn)]
    return cases


def draw_projects(chance: random.Random) -> list[Case]:
    """40 investment projects in the year, 20 of them key projects: slow in spring, quick from July on."""
    cases: list[Case] = []
    for period, count, keys in zip(list_months(12), PROJECTS, KEY_PROJECTS, strict=True):
        for place, day in enumerate(sorted(pick_day(chance, period) for _ in range(count))):
            number = len(cases) + 1
            cases.append(
                {
                    "项目编号": f"ZS2023{number:03d}",
                    "项目名称": f"示例产业项目{number:02d}",
                    "引进日期": day,
                    "是否重点产业项目": "是" if place < keys else "否",
                    "投资额（亿元）": Decimal(chance.randint(20, 600)) / 100,
                    "落地单位": chance.choice(PLACES),
                }
            )
    return cases
