"""The stage on a real PostgreSQL: what is written, in which order, and that a crash is mended by doing it again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from etl.check import stage
from etl.check.stage import check_batch, check_waiting
from etl.core.context import Context
from etl.land import land_inbox
from schemas.models.contract import Contract
from schemas.models.registry import Registry
from schemas.settings import Settings
from schemas.warehouse.tables import batches, findings, outcomes, quarantine
from tests.etl.check.files import AS_OF, UNITS, make_report, report_rows, write_csv, write_xlsx

NOW = dt.datetime(2024, 1, 5, 8, tzinfo=dt.UTC)
ONE, TWO = ["甲局", 10, 8, "80%"], ["乙局", 5, 5, "100%"]


@dataclass
class Desk:
    """An inbox with one source, and the warehouse behind it."""

    ctx: Context
    contract: Contract

    def send(self, name: str, *rows: list[Any], title: str) -> str:
        """Put a report into the inbox and land it."""
        write_xlsx(self.ctx.settings.inbox / name, report_rows(*rows, title=title))
        return land_inbox(self.ctx)[0]

    def batch(self, batch_id: str) -> dict[str, Any]:
        with self.ctx.engine.connect() as connection:
            query = select(batches).where(batches.c.batch_id == batch_id)
            return dict(connection.execute(query).mappings().one())

    def rows(self, table: Any) -> list[dict[str, Any]]:
        with self.ctx.engine.connect() as connection:
            return [dict(row) for row in connection.execute(select(table)).mappings()]

    def accepted(self, batch_id: str) -> Path:
        return self.ctx.settings.landing / "monthly" / batch_id / "accepted.parquet"


def make_desk(settings: Settings, engine: Engine, **changes: Any) -> Desk:
    contract = make_report(**changes)
    registry = Registry({contract.id: contract}, {}, {}, {}, (), (), UNITS)
    return Desk(Context(settings, registry, engine, AS_OF, "run", now=lambda: NOW), contract)


@pytest.fixture
def desk(settings: Settings, engine: Engine) -> Desk:
    return make_desk(settings, engine)


def test_a_checked_batch_tells_everything(desk: Desk) -> None:
    batch_id = desk.send("月报.xlsx", ONE, ["丁局", 5, 5, None], title="2023年3月")
    assert list(check_waiting(desk.ctx)) == [batch_id]
    batch = desk.batch(batch_id)
    assert (batch["status"], batch["period"], batch["covers"]) == ("accepted", "2023-03", ["2023-03"])
    assert (batch["rows_accepted"], batch["rows_quarantined"]) == (1, 1)
    assert batch["reading"]["columns"]["total"] == {"header": "办件量（件）", "letter": "B"}
    assert batch["lines"] == {"header": 1, "note": 1, "data": 2, "section": 0, "subtotal": 0, "blank": 0, "total": 4}
    assert batch["contract_version"] == desk.contract.content_hash()
    assert desk.accepted(batch_id).is_file()
    (held,), (finding,) = desk.rows(quarantine), desk.rows(findings)
    assert (held["line"], held["unit"], held["period"], held["codes"]) == (4, "丁局", "2023-03", ["UNIT.UNKNOWN"])
    assert (finding["cell"], finding["level"], finding["rows"]) == ("A4", "quarantine", 1)
    outcome = desk.rows(outcomes)[-1]
    assert (outcome["stage"], outcome["status"], outcome["subject"]) == ("check", "done", batch_id)
    assert outcome["counts"] == {"accepted": 1, "quarantined": 1, "findings": 1}
    assert check_waiting(desk.ctx) == {}


def test_the_same_table_in_other_bytes_counts_once(desk: Desk) -> None:
    first = desk.send("月报.xlsx", ONE, TWO, title="2023年3月")
    check_batch(desk.ctx, first)
    write_csv(desk.ctx.settings.inbox / "月报（重存）.csv", [[str(c) for c in r] for r in report_rows(TWO, ONE)])
    again = check_batch(desk.ctx, land_inbox(desk.ctx)[0])
    assert (again.status, again.code) == ("duplicate", "FILE.SAME_TABLE")
    assert "月报.xlsx" in (again.message or "")


def test_an_unchanged_copy_is_told_whatever_the_order_of_arrival(desk: Desk) -> None:
    names = {month: desk.send(f"月报{month}.xlsx", ONE, TWO, title=f"2023年{month}月") for month in (5, 4, 3)}
    names[6] = desk.send("月报6.xlsx", ONE, title="2023年6月")
    results = check_waiting(desk.ctx)
    assert {m: results[b].status for m, b in names.items()} == {
        **{3: "accepted", 4: "unchanged", 5: "unchanged"},
        6: "accepted",
    }
    assert not desk.accepted(names[4]).exists()
    assert desk.batch(names[4])["code"] == "FILE.UNCHANGED"


def test_zero_reports_may_repeat_where_they_are_allowed(settings: Settings, engine: Engine) -> None:
    desk = make_desk(settings, engine, zero_report=True)
    zero = ["甲局", 0, 0, None]
    ids = [desk.send(f"月报{m}.xlsx", zero, title=f"2023年{m}月") for m in (3, 4)]
    assert [check_waiting(desk.ctx)[b].status for b in ids[:1]] == ["accepted"]
    assert desk.batch(ids[1])["status"] == "accepted"


@pytest.mark.parametrize("crash_at", ["write_details", "_show_accepted", "write_batch"])
def test_a_crash_anywhere_is_mended_by_doing_it_again(
    desk: Desk, crash_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = desk.send("月报.xlsx", ONE, ["丁局", 5, 5, None], title="2023年3月")
    real: Callable[..., Any] = getattr(stage, crash_at)

    def crash(*args: Any, **options: Any) -> None:
        real(*args, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(stage, crash_at, crash)
        with pytest.raises(KeyboardInterrupt):
            check_waiting(desk.ctx)
    # The accepted file is never visible before its quarantine is.
    assert not desk.accepted(batch_id).exists() or len(desk.rows(quarantine)) == 1
    check_batch(desk.ctx, batch_id)
    assert (len(desk.rows(quarantine)), len(desk.rows(findings))) == (1, 1)
    assert desk.batch(batch_id)["status"] == "accepted"
    assert [p.name for p in desk.accepted(batch_id).parent.iterdir()].count("accepted.parquet") == 1


def test_a_system_fault_over_one_file_does_not_stop_the_next(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = desk.send("月报3.xlsx", ONE, title="2023年3月")
    good = desk.send("月报4.xlsx", TWO, title="2023年4月")
    next(desk.accepted(bad).parent.glob("original*")).unlink()
    with pytest.raises(ExceptionGroup):
        check_waiting(desk.ctx)
    assert (desk.batch(bad)["status"], desk.batch(good)["status"]) == ("landed", "accepted")
    failed = [o for o in desk.rows(outcomes) if o["status"] == "failed"]
    assert [(o["subject"], o["error_type"]) for o in failed] == [(bad, "FileNotFoundError")]


def test_a_refused_batch_may_be_checked_again_and_a_loaded_one_may_not(desk: Desk) -> None:
    batch_id = desk.send("月报.xlsx", ONE, title="统计表")
    assert check_batch(desk.ctx, batch_id).code == "FILE.PERIOD"
    assert desk.rows(outcomes)[-1]["status"] == "refused"
    assert check_batch(desk.ctx, batch_id).code == "FILE.PERIOD"
    assert len(desk.rows(findings)) == 1
    with desk.ctx.engine.begin() as connection:
        connection.execute(batches.update().values(status="loaded"))
    with pytest.raises(ValueError, match="已经入湖"):
        check_batch(desk.ctx, batch_id)
