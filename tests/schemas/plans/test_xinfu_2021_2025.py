"""The Xinfu pack against figures read from the document by hand: limits of lists, phases, what was due before issue."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from schemas.models.registry import Pack, load_registry

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
