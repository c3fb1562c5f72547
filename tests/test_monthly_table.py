"""A table with a year's months in its header, from the inbox to the cells that decided a verdict."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from schemas.settings import Settings, inherited_environment
from schemas.warehouse.engine import make_engine
from tests.etl.check.files import write_xlsx

PACK = Path(__file__).parent / "packs" / "monthly_table"
ROWS = [
    ["2023年办件统计"],
    ["单位", "1月", "", "2月", "", "3月", ""],
    ["", "办件总数", "网上办件", "办件总数", "网上办件", "办件总数", "网上办件"],
    ["甲局", 100, 95, 100, 80, "", ""],
    ["乙局", 300, 297, 100, 95, "", ""],
]
"""January 392 of 400, February 175 of 200, March still to come."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, module_database_url: str) -> Settings:
    home = tmp_path_factory.mktemp("office") / "home"
    made = Settings(home=home, database_url=module_database_url, schemas=(PACK,), smtp_port=1)
    made.make_home()
    write_xlsx(made.inbox / "各月办件.xlsx", ROWS)
    command = [sys.executable, "-m", "etl.cli", "run", "--as-of", "2023-03-05", "--json"]
    environment = {**inherited_environment(), **made.child_environment(), "PATH": os.environ["PATH"]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["checked"] == {"accepted": 1}
    return made


def ask(office: Settings, query: str) -> list[Any]:
    engine = make_engine(office.database_url or "")
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return rows


def test_each_month_has_its_own_verdict(office: Settings) -> None:
    query = """select period, status, numerator, denominator from verdicts
               where plan = 'table-city' and target = 'online-share' and unit = 'self' and period < '2023-03'
               order by period"""
    found = [(period, status, int(n), int(d)) for period, status, n, d in ask(office, query)]
    assert found == [("2023-01", "met", 392, 400), ("2023-02", "missed", 175, 200)]


def test_the_evidence_names_the_cells_of_its_own_month(office: Settings) -> None:
    query = """select v.period, e.line, e.cells from evidence e join verdicts v on v.id = e.verdict_id
               where v.plan = 'table-city' and v.target = 'online-share' and v.unit = 'self'
               order by v.period, e.line"""
    told = [
        (period, line, {c["column"]: (c["cell"], c["header"], c["text"]) for c in cells})
        for period, line, cells in ask(office, query)
    ]
    assert [(period, line) for period, line, _ in told] == [
        *(("2023-01", 4), ("2023-01", 5)),
        *(("2023-02", 4), ("2023-02", 5)),
    ]
    assert told[2][2] == {
        "unit": ("A4", "单位", "甲局"),
        "month": ("D3", "月份", "2023-02"),
        "total": ("D4", "2月办件总数", "100"),
        "online": ("E4", "2月网上办件", "80"),
    }
