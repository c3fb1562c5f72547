"""Parses the DAG folder as the DAG processor does and writes what it found as JSON. Arguments: output file, DAG folder.

A process of its own: Airflow reads its settings once, and what a parse imports shows in a fresh process only.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization


def main() -> None:
    out, folder = Path(sys.argv[1]), Path(sys.argv[2])
    before, started, used = set(sys.modules), time.perf_counter(), time.process_time()
    bag = DagBag(folder)
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    found = {
        "dags": {dag_id: DagSerialization.to_dict(dag) for dag_id, dag in sorted(bag.dags.items())},
        "errors": {str(path): error for path, error in bag.import_errors.items()},
        "warnings": [warning for warnings in bag.captured_warnings.values() for warning in warnings],
        "modules": sorted(set(sys.modules) - before),
        "seconds": seconds,
        "cpu_seconds": cpu,
    }
    out.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


main()
