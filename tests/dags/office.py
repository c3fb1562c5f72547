"""A running stack as the tests see it: its inbox, its two databases, Airflow's API, its processes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Engine, text

from etl.core.embedded.ports import find_free_port
from etl.core.postgres import connect_or_start
from examples.simulation import Simulation
from schemas.settings import Settings, inherited_environment
from schemas.warehouse.engine import make_engine

DRIVER = Path(__file__).with_name("dag_stack.py")
TODAY = "2023-03-31"


def wait_for(condition: Callable[[], Any], seconds: float, *, what: str) -> Any:
    """The first true answer; fails with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.5)
    return answer


@dataclass
class Office:
    """One running stack."""

    settings: Settings
    process: subprocess.Popen[bytes]
    warehouse: Engine
    metadata: Engine
    board_url: str
    simulation: Simulation

    def ask(self, engine: Engine, query: str, **values: Any) -> list[Any]:
        """Rows of a query; a change is committed."""
        with engine.begin() as connection:
            result = connection.execute(text(query), values)
            return list(result) if result.returns_rows else []

    def find_file(self, source: str, period: str) -> Path:
        """A simulated export."""
        return next(f.path for f in self.simulation.files if (f.source, f.period) == (source, period))

    def drop(self, path: Path) -> None:
        """Put a file into the inbox as people do: it appears and grows."""
        shutil.copyfile(path, self.settings.inbox / path.name)

    def batch_of(self, name: str) -> Any:
        rows = self.ask(self.warehouse, "select * from batches where file_name = :name", name=name)
        return rows[0] if rows else None

    def published_with(self, batch_id: str) -> list[Any]:
        """Verdicts of a published set that draw on the batch."""
        query = """select v.* from verdicts v join publications p on p.set_id = v.set_from
                   where p.state = 'published' and :batch = any(v.batches)"""
        return self.ask(self.warehouse, query, batch=batch_id)

    def tasks(self, dag_id: str) -> list[Any]:
        """Task instances of a DAG, the oldest run first."""
        query = """select t.id, t.task_id, t.state, t.try_number, r.run_id, r.run_type, r.state as run_state
                   from task_instance t join dag_run r using (dag_id, run_id)
                   where t.dag_id = :dag order by r.id, t.task_id"""
        return self.ask(self.metadata, query, dag=dag_id)

    def states(self, dag_id: str, task_id: str) -> list[str | None]:
        return [task.state for task in self.tasks(dag_id) if task.task_id == task_id]

    def call(self, method: str, path: str, body: dict[str, Any]) -> Any:
        """Airflow's API as its administrator."""
        base = f"http://127.0.0.1:{self.settings.airflow_port}"
        passwords = json.loads((self.settings.home / "secrets" / "airflow-password.json").read_text("utf-8"))
        sign_in = {"username": "admin", "password": passwords["admin"]}
        token = _send("POST", f"{base}/auth/token", sign_in, {})["access_token"]
        return _send(method, f"{base}/api/v2{path}", body, {"Authorization": f"Bearer {token}"})

    def find_process(self, title: str) -> psutil.Process | None:
        """The process below the stack whose title is exactly this."""
        for process in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if " ".join(process.cmdline()).strip() == title:
                    return process
            except psutil.Error:
                continue
        return None


def _send(method: str, url: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
    request = urllib.request.Request(  # noqa: S310 - our own address on this machine
        url, data=json.dumps(body).encode(), method=method, headers={"Content-Type": "application/json", **headers}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as answer:
        return json.loads(answer.read())


@contextmanager
def run_office(home: Path, simulation: Simulation, **options: Any) -> Iterator[Office]:
    """Start a stack on `home`, wait until its DAGs are there, stop it at the end."""
    names = ("postgres_port", "airflow_port", "board_port", "smtp_port")
    ports: dict[str, Any] = {name: find_free_port() for name in names}
    settings = Settings(home=home, clock=TODAY, **ports, **options)
    words = home.with_suffix(".txt")
    env = inherited_environment() | settings.child_environment() | {"PYTHONIOENCODING": "utf-8"}
    with words.open("wb") as out:
        process = subprocess.Popen([sys.executable, str(DRIVER)], env=env, stdout=out, stderr=out)
    try:
        wait_for(lambda: "全部就绪" in words.read_text("utf-8") or process.poll() is not None, 200, what="the stack")
        assert process.poll() is None, words.read_text("utf-8")
        with connect_or_start(settings) as server:
            warehouse, metadata = make_engine(server.url_bizenv), make_engine(server.url_airflow)
            here = settings.model_copy(update={"database_url": server.url_bizenv})
            office = Office(here, process, warehouse, metadata, server.url_board, simulation)
            wait_for(lambda: office.ask(metadata, "select 1 from dag where dag_id = 'requests'"), 90, what="the DAGs")
            yield office
            warehouse.dispose()
            metadata.dispose()
    finally:
        process.terminate()
        process.wait(90)
