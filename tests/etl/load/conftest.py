"""Two small sources and a bench to stage their batches as check leaves them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, insert, select, text

from etl.core.context import Context
from etl.core.lake import open_lake
from schemas.models.contract import Contract
from schemas.models.registry import Registry
from schemas.settings import Settings
from schemas.warehouse.tables import batches, dirty

START = dt.datetime(2023, 4, 1, 8, 0, tzinfo=dt.UTC)
ARROW = {  # written out from the promise of check, not taken from the code under test
    "integer": pa.int64(),
    "decimal": pa.decimal128(20, 6),
    "percent": pa.decimal128(12, 6),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
    "boolean": pa.bool_(),
}


def build_contract(kind: str, resend: str) -> Contract:
    """`permits` (cases) or `statistics` (report) with the given way of re-sending."""
    names = {"owner": "办公室", "files": ["*"], "kind": kind, "resend": resend}
    unit = {"name": "unit", "header": "单位", "type": "unit"}
    if kind == "cases":
        columns = [
            {"name": "case_no", "header": "编号", "type": "id"},
            unit,
            {"name": "received", "header": "受理时间", "type": "datetime"},
            {"name": "ended", "header": "办结时间", "type": "datetime", "required": False},
            {"name": "fee", "header": "金额", "type": "decimal", "required": False},
        ]
        more = {"id": "permits", "name_zh": "许可", "name_en": "permits", "key": ["case_no"], "received": "received"}
        period = {"grain": "month", "read_from": ["rows"]}
    else:
        columns = [unit, {"name": "done", "header": "办件量", "type": "integer"}]
        more = {"id": "statistics", "name_zh": "统计", "name_en": "statistics", "key": ["unit"]}
        period = {"grain": "month", "read_from": ["title"]}
    return Contract.model_validate({**names, **more, "columns": columns, "period": period})


def case(number: int, received: str, ended: str | None = None, fee: str = "1.5") -> dict[str, Any]:
    """One case; times as ISO text."""
    return {
        "case_no": f"{number:018d}",
        "unit": "甲局",
        "received": dt.datetime.fromisoformat(received),
        "ended": dt.datetime.fromisoformat(ended) if ended else None,
        "fee": Decimal(fee),
    }


def make_registry(*contracts: Contract) -> Registry:
    return Registry({c.id: c for c in contracts}, {}, {}, {}, (), (), {})


@dataclass
class Bench:
    """A fresh warehouse and lake; batches land a minute apart, in the order of the calls."""

    settings: Settings
    engine: Engine
    contract: Contract
    landed: int = 0

    @property
    def ctx(self) -> Context:
        day = dt.date(2023, 4, 30)
        return Context(self.settings, make_registry(self.contract), self.engine, day, "run", now=lambda: START)

    def stage(self, rows: Sequence[Mapping[str, Any]], period: str | None = None, batch_id: str | None = None) -> str:
        """An accepted batch of these rows; the same `batch_id` again is a new check of the same file."""
        self.landed += 1
        sha = hashlib.sha256(f"{self.contract.id}{self.landed}".encode()).hexdigest()
        again, batch_id = batch_id is not None, batch_id or sha[:12]
        path = self.settings.landing / self.contract.id / batch_id / "accepted.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(self.arrow(rows, period, batch_id), path)
        with self.engine.begin() as connection:
            if again:
                connection.execute(text("update batches set status = 'accepted' where batch_id = :b"), {"b": batch_id})
                return batch_id
            landed_at = START + dt.timedelta(minutes=self.landed)
            row = {"batch_id": batch_id, "source": self.contract.id, "file_name": f"{self.landed}.xlsx", "sha256": sha}
            row |= {"size_bytes": 1, "landing_path": str(path.parent), "landed_at": landed_at, "status": "accepted"}
            connection.execute(insert(batches).values(row | {"period": period}))
        return batch_id

    def arrow(self, rows: Sequence[Mapping[str, Any]], period: str | None, batch_id: str) -> pa.Table:
        columns: dict[str, pa.Array] = {}
        for column in self.contract.columns:
            kind = ARROW.get(column.type.value, pa.string())
            values = [row[column.name] for row in rows]
            columns[column.name] = pa.array(values, kind)
            if column.type.value in ("date", "datetime"):
                columns[f"{column.name}_date_only"] = pa.array(
                    [None if v is None else False for v in values], pa.bool_()
                )
        size = len(rows)
        columns["line"] = pa.array(range(5, 5 + size), pa.int32())
        columns["sheet"] = pa.array(["表1"] * size, pa.string())
        columns["batch_id"] = pa.array([batch_id] * size, pa.string())
        columns["period"] = pa.array([row.get("period", period) for row in rows], pa.string())
        return pa.table(columns)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the lake as a reader sees them; `{t}` is the table."""
        with open_lake(self.settings, read_only=True) as connection:
            return connection.execute(sql.format(t=f"lake.{self.contract.id}")).fetchall()

    def dirty(self) -> set[str]:
        with self.engine.connect() as connection:
            return set(connection.execute(select(dirty.c.month)).scalars())

    def clear_dirty(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(dirty.delete())

    def statuses(self) -> list[tuple[str, int | None]]:
        """(status, load order) of all batches in the order of landing."""
        query = select(batches.c.status, batches.c.load_order).order_by(batches.c.landed_at)
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def contract_file(self) -> Path:
        """The contract as the child process reads it."""
        path = self.settings.home / f"{self.contract.id}.json"
        path.write_text(json.dumps(self.contract.model_dump(mode="json")))
        return path


@pytest.fixture
def make_bench(settings: Settings, engine: Engine) -> Callable[[str, str], Bench]:
    """`make_bench("cases", "merge")`."""
    return lambda kind, resend: Bench(settings, engine, build_contract(kind, resend))


@pytest.fixture
def make_case() -> Callable[..., dict[str, Any]]:
    """`make_case(7, "2023-03-05T09:00:00", None, fee="2")`: one row of `permits`."""
    return case
