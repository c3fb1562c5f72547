"""Sums since January and reports by ten days, from the inbox to verdicts; a late file re-opens what follows it."""

from __future__ import annotations

import json
import os
import shutil
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


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Settings:
    """The pack of the monthly table, whose files are to hold one period each."""
    pack = tmp_path / "pack"
    shutil.copytree(PACK, pack)
    made = Settings(home=tmp_path / "home", database_url=database_url, schemas=(pack,), smtp_port=1)
    made.make_home()
    return made


def rewrite(office: Settings, *, grain: str, cumulative: str = "") -> None:
    path = office.schemas[0] / "contracts" / "counts.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if "name: month" not in line and not line.startswith(("wide:", "key:", "period:"))]
    kept += [f"period: {{grain: {grain}, read_from: [title]}}", "key: [unit]", cumulative]
    path.write_text("\n".join(kept), encoding="utf-8")


def send(office: Settings, title: str, *rows: list[Any], as_of: str) -> list[tuple[str, str, int | None, int | None]]:
    """Hand in one file and run; (period, status, numerator, denominator) of the verdicts that hold now."""
    write_xlsx(office.inbox / f"各月办件{title}.xlsx", [[title], ["单位", "办件总数", "网上办件"], *rows])
    command = [sys.executable, "-m", "etl.cli", "run", "--as-of", as_of, "--json"]
    environment = {**inherited_environment(), **office.child_environment(), "PATH": os.environ["PATH"]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["checked"] == {"accepted": 1}
    query = "select period, status, numerator, denominator from verdicts where unit = 'self' order by period, id"
    engine = make_engine(office.database_url or "")
    with engine.connect() as connection:
        newest = {row.period: row for row in connection.execute(text(query))}
    engine.dispose()
    return [(r.period, r.status, *(n if n is None else int(n) for n in r[2:])) for r in newest.values()]


def test_a_late_sum_gives_the_month_after_it_its_verdict(office: Settings) -> None:
    """March: 400 less 150 handled, 386 less 143 online, so 243 of 250."""
    rewrite(office, grain="month", cumulative="cumulative: [total, online]")
    before = send(office, "2023年1-3月", ["甲局", 300, 290], ["乙局", 100, 96], as_of="2023-04-02")
    assert before[-1] == ("2023-03", "no_data", None, None)
    after = send(office, "2023年1-2月", ["甲局", 100, 95], ["乙局", 50, 48], as_of="2023-04-02")
    assert after[-1] == ("2023-03", "met", 243, 250)


def test_ten_days_have_their_own_verdicts(office: Settings) -> None:
    rewrite(office, grain="ten_days")
    send(office, "2023年3月上旬", ["甲局", 100, 95], ["乙局", 100, 96], as_of="2023-03-22")
    found = send(office, "2023年3月中旬", ["甲局", 100, 50], ["乙局", 100, 96], as_of="2023-03-22")
    assert found[-2:] == [("2023-03-T1", "met", 191, 200), ("2023-03-T2", "missed", 146, 200)]
