"""load under fire: kill -9 at any moment, several processes at once, a crash between lake and PostgreSQL."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from etl.load import batches, load_accepted
from schemas.settings import inherited_environment

CHILD = Path(__file__).with_name("load_child.py")
ROUNDS = 10


def wait_for(children: list[subprocess.Popen]) -> None:
    ended = [(child.communicate()[1], child.returncode) for child in children]
    assert [code for _, code in ended] == [0] * len(children), ended


def start_child(bench, *batch_ids: str) -> subprocess.Popen:
    """A loading process that has finished its imports."""
    env = inherited_environment() | bench.settings.child_environment()
    command = [sys.executable, str(CHILD), str(bench.contract_file()), *batch_ids]
    child = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    line = child.stdout.readline()
    assert line == "ready\n", child.communicate()[1]
    return child


def test_a_crash_after_the_lake_commit_loses_no_mark(make_bench, make_case, monkeypatch):
    bench = make_bench("cases", "merge")
    bench.stage([make_case(1, "2023-02-10T09:00:00")])
    load_accepted(bench.ctx)
    bench.stage([make_case(1, "2023-01-10T09:00:00", "2023-03-10T09:00:00")])  # its day of receipt was corrected
    with monkeypatch.context() as patch:
        patch.setattr(batches, "settle_batch", lambda *_: (_ for _ in ()).throw(OSError("power cut")))
        with pytest.raises(ExceptionGroup):
            load_accepted(bench.ctx)
    assert bench.query("SELECT ended::DATE::VARCHAR FROM {t}") == [("2023-03-10",)]
    bench.clear_dirty()  # a compute run came between and followed the first marks
    (loaded,) = load_accepted(bench.ctx)
    # the month in which the replaced row was received is known although that row is gone
    assert bench.dirty() == {"2023-01", "2023-02"} == set(loaded.periods)
    assert bench.query("SELECT count(*) FROM {t}") == [(1,)]
    assert bench.statuses() == [("loaded", 1), ("loaded", 2)]


def test_no_mark_no_commit(make_bench, make_case, monkeypatch):
    bench = make_bench("cases", "merge")
    bench.stage([make_case(1, "2023-01-10T09:00:00")])
    with monkeypatch.context() as patch:
        patch.setattr(batches, "mark_dirty", lambda *_: (_ for _ in ()).throw(OSError("power cut")))
        with pytest.raises(ExceptionGroup):
            load_accepted(bench.ctx)
    assert bench.query("SELECT count(*) FROM {t}") == [(0,)]


def test_kill_9_at_random_points_loses_and_doubles_nothing(make_bench, make_case):
    bench = make_bench("cases", "merge")
    expected: dict[int, int] = {}
    spread, caught = 1.0, 0
    for round_number in range(ROUNDS):
        choose = random.Random(round_number)
        for _ in range(3):
            numbers = choose.sample(range(400), 150)
            fee = choose.randrange(1, 1000)
            bench.stage([make_case(n, f"2023-{1 + n % 12:02d}-10T09:00:00", fee=str(fee)) for n in numbers])
            expected |= dict.fromkeys(numbers, fee)
        child = start_child(bench)
        time.sleep(choose.uniform(0, spread))
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
        caught += child.returncode == -signal.SIGKILL
        began = time.monotonic()
        load_accepted(bench.ctx)
        spread = max(0.3, time.monotonic() - began)
        assert sorted(bench.query("SELECT case_no::INT, fee::INT FROM {t}")) == sorted(expected.items())
    assert bench.statuses() == [("loaded", n + 1) for n in range(3 * ROUNDS)]
    assert bench.dirty() == {f"2023-{1 + n % 12:02d}" for n in expected}
    assert caught >= ROUNDS // 2  # the shots did hit


def test_four_processes_on_one_source_lose_nothing(make_bench, make_case):
    bench = make_bench("cases", "merge")
    expected: dict[int, int] = {}
    parts: list[list[str]] = [[], [], [], []]
    for number in range(12):
        numbers = range(number * 20, number * 20 + 60)
        batch_id = bench.stage([make_case(n, "2023-03-10T09:00:00", fee=str(number)) for n in numbers])
        parts[number % 4].append(batch_id)
        expected |= dict.fromkeys(numbers, number)
    children = [start_child(bench, *part) for part in parts]
    wait_for(children)
    assert sorted(bench.query("SELECT case_no::INT, fee::INT FROM {t}")) == sorted(expected.items())
    assert sorted(order for _, order in bench.statuses()) == list(range(1, 13))


def test_four_sources_at_once_on_a_fresh_warehouse(make_bench, make_case):
    first = make_bench("cases", "merge")
    benches = [replace(first, contract=first.contract.model_copy(update={"id": f"source{n}"})) for n in range(4)]
    for bench, start in itertools.product(benches, (0, 20, 40)):
        bench.stage([make_case(n, "2023-03-10T09:00:00", fee=str(start)) for n in range(start, start + 30)])
    wait_for([start_child(bench, *accepted(bench)) for bench in benches])
    expected = {n: n // 20 * 20 if n < 60 else 40 for n in range(70)}
    for bench in benches:
        assert sorted(bench.query("SELECT case_no::INT, fee::INT FROM {t}")) == sorted(expected.items())
    assert sorted(order for _, order in first.statuses()) == list(range(1, 13))


def accepted(bench) -> list[str]:
    return [batch.batch_id for batch in batches.accepted_batches(bench.engine, bench.contract.id)]
