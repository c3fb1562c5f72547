"""What the stage tells a check of earlier periods and of other sources, on a real warehouse and a real lake."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from etl.check.stage import check_waiting
from etl.core.context import Context
from etl.dry_run import try_file
from etl.land import land_inbox
from etl.load import load_accepted
from schemas.models.contract import Contract
from schemas.models.registry import Registry, load_registry
from schemas.settings import REPO, Settings
from schemas.warehouse.tables import batches, findings
from tests.etl.check.files import AS_OF, UNITS, make_report, report_rows, write_xlsx

NOW = dt.datetime(2024, 1, 5, 8, tzinfo=dt.UTC)
TEXT = {"message": "与约定不符", "todo": "请核对"}
PLAUSIBLE = {"kind": "plausible", "code": "ODD", "columns": ["total"], "level": "quarantine", **TEXT}
ROWS = {"kind": "usual_rows", "code": "ROWS", **TEXT}
CARRIED = {"kind": "carried", "code": "STOCK", "opening": "online", "closing": "total", **TEXT}
TOTALS = [10, 12, 14, 16, 18, 20]


@dataclass
class Desk:
    ctx: Context

    def put(self, name: str, rows: list[Any]) -> Path:
        return write_xlsx(self.ctx.settings.inbox / name, rows)

    def send_month(self, month: int, *rows: list[Any]) -> None:
        self.put(f"月报{month}.xlsx", report_rows(*rows, title=f"2023年{month}月"))

    def found(self) -> list[tuple[str | None, str, str | None]]:
        """(period of the file, code, cell) of all findings."""
        query = (
            select(batches.c.period, findings.c.code, findings.c.cell)
            .join(batches, batches.c.batch_id == findings.c.batch_id)
            .order_by(batches.c.period, findings.c.id)
        )
        with self.ctx.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]  # pyright: ignore[reportReturnType]

    def reading(self, period: str) -> dict[str, Any]:
        query = select(batches.c.reading).where(batches.c.period == period)
        with self.ctx.engine.connect() as connection:
            return connection.execute(query).scalar_one()


def open_desk(settings: Settings, engine: Engine, *contracts: Contract) -> Desk:
    calendars = load_registry([REPO / "schemas"]).calendars
    registry = Registry({c.id: c for c in contracts}, {}, {}, calendars, (), (), UNITS)
    return Desk(Context(settings, registry, engine, AS_OF, "run", now=lambda: NOW))


@pytest.mark.parametrize("loaded", [False, True])
def test_months_that_come_together_are_each_held_against_those_before(
    settings: Settings, engine: Engine, loaded: bool
) -> None:
    """31 in July is above 30.57 (median 15, MAD 3); the same whether the earlier months are in the lake already."""
    desk = open_desk(settings, engine, make_report(rules=[PLAUSIBLE, ROWS]))
    for month, total in enumerate(TOTALS, start=1):
        desk.send_month(month, ["甲局", total, 1, None])
    if loaded:
        land_inbox(desk.ctx)
        check_waiting(desk.ctx)
        assert len(load_accepted(desk.ctx)) == 6
    desk.send_month(7, ["甲局", 31, 1, None], ["乙局", 5, 1, None])
    land_inbox(desk.ctx)
    check_waiting(desk.ctx)
    assert desk.found() == [("2023-07", "ODD", "B3"), ("2023-07", "ROWS", None)]
    told = desk.reading("2023-07")["history"]
    assert (told["before"], told["rows"]) == ("2023-07", 6)
    assert told["periods"] == [f"2023-{month:02d}" for month in range(1, 7)]


def test_a_dry_run_says_what_the_run_will_say_and_leaves_nothing(
    settings: Settings, engine: Engine, tmp_path: Path
) -> None:
    contract = make_report(rules=[PLAUSIBLE, CARRIED])
    desk = open_desk(settings, engine, contract)
    for month, total in enumerate(TOTALS, start=1):
        desk.send_month(month, ["甲局", total, total - 2, None])
    land_inbox(desk.ctx)
    check_waiting(desk.ctx)
    load_accepted(desk.ctx)
    before = desk.found()
    path = write_xlsx(tmp_path / "月报7.xlsx", report_rows(["甲局", 31, 19, None], title="2023年7月"))
    done = try_file(desk.ctx, path, contract).checked
    assert [(f.code, f.cell) for f in done.findings] == [("ODD", "B3"), ("STOCK", "C3")]
    assert [(f[0], f[1]) for f in before] == [("2023-01", "HISTORY.NOTHING_YET")]
    assert desk.found() == before


PROJECTS = {
    "id": "projects",
    "name_zh": "项目库",
    "files": ["*项目库*"],
    "columns": [
        {"name": "code", "header": "项目代码", "type": "id"},
        {"name": "name", "header": "项目名称", "type": "text"},
    ],
    "key": ["code"],
    "unit_column": None,
    "rules": [],
}
PAYMENTS = {
    "id": "a_payments",
    "name_zh": "支付表",
    "files": ["*支付*"],
    "columns": [
        {"name": "project", "header": "所属项目", "type": "id"},
        {"name": "amount", "header": "金额", "type": "integer"},
    ],
    "key": ["project"],
    "unit_column": None,
    "rules": [
        {"kind": "reference", "code": "NO_PROJECT", "column": "project", "source": "projects", "key": "code", **TEXT}
    ],
}
PAID = [["2023年3月"], ["所属项目", "金额"], ["P1", 5], ["P2", 7]]


def test_rows_that_came_together_find_each_other(settings: Settings, engine: Engine) -> None:
    """The source that is referred to is checked first, although its name comes later."""
    desk = open_desk(settings, engine, make_report(**PROJECTS), make_report(**PAYMENTS))
    desk.put("支付.xlsx", PAID)
    desk.put("项目库.xlsx", [["2023年3月"], ["项目代码", "项目名称"], ["P1", "桥"]])
    land_inbox(desk.ctx)
    check_waiting(desk.ctx)
    assert desk.found() == [("2023-03", "NO_PROJECT", "A4")]


def test_nothing_to_refer_to_is_said_and_then_the_lake_is_asked(settings: Settings, engine: Engine) -> None:
    desk = open_desk(settings, engine, make_report(**PROJECTS), make_report(**PAYMENTS))
    desk.put("支付.xlsx", PAID)
    land_inbox(desk.ctx)
    check_waiting(desk.ctx)
    assert desk.found() == [("2023-03", "REFERENCE.NOTHING_YET", None)]
    desk.put("项目库.xlsx", [["2023年3月"], ["项目代码", "项目名称"], ["P1", "桥"], ["P3", "路"]])
    land_inbox(desk.ctx)
    check_waiting(desk.ctx)
    load_accepted(desk.ctx)
    desk.put("支付4.xlsx", [["2023年4月"], ["所属项目", "金额"], ["P3", 5], ["P2", 7]])
    land_inbox(desk.ctx)
    check_waiting(desk.ctx)
    assert desk.found()[1:] == [("2023-04", "NO_PROJECT", "A4")]
