"""`bizenv docs build`: the newest judged file of each source, with counts and without a word of its cells."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine

from etl import pipeline
from etl.core.context import Context
from etl.core.secret import create_key
from etl.data_docs import build_data_docs
from schemas.models.registry import Registry
from schemas.settings import Settings
from tests.etl.check.files import AS_OF, CASE_HEADER, UNITS, make_cases, make_report, report_rows, write_csv, write_xlsx
from tests.expectations.test_docs import text_of

NOW = dt.datetime(2024, 1, 5, 8, tzinfo=dt.UTC)
BAD = ["3601030000000009", "王小明", "2023/3/5 8:00:00", "2023/3/1 8:00:00", "办结"]
GOOD = ["3601030000000010", "李大壮", "2023/3/5 8:00:00", "2023/3/8 8:00:00", "办结"]


def test_the_newest_files_and_no_persons(settings: Settings, engine: Engine) -> None:
    contracts = {"monthly": make_report(), "cases": make_cases()}
    ctx = Context(settings, Registry(contracts, {}, {}, {}, (), (), UNITS), engine, AS_OF, "run", now=lambda: NOW)
    create_key(settings)
    write_csv(ctx.settings.inbox / "办件明细_202303.csv", [CASE_HEADER, BAD, GOOD])
    pipeline.land(ctx)
    pipeline.check(ctx)
    folder, pages = build_data_docs(ctx)
    assert (folder, pages) == (settings.home / "data_docs", 1 + 2 + 1)
    text = text_of(folder / "results" / "cases.html")
    assert "1 unexpected values found. 50% of 2 total rows." in text
    assert "Unsuccessful Expectations 1" in text
    everything = "".join(page.read_text(encoding="utf-8") for page in folder.rglob("*.html"))
    cells = ("王小明", "李大壮", BAD[0], GOOD[0])
    assert not [cell for cell in cells if cell in everything]
    write_xlsx(ctx.settings.inbox / "月报.xlsx", report_rows(["甲局", 5, 6, None]))
    pipeline.land(ctx)
    pipeline.check(ctx)
    assert build_data_docs(ctx) == (folder, 1 + 2 + 2)
    assert "1 unexpected values found. 100% of 1 total rows." in text_of(folder / "results" / "monthly.html")
    assert not list(settings.home.glob("data_docs.*"))
