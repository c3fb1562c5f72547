"""Two sources of one figure: the note goes to the file that came later, names both, and goes when they agree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine, select

from etl import pipeline
from etl.core.context import Context
from etl.reconcile import reconcile
from schemas.models.registry import Registry, load_registry
from schemas.settings import REPO, Settings
from schemas.warehouse.tables import batches, findings, outcomes
from tests.etl.check.files import (
    AS_OF,
    CASE_HEADER,
    UNITS,
    Row,
    make_cases,
    make_report,
    report_rows,
    write_csv,
    write_xlsx,
)

NOW = dt.datetime(2024, 1, 5, 8, tzinfo=dt.UTC)
RULE: dict[str, Any] = {
    "kind": "reconcile",
    "code": "CASES_DIFFER",
    "mine": {"column": "total"},
    "source": "cases",
    "theirs": {"counted_on": "finished_at", "where": {"state": ["办结"]}},
    "message": "月报的办件量与明细中办结的件数不一致",
    "todo": "请两个部门核对口径和截止时间",
}


def open_context(settings: Settings, engine: Engine, **changes: Any) -> Context:
    calendars = load_registry([REPO / "schemas"]).calendars
    contracts = {
        "monthly": make_report(rules=[{**RULE, **changes}]),
        "cases": make_cases(columns=[c for c in make_cases().model_dump()["columns"] if not c["personal"]]),
    }
    registry = Registry(contracts, {}, {}, calendars, (), (), UNITS)
    return Context(settings, registry, engine, AS_OF, "run", now=lambda: NOW)


def send(ctx: Context, name: str, rows: Sequence[Row]) -> None:
    path = ctx.settings.inbox / name
    write_xlsx(path, rows) if name.endswith("xlsx") else write_csv(path, rows)
    pipeline.land(ctx)
    pipeline.check(ctx)
    pipeline.load(ctx)


def send_report(ctx: Context, total: int, *, name: str = "月报.xlsx") -> None:
    send(ctx, name, report_rows(["甲局", total, 0, None], ["乙局", 1, 0, None]))


def send_cases(ctx: Context, count: int, *, name: str = "办件明细_202303.csv") -> None:
    """So many ended in March, one open one, one that ended in April."""
    header = [h for h in CASE_HEADER if h != "申请人"]
    ended = [[f"N{i}", "2023-03-01 8:00:00", "2023-03-09 8:00:00", "办结"] for i in range(count)]
    others = [["O1", "2023-03-01 8:00:00", "", "在办"], ["A1", "2023-03-01 8:00:00", "2023-04-03 8:00:00", "办结"]]
    send(ctx, name, [header, *ended, *others])


def found(ctx: Context) -> list[tuple[str, str, str]]:
    query = (
        select(batches.c.source, findings.c.code, findings.c.message)
        .join(batches, batches.c.batch_id == findings.c.batch_id)
        .order_by(findings.c.id)
    )
    with ctx.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]  # pyright: ignore[reportReturnType]


SAID = (
    "2023-03：月报的办件量与明细中办结的件数不一致（《月报》「办件量（件）」之和为 5，《办件明细》的行数为 3，相差 2）"
)


@pytest.mark.parametrize("late", ["monthly", "cases"])
def test_the_later_file_gets_the_note(settings: Settings, engine: Engine, late: str) -> None:
    """4 and 1 in the report make 5; three cases ended in March."""
    ctx = open_context(settings, engine)
    steps = [lambda: send_report(ctx, 4), lambda: send_cases(ctx, 3)]
    first, second = steps if late == "cases" else steps[::-1]
    first()
    assert found(ctx) == []
    second()
    assert found(ctx) == [(late, "CASES_DIFFER", SAID)]
    assert reconcile(ctx) == 1
    assert found(ctx) == [(late, "CASES_DIFFER", SAID)]
    with ctx.engine.connect() as connection:
        counts = connection.execute(select(outcomes.c.counts).where(outcomes.c.subject == "reconcile")).scalars().all()
    assert counts[-1] == {"differences": 1}


def test_the_note_goes_when_the_figures_agree(settings: Settings, engine: Engine) -> None:
    ctx = open_context(settings, engine)
    send_report(ctx, 4)
    send_cases(ctx, 3)
    assert len(found(ctx)) == 1
    send_report(ctx, 2, name="月报改.xlsx")
    assert found(ctx) == []


@pytest.mark.parametrize(
    ("tolerance", "differs"),
    [
        ({"tolerance": "2"}, False),
        ({"tolerance": "1.99"}, True),
        ({"tolerance_share": "0.4"}, False),
        ({"tolerance_share": "0.39"}, True),
    ],
)
def test_up_to_the_tolerance_they_agree(
    settings: Settings, engine: Engine, tolerance: dict[str, str], differs: bool
) -> None:
    """5 and 3 differ by 2, which is 40 % of the larger one."""
    ctx = open_context(settings, engine, **tolerance)
    send_cases(ctx, 3)
    send_report(ctx, 4)
    assert bool(found(ctx)) is differs


def test_unit_by_unit_and_only_where_both_speak(settings: Settings, engine: Engine) -> None:
    other = make_report(id="other", name_zh="另表", files=["*另表*"], rules=[])
    rule = {**RULE, "mine": {"column": "total", "by": "unit"}, "source": "other"}
    contract = make_report(rules=[{**rule, "theirs": {"column": "total", "by": "unit"}}])
    calendars = load_registry([REPO / "schemas"]).calendars
    registry = Registry({"monthly": contract, "other": other}, {}, {}, calendars, (), (), UNITS)
    ctx = Context(settings, registry, engine, AS_OF, "run", now=lambda: NOW)
    send(ctx, "另表.xlsx", report_rows(["甲局", 4, 0, None], ["乙局", 9, 0, None], ["丙局", 1, 0, None]))
    send_report(ctx, 4)
    assert [message.split("：")[0] for _, _, message in found(ctx)] == ["2023-03 乙局"]


def test_units_on_one_side_alone_are_refused() -> None:
    with pytest.raises(ValidationError, match="on both sides or on neither"):
        make_report(rules=[{**RULE, "mine": {"column": "total", "by": "unit"}}])
