"""A DAG folder with 100 contracts, parsed by Airflow, against a bare `import airflow`."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figure import Figure
from schemas.models.registry import load_registry
from schemas.settings import REPO, Settings, inherited_environment

CONTRACTS = 100
AIM_SECONDS = 1.0
TRIES = 3
_BARE = "import airflow, airflow.sdk; from airflow.dag_processing.dagbag import DagBag"
_PARSE = _BARE + "; bag = DagBag(r'{dags}'); assert len(bag.dags) >= {least}, bag.import_errors"


def _run(code: str, environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


def measure() -> list[Figure]:
    """Medians of three; bare and whole take turns, so that a busy moment hits both."""
    with tempfile.TemporaryDirectory(prefix="bizenv-bench-") as folder:
        home = Path(folder)
        (home / "schemas" / "contracts").mkdir(parents=True)
        sample = (REPO / "schemas" / "contracts" / "service_items.yml").read_text(encoding="utf-8")
        built_in = len(load_registry([REPO / "schemas"]).in_use().contracts)
        for number in range(CONTRACTS - built_in):
            path = home / "schemas" / "contracts" / f"extra_{number:03d}.yml"
            path.write_text(sample.replace("id: service_items", f"id: extra_{number:03d}"), encoding="utf-8")
        settings = Settings(home=home)
        environment = {
            **inherited_environment(),
            **settings.child_environment(),
            "AIRFLOW_HOME": str(home / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(REPO / "dags"),
            "PATH": os.environ["PATH"],
        }
        code = _PARSE.format(dags=REPO / "dags", least=CONTRACTS)
        _run(code, environment)  # warm: Airflow's own first start, byte code
        pairs = [(_run(_BARE, environment), _run(code, environment)) for _ in range(TRIES)]
        shutil.rmtree(home / "airflow", ignore_errors=True)
    bare, whole = (statistics.median(column) for column in zip(*pairs, strict=True))
    parts = {"bare import": bare, "with the folder": whole}
    return [Figure(f"parse of {CONTRACTS} contracts above a bare import", whole - bare, AIM_SECONDS, "s", parts)]
