"""What is handed to other engines: one state of all tables, read back by engines that know nothing of the lake."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from deltalake import DeltaTable, QueryBuilder
from sqlalchemy import Engine

from etl.core.lake import open_lake
from etl.core.lake_tables import LakeError
from etl.lake_export import export_lake
from schemas.settings import Settings
from tests.etl.load.conftest import Bench, build_contract, case

SUMS = "count(*), sum(fee), count(ended), count(distinct received_month), min(received)"


@pytest.fixture
def bench(settings: Settings, engine: Engine) -> Bench:
    from etl.load import load_accepted

    bench = Bench(settings, engine, build_contract("cases", "merge"))
    bench.stage([case(1, "2023-01-10T09:00:00", "2023-02-01T10:00:00"), case(2, "2023-03-05T00:00:00", fee="7.25")])
    bench.stage([case(1, "2023-01-10T09:00:00"), case(3, "2023-03-31T23:59:59", "2023-04-01T08:00:00")])
    load_accepted(bench.ctx)
    return bench


def test_plain_parquet_holds_the_rows_by_month(bench: Bench, tmp_path: Path) -> None:
    done = export_lake(bench.ctx, tmp_path / "出 口", format_="parquet")
    assert [(t.source, t.rows) for t in done.tables] == [("permits", 3)]
    files = f"{done.folder}/permits/*/*.parquet"
    with duckdb.connect() as connection:
        (found,) = connection.execute(
            f"select {SUMS} from read_parquet('{files}', hive_partitioning = true)"
        ).fetchall()
    assert found[:4] == (3, 10.25, 1, 2)
    assert str(found[4]) == "2023-01-10 09:00:00"
    assert {path.parent.name for path in Path(done.folder).glob("permits/*/*")} == {
        "received_month=2023-01-01",
        "received_month=2023-03-01",
    }


def test_delta_holds_the_same_rows(bench: Bench, tmp_path: Path) -> None:
    done = export_lake(bench.ctx, tmp_path / "delta", format_="delta", source="permits")
    table = DeltaTable(f"{done.folder}/permits")
    assert table.metadata().partition_columns == ["received_month"]
    found = QueryBuilder().register("t", table).execute(f"select {SUMS} from t").read_all()
    row = [column[0].as_py() for column in found.columns]
    assert [int(row[0]), float(row[1]), int(row[2]), int(row[3])] == [3, 10.25, 1, 2]
    assert str(row[4]) == "2023-01-10 09:00:00"


def test_all_of_it_is_of_one_snapshot_and_says_which(bench: Bench, tmp_path: Path) -> None:
    done = export_lake(bench.ctx, tmp_path / "out", format_="parquet")
    with open_lake(bench.settings, read_only=True) as lake:
        assert lake.execute("FROM lake.current_snapshot()").fetchone() == (done.snapshot,)
    told = json.loads((tmp_path / "out" / "export.json").read_text("utf-8"))
    assert (told["snapshot"], told["format"], told["tables"][0]["rows"]) == (done.snapshot, "parquet", 3)


def test_nothing_is_written_over_and_nothing_half_is_left(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("mine")
    with pytest.raises(LakeError, match="已有内容"):
        export_lake(bench.ctx, tmp_path / "full", format_="parquet")
    with pytest.raises(LakeError, match="没有来源「nobody」"):
        export_lake(bench.ctx, tmp_path / "none", format_="parquet", source="nobody")
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "home") == ["full"]
