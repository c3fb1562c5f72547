"""The simulated year as a whole: repeatable, varied, and its files saying what its key believes."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
import yaml

from examples import Simulation, simulate
from examples.answers.goals import GOALS
from examples.defects import PLANTS
from examples.district.pack import load_pack
from examples.districts import PLAN, SOURCES, Source
from examples.exports.cells import spell_serial, spell_thousands


def digest(simulation: Simulation) -> dict[str, str]:
    return {f.path.name: hashlib.sha256(f.path.read_bytes()).hexdigest() for f in simulation.files}


def read_lines(path: Path) -> list[list[object]]:
    """All lines of a file, read by packages that the simulator does not use."""
    if path.suffix == ".csv":
        data = path.read_bytes()
        text = data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "gbk")
        return [list(line) for line in csv.reader(io.StringIO(text, newline=""))]
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return [list(line) for line in sheet.iter_rows(values_only=True)]


def pick_file(year: Simulation, source: str, period: str) -> Path:
    return next(f.path for f in year.files if (f.source, f.period) == (source, period))


def pick_answer(year: Simulation, target: str, period: str, unit: str = "self"):
    return next(a for a in year.answers if (a.target, a.unit, a.period) == (target, unit, period))


def test_same_seed_same_bytes_and_another_seed_other_ones(year: Simulation, tmp_path: Path) -> None:
    again, other = simulate(tmp_path / "again"), simulate(tmp_path / "other", seed=7)
    assert digest(again) == digest(year)
    assert (again.answers, again.defects) == (year.answers, year.defects)
    assert digest(other) != digest(year)
    assert digest(other).keys() == digest(year).keys()


@pytest.mark.parametrize("seed", [2023, 1, 2])
def test_every_kind_of_verdict_occurs(tmp_path: Path, seed: int) -> None:
    answers = simulate(tmp_path, seed=seed).answers
    assert {(a.status, a.reason) for a in answers} >= {
        *[("met", "satisfied"), ("met", "on_path"), ("not_due", "before_due")],
        *[("at_risk", "behind_path"), ("at_risk", "open_cases")],
        *[("missed", r) for r in ("not_reached", "strive", "late_cases", "over_limit")],
        *[("no_data", r) for r in ("not_reported", "reported_empty", "failed_check", "unchanged_copy")],
        *[("no_data", r) for r in ("no_cases", "sample_too_small", "parts_missing")],
    }
    carried = Counter(a.light for a in answers if a.carried_from)
    assert carried["red"] > 0
    assert carried["yellow"] > 0
    assert any(a.pooled for a in answers)
    assert {a.light for a in answers if a.reason == "strive"} == {"yellow"}


@pytest.mark.parametrize(
    ("target", "period", "verdict", "light"),
    [
        ("online-items", "2023-05", "no_data/parts_missing", ("grey", None)),
        ("online-items", "2023-08", "no_data/failed_check", ("yellow", "2023-07")),
        ("power-online-rate", "2023-06", "no_data/not_reported", ("yellow", "2023-05")),
        ("power-online-rate", "2023-10", "no_data/unchanged_copy", ("grey", None)),
        ("export-refund-days", "2023-06", "at_risk/open_cases", ("yellow", None)),
        ("export-refund-days", "2023-08", "no_data/reported_empty", ("red", "2023-07")),
        ("complaint-hard", "2023-05", "no_data/no_cases", ("red", "2023-04")),
        ("industrial-projects", "2023-12", "missed/strive", ("yellow", None)),
        ("key-industrial-projects", "2023-12", "met/satisfied", ("green", None)),
        ("bid-deposit-refund", "2023-09", "missed/late_cases", ("red", None)),
        ("tax-hours", "2023-Q2", "at_risk/behind_path", ("yellow", None)),
        ("service-satisfaction", "2023-09", "met/satisfied", ("green", None)),
    ],
)
def test_planned_turns_of_the_year(
    year: Simulation, target: str, period: str, verdict: str, light: tuple[str, str | None]
) -> None:
    answer = pick_answer(year, target, period)
    assert f"{answer.status}/{answer.reason}" == verdict
    assert (answer.light, answer.carried_from) == light


def test_answers_name_every_target_unit_and_period_once(year: Simulation) -> None:
    keys = [(a.target, a.unit, a.period) for a in year.answers]
    assert len(keys) == len(set(keys))
    assert len({a.target for a in year.answers}) == len(load_pack(PLAN).targets)
    assert len({goal.id for goal in GOALS}) == 13
    assert Counter(a.target for a in year.answers if a.unit == "self")["tax-hours"] == 4
    # the park opened its window in March
    park = [p for t, u, p in keys if (t, u) == ("startup-time", "罗亭工业园")]
    assert (park[0], len(park)) == ("2023-03", 10)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_header_stands_where_the_source_says(year: Simulation, source: Source) -> None:
    refused = {d.file for d in year.defects if d.effect == "file_refused"}
    files = [f for f in year.files if f.source == source.id and f.path.name not in refused]
    assert len(files) >= 4
    for file in files:
        lines = read_lines(file.path)
        assert tuple(lines[source.header_line - 1]) == source.headers
        assert all(c is None or isinstance(c, str) for c in lines[0])


def test_reported_figures_add_up_to_the_answer(year: Simulation) -> None:
    lines = read_lines(pick_file(year, "service_ratings", "2023-03"))[1:]
    answer = pick_answer(year, "service-satisfaction", "2023-03")
    good, total = (sum(int(str(line[i])) for line in lines) for i in (3, 2))
    assert (answer.numerator, answer.denominator, answer.value) == (good, total, Fraction(100 * good, total))


def test_refund_files_hold_what_the_answer_counts(year: Simulation) -> None:
    """March from the files alone: ends in March of class 1 and 2, as day numbers of Excel."""
    ended: dict[object, int] = {}
    for period in ("2023-01", "2023-02", "2023-03"):
        for number, grade, _, end, _ in read_lines(pick_file(year, "export_refunds", period))[1:]:
            in_march = spell_serial(dt.date(2023, 3, 1)) <= str(end) <= spell_serial(dt.date(2023, 3, 31))
            ended[number] = in_march and grade in ("一类", "二类")
    assert pick_answer(year, "export-refund-days", "2023-03").denominator == sum(ended.values())


BAD_CELLS = {
    "finished_before_accepted": lambda line: line[3] > line[4],
    "negative_count": lambda line: line[3] == "-12",
    "unknown_word": lambda line: line[2] == "其他问题",
    "above_total": lambda line: line[3] > line[2],
    "impossible_date": lambda line: line[4] == "2023年13月5日",
    "same_key_same_row": lambda line: line[0].startswith("3601222202306"),
    "same_key_other_row": lambda line: line[0] == "TS2023079002",
}


def test_each_row_defect_stands_in_its_line(year: Simulation) -> None:
    seen = set()
    for defect in year.defects:
        if defect.line is None:
            continue
        line = read_lines(pick_file(year, str(defect.source), str(defect.period)))[defect.line - 1]
        assert BAD_CELLS[defect.kind](line), defect
        seen.add(defect.kind)
    assert seen == set(BAD_CELLS)


def test_file_defects_are_what_they_say(year: Simulation) -> None:
    named = {d.kind: d for d in year.defects}
    paths = {f.path.name: f.path for f in year.files}
    assert named["missing_file"].file not in paths
    assert len(read_lines(paths[named["header_only"].file])) == 1
    assert not paths[named["garbage"].file].read_bytes().startswith(b"PK")
    assert (paths["食堂菜谱.xlsx"].parent, named["no_contract"].source) == (
        paths["政务服务好差评统计_202301.csv"].parent.parent,
        None,
    )
    copy = named["same_file_twice"].file
    assert paths[copy].read_bytes() == paths[copy.replace("(1)", "")].read_bytes()
    total = read_lines(paths[named["total_differs"].file])[3:]
    assert sum(int(str(line[1])) for line in total[:3]) + 5 == total[3][1]
    assert {d.kind for d in year.defects} == {p.kind for p in PLANTS} | {"no_contract"}
    assert len({(p.source, p.period) for p in PLANTS}) == len(PLANTS)


def test_part_of_a_year_knows_nothing_of_the_rest(year: Simulation, tmp_path: Path) -> None:
    part = simulate(tmp_path, months=5)
    assert part.as_of == dt.date(2023, 5, 31)
    assert {f.period for f in part.files if f.source == "tax_hours"} == {"2023-Q1"}
    assert max(a.period for a in part.answers if a.target == "online-items") == "2023-05"
    whole, few = digest(year), digest(part)
    by_hand = {source.id for source in SOURCES}
    mine = {f.path.name for f in part.files if f.source in by_hand}
    assert mine
    assert {name for name in mine if few[name] != whole[name]} == set()
    hand_made = {goal.id for goal in GOALS}
    assert not {a.reason for a in part.answers if a.target in hand_made} & {"not_reached", "strive"}


@pytest.mark.parametrize("wrong", [{"months": 0}, {"months": 61}, {"plan": "elsewhere"}])
def test_what_cannot_be_simulated_is_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"模拟|没有"):
        simulate(tmp_path, **wrong)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_overlay_has_an_address_for_every_unit_and_three_baselines(year: Simulation) -> None:
    contacts, baselines = (yaml.safe_load(year.overlay[n]) for n in ("contacts.yml", "baselines.yml"))
    assert {s.owner for s in SOURCES} <= {c["unit"] for c in contacts}
    assert all(c["address"].endswith(".invalid") and c["plan"] == PLAN for c in contacts)
    figures = {b["target"]: b["value"] for b in baselines}
    assert {target: figures[target] for target in ("online-items", "tax-hours", "power-online-rate")} == {
        **{"online-items": 90, "tax-hours": 85, "power-online-rate": 88},
    }


def test_spellings_of_offices() -> None:
    assert spell_thousands(Decimal("1234.5")) == "1,234.5"
    assert spell_serial(dt.date(2023, 3, 5)) == "44990"
