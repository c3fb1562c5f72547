"""The computation over two Celery workers, one of them killed in the middle: the values are those of one process."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ibis
import psutil
import pytest
import redis
from pydantic import SecretStr
from sqlalchemy import Engine, text

from etl import pipeline
from etl.compute.look import lake_table
from etl.compute.measures import list_measures
from etl.compute.submissions import read_submissions
from etl.compute.values import Computation, Rows
from etl.core.context import Context
from etl.core.lake import ensure_table, open_lake
from etl.core.session import open_session
from etl.stack.airflow_env import build_environment, worker_command
from examples.simulation import simulate
from schemas.settings import Settings
from tests.dags.office import TODAY, Office, run_office, wait_for

pytestmark = [pytest.mark.stack, pytest.mark.timeout(2400)]
HOST, PORT = "127.0.0.1", 6379
PATIENCE = 900
BUSY = "select 1 from dag_run where dag_id = 'evaluate' and state in ('queued', 'running')"
VALUES = """select indicator, variant, unit, period, state, numerator, denominator, n, open_numerator, open_denominator,
            batches from values where recorded_to is null and indicator not like 'manual:%'"""


@pytest.fixture(scope="module")
def broker() -> Iterator[SecretStr]:
    """An empty database of the Redis on this machine, emptied again afterwards."""
    try:
        socket.create_connection((HOST, PORT), timeout=2).close()
    except OSError as error:
        pytest.skip(f"no Redis on {HOST}:{PORT} ({error}): Celery workers cannot be tried")
    for number in range(15, 0, -1):
        database = redis.Redis(HOST, PORT, number)
        if not database.dbsize():
            yield SecretStr(f"redis://{HOST}:{PORT}/{number}")
            database.flushdb()
            return
    pytest.skip("every numbered database of the Redis on this machine is in use")


@contextmanager
def second_worker(office: Office) -> Iterator[psutil.Process]:
    """A worker beside the one that the stack has started; ended with all below it."""
    env = build_environment(
        office.settings, database_url=str(office.metadata.url.render_as_string(hide_password=False))
    )
    env["BIZENV_DATABASE_URL"] = str(office.settings.database_url)
    with (office.settings.logs / "second-worker.log").open("wb") as log:
        command = worker_command(office.settings, "second")
        worker = psutil.Process(subprocess.Popen(command, env=env, stdout=log, stderr=log).pid)
    try:
        yield worker
    finally:
        kill_tree(worker)


def kill_tree(worker: psutil.Process) -> None:
    """Kill -9 of a worker and all its tasks, as when its machine goes away."""
    if worker.is_running():
        for process in (*worker.children(recursive=True), worker):
            process.kill()
        psutil.wait_procs([worker], timeout=10)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, broker: SecretStr) -> Iterator[Office]:
    """A home with a simulated month in its lake and nothing computed, then its stack over Celery.

    The nightly run that was missed begins as soon as the stack is up.
    """
    folder = tmp_path_factory.mktemp("celery")
    simulation = simulate(folder / "exports", months=1)
    home = folder / "home"
    settings = Settings(home=home, clock=TODAY)
    settings.make_home()
    for file in simulation.files:
        (settings.inbox / file.path.name).write_bytes(file.path.read_bytes())
    with open_session(settings, trigger="test") as ctx:
        pipeline.land(ctx)
        pipeline.check(ctx)
        pipeline.load(ctx)
    with run_office(home, simulation, celery_broker=broker, piece_rows=40) as running:
        yield running


def test_values_of_two_workers_are_those_of_one_process_though_one_is_killed(office: Office) -> None:
    with second_worker(office) as worker:
        wait_for(lambda: len(names_of_workers(office)) == 2, PATIENCE, what="two workers are there")
        wait_for(lambda: not office.ask(office.metadata, BUSY), PATIENCE, what="the first evaluation ends")
        with no_writing(office.warehouse):
            office.call("POST", "/dags/evaluate/dagRuns", {"logical_date": None})
            victim = wait_for(lambda: find_victim(office, worker), PATIENCE, what="the second worker computes a piece")
            kill_tree(victim)
        wait_for(lambda: not office.ask(office.metadata, BUSY), PATIENCE, what="the evaluations end")
    pieces = [task for task in office.tasks("evaluate") if task.task_id == "compute_piece"]
    assert len(pieces) > 2
    assert {task.state for task in pieces} == {"success"}
    assert max(task.try_number for task in pieces) > 1, "the killed one was tried again"
    outcomes = office.ask(
        office.warehouse,
        "select subject, status from outcomes where stage = 'compute' and status in ('done', 'skipped')",
    )
    assert {row.subject for row in outcomes if ":" in row.subject}, "every piece wrote its row"
    stands = {tuple(row[:4]): tuple(row[4:]) for row in office.ask(office.warehouse, VALUES)}
    whole = compute_whole(office)
    assert len(whole) > 100
    # the others are asked by quarter or year, and no such period has come
    assert len({key[0] for key in whole}) > 40
    assert stands == whole


@contextmanager
def no_writing(warehouse: Engine) -> Iterator[None]:
    """Pieces get as far as writing what they have computed, and wait there: none is over before the kill."""
    with warehouse.begin() as connection:
        connection.execute(text("lock table part_chunks in exclusive mode"))
        yield


def control_of(office: Office) -> Any:
    """Celery's own view of the workers."""
    from celery import Celery

    assert office.settings.celery_broker is not None
    return Celery(broker=office.settings.celery_broker.get_secret_value()).control


def names_of_workers(office: Office) -> set[str]:
    """Workers that answer."""
    return {name for answer in control_of(office).ping(timeout=3) for name in answer}


def find_victim(office: Office, worker: psutil.Process) -> psutil.Process | None:
    """The worker, once one of its processes computes a piece, and nothing that it took waits for its turn.

    What a killed worker had taken and not begun is sent again only after ten minutes.
    """
    running = [
        task.id for task in office.tasks("evaluate") if (task.task_id, task.state) == ("compute_piece", "running")
    ]
    titles = {f"airflow worker -- {task}" for task in running}
    for process in worker.children(recursive=True):
        try:
            if " ".join(process.cmdline()).strip() in titles:
                waiting = control_of(office).inspect(timeout=3).reserved() or {}
                return None if any(waiting.values()) else worker
        except psutil.Error:
            continue
    return None


def compute_whole(office: Office) -> dict[tuple[str, ...], tuple[Any, ...]]:
    """All values in this process, from all rows at once and nothing that was kept."""
    with open_session(office.settings, trigger="test") as ctx:
        return _compute_whole(ctx)


def _compute_whole(ctx: Context) -> dict[tuple[str, ...], tuple[Any, ...]]:
    found: dict[tuple[str, ...], tuple[Any, ...]] = {}
    with open_lake(ctx.settings, url=ctx.engine.url) as lake, ctx.engine.connect() as connection:
        backend = ibis.duckdb.from_connection(lake)
        computation = Computation(backend, ctx.registry, as_of=ctx.as_of)
        for measure in list_measures(ctx.registry):
            contract = ctx.registry.contracts[measure.indicator.source]
            ensure_table(lake, contract)
            rows = Rows(lake_table(backend, contract), read_submissions(connection, contract))
            for row in computation.values_of(measure, rows):
                parts = (row.numerator, row.denominator, row.n, row.open_numerator, row.open_denominator)
                found[*measure.key, row.unit, row.period] = (row.state, *parts, list(row.batches))
    return found
