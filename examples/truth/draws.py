"""Chance with a name: every topic has its own stream, so that one more draw in one moves no other."""

from __future__ import annotations

import datetime as dt
import random

from examples.calendar2023 import each_day, is_workday
from examples.periods import Period

TRADES = ("商贸", "科技", "餐饮", "建材", "文旅", "农业", "物流", "机电")


def open_stream(seed: int, *topic: str) -> random.Random:
    """A repeatable stream of chance for `topic`; the same seed gives the same stream on every machine."""
    return random.Random(":".join((str(seed), *topic)))  # noqa: S311 - a simulation, no secret


def pick_day(chance: random.Random, period: Period, *, until: int = 31, rest_share: float = 0.0) -> dt.date:
    """A day of the period, at most day `until` of its month; a rest day in `rest_share` of the draws."""
    days = [day for day in each_day(period.first, period.last) if day.day <= until]
    wants_rest = chance.random() < rest_share
    return chance.choice([day for day in days if is_workday(day) != wants_rest] or days)


def name_firm(number: int) -> str:
    """An invented firm; the number keeps names apart."""
    return f"湾里示例{number:04d}号{TRADES[number % len(TRADES)]}有限公司"
