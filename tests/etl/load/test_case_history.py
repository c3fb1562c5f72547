"""What a merged case was before stays, and an open case that a full export leaves out cannot hide."""

from __future__ import annotations

from sqlalchemy import select

from etl.load import load_accepted
from schemas.models.contract_events import Events
from schemas.warehouse.tables import findings

MARCH = "2023-03-06T09:00:00"


def test_the_former_row_is_kept_where_it_said_something_else(make_bench, make_case) -> None:
    bench = make_bench("cases", "merge")
    first = bench.stage([make_case(1, MARCH), make_case(2, MARCH)])
    load_accepted(bench.ctx)
    second = bench.stage([make_case(1, MARCH, "2023-03-08T10:00:00"), make_case(2, MARCH)])
    load_accepted(bench.ctx)
    kept = bench.query('SELECT case_no, ended, batch_id, replaced_by FROM lake."permits__history"')
    assert kept == [(f"{1:018d}", None, first, second)]  # the second case came again as it was
    assert bench.query("SELECT count(*) FROM {t}") == [(2,)]


def test_an_open_case_that_a_full_export_leaves_out_is_noted_and_stays(make_bench, make_case) -> None:
    bench = make_bench("cases", "merge")
    events = Events.model_validate({"finished": ["ended"], "export": "full"})
    bench.contract = bench.contract.model_copy(update={"events": events})
    bench.stage([make_case(1, MARCH), make_case(2, MARCH), make_case(3, MARCH, "2023-03-07T10:00:00")])
    load_accepted(bench.ctx)
    second = bench.stage([make_case(2, MARCH)])  # 1 is open and gone; 3 is gone too, but it had ended
    load_accepted(bench.ctx)
    with bench.engine.connect() as connection:
        noted = connection.execute(select(findings.c.batch_id, findings.c.rows, findings.c.message)).all()
    assert noted == [(second, 1, f"有 1 件在办的件没有出现在这份全量导出中：{1:018d}")]
    assert bench.query("SELECT count(*) FROM {t} WHERE ended IS NULL") == [(2,)]
