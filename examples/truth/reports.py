"""The figures of the reporting sources: a path for the district, an offset for each unit, a little noise.

The paths are chosen so that a year shows every kind of verdict; chance only moves single counts.
"""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal

from examples.districts import DEPARTMENTS, HALL, PLACES, POWER_STATIONS, TAX_BRANCHES
from examples.periods import Period
from examples.submissions import Row

ITEM_TOTALS = (420, 180, 150, 90, 120, 140)
ITEM_OFFSETS = (0.6, 0.3, 0.9, -0.8, -0.2, -2.0)
ITEM_SHARES = (90.6, 91.1, 91.6, 91.9, 92.0, 92.2, 92.6, 93.2, 94.9, 95.6, 96.3, 96.6)
POWER_SHARES = (88.8, 89.4, 89.9, 90.2, 89.8, 90.4, 91.0, 92.6, 93.9, 94.4, 95.3, 96.4)
RATING_SHARES = (98.6, 98.8, 99.1, 98.7, 99.3, 98.9, 98.6, 99.3, 99.4, 99.3, 99.5, 99.5)
SMALL_PLACE = "洗药湖管理处"
SMALL_PLACE_RATINGS = (3, 0, 3, 2, 6, 2, 2, 4, 3, 2, 3, 7)
TAX_FIRMS = (40, 30, 3)
TAX_HOURS = ((81.5, 83.0, 80.0), (79.4, 80.8, 78.0), (72.5, 75.0, 70.5), (68.2, 71.6, 66.0))


def round_share(total: int, percent: float) -> int:
    """The whole number nearest to `percent` of `total`, never above it."""
    return min(total, round(total * percent / 100))


def draw_service_items(chance: random.Random, period: Period) -> tuple[Row, ...]:
    """Items that can be applied for, and those of them that can be done online, per responsible unit."""
    share = ITEM_SHARES[period.first.month - 1]
    rows = []
    for number, unit in enumerate(DEPARTMENTS, start=1):
        total = ITEM_TOTALS[number - 1] + chance.randint(0, 3)
        online = round_share(total, share + ITEM_OFFSETS[number - 1])
        figures = {"依申请事项总数（项）": total, "网上可办事项数（项）": online}
        rows.append(Row({"序号": number, "责任单位": unit, **figures, "备注": None}))
    return tuple(rows)


def draw_power_connections(chance: random.Random, period: Period) -> tuple[Row, ...]:
    """Connections asked for, and those of them asked for online, per power station; one station is tiny."""
    share = POWER_SHARES[period.first.month - 1]
    totals = (chance.randint(180, 240), chance.randint(90, 130), chance.choice((2, 3)))
    onlines = (round_share(totals[0], share + 0.4), round_share(totals[1], share - 0.6))
    tiny = totals[2] - (period.first.month % 4 == 2)
    pairs = zip(POWER_STATIONS, totals, (*onlines, tiny), strict=True)
    return tuple(
        Row({"供电所": unit, "办电总数（件）": total, "线上办电数（件）": online}) for unit, total, online in pairs
    )


def draw_service_ratings(chance: random.Random, period: Period) -> tuple[Row, ...]:
    """Ratings and good ratings per hall; the smallest place has few of them and once none at all."""
    month = period.first.month
    rows = []
    for unit in (HALL, *PLACES):
        total = chance.randint(700, 900) if unit == HALL else chance.randint(40, 120)
        good = round_share(total, RATING_SHARES[month - 1] + chance.choice((-0.7, 0.0, 0.3)))
        if unit == SMALL_PLACE:
            total = SMALL_PLACE_RATINGS[month - 1]
            good = total - (month in (8, 12))
        rows.append(Row({"统计月份": period.label, "评价单位": unit, "评价总数": total, "好评数": good}))
    return tuple(rows)


def draw_tax_hours(chance: random.Random, period: Period) -> tuple[Row, ...]:
    """Firms in the sample and their hours a year, per tax branch, to a tenth of an hour."""
    means = TAX_HOURS[int(period.label[-1]) - 1]
    rows = []
    for unit, firms, mean in zip(TAX_BRANCHES, TAX_FIRMS, means, strict=True):
        hours = firms * (mean + chance.uniform(-0.2, 0.2))
        total = Decimal(str(hours)).quantize(Decimal("0.1"), ROUND_HALF_UP)
        rows.append(Row({"税务分局": unit, "样本企业数（户）": firms, "年纳税总时长（小时）": total}))
    return tuple(rows)


DRAW_REPORT = {
    "service_items": draw_service_items,
    "power_connections": draw_power_connections,
    "service_ratings": draw_service_ratings,
    "tax_hours": draw_tax_hours,
}
