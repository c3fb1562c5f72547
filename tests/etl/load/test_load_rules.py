"""What a batch does to the rows that are there: once, replace, merge, and who wins out of order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from etl.core.lake import LakeError, open_lake
from etl.load import load_accepted, load_batch
from etl.load.staged import StagedFileError


def report(**done: int) -> list[dict]:
    return [{"unit": unit, "done": value} for unit, value in done.items()]


def test_a_case_arrives_with_type_origin_and_partition(make_bench, make_case):
    bench = make_bench("cases", "merge")
    batch_id = bench.stage([make_case(7, "2023-03-05T00:30:00", fee="12345678901234.123456")])
    (loaded,) = load_accepted(bench.ctx)
    assert (loaded.rows, loaded.periods, loaded.replaced, loaded.already) == (1, ("2023-03",), 0, False)
    row = bench.query(
        "SELECT case_no, fee, received::VARCHAR, received_date_only, ended, batch_id, sheet, line,"
        " received_month::VARCHAR FROM {t}"
    )
    stamp = "2023-03-05 00:30:00"
    fee = Decimal("12345678901234.123456")
    assert row == [(f"{7:018d}", fee, stamp, False, None, batch_id, "表1", 5, "2023-03-01")]
    assert list((bench.settings.home / "lake" / "main" / "permits").glob("received_month=2023-03-01/*.parquet"))


def test_the_same_batch_twice_is_one_load(make_bench):
    bench = make_bench("report", "replace")
    batch_id = bench.stage(report(甲=1, 乙=2), "2023-03")
    load_accepted(bench.ctx)
    bench.clear_dirty()
    with open_lake(bench.settings) as connection:
        again = load_batch(bench.ctx, connection, batch_id)
    assert again.already
    assert load_accepted(bench.ctx) == []
    assert bench.query("SELECT count(*), sum(done) FROM {t}") == [(2, 3)]
    assert bench.dirty() == set()
    assert bench.statuses() == [("loaded", 1)]


def test_replace_takes_out_the_whole_period_and_only_that(make_bench):
    bench = make_bench("report", "replace")
    bench.stage(report(甲=1, 乙=2), "2023-02")
    bench.stage(report(甲=10, 乙=20), "2023-03")
    load_accepted(bench.ctx)
    bench.clear_dirty()
    bench.stage(report(甲=11), "2023-03")
    (loaded,) = load_accepted(bench.ctx)
    assert (loaded.rows, loaded.replaced, bench.dirty()) == (1, 2, {"2023-03"})
    assert bench.query("SELECT period, unit, done FROM {t} ORDER BY ALL") == [
        ("2023-02", "乙", 2),
        ("2023-02", "甲", 1),
        ("2023-03", "甲", 11),
    ]


def test_a_declared_empty_report_takes_out_its_period(make_bench):
    bench = make_bench("report", "replace")
    bench.stage(report(甲=1), "2023-03")
    bench.stage([], "2023-03")
    load_accepted(bench.ctx)
    assert bench.query("SELECT count(*) FROM {t}") == [(0,)]
    assert bench.dirty() == {"2023-03"}


def test_merge_of_a_report_replaces_the_unit_of_that_period(make_bench):
    bench = make_bench("report", "merge")
    bench.stage(report(甲=1, 乙=2), "2023-02")
    bench.stage(report(甲=10, 乙=20), "2023-03")
    bench.stage(report(甲=11), "2023-03")
    load_accepted(bench.ctx)
    assert bench.query("SELECT period, sum(done) FROM {t} GROUP BY 1 ORDER BY 1") == [("2023-02", 3), ("2023-03", 31)]


def test_late_closing_marks_the_month_of_receipt(make_bench, make_case):
    bench = make_bench("cases", "merge")
    bench.stage([make_case(1, "2023-01-10T09:00:00"), make_case(2, "2023-02-10T09:00:00", "2023-02-11T09:00:00")])
    load_accepted(bench.ctx)
    bench.clear_dirty()
    bench.stage([make_case(1, "2023-01-10T09:00:00", "2023-04-03T09:00:00")])
    load_accepted(bench.ctx)
    assert bench.dirty() == {"2023-01"}
    bench.clear_dirty()
    bench.stage([make_case(1, "2023-01-10T09:00:00", "2023-03-31T09:00:00")])
    load_accepted(bench.ctx)
    assert bench.dirty() == {"2023-01"}
    assert bench.query("SELECT case_no::INT, ended::VARCHAR FROM {t} ORDER BY 1") == [
        (1, "2023-03-31 09:00:00"),
        (2, "2023-02-11 09:00:00"),
    ]


def test_a_case_whose_day_of_receipt_was_corrected_is_found_in_its_old_month(make_bench, make_case):
    bench = make_bench("cases", "merge")
    bench.stage([make_case(1, "2022-12-31T09:00:00"), make_case(2, "2022-12-31T09:00:00")])
    bench.stage([make_case(1, "2023-01-01T09:00:00")])
    load_accepted(bench.ctx)
    assert bench.query("SELECT case_no::INT, received_month::VARCHAR FROM {t} ORDER BY 1") == [
        (1, "2023-01-01"),
        (2, "2022-12-01"),
    ]
    assert bench.dirty() == {"2022-12", "2023-01"}


def test_replace_of_cases_is_the_whole_register(make_bench, make_case):
    bench = make_bench("cases", "replace")
    bench.stage([make_case(1, "2023-01-10T09:00:00"), make_case(2, "2023-02-10T09:00:00")])
    bench.stage([make_case(3, "2023-03-10T09:00:00")])
    load_accepted(bench.ctx)
    assert bench.query("SELECT case_no::INT FROM {t}") == [(3,)]
    assert bench.dirty() == {"2023-01", "2023-02", "2023-03"}


@pytest.mark.parametrize(
    ("kind", "resend", "first", "second", "left"),
    [
        ("report", "replace", {"甲": 1, "乙": 2}, {"甲": 9}, [("甲", 9)]),
        ("report", "merge", {"甲": 1, "乙": 2}, {"甲": 9}, [("乙", 2), ("甲", 9)]),
    ],
)
def test_the_file_that_landed_last_wins_whatever_is_loaded_last(make_bench, kind, resend, first, second, left):
    bench = make_bench(kind, resend)
    older, newer = bench.stage(report(**first), "2023-03"), bench.stage(report(**second), "2023-03")
    with open_lake(bench.settings) as connection:
        load_batch(bench.ctx, connection, newer)
        late = load_batch(bench.ctx, connection, older)
    assert late.rows + late.superseded == 2
    assert late.superseded == 3 - len(left)
    assert bench.query("SELECT unit, done FROM {t} ORDER BY 1") == left


@pytest.mark.parametrize(("resend", "left"), [("merge", [(1, 9), (2, 2)]), ("replace", [(1, 9)])])
def test_the_register_that_landed_last_wins(make_bench, make_case, resend, left):
    bench = make_bench("cases", resend)
    older = bench.stage([make_case(n, "2023-01-10T09:00:00", fee=str(n)) for n in (1, 2)])
    newer = bench.stage([make_case(1, "2023-01-10T09:00:00", fee="9")])
    with open_lake(bench.settings) as connection:
        load_batch(bench.ctx, connection, newer)
        load_batch(bench.ctx, connection, older)
    assert bench.query("SELECT case_no::INT, fee::INT FROM {t} ORDER BY 1") == left


def test_a_batch_checked_anew_is_loaded_anew(make_bench):
    bench = make_bench("report", "merge")
    batch_id = bench.stage(report(甲=1, 乙=2), "2023-03")
    load_accepted(bench.ctx)
    bench.stage(report(乙=3), "2023-03", batch_id=batch_id)
    load_accepted(bench.ctx)
    assert bench.query("SELECT unit, done FROM {t}") == [("乙", 3)]


def test_faults_stop_the_batch_but_not_the_ones_after_it(make_bench, make_case):
    bench = make_bench("cases", "merge")
    bad = bench.stage([make_case(1, "2023-01-10T09:00:00"), make_case(1, "2023-01-11T09:00:00")])
    gone = bench.stage([make_case(2, "2023-01-10T09:00:00")])
    (bench.settings.landing / "permits" / gone / "accepted.parquet").unlink()
    bench.stage([make_case(3, "2023-01-10T09:00:00")])
    with pytest.raises(ExceptionGroup) as caught:
        load_accepted(bench.ctx)
    assert [type(e) for e in caught.value.exceptions] == [StagedFileError, StagedFileError]
    assert bench.query("SELECT case_no::INT FROM {t}") == [(3,)]
    assert bench.statuses() == [("accepted", None), ("accepted", None), ("loaded", 1)]
    with bench.engine.connect() as connection:
        rows = connection.exec_driver_sql("select subject, status, error_type from outcomes order by id").all()
    assert [tuple(row) for row in rows[:2]] == [(bad, "failed", "StagedFileError"), (gone, "failed", "StagedFileError")]
    assert rows[2].status == "done"


def test_only_accepted_batches_of_known_sources_are_loaded(make_bench):
    bench = make_bench("report", "replace")
    batch_id = bench.stage(report(甲=1), "2023-03")
    with bench.engine.begin() as connection:
        connection.exec_driver_sql("update batches set status = 'refused'")
    with open_lake(bench.settings) as connection:
        for asked in (batch_id, "000000000000"):
            with pytest.raises(LakeError):
                load_batch(bench.ctx, connection, asked)
