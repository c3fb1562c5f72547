"""A simulated year through all six stages: every verdict equals the simulator's own, independently worked out key."""

from __future__ import annotations

import datetime as dt
import json
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import func, select

from etl import pipeline
from etl.core.context import Context
from etl.core.session import open_session
from etl.core.verdict_history import KnownVerdict, read_set
from etl.demo import make_demo
from etl.dry_run import try_file
from examples.district.entries import enter_all
from examples.district.pack import load_pack
from examples.districts import PLAN, SOURCES
from examples.simulation import Simulation
from schemas.settings import Settings, inherited_environment
from schemas.warehouse.engine import make_engine
from schemas.warehouse.tables import batches, findings, mails, outcomes, publications, quarantine
from tests.test_docs import readme_commands


@dataclass(frozen=True)
class Year:
    """A home after the simulated year has gone through."""

    settings: Settings
    simulation: Simulation
    report: pipeline.RunReport


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory, module_database_url: str) -> Year:
    settings = Settings(home=tmp_path_factory.mktemp("year") / "home", database_url=module_database_url, smtp_port=1)
    settings.make_home()
    engine = make_engine(module_database_url)
    simulation = make_demo(settings, engine)
    engine.dispose()
    with open_session(settings, trigger="test") as ctx:
        report = pipeline.run(ctx)
    return Year(settings, simulation, report)


@pytest.fixture
def ctx(year: Year) -> Iterator[Context]:
    with open_session(year.settings, trigger="test") as context:
        yield context


def by_key(known: tuple[KnownVerdict, ...]) -> dict[tuple[str, str, str], KnownVerdict]:
    return {(k.row.target, k.row.unit, k.row.period): k for k in known}


def read_all(ctx: Context) -> dict[tuple[str, str, str], KnownVerdict]:
    with ctx.engine.connect() as connection:
        return by_key(read_set(connection, plan="wanli-2023"))


def test_every_verdict_is_the_one_of_the_answer_key(year: Year, ctx: Context) -> None:
    mine = read_all(ctx)
    key = {(a.target, a.unit, a.period): a for a in year.simulation.answers}
    assert len(key) > 500
    assert mine.keys() == key.keys()
    wrong = []
    for place, answer in key.items():
        row = mine[place].row
        got = (row.status, row.reason, row.light, row.carried_from, row.pooled)
        wanted = (answer.status, answer.reason, answer.light, answer.carried_from, answer.pooled)
        if got != wanted:
            wrong.append((place, got, wanted))
    assert wrong == []


def test_every_value_is_the_one_of_the_answer_key(year: Year, ctx: Context) -> None:
    mine = read_all(ctx)
    compared = 0
    for answer in year.simulation.answers:
        row = mine[answer.target, answer.unit, answer.period].row
        if answer.value is None or answer.status == "no_data":
            assert row.value is None, answer
            continue
        assert row.value is not None
        # stored values are exact to ten decimals
        assert abs(Fraction(row.value) - Fraction(answer.value)) <= Fraction(1, 2 * 10**10), answer
        assert row.n == answer.n, answer
        compared += 1
    assert compared > 400


def test_each_planted_defect_was_seen(year: Year, ctx: Context) -> None:
    with ctx.engine.connect() as connection:
        refused = set(connection.execute(select(batches.c.file_name).where(batches.c.status == "refused")).scalars())
        held = {
            (row.file_name, row.line, row.source)
            for row in connection.execute(
                select(batches.c.file_name, quarantine.c.line, batches.c.source).join_from(
                    quarantine, batches, quarantine.c.batch_id == batches.c.batch_id
                )
            )
        }
        noted = set(connection.execute(select(batches.c.file_name).join_from(findings, batches)).scalars())
    for defect in year.simulation.defects:
        if defect.effect == "file_refused":
            assert defect.file in refused, defect
        elif defect.effect == "row_quarantined":
            assert (defect.file, defect.line, defect.source) in held, defect
        elif defect.effect == "note":
            assert defect.file in noted, defect
    planted = {(d.file, d.line) for d in year.simulation.defects if d.effect == "row_quarantined"}
    by_hand = {source.id for source in SOURCES}
    assert {(name, line) for name, line, source in held if (name, line) not in planted and source in by_hand} == set()
    files = Counter(name for name, _, source in held if source not in {*by_hand, "manual"})
    assert set(files.values()) == {1}  # the district made of YAML spoils one row of a file
    pack, as_of = load_pack(PLAN), year.simulation.as_of
    unproven = {entry.target for entry in enter_all(pack, as_of) if entry.is_held}
    assert sum(source == "manual" for _, _, source in held) == len(unproven) > 0


def test_lines_add_up_in_every_file(ctx: Context) -> None:
    with ctx.engine.connect() as connection:
        rows = connection.execute(select(batches).where(batches.c.status == "loaded")).mappings().all()
    assert len(rows) > 80
    for row in rows:
        assert row["rows_accepted"] + row["rows_quarantined"] == row["lines"]["data"], row["file_name"]


def test_a_second_run_changes_nothing(year: Year, ctx: Context) -> None:
    def count(connection) -> dict[str, int]:
        tables = (publications, mails, batches)
        return {t.name: connection.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}

    with ctx.engine.connect() as connection:
        before = count(connection)
    report = pipeline.run(ctx)
    with ctx.engine.connect() as connection:
        assert count(connection) == before
    assert (report.landed, report.loaded) == (0, 0)
    assert report.published is not None
    assert report.published.set_id is None


def test_every_arrow_left_an_outcome(ctx: Context) -> None:
    with ctx.engine.connect() as connection:
        rows = connection.execute(
            select(outcomes.c.stage, outcomes.c.status, func.count()).group_by(outcomes.c.stage, outcomes.c.status)
        ).all()
    seen = {(stage, status) for stage, status, _ in rows}
    assert {stage for stage, _ in seen} >= {"land", "check", "load", "compute", "judge", "publish"}
    assert "failed" not in {status for _, status in seen}
    assert ("check", "refused") in seen


def test_evidence_leads_to_the_cell(year: Year, ctx: Context, tmp_path: Path) -> None:
    """One red case, followed by hand: the file in landing/ holds the value in the very cell."""
    from openpyxl import load_workbook
    from sqlalchemy import text

    query = text(
        "select e.*, b.landing_path from evidence e join verdicts v on v.id = e.verdict_id"
        " join batches b using (batch_id) where v.target = 'bid-deposit-refund' and v.status = 'missed' and e.rank = 1"
    )
    with ctx.engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
    assert rows
    for row in rows:
        copy = tmp_path / "copy.xlsx"
        shutil.copy(year.settings.home / row["landing_path"], copy)
        sheet = load_workbook(copy)[row["sheet"]]
        cells = {cell["column"]: (cell["cell"], cell["text"]) for cell in row["cells"]}
        place, shown = cells["bidder"]
        assert sheet[place].value == shown
        assert row["note"].startswith("超时")


def test_the_commands_of_the_readme_answer(year: Year) -> None:
    environment = {**inherited_environment(), **year.settings.child_environment()}
    lines = [line for line in readme_commands("README.md") if "bizenv" in line and not line.endswith("demo")]
    assert len(lines) >= 5
    for line in lines:
        command = [sys.executable, "-m", "etl.cli", *shlex.split(line)[1:]]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, (line, done.stderr)
        as_json = subprocess.run(
            [*command, "--json"], env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert json.loads(as_json.stdout), line


def test_explain_leads_from_light_to_cell(year: Year) -> None:
    environment = {**inherited_environment(), **year.settings.child_environment()}
    command = [sys.executable, "-m", "etl.cli", "explain", "bid-deposit-refund", "--period", "2023-12", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    document = json.loads(done.stdout)
    assert document["verdict"]["light"] == "red"
    assert document["target"]["clause"] == "一(十二)"
    worst = document["evidence"][0]
    # the simulator spoilt the first deposit of December: principal in time, interest a week late
    assert {cell["header"]: cell["cell"] for cell in worst["cells"]}["利息退付日期"] == f"H{worst['line']}"
    assert worst["note"].startswith("超时办结")


def test_a_dry_run_writes_nothing_and_tells_what_would_change(year: Year, ctx: Context) -> None:
    with ctx.engine.connect() as connection:
        name, place = connection.execute(
            select(batches.c.file_name, batches.c.landing_path).where(
                batches.c.source == "service_items", batches.c.period == "2023-11", batches.c.status == "loaded"
            )
        ).one()
        before = connection.execute(select(func.count()).select_from(batches)).scalar_one()
    done = try_file(ctx, year.settings.home / place, ctx.registry.contracts["service_items"])
    assert done.checked.status == "accepted", name
    assert done.changes == ()  # the same rows again
    with ctx.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(batches)).scalar_one() == before


def test_known_on_is_empty_before_anything_was_published(ctx: Context) -> None:
    with ctx.engine.connect() as connection:
        assert read_set(connection, known_on=dt.date(2023, 1, 1)) == ()
