"""Pieces computed by whoever, in any order, twice or not at all: the values are those of one process."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine, select

from etl import pipeline
from etl.compute.part_rows import PartRow
from etl.compute.part_store import read_chunks, write_chunks
from etl.compute.stage import compute
from etl.compute.stale import Known, split_evenly
from schemas.settings import Settings
from schemas.warehouse.tables import outcomes
from tests.etl.compute.kept_parts import Office

KEY = ("mean", "")


@pytest.fixture
def office(settings: Settings, engine: Engine) -> Office:
    office = Office(settings.model_copy(update={"piece_rows": 10}), engine, 7)
    office.today = dt.date(2023, 5, 20)
    for _ in range(8):
        office.send_cases()
    office.send_report()
    return office


def test_pieces_and_what_is_left_make_the_values_of_one_process(office: Office) -> None:
    pieces = pipeline.plan_pieces(office.next_run())
    assert len(pieces) > 2
    assert {piece["source"] for piece in pieces} == {"permits", "statistics"}
    lost, *others = pieces
    for piece in [*reversed(others), others[0]]:
        pipeline.compute_piece(office.ctx, piece)
    done = pipeline.compute(office.ctx)
    assert done is not None
    assert 0 < done.chunks <= len(lost["chunks"]) * 12
    assert office.stand() == office.whole()
    with office.engine.connect() as connection:
        rows = connection.execute(select(outcomes).where(outcomes.c.stage == "compute").order_by(outcomes.c.id)).all()
    told = [row.status for row in rows]
    assert told == ["done"] * len(others) + ["skipped", "done"]
    assert rows[len(others)].code == "COMPUTE.ALREADY"


def test_a_small_change_has_no_pieces(office: Office) -> None:
    compute(office.next_run())
    office.settings = office.settings.model_copy(update={"piece_rows": 10_000})
    office.send_cases()
    assert pipeline.plan_pieces(office.next_run()) == []


def test_the_nightly_run_computes_each_chunk_once_over_all_its_tasks(office: Office) -> None:
    compute(office.next_run())
    ctx = office.next_run()
    pieces = pipeline.plan_pieces(ctx, everything=True)
    for piece in pieces:
        pipeline.compute_piece(ctx, piece, everything=True)
    assert compute(ctx, everything=True).chunks == 0
    assert pipeline.plan_pieces(office.next_run(), everything=True) == pieces


def test_an_older_look_never_replaces_a_newer_one(engine: Engine) -> None:
    def known(snapshot: int) -> dict[str, Known]:
        return {"2023-01": Known({}, dt.date(2023, 2, 1), None, snapshot, None, "run")}

    def part(n: int) -> dict[str, list[PartRow]]:
        return {"2023-01": [PartRow("main", "", "甲局", "2023-01", 1, 2, n)]}

    for snapshot, n in ((5, 50), (4, 40), (5, 51), (9, 90), (8, 80)):
        with engine.begin() as connection:
            write_chunks(connection, KEY, "permits", known(snapshot), part(n))
    with engine.connect() as connection:
        kept = read_chunks(connection, KEY, ["2023-01"])
    assert [row.n for row in kept["2023-01"]] == [90]


def test_neighbours_share_a_piece_until_it_is_full() -> None:
    weights = {"2023-03": 4, "2023-01": 3, "2023-02": 2, "2023-04": 11, "2023-05": 1}
    assert list(split_evenly(weights, 6)) == [["2023-01", "2023-02"], ["2023-03"], ["2023-04"], ["2023-05"]]
    assert list(split_evenly({}, 6)) == []
