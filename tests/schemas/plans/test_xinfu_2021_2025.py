"""The Xinfu pack against figures read from the document by hand: limits of lists, phases, what was due before issue."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
import pytest

from etl.compute.calendar_join import register_calendar
from etl.compute.case_parts import CaseSource, share_parts
from etl.compute.parts import figure_parts
from schemas.models.calendar import CalendarSpec
from schemas.models.contract import Contract
from schemas.models.indicator import Indicator
from schemas.models.registry import Pack, load_registry
from schemas.models.registry_checks import limit_of
from schemas.models.yaml_source import parse_as, read_yaml

SCHEMAS = Path(__file__).parents[3] / "schemas"


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_registry([SCHEMAS]).plans["xinfu-2021-2025"]


@pytest.mark.parametrize(
    ("target", "comparator", "value", "unit", "due"),
    [
        ("power-time-low-2021", "<=", "5", "day", "2021-12-31"),
        ("power-time-single-2021", "<=", "15", "day", "2021-12-31"),
        ("power-time-double-2021", "<=", "25", "day", "2021-12-31"),
        ("water-time-2023", "<=", "3", "day", "2023-12-31"),
        ("gas-time-2023", "<=", "4", "day", "2023-12-31"),
        ("heat-time-2023", "<=", "5", "day", "2023-12-31"),
        ("permit-time-2023", "<=", "60", "day", "2023-12-31"),
        ("lowrisk-permit-time-2023", "<=", "10", "day", "2023-12-31"),
        ("tax-payments-2022", "<=", "5", "count", "2022-12-31"),
        ("tax-hours-2022", "<=", "80", "hour", "2022-12-31"),
        ("supervision-use-2023", ">", "80", "%", "2023-12-31"),
        ("village-shops-2025", ">=", "50", "%", "2025-12-31"),
        ("standard-items-2025", ">=", "95", "%", "2025-12-31"),
        ("standard-applied-2025", ">=", "90", "%", "2025-12-31"),
    ],
)
def test_figures_of_lists_stay_with_their_row(pack, target, comparator, value, unit, due):
    found = next(t for t in pack.targets if t.id == target)

    assert (found.comparator, found.value, found.unit) == (comparator, Decimal(value), unit)
    assert found.due == dt.date.fromisoformat(due)


def test_phases_of_a_series_follow_each_other_without_gap(pack):
    phases = {}
    for target in pack.targets:
        phases.setdefault(target.series, []).append((target.start, target.due))

    assert {name: len(windows) for name, windows in phases.items() if len(windows) > 1} == {
        "first-tier-indicators": 2,
        "startup-time": 2,
        "tax-payments": 2,
        "tax-hours": 2,
    }
    for windows in phases.values():
        for (_, due), (start, _) in pairwise(windows):
            assert start == due + dt.timedelta(days=1)


def test_what_was_due_in_2021_is_acceptance_and_nothing_else(pack):
    """The document was issued on 2022-01-29."""
    accepted = [t for t in pack.targets if t.acceptance]

    assert accepted == [t for t in pack.targets if t.due == dt.date(2021, 12, 31)]
    assert len([t for t in accepted if not t.is_task]) == 15
    assert len([t for t in accepted if t.is_task]) == 6


def test_reached_share_and_lower_aim_stand_apart(pack):
    """96 % is reported; 90 % and "basically all" are aimed at for the same year: a fact and two series."""
    fact = next(f for f in pack.facts if f.id == "online-approval-share")
    aims = {t.series: t.value for t in pack.targets if t.indicator == "xf_approval_online_rate"}

    assert fact.value == 96
    assert aims == {"online-approval-basic-2021": 95, "online-approval-2021": 90}


def make_cases(source: str, rows: list[dict[str, object]]) -> tuple[ibis.Table, Contract]:
    """Rows as they lie in the lake, and their contract."""
    contract = parse_as(Contract, read_yaml(SCHEMAS / "contracts" / f"{source}.yml"))
    dates = [c.name for c in contract.columns if c.type == "date"]
    frame = pd.DataFrame([{"batch_id": "b", "sheet": "s", "line": i, **row} for i, row in enumerate(rows)])
    frame = frame.astype(dict.fromkeys(dates, "datetime64[us]")).assign(**{f"{name}_date_only": True for name in dates})
    backend = ibis.duckdb.from_connection(duckdb.connect())
    backend.con.register("cases", pa.Table.from_pandas(frame, preserve_index=False))
    return backend.table("cases"), contract


def test_power_time_is_what_the_company_takes(pack):
    """A customer who builds for three weeks between the two steps of the company costs it nothing: (4 + 6) / 2."""
    low = {"customer": "低压非居民", "accepted_on": "2021-03-01"}
    table, contract = make_cases(
        "xf_power_connections",
        [
            {**low, "connected_on": "2021-03-30", "handling_days": 4},
            {**low, "connected_on": "2021-03-07", "handling_days": 6},
            {**low, "customer": "高压单电源", "connected_on": "2021-03-30", "handling_days": 14},
        ],
    )
    indicator = parse_as(Indicator, read_yaml(SCHEMAS / "indicators" / "xf_power_days_low.yml"))
    (part,) = figure_parts(table, indicator, contract).to_dict("records")
    assert (part["period"], part["numerator"], part["denominator"]) == ("2021-03", 10, 2)


def test_water_is_looked_at_case_by_case(pack):
    """Three days from Thursday, 2 March 2023, end on Sunday, so on Monday the 6th; the mean, (0 + 4 + 5) / 3, is 3."""
    target = next(t for t in pack.targets if t.id == "water-time-2023")
    water = {"service": "用水", "accepted_on": "2023-03-02"}
    table, contract = make_cases(
        "xf_utility_connections",
        [
            {**water, "connected_on": "2023-03-02"},
            {**water, "connected_on": "2023-03-06"},
            {**water, "connected_on": "2023-03-07"},
            {**water, "service": "用气", "connected_on": "2023-03-20"},
        ],
    )
    indicator = parse_as(Indicator, read_yaml(SCHEMAS / "indicators" / f"{target.indicator}.yml"))
    calendar = register_calendar(table.get_backend(), CalendarSpec(id="cn", name_zh="cn"))
    frame = pd.concat(
        share_parts(CaseSource(table, indicator, contract, calendar, dt.date(2023, 3, 31), {}), limit_of(target))
    )
    (part,) = frame.to_dict("records")
    assert (part["period"], part["numerator"], part["denominator"]) == ("2023-03", 2, 3)
    # the limit binds from the year that the document names, and goes on
    assert (target.start, target.due, target.hold) == (dt.date(2023, 1, 1), dt.date(2023, 12, 31), True)
