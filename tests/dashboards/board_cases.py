"""Open cases of the seeded plan, written with plain inserts: three units, five counters, two limits. All made up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, insert

from schemas.warehouse import tables as t
from tests.dashboards.board_seed import AT, BATCH, PLAN

MOMENT = dt.datetime(2023, 6, 30, 14, 0)
"""A Friday."""


def light_row(key: str, light: str, **more: Any) -> dict[str, Any]:
    base = {"plan": PLAN, "clock": "deposit", "source": "hotline", "case_key": key, "light": light, "reason": None}
    base |= {"deadline_date": None, "deadline_at": None, "limit_text": "5 workday", "unit": "市监局"}
    base |= {"window_name": "3 号窗口", "started_at": dt.datetime(2023, 6, 20, 9, 30), "started_coarse": False}
    base |= {"suspended_since": None, "abuse": None, "batch_id": BATCH, "sheet": "Sheet1", "line": 8, "light_since": AT}
    return {**base, **more}


def day(number: int) -> dict[str, Any]:
    return {"deadline_date": dt.date(2023, 6, number) if number > 0 else dt.date(2023, 7, -number)}


def at(hour: int, minute: int) -> dict[str, Any]:
    return {"deadline_date": MOMENT.date(), "deadline_at": MOMENT.replace(hour=hour, minute=minute)}


STEP = {"clock": "window-light/1", "limit_text": "2 office_hour"}
LIGHTS = [
    light_row("20230620-017", "red", **day(27), abuse="last_day"),
    light_row("20230613-004", "red", **day(20), unit="税务局", window_name="11 号窗口", line=21),
    light_row("20230628-040", "yellow", **day(30), line=30),
    light_row("20230626-012", "yellow", **day(-3), unit="行政审批局", window_name="综合受理一窗", line=12),
    light_row("20230630-051", "red", **STEP, **at(13, 15), started_at=MOMENT.replace(hour=9), line=51),
    light_row("20230630-052", "yellow", **STEP, **at(15, 20), started_at=MOMENT.replace(hour=11), line=52),
    light_row("20230630-051", "green", **day(-7), started_at=MOMENT.replace(hour=9), line=51),
    light_row("h:abcdef\x1f7", "green", **day(-7), unit="行政审批局", window_name="综合受理二窗", line=60),
    light_row("20230601-009", "suspended", suspended_since=dt.datetime(2023, 6, 5), line=9, abuse="last_day",
              started_at=dt.datetime(2023, 6, 1, 10), unit="行政审批局", window_name="综合受理一窗"),
    light_row("20230612-002", "none", reason="precision_too_coarse", **{**STEP, "unit": "税务局"}, line=2,
              window_name="11 号窗口"),
]  # fmt: skip
COUNTS = [  # clock, level, unit, window, red, yellow, green, suspended, none; over all clocks a case counts once
    ("", "hall", "", "", 3, 3, 1, 1, 1),
    ("", "unit", "市监局", "", 2, 2, 0, 0, 0),
    ("", "unit", "税务局", "", 1, 0, 0, 0, 1),
    ("", "unit", "行政审批局", "", 0, 1, 1, 1, 0),
    ("", "window", "市监局", "3 号窗口", 2, 2, 0, 0, 0),
    ("", "window", "税务局", "11 号窗口", 1, 0, 0, 0, 1),
    ("", "window", "行政审批局", "综合受理一窗", 0, 1, 0, 1, 0),
    ("", "window", "行政审批局", "综合受理二窗", 0, 0, 1, 0, 0),
    ("deposit", "hall", "", "", 2, 2, 2, 1, 0),
    ("window-light/1", "hall", "", "", 1, 1, 0, 0, 1),
]


def seed_cases(connection: Connection, *, is_day: bool = False) -> None:
    clock = {"plan": PLAN, "lit_at": AT, "moment": MOMENT, "is_day": is_day}
    deposit = {
        "name_zh": "投标保证金按期退还",
        "name_en": "Deposits back in time",
        "clause": "一(四)",
        "target": "deposit",
    }
    step = {
        "name_zh": "窗口超时预警：首次联系",
        "name_en": "Timeout warning: first reply",
        "clause": "二(一)",
        "target": None,
    }
    connection.execute(
        insert(t.case_clocks),
        [
            {**clock, "clock": "deposit", "rank": 0, "content": deposit},
            {**clock, "clock": "window-light/1", "rank": 1, "content": step},
        ],
    )
    connection.execute(insert(t.case_lights), LIGHTS)
    names = [column.name for column in t.case_light_counts.columns]
    connection.execute(insert(t.case_light_counts), [dict(zip(names, (PLAN, *row), strict=True)) for row in COUNTS])
