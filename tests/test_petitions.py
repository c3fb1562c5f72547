"""2,816 real petitions of a city through a pack of YAML alone; the elapsed days are those that others worked out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import ibis
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from etl.compute.cases import add_elapsed, case_table
from etl.compute.look import lake_table
from etl.compute.values import Computation
from etl.core.context import Context
from etl.core.lake import open_lake
from etl.core.session import open_session
from schemas.settings import Settings, inherited_environment
from schemas.warehouse.tables import batches, values

PACK = Path(__file__).parent / "packs" / "petitions"
pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def city(shared: Path, tmp_path_factory: pytest.TempPathFactory, module_database_url: str) -> Settings:
    """A home into which `bizenv run` has taken the office's own export."""
    home = tmp_path_factory.mktemp("city") / "home"
    made = Settings(home=home, database_url=module_database_url, schemas=(PACK,), smtp_port=1)
    made.make_home()
    shutil.copy(shared / "data" / "petitions" / "附件4.xlsx", made.inbox)
    command = [sys.executable, "-m", "etl.cli", "run", "--as-of", "2020-12-31", "--json"]
    environment = {**inherited_environment(), **made.child_environment(), "PATH": os.environ["PATH"]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["checked"] == {"accepted": 1}
    return made


@pytest.fixture(scope="module")
def expected(shared: Path) -> dict[str, int]:
    """Petition -> whole elapsed days, as the other authors' file says."""
    rows = CalamineWorkbook.from_path(shared / "data" / "petitions" / "回复时间.xlsx").get_sheet_by_index(0).to_python()
    header = rows[0]
    number, speed = header.index("留言编号"), header.index("回复速度")
    found = {str(int(row[number])): int(row[speed]) for row in rows[1:]}
    assert len(found) == 2816
    return found


def measured(ctx: Context, measure: str) -> dict[str, int]:
    """Petition -> elapsed time in one measure, by the expressions of compute over the lake."""
    contract = ctx.registry.contracts["petitions"]
    indicator = ctx.registry.indicators["petition_days"]
    assert indicator.clock is not None
    clock = indicator.clock.model_copy(update={"measure": measure})
    with open_lake(ctx.settings, read_only=True) as lake:
        backend = ibis.duckdb.from_connection(lake)
        table = lake_table(backend, contract)
        calendar = Computation(backend, ctx.registry, as_of=ctx.as_of).calendar_of(contract)
        cases = case_table(table, indicator, contract, calendar, as_of=ctx.as_of)
        cases = add_elapsed(cases, clock, contract, calendar).select("line", "span").execute()
        ids = table.select("petition_id", "line").execute()
    joined = pd.merge(ids, cases, on="line", validate="one_to_one")
    return {str(row["petition_id"]): int(row["span"]) for row in joined.to_dict("records")}


def test_whole_days_are_equal_in_every_row(city: Settings, expected: dict[str, int]) -> None:
    with open_session(city, trigger="test") as ctx:
        full, dates = measured(ctx, "full_days"), measured(ctx, "calendar_days")
    assert len(full) == 2816
    assert sum(full[k] == v for k, v in expected.items()) == 2816
    assert sum(dates[k] == v for k, v in expected.items()) == 1263


def test_the_indicator_adds_up_to_all_of_them(city: Settings, expected: dict[str, int]) -> None:
    with open_session(city, trigger="test") as ctx, ctx.engine.connect() as connection:
        query = select(values.c.numerator, values.c.n).where(
            values.c.indicator == "petition_days", values.c.unit == "self", values.c.numerator.is_not(None)
        )
        rows = connection.execute(query).all()
        reading = connection.execute(select(batches.c.reading, batches.c.lines)).one()
    assert sum(row.n for row in rows) == 2816
    assert sum(row.numerator for row in rows) == sum(expected.values())
    assert reading.lines["data"] == 2816
