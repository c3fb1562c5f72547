"""Readings of the Wanli pack: figures against their places, and rows whose results are worked out by hand.

Calendar of spring 2023: 29 April - 3 May are holidays, Saturday 6 May is a working day.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
import pytest

from etl.compute.calendar_join import register_calendar
from etl.compute.case_parts import CaseSource, share_parts
from etl.compute.parts import figure_parts
from schemas.models.calendar import CalendarSpec
from schemas.models.contract import ColumnType, Contract
from schemas.models.indicator import Indicator
from schemas.models.plan import Kind, Target
from schemas.models.registry_checks import limit_of
from schemas.models.yaml_source import parse_as, parse_list, read_yaml
from schemas.settings import REPO

SCHEMAS = REPO / "schemas"
TARGETS = {t.id: t for t in parse_list(Target, read_yaml(SCHEMAS / "plans" / "wanli-2023" / "targets.yml"))}

BY_WORD = {
    # the document prints a word where the catalogue has a figure: id -> (word, figure)
    "paperless-registration": ("各类", 100),
    "construction-approvals-electronic": ("全流程电子化", 100),
    "joint-survey-once": ("一次", 1),
    "fault-restoration": ("分钟级", 60),
    "water-gas-zero-materials": ("零材料", 0),
    "new-listed-company": ("破零", 1),
    "injury-training-coverage": ("全覆盖", 100),
    "tender-plans-in-advance": ("全面推行", 100),
    "water-works-e-tendering": ("全面电子化", 100),
    "data-sharing": ("应通尽通", 100),
    "policy-funds-platform": ("全部", 100),
    "ip-mediation-coverage": ("全覆盖", 100),
    "supervised-items": ("全覆盖", 100),
    "recorded-supervision": ("全记录", 100),
    "projects-online": ("全程网办", 100),
    "general-windows": ("全覆盖", 100),
    "lenient-fields": ("十个", 10),
    "audit-coverage": ("全覆盖", 100),
    "national-evaluation-top-indicators": ("多个", 2),
    "difficulty-dispatch": ("一次", 1),
}
OF_THE_SENTENCE = {
    "finance-platform-sharing": 1,
    "policy-delivery": 100,
    "quarterly-reports": 22,
    "monthly-reports": 22,
}
"""No single phrase carries the figure: a deed with its date, a whole sentence, a sum of reporters (5 + 17)."""


def printed_figures(target: Target) -> set[Decimal]:
    """Figures of the phrases a target stands for: 5.9万 is 59000."""
    found = [re.search(r"(\d+(?:\.\d+)?)\s*(万)?", place.phrase) for place in target.places]
    return {Decimal(m[1]) * (10000 if m[2] else 1) for m in found if m}


def test_every_value_is_the_figure_that_the_document_prints() -> None:
    valued = {key: t for key, t in TARGETS.items() if t.value is not None}
    plain = valued.keys() - BY_WORD.keys() - OF_THE_SENTENCE.keys()
    wrong = {key: (str(valued[key].value), [str(p) for p in valued[key].places]) for key in plain if not _prints(key)}
    assert wrong == {}
    assert len(plain) == 39


def _prints(key: str) -> bool:
    target = TARGETS[key]
    printed = printed_figures(target)
    return target.value in printed and (target.stretch is None or target.stretch in printed)


def test_a_word_read_as_a_figure_says_so() -> None:
    for key, (word, figure) in BY_WORD.items():
        target = TARGETS[key]
        assert any(word in place.phrase for place in target.places), key
        assert target.value == figure, key
        # a deed done once is no reading of ours; every other word is
        assert target.basis == "interpretation" or (word == "一次" and target.kind is Kind.CADENCE), key
    assert {key: TARGETS[key].value for key in OF_THE_SENTENCE} == OF_THE_SENTENCE


def parts_of(target_id: str, rows: list[dict[str, object]]) -> list[tuple[str, Decimal, Decimal]]:
    """(period, numerator, denominator) that the pipeline makes of rows; columns not given are empty."""
    target = TARGETS[target_id]
    indicator = parse_as(Indicator, read_yaml(SCHEMAS / "indicators" / f"{target.indicator}.yml"))
    contract = parse_as(Contract, read_yaml(SCHEMAS / "contracts" / f"{indicator.source}.yml"))
    frame = pd.DataFrame([{"batch_id": "b", "sheet": "s", "line": i, **row} for i, row in enumerate(rows)])
    for name in {*(c.name for c in contract.columns), "period"} - set(frame):
        frame[name] = None
    dates = [c.name for c in contract.columns if c.type is ColumnType.DATE]
    frame[dates] = frame[dates].apply(pd.to_datetime).astype("datetime64[us]")
    backend = ibis.duckdb.from_connection(duckdb.connect())
    backend.con.register("staged", pa.Table.from_pandas(frame, preserve_index=False))
    table = backend.table("staged")
    if indicator.clock:
        calendar = register_calendar(backend, CalendarSpec(id="cn", name_zh="cn"))
        source = CaseSource(table, indicator, contract, calendar, dt.date(2023, 12, 31), {})
        parts = pd.concat(share_parts(source, limit_of(target)))
    else:
        parts = figure_parts(table, indicator, contract)
    return [(r["period"], Decimal(r["numerator"]), Decimal(r["denominator"])) for r in parts.to_dict("records")]


@pytest.mark.parametrize(
    ("target_id", "voltage", "last_day", "late"),
    [
        # from 26 April: 27, 28 April, 4, 5, 6 (Saturday), 8, 9, 10, 11, 12 May are the 1st to the 10th working day
        ("power-approval-low-voltage", "低压", "2023-05-06", "2023-05-08"),
        ("power-approval-10kv", "10千伏", "2023-05-09", "2023-05-10"),
        ("power-approval-35kv", "35千伏及以上", "2023-05-12", "2023-05-15"),
    ],
)
def test_each_voltage_has_its_own_limit(target_id: str, voltage: str, last_day: str, late: str) -> None:
    others = [(v, late) for v in ("低压", "10千伏", "35千伏及以上") if v != voltage]
    ends = [(voltage, last_day), (voltage, late), *others]
    rows: list[dict[str, object]] = [
        {"voltage": v, "accepted_on": "2023-04-26", "finished_on": end, "state": "办结"} for v, end in ends
    ]
    assert parts_of(target_id, rows) == [("2023-05", Decimal(1), Decimal(2))]


def test_means_and_stocks_come_from_sums_over_the_stations() -> None:
    stations: list[dict[str, object]] = [
        {"period": "2023-03", "faults": 5, "restore_minutes": Decimal(300), "customers": 400, "outage_hours_12m": 900},
        {"period": "2023-03", "faults": 3, "restore_minutes": Decimal(180), "customers": 100, "outage_hours_12m": 100},
    ]
    # 480 minutes over 8 faults are 60 a fault, which is not below 60; 1000 hours over 500 customers are 2 a customer
    assert _sum(parts_of("fault-restoration", stations)) == (480, 8)
    assert TARGETS["fault-restoration"].comparator == "<"
    assert _sum(parts_of("outage-reduction", stations)) == (1000, 500)
    assert parts_of("one-things", [{"period": "2023-03", "one_things": 41}]) == [("2023-03", Decimal(41), Decimal(1))]


def _sum(parts: list[tuple[str, Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    return sum((n for _, n, _ in parts), Decimal(0)), sum((d for _, _, d in parts), Decimal(0))
