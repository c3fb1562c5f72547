"""Four more plans through all six stages: every verdict is the one of the simulator's own key (Wanli: test_end_to_end).

The months are as few as show the first quarter, targets that are due, held and accepted; `docs/simulator.md` says what
longer runs gave. `BIZENV_KEY_MONTHS=60` runs every plan to its end.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import psycopg
import pytest
from sqlalchemy import func, select

from etl import pipeline
from etl.core.session import open_session
from etl.core.verdict_history import read_set
from etl.core.verdicts import VerdictRow
from etl.demo import make_demo
from examples.answers import Answer
from examples.simulation import Simulation
from schemas.settings import Settings
from schemas.warehouse.engine import make_engine
from schemas.warehouse.tables import batches
from tests.conftest import TEMPLATE

MONTHS = {"yuzhong-2021": 3, "ganyu-improvement-year": 3, "xinfu-2021-2025": 3, "dalian-2018": 2}
Place = tuple[str, str, str]


@dataclass(frozen=True)
class Run:
    """A home after its simulated months have gone through."""

    simulation: Simulation
    verdicts: dict[Place, VerdictRow]
    by_status: dict[str, int]


@pytest.fixture(scope="module", params=sorted(MONTHS))
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_admin: str) -> Iterator[Run]:
    plan: str = request.param
    name = f"five_{plan.replace('-', '_')}"
    with psycopg.connect(postgres_admin.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute(f"create database {name} template {TEMPLATE}")
        url = f"{postgres_admin.rpartition('/')[0]}/{name}"
        yield go_through(Settings(home=tmp_path_factory.mktemp(plan) / "home", database_url=url, smtp_port=1), plan)
        connection.execute(f"drop database {name} with (force)")


def go_through(settings: Settings, plan: str) -> Run:
    """Land to publish, and what stands in the warehouse then."""
    settings.make_home()
    engine = make_engine(str(settings.database_url))
    simulation = make_demo(settings, engine, plan=plan, months=int(os.environ.get("BIZENV_KEY_MONTHS", MONTHS[plan])))
    with open_session(settings, trigger="test") as ctx:
        pipeline.run(ctx)
        with ctx.engine.connect() as connection:
            known = read_set(connection, plan=plan)
            counts = connection.execute(select(batches.c.status, func.count()).group_by(batches.c.status))
            by_status = {str(status): int(count) for status, count in counts}
    engine.dispose()
    return Run(simulation, {(k.row.target, k.row.unit, k.row.period): k.row for k in known}, by_status)


def by_place(answers: tuple[Answer, ...]) -> dict[Place, Answer]:
    return {(answer.target, answer.unit, answer.period): answer for answer in answers}


def test_every_verdict_is_the_one_of_the_key(run: Run) -> None:
    key = by_place(run.simulation.answers)
    assert len(key) > 100
    assert run.verdicts.keys() == key.keys()
    wrong = []
    for place, answer in key.items():
        row = run.verdicts[place]
        got = (row.status, row.reason, row.light, row.carried_from, row.pooled)
        wanted = (answer.status, answer.reason, answer.light, answer.carried_from, answer.pooled)
        if got != wanted:
            wrong.append((place, got, wanted))
    assert wrong == []


def test_every_number_is_the_one_of_the_key(run: Run) -> None:
    compared = 0
    for place, answer in by_place(run.simulation.answers).items():
        row = run.verdicts[place]
        if answer.value is None:
            assert row.value is None, place
            continue
        assert row.value is not None, place
        # stored values are exact to ten decimals
        assert abs(Fraction(row.value) - answer.value) <= Fraction(1, 2 * 10**10), place
        assert row.n == answer.n, place
        if answer.denominator:
            # parts may be counted in smaller units (office seconds for days): their ratio is the same
            assert row.numerator is not None, place
            assert row.denominator is not None, place
            assert Fraction(row.numerator) * answer.denominator == answer.numerator * Fraction(row.denominator), place
        compared += 1
    assert compared > 50


def test_each_file_became_what_it_was_made_for(run: Run) -> None:
    """Nothing is refused, kept back or taken for a copy but what the simulator spoilt on purpose."""
    assert set(run.by_status) <= {"loaded", "refused", "empty", "unchanged", "duplicate"}
    spoilt = {"refused", "empty", "unchanged"} & set(run.by_status)
    assert spoilt
    assert run.by_status["loaded"] > sum(run.by_status.values()) * 0.7
