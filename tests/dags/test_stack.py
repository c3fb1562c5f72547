"""The DAGs in the real Airflow on the real database: one stack for all tests, each test with a source of its own."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from etl import pipeline
from etl.core.context import Context
from etl.core.lake import open_lake
from examples.simulation import simulate
from schemas.warehouse.dialect import holding_lock
from schemas.warehouse.engine import make_engine
from tests.dags.office import Office, run_office, wait_for

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
BOARD_SECONDS = 90
FAULTS = {"failed", "up_for_retry", "upstream_failed"}
CONTENT = """select plan, target, unit, period, status, reason, light, value, numerator, denominator, n, sentence,
             batches from verdicts where set_to is null order by plan, target, unit, period"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("dags")
    with run_office(folder / "一个 home", simulate(folder / "exports", months=3)) as running:
        yield running


def test_a_file_is_on_the_board_within_90_seconds(office: Office) -> None:
    export = office.find_file("startup_cases", "2023-01")
    office.drop(export)
    wait_for(
        lambda: (batch := office.batch_of(export.name)) and office.published_with(batch.batch_id),
        BOARD_SECONDS,
        what="the file's verdicts are published",
    )
    assert not (office.settings.inbox / export.name).exists()
    runs = {row.run_id for row in office.ask(office.warehouse, "select run_id from outcomes where stage = 'load'")}
    assert all(run.startswith("ingest-") for run in runs)
    assert office.ask(office.warehouse, "select distinct as_of::text from runs") == [("2023-03-31",)]


def test_a_bad_file_is_refused_and_no_task_fails(office: Office) -> None:
    (office.settings.inbox / "纳税时间抽样调查表（2023年第一季度）.xlsx").write_bytes(b"\x00\x01 not a table \xff" * 99)
    (office.settings.inbox / "食堂菜谱.xlsx").write_bytes(b"\x00\x02 nobody's \xff" * 99)
    for name in ("纳税时间抽样调查表（2023年第一季度）.xlsx", "食堂菜谱.xlsx"):

        def is_refused(name: str = name) -> bool:
            return (batch := office.batch_of(name)) is not None and batch.status == "refused"

        wait_for(is_refused, 90, what=f"{name} is refused")
    # the refusal is an answer: it is followed, though no row has come
    for dag_id, task_id in (("ingest_tax_hours", "load"), ("ingest_unknown", "land")):
        wait_for(lambda d=dag_id, t=task_id: set(office.states(d, t)) & {"success", "skipped"}, 60, what=dag_id)
        assert FAULTS.isdisjoint(task.state for task in office.tasks(dag_id)), dag_id
    assert "success" in office.states("ingest_tax_hours", "load"), "the answer wakes the evaluation"
    followed = "select 1 where not exists (select from dirty where source = 'tax_hours')"
    wait_for(lambda: office.ask(office.warehouse, followed), 60, what="the answer is followed")


def test_a_viewers_request_is_answered(office: Office) -> None:
    board = make_engine(office.board_url)
    asked = "insert into requests (kind, payload, requested_by) values ('run', '{}', 'board')"
    with board.begin() as connection:
        connection.execute(text(asked))
    board.dispose()
    answer = "select state, result from requests where state in ('done', 'failed')"
    (row,) = wait_for(lambda: office.ask(office.warehouse, answer), 90, what="the request is answered")
    assert row.state == "done"
    assert "message" in row.result
    assert FAULTS.isdisjoint(office.states("requests", "answer"))


@dataclass(frozen=True)
class BadDay:
    """What was seen while everything went wrong at once; each field is a fact of its own moment."""

    faults: set[tuple[str, str]]
    waited_in_inbox: bool
    status_after_kill: str
    published_without_event: bool


def is_waiting_for_lock(engine: Engine) -> bool:
    with engine.connect() as connection:
        waiting = "select 1 from pg_locks where locktype = 'advisory' and not granted"
        return connection.execute(text(waiting)).first() is not None


def kill_blocked_load(office: Office, export: Path) -> str:
    """Kill -9 the load that waits for its lock, between check and commit; the batch's status afterwards."""
    wait_for(lambda: is_waiting_for_lock(office.warehouse), 150, what="load waits for the lock")
    load = next(task for task in office.tasks("ingest_bid_deposits") if task.state == "running")
    process = office.find_process(f"airflow worker -- {load.id}")
    assert process is not None
    process.kill()
    wait_for(lambda: "up_for_retry" in office.states("ingest_bid_deposits", "load"), 60, what="Airflow sees it")
    return office.batch_of(export.name).status


def lose_events(office: Office) -> bool:
    """As if no event had ever come to `evaluate`; whether something was published all the same."""
    for table in ("asset_dag_run_queue", "asset_event"):
        office.ask(office.metadata, f"delete from {table}")
    office.call("PATCH", "/dags/evaluate", {"is_paused": False})
    time.sleep(3)
    return any(office.published_with(office.batch_of(name).batch_id) for name in names_of(office))


def names_of(office: Office) -> list[str]:
    return [office.find_file(source, "2023-01").name for source in ("complaints", "bid_deposits")]


@pytest.fixture(scope="module")
def bad_day(office: Office) -> BadDay:
    """One source meets a fault of the disk, another's task is killed, no event arrives; then a run by the clock."""
    busy = "select 1 from dag_run where state in ('queued', 'running') and dag_id not in ('inbox', 'requests')"
    wait_for(lambda: not office.ask(office.metadata, busy), 120, what="earlier tests' runs end")
    faulty, killed = (office.find_file(source, "2023-01") for source in ("complaints", "bid_deposits"))
    obstacle = office.settings.landing / "complaints"
    obstacle.write_text("a file where a folder should be")
    office.call("PATCH", "/dags/evaluate", {"is_paused": True})
    with holding_lock(office.warehouse, "lake:bid_deposits"):
        office.drop(faulty)
        office.drop(killed)
        wait_for(lambda: FAULTS & set(office.states("ingest_complaints", "land")), 90, what="land fails")
        seen = office.ask(
            office.warehouse, "select status, error_type from outcomes where source = 'complaints' and stage = 'land'"
        )
        waited = (office.settings.inbox / faulty.name).exists()
        obstacle.unlink()
        status = kill_blocked_load(office, killed)
    for source in ("complaints", "bid_deposits"):
        wait_for(lambda s=source: "success" in office.states(f"ingest_{s}", "load"), 150, what=f"{source} is loaded")
    published = lose_events(office)
    office.call("POST", "/dags/evaluate/dagRuns", {"logical_date": None})
    for name in (faulty.name, killed.name):
        wait_for(lambda n=name: office.published_with(office.batch_of(n).batch_id), 120, what=f"{name} is published")
    return BadDay({tuple(row) for row in seen}, waited, status, published)


def test_a_system_fault_fails_the_task_and_loses_nothing(office: Office, bad_day: BadDay) -> None:
    assert bad_day.faults == {("failed", "NotADirectoryError")}
    assert bad_day.waited_in_inbox
    export = office.find_file("complaints", "2023-01")
    assert office.batch_of(export.name).status == "loaded"
    assert not (office.settings.inbox / export.name).exists()


def test_a_killed_task_is_completed_once(office: Office, bad_day: BadDay) -> None:
    assert bad_day.status_after_kill == "accepted"
    batch = office.batch_of(office.find_file("bid_deposits", "2023-01").name)
    assert batch.status == "loaded"
    query = "select count(*) from lake.main.bid_deposits where batch_id = ?"
    with open_lake(office.settings, read_only=True) as lake:
        assert lake.execute(query, [batch.batch_id]).fetchone() == (batch.rows_accepted,)
    loads = "select status from outcomes where stage = 'load' and subject = :batch"
    assert [tuple(row) for row in office.ask(office.warehouse, loads, batch=batch.batch_id)] == [("done",)]


def rebuild(office: Office, ctx: Context) -> list[Any]:
    """The verdicts of a fresh home that got the same originals and has never heard of Airflow."""
    for batch in office.ask(office.warehouse, "select * from batches"):
        folder = ctx.settings.inbox / (batch.source if batch.source != "unknown" else "")
        folder.mkdir(exist_ok=True)
        shutil.copyfile(office.settings.home / batch.landing_path, folder / batch.file_name)
    pipeline.run(ctx)
    return office.ask(ctx.engine, CONTENT)


def test_without_any_event_the_run_by_clock_gives_the_same(
    office: Office, bad_day: BadDay, make_context: Callable[..., Context]
) -> None:
    assert not bad_day.published_without_event
    ctx = make_context(as_of=office.simulation.as_of)
    assert ctx.settings.inbox != office.settings.inbox
    expected = rebuild(office, ctx)
    assert len(expected) > 80
    assert office.ask(office.warehouse, CONTENT) == expected
