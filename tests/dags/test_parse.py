"""The DAG folder as the DAG processor sees it: exact ids, no errors, one policy, stable, light."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from etl import requests
from schemas.settings import REPO

DAGS = REPO / "dags"
HEAVY = {"pandas", "great_expectations", "duckdb", "ibis", "dash", "plotly", "etl", "expectations", "dashboards"}
TAGS = {"bizenv", "land", "check", "load", "compute", "judge", "publish", "request"}
TASKS = {
    "inbox": ["look"],
    "ingest": ["land", "check", "load"],
    "evaluate": ["plan", "compute_piece", "compute", "judge"],
    "publish": ["publish", "mail"],
    "requests": ["look", "answer"],
    "case": ["light", "mail"],
}
PLAN = "wanli-2023"
"""In use where the office has said nothing."""


def list_sources() -> list[str]:
    """Ids of the contracts that every plan has, and of those that this one has."""
    plans = {
        path.stem: yaml.safe_load(path.read_bytes()).get("plans")
        for path in (REPO / "schemas" / "contracts").glob("*.yml")
    }
    return sorted(stem for stem, named in plans.items() if named is None or PLAN in named)


SOURCES = list_sources()


def tasks_of(dag: dict[str, Any]) -> list[dict[str, Any]]:
    """Of a mapped task what all its instances share is written one level deeper, and times with their kind."""
    tasks = [{**task["__var"].get("partial_kwargs", {}), **task["__var"]} for task in dag["tasks"]]
    return [{k: v["__var"] if isinstance(v, dict) and "__type" in v else v for k, v in t.items()} for t in tasks]


def expand(dag_id: str) -> str:
    """`ingest_tax_hours` -> `ingest`."""
    return dag_id.partition("_")[0]


def test_the_ids_are_exactly_these(parsed: Any) -> None:
    assert len(SOURCES) >= 20
    assert not any(source.startswith("yz_") for source in SOURCES)
    assert parsed.content["errors"] == {}
    wanted = {"inbox", "evaluate", "publish", "requests", "case_lights", "ingest_unknown"} | {
        f"ingest_{s}" for s in SOURCES
    }
    assert set(parsed.dags) == wanted


def test_every_dag_keeps_the_policy(parsed: Any) -> None:
    assert parsed.dags
    for dag_id, dag in parsed.dags.items():
        assert dag["catchup"] is False, dag_id
        assert dag["max_active_runs"] == 1, dag_id
        assert "bizenv" in dag["tags"], dag_id
        assert set(dag["tags"]) <= TAGS, dag_id
        assert len(dag["description"]) >= 6, dag_id
        assert "失败时" in dag["doc_md"], dag_id
        assert sorted(t["task_id"] for t in tasks_of(dag)) == sorted(TASKS[expand(dag_id)]), dag_id
        for task in tasks_of(dag):
            assert task["owner"] == "bizenv", dag_id
            assert task["retries"] >= 1, dag_id
            assert 10 <= task["retry_delay"] <= 300, dag_id
            assert 60 <= task["execution_timeout"] <= 4 * 3600, dag_id


def test_stages_follow_each_other(parsed: Any) -> None:
    for dag_id, dag in parsed.dags.items():
        order = TASKS[expand(dag_id)]
        after = {task["task_id"]: task.get("downstream_task_ids", []) for task in tasks_of(dag)}
        assert [after[task] for task in order] == [[task] for task in order[1:]] + [[]], dag_id


def test_looking_dags_hold_no_slot_between_two_looks(parsed: Any) -> None:
    for dag_id in ("inbox", "requests"):
        look = next(task for task in tasks_of(parsed.dags[dag_id]) if task["task_id"] == "look")
        assert look["reschedule"] is True
        timetable = parsed.dags[dag_id]["timetable"]
        assert timetable["__type"].endswith("DeltaTriggerTimetable")
        assert timetable["__var"]["delta"] <= 20


def test_assets_wake_the_next_dag_and_the_clock_wakes_all(parsed: Any) -> None:
    times: dict[str, tuple[int, int]] = {}
    for dag_id, dag in parsed.dags.items():
        if dag_id in ("inbox", "requests", "case_lights"):
            continue
        schedule = dag["timetable"]["__var"]
        clock = schedule["timetable"]["__var"]
        assert clock["timezone"] == "Asia/Shanghai"
        minute, hour, *rest = clock["expression"].split()
        assert rest == ["*", "*", "*"]
        times[dag_id] = int(hour), int(minute)
        uris = {asset["uri"].rstrip("/") for asset in schedule["asset_condition"]["objects"]}
        wanted = {
            "evaluate": {f"bizenv://lake/{source}" for source in [*SOURCES, "unknown"]},
            "publish": {"bizenv://verdicts"},
        }
        assert uris == wanted.get(dag_id, {f"bizenv://inbox/{dag_id.removeprefix('ingest_')}"}), dag_id
    ingests = Counter(time for dag_id, time in times.items() if dag_id.startswith("ingest_"))
    assert max(ingests.values()) <= 2, "spread over the night"
    assert max(ingests) < times["evaluate"] < times["publish"]


def test_lights_of_cases_are_looked_at_every_quarter_of_an_hour_and_when_cases_come(parsed: Any) -> None:
    schedule = parsed.dags["case_lights"]["timetable"]["__var"]
    clock = schedule["timetable"]["__var"]
    assert (clock["expression"], clock["timezone"]) == ("*/15 * * * *", "Asia/Shanghai")
    uris = {asset["uri"].rstrip("/") for asset in schedule["asset_condition"]["objects"]}
    assert {"bizenv://lake/startup_cases", "bizenv://lake/complaints"} <= uris
    assert "bizenv://lake/tax_hours" not in uris, "a report has no cases"


def test_two_processes_serialise_the_same_bytes(parse: Callable[..., Any], parsed: Any) -> None:
    again = parse(seed="4711")
    # Airflow puts a DAG's keys in the order of a set, and sorts them before it compares versions
    first, second = (json.dumps(p.content["dags"], ensure_ascii=False, sort_keys=True) for p in (parsed, again))
    assert first == second
    assert not re.search(r"20\d\d-\d\d-\d\d", first), "no day of the parse"


def test_a_parse_imports_nothing_heavy(parsed: Any) -> None:
    assert "dag_policy" in parsed.content["modules"], "the list is of this parse"
    assert HEAVY.isdisjoint(parsed.content["modules"])


def test_files_are_short_and_shadow_no_module() -> None:
    for path in DAGS.glob("*.py"):
        assert importlib.util.find_spec(path.stem) is None, path.stem
        assert len(path.read_text("utf-8").splitlines()) <= (100 if path.name.startswith("dag_") else 80), path.name


def test_abandoned_means_the_same_as_in_the_pipeline() -> None:
    spec = importlib.util.spec_from_file_location("dag_runs", DAGS / "dag_runs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.ABANDONED == requests.ABANDONED


@pytest.fixture
def own_schemas(tmp_path: Path) -> Path:
    folder = tmp_path / "own" / "contracts"
    folder.mkdir(parents=True)
    return folder


def test_own_and_broken_contracts_keep_their_dags(parse: Callable[..., Any], own_schemas: Path) -> None:
    (own_schemas / "noise_reports.yml").write_text("id: noise_reports\nname_zh: 噪声投诉月报\n", "utf-8")
    (own_schemas / "broken.yml").write_text("id: [", "utf-8")
    (own_schemas / "list.yml").write_text("- 1\n", "utf-8")
    (own_schemas / "tax_hours.yml").write_text("id: tax_hours\nname_zh: 本区纳税时间\n", "utf-8")
    dags = parse(schemas=[own_schemas.parent]).dags
    described = {
        "ingest_noise_reports": "入库：噪声投诉月报",
        "ingest_broken": "入库：broken",
        "ingest_list": "入库：list",
        "ingest_tax_hours": "入库：本区纳税时间",
    }
    assert {dag_id: dags[dag_id]["description"] for dag_id in described} == described


def test_an_import_error_would_be_seen(parse: Callable[..., Any], tmp_path: Path) -> None:
    folder = tmp_path / "dags"
    shutil.copytree(DAGS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "bad.py").write_text("from airflow.sdk import dag\nimport pandas\nraise RuntimeError('broken dag')\n")
    found = parse(folder=folder).content
    assert [Path(name).name for name in found["errors"]] == ["bad.py"]
    assert "pandas" in found["modules"]
