"""The DAG folder parsed in a process of its own, and one running stack for all tests of a module."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from schemas.settings import REPO, inherited_environment

DAGS = REPO / "dags"
DRIVER = Path(__file__).with_name("parse_dags.py")
NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/none"


@dataclass(frozen=True)
class Parsed:
    """What a parse of the folder gave; `raw` is the text as it was written."""

    raw: str
    content: dict[str, Any]

    @property
    def dags(self) -> dict[str, dict[str, Any]]:
        return {dag_id: content["dag"] for dag_id, content in self.content["dags"].items()}


def airflow_environment(home: Path, **more: str) -> dict[str, str]:
    """Airflow on a home of its own and a database that is not there: a parse that asks it fails."""
    return inherited_environment() | {
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": NOWHERE,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": NOWHERE,
        "BIZENV_HOME": str(home),
        **more,
    }


@pytest.fixture(scope="session")
def parse(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Parsed]:
    """`parse(folder=..., schemas=[...])`: the DAG folder, parsed anew."""

    def run(*, folder: Path = DAGS, schemas: list[Path] | None = None, seed: str = "0") -> Parsed:
        home = tmp_path_factory.mktemp("parse")
        env = airflow_environment(home, PYTHONHASHSEED=seed, AIRFLOW__CORE__DAGS_FOLDER=str(folder))
        if schemas:
            env["BIZENV_SCHEMAS"] = os.pathsep.join(map(str, schemas))
        out = home / "parsed.json"
        command = [sys.executable, str(DRIVER), str(out), str(folder)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, cwd=home)
        assert done.returncode == 0, done.stdout + done.stderr
        raw = out.read_text("utf-8")
        return Parsed(raw, json.loads(raw))

    return run


@pytest.fixture(scope="session")
def parsed(parse: Callable[..., Parsed]) -> Parsed:
    return parse()
