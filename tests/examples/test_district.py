"""The simulated district of any plan: its calendar and rules by hand, and what its stories bring about."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from examples import Simulation, calendar2023, simulate
from examples.district import days
from examples.district.key.cases import find_deadline
from examples.district.key.rules import Moment, crosses_next, is_outside, judge_way
from examples.district.pack import Target, list_plans, load_pack
from examples.district.spans import list_spans, span_of

DOC = Path(__file__).resolve().parents[2] / "docs" / "simulator.md"
MONTHS = {"dalian-2018": 14}
"""Thirteen months reach the second due day of that plan."""


@pytest.fixture(scope="module")
def districts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Simulation]:
    return {
        plan: simulate(tmp_path_factory.mktemp(plan), plan=plan, months=MONTHS.get(plan, 12)) for plan in list_plans()
    }


def make_target(**changes: object) -> Target:
    target = next(t for t in load_pack("wanli-2023").targets if t.id == "arbitration-closing-rate")
    return replace(target, **changes)  # type: ignore[arg-type]


def test_the_library_knows_the_notice_of_2023() -> None:
    dates = list(calendar2023.each_day(calendar2023.FIRST, calendar2023.LAST))
    assert [day for day in dates if days.is_workday(day) != calendar2023.is_workday(day)] == []
    assert days.is_workday(dt.date(2023, 1, 28))  # a Saturday worked for the spring festival


@pytest.mark.parametrize(
    ("start", "number", "unit", "deadline"),
    [
        (dt.date(2023, 9, 28), 2, "workday", dt.date(2023, 10, 8)),  # 7 and 8 October are make-up workdays
        (dt.date(2023, 9, 25), 5, "day", dt.date(2023, 10, 7)),  # 30 September lies in the festival
        (dt.date(2023, 1, 31), 1, "month", dt.date(2023, 2, 28)),
        (dt.datetime(2023, 3, 3, 17, 0), 2, "office_hour", dt.datetime(2023, 3, 6, 10, 30)),
        (dt.datetime(2023, 3, 3, 11, 0), Fraction(1, 2), "workday", dt.datetime(2023, 3, 3, 16, 0)),
    ],
)
def test_deadlines(start: dt.date, number: int, unit: str, deadline: dt.date) -> None:
    assert find_deadline(start, Fraction(number), unit) == deadline


@pytest.mark.parametrize(
    ("grain", "labels"),
    [
        ("two_months", ["2022-11..12", "2023-01..02"]),
        ("quarter", ["2022-Q4"]),
        ("half", ["2022-H2"]),
        ("year", ["2022"]),
    ],
)
def test_complete_periods(grain: str, labels: list[str]) -> None:
    spans = list_spans(dt.date(2022, 12, 5), dt.date(2023, 2, 28), grain)
    assert [span.label for span in spans] == labels


def test_early_warnings_by_hand() -> None:
    floor = make_target(comparator=">=", value=Fraction(90))
    # 95, 93, 91: the mean of the three is 93, one period ahead of the last the line is at 93 - 4 = 89
    assert crosses_next(floor, [Fraction(95), Fraction(93), Fraction(91)])
    # 95, 94, 93 goes on to 92; a gap is no third point
    assert not crosses_next(floor, [Fraction(95), Fraction(94), Fraction(93)])
    assert not crosses_next(floor, [Fraction(95), None, Fraction(91)])
    # eleven times 96, then 92: mean 95 2/3, mean move 4/11, reach 2.66 * 4/11 = 0.967, lower limit 94.70
    assert is_outside(floor, [*[Fraction(96)] * 11, Fraction(92)])
    # eleven moves of 2 and 92 to 96 in turn: limits are far away
    assert not is_outside(floor, [Fraction(value) for value in [96, 94] * 6])


@pytest.mark.parametrize(
    ("value", "baseline", "verdict"),
    [
        (96, 90, ("met", "satisfied")),
        # 123 of 249 working days are gone on 30 June, 49 %: by then 92.96; 92 has made 33 % of its way
        (92, 90, ("at_risk", "behind_path")),
        (93, 90, ("met", "on_path")),
        (93, None, ("not_due", "before_due")),
    ],
)
def test_the_way_to_a_due_day(value: int, baseline: int | None, verdict: tuple[str, str]) -> None:
    target = make_target(kind="by_deadline", value=Fraction(96), due=dt.date(2023, 12, 31))
    moment = Moment(target, span_of(dt.date(2023, 6, 1), "month"), dt.date(2023, 6, 30))
    start = None if baseline is None else Fraction(baseline)
    assert judge_way(moment, Fraction(value), start) == verdict


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    def digest(name: str, seed: int) -> dict[str, str]:
        made = simulate(tmp_path / name, plan="ganyu-improvement-year", months=2, seed=seed)
        return {file.path.name: hashlib.sha256(file.path.read_bytes()).hexdigest() for file in made.files}

    once = digest("once", 1)
    assert digest("again", 1) == once
    other = digest("other", 2)
    assert other.keys() == once.keys()
    assert other != once


def test_months_end_with_the_plan(tmp_path: Path) -> None:
    made = simulate(tmp_path, plan="yuzhong-2021", months=12)
    assert made.as_of == dt.date(2021, 12, 31)
    with pytest.raises(ValueError, match="1 到 60"):
        simulate(tmp_path, plan="yuzhong-2021", months=61)
    with pytest.raises(ValueError, match="没有"):
        simulate(tmp_path, plan="nowhere")


def test_every_source_of_every_plan_sends_files(districts: Mapping[str, Simulation]) -> None:
    for plan, made in districts.items():
        needed = {indicator.source for indicator in load_pack(plan).indicators.values()}
        waits = (
            {"xf_inspections", "xf_bankruptcy_cases", "xf_utility_connections"} if plan.startswith("xinfu") else set()
        )
        assert needed - {file.source for file in made.files} <= waits, plan
        assert "manual" in {file.source for file in made.files}


def list_occurring(districts: Mapping[str, Simulation]) -> dict[str, set[str]]:
    seen: dict[str, set[str]] = defaultdict(set)
    for plan, made in districts.items():
        kinds = {target.id: target.kind for target in load_pack(plan).targets}
        for answer in made.answers:
            seen[kinds[answer.target]].add(f"{answer.status}/{answer.reason}")
    return seen


def test_the_page_lists_what_occurs(districts: Mapping[str, Simulation]) -> None:
    """The table of `docs/simulator.md` is made of these; change it when a story or a plan changes."""
    lines = [f"| {kind} | {' '.join(sorted(pairs))} |" for kind, pairs in sorted(list_occurring(districts).items())]
    table = "\n".join(lines)
    assert table in DOC.read_text(encoding="utf-8"), table
