"""The form of each source: how its rows are spelt and what stands above and below them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from examples.exports import cells
from examples.submissions import Cell, Row, Submission

Spelling = dict[str, Cell]
"""The cells of one row by header, as they are written."""


def as_int(value: Cell) -> int:
    """A count cell of the truth."""
    if not isinstance(value, int):
        raise TypeError(f"a count was expected, {value!r} found")
    return value


def spell_items(row: Row, chance: random.Random, submission: Submission) -> Spelling:
    del submission
    columns = ("依申请事项总数（项）", "网上可办事项数（项）")
    return {
        column: cells.spell_full_width(as_int(row.values[column]))
        for column in columns
        if chance.random() < 0.2 and not row.is_bad
    }


def spell_startup(row: Row, chance: random.Random, submission: Submission) -> Spelling:
    del chance, submission
    times = {c: row.values[c] for c in ("受理时间", "办结时间")}
    return {c: cells.spell_slash_time(t) for c, t in times.items() if isinstance(t, dt.datetime)}


def spell_refund(row: Row, chance: random.Random, submission: Submission) -> Spelling:
    """Every third month's export carries the day numbers of Excel instead of dates."""
    del chance
    is_serial = submission.period.first.month % 3 == 0
    days = {c: row.values[c] for c in ("受理日期", "办结日期")}
    return {
        column: cells.spell_serial(day) if is_serial else day.isoformat()
        for column, day in days.items()
        if isinstance(day, dt.date)
    }


def spell_deposit(row: Row, chance: random.Random, submission: Submission) -> Spelling:
    del chance
    days = {c: row.values[c] for c in submission.source.events}
    return {c: cells.spell_chinese_date(day) for c, day in days.items() if isinstance(day, dt.date)}


def spell_power(row: Row, chance: random.Random, submission: Submission) -> Spelling:
    del chance, submission
    online, total = as_int(row.values["线上办电数（件）"]), as_int(row.values["办电总数（件）"])
    return {"线上办电率": cells.spell_percent(online, total, digits=1)}


def spell_rating(row: Row, chance: random.Random, submission: Submission) -> Spelling:
    del chance, submission
    good, total = as_int(row.values["好评数"]), as_int(row.values["评价总数"])
    return {"好评率": cells.spell_percent(good, total, digits=2)}


def spell_tax(row: Row, chance: random.Random, submission: Submission) -> Spelling:
    del submission
    hours, firms = row.values["年纳税总时长（小时）"], as_int(row.values["样本企业数（户）"])
    mean = cells.round_half_up(Fraction(str(hours)) / firms, 1)
    spelling: Spelling = {"户均时长（小时）": mean}
    if isinstance(hours, Decimal) and chance.random() < 0.6:
        spelling["年纳税总时长（小时）"] = cells.spell_thousands(hours)
    return spelling


def spell_project(row: Row, chance: random.Random, submission: Submission) -> Spelling:
    del submission
    day = row.values["引进日期"]
    if isinstance(day, dt.date) and chance.random() < 0.4:
        return {"引进日期": cells.spell_dotted_date(day)}
    return {}


def spell_complaint(row: Row, chance: random.Random, submission: Submission) -> Spelling:
    spelling: Spelling = {}
    for column in submission.source.events:
        moment = row.values[column]
        if isinstance(moment, dt.datetime) and chance.random() < 0.2:
            spelling[column] = f"{moment:%Y-%m-%d %H:%M}"
    return spelling


SPELL: Mapping[str, Callable[[Row, random.Random, Submission], Spelling]] = {
    "service_items": spell_items,
    "startup_cases": spell_startup,
    "tax_hours": spell_tax,
    "export_refunds": spell_refund,
    "bid_deposits": spell_deposit,
    "power_connections": spell_power,
    "service_ratings": spell_rating,
    "investment_projects": spell_project,
    "complaints": spell_complaint,
}
SUMMED: Mapping[str, tuple[str, ...]] = {
    "service_items": ("依申请事项总数（项）", "网上可办事项数（项）"),
    "tax_hours": ("样本企业数（户）", "年纳税总时长（小时）"),
    "power_connections": ("办电总数（件）", "线上办电数（件）"),
    "investment_projects": ("投资额（亿元）",),
}
SENDER_UNITS = {"service_items": "单位：项", "power_connections": "单位：件"}
FOOTERS: Mapping[str, tuple[str, ...]] = {
    "service_items": ("注：网上可办指可在网上提出申请并办结的事项。", "制表人：示例甲"),
    "tax_hours": ("注：户均时长由总时长除以样本企业数得出。",),
    "bid_deposits": ("制表人：示例乙",),
}


def sum_column(submission: Submission, column: str) -> Decimal:
    """The sum of a column over all rows as written, the bad ones too: departments add up what they see."""
    return sum((Decimal(str(row.values[column])) for row in submission.rows), Decimal(0))


def make_total(submission: Submission) -> list[Cell]:
    """The file's own total row; empty for files that have none."""
    columns = SUMMED.get(submission.source.id, ())
    if not columns or not submission.rows:
        return []
    sums = {column: sum_column(submission, column) for column in columns}
    sums[columns[0]] += submission.total_error
    total: Spelling = {submission.source.headers[0]: "合计", **sums}
    if submission.source.id == "power_connections":
        total["线上办电率"] = cells.spell_percent(int(sums[columns[1]]), int(sums[columns[0]]), digits=1)
    if submission.source.id == "tax_hours":
        total["户均时长（小时）"] = cells.round_half_up(Fraction(sums[columns[1]]) / int(sums[columns[0]]), 1)
    return [total.get(header) for header in submission.source.headers]


def spell_rows(submission: Submission, chance: random.Random) -> list[Sequence[Cell]]:
    """The data rows as cells in the order of the headers; what a defect spoilt is written as it is."""
    spell = SPELL[submission.source.id]
    lines: list[Sequence[Cell]] = []
    for row in submission.rows:
        written = {**row.values, **spell(row, chance, submission), **row.shown}
        lines.append([written.get(header) for header in submission.source.headers])
    return lines
