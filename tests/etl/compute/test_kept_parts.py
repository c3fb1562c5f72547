"""Values from kept parts equal those over all rows, whatever comes in on whatever day; only what changed is read."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine, select, text

from etl import pipeline
from etl.compute.evidence_places import Wanted
from etl.compute.stage import compute
from schemas.settings import Settings
from schemas.warehouse.tables import outcomes
from tests.etl.compute.kept_parts import Office

STEPS = 5


@pytest.mark.parametrize("seed", [1, 2])
def test_values_from_kept_parts_are_those_of_all_rows(settings: Settings, engine: Engine, seed: int) -> None:
    office = Office(settings, engine, seed)
    for step in range(STEPS):
        _live_on(office, step)
        pipeline.compute(office.next_run())
        whole = office.whole()
        assert office.stand() == whole, f"seed {seed}, step {step}, {office.today}"
        again = compute(office.next_run())
        assert (again.chunks, again.changed) == (0, 0)
    assert whole
    reconciled = compute(office.next_run(), everything=True)
    assert reconciled.chunks == office.count_kept() > 0
    assert (reconciled.mended, reconciled.changed) == ((), 0)


def _live_on(office: Office, step: int) -> None:
    """Days go by (sometimes back), files come in or not, now and then a promise changes."""
    office.today += dt.timedelta(days=office.draw.choice((0, 1, 2, 9, 20, -3 if step > 3 else 5)))
    office.today = max(office.today, dt.date(2023, 1, 1))
    if office.draw.random() < 0.7 or step == 0:
        office.send_cases()
    if office.draw.random() < 0.4 or step == 0:
        office.send_report()
    if office.cases and office.draw.random() < 0.5:
        office.send_register()
    if step % 5 == 4:
        office.change_promise(office.draw.choice(sorted(office.registry.indicators)))


def test_a_small_change_reads_its_own_month_alone(settings: Settings, engine: Engine) -> None:
    office = Office(settings, engine, 4)
    office.today = dt.date(2023, 6, 15)
    for _ in range(6):
        office.send_cases()
    compute(office.next_run())
    office.end_case(month=5)
    done = pipeline.compute(office.next_run())
    assert done is not None
    assert done.chunks == 11  # ten measures over the cases, and the units
    assert office.stand() == office.whole()


def test_the_reconcile_mends_what_is_wrong_and_says_so(settings: Settings, engine: Engine) -> None:
    office = Office(settings, engine, 5)
    office.today = dt.date(2023, 3, 31)
    for _ in range(4):
        office.send_cases()
    compute(office.next_run())
    spoil = (
        "update parts set n = n + 1 where chunk_id = "
        "(select id from part_chunks where indicator = 'mean' and chunk = '2023-02') and kind = 'main'"
    )
    with engine.begin() as connection:
        assert connection.execute(text(spoil)).rowcount > 0
    compute(office.next_run())
    assert office.stand() != office.whole()
    done = compute(office.next_run(), everything=True)
    assert done.mended == ("mean  2023-02",)
    assert office.stand() == office.whole()
    with engine.connect() as connection:
        row = connection.execute(select(outcomes).order_by(outcomes.c.id.desc()).limit(1)).one()
    assert (row.status, row.code, row.counts["mended"]) == ("done", "COMPUTE.MENDED", ["mean  2023-02"])
    assert "1 处" in row.message


def test_deciding_rows_of_few_chunks_are_those_of_all(settings: Settings, engine: Engine) -> None:
    office = Office(settings, engine, 6)
    office.today = dt.date(2023, 6, 30)
    office.hand_in_many(2500)
    compute(office.next_run())
    months = frozenset(f"2023-{month:02d}" for month in range(1, 7))
    wants = [Wanted("self", months), Wanted("甲局", months), Wanted("self", frozenset({"2023-04"}))]
    for want in wants:
        assert office.evidence("fees", want) == office.expected_rows(want), want
    everything, one_month = (office.places("fees", [want]) for want in (wants[0], wants[2]))
    assert len(everything.periods) < 6
    assert one_month.periods == ("2023-04",)
    assert one_month.chunks < {f"2023-{month:02d}" for month in range(1, 7)}
