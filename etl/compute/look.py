"""One consistent look at the lake: all queries of a computation see the rows of one snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import ibis
from duckdb import DuckDBPyConnection

from etl.compute.expressions import TableExpr
from etl.compute.history import read_dirty
from etl.compute.stale import Mark, Newest
from etl.compute.values import Computation
from etl.core.context import Context
from etl.core.lake import ensure_table, open_lake
from etl.core.repeats import mark_repeats
from schemas.models.contract import Contract


@dataclass(frozen=True)
class Look:
    """`marks` were read before the snapshot: what they speak of is in it, or marked anew by whoever is loading."""

    lake: DuckDBPyConnection
    backend: ibis.BaseBackend
    computation: Computation
    marks: list[Mark]
    newest: Newest
    snapshot: int

    def table(self, contract: Contract) -> TableExpr:
        return lake_table(self.backend, contract)


def lake_table(backend: ibis.BaseBackend, contract: Contract) -> TableExpr:
    """The source's accepted rows as an expression, repeats marked."""
    return mark_repeats(backend.table(contract.id, database=("lake", "main")), contract)


@contextmanager
def open_look(ctx: Context, contracts: Iterable[Contract]) -> Iterator[Look]:
    """A look at the tables of these sources, which are made where they lack."""
    with ctx.engine.connect() as connection:
        marks = read_dirty(connection)
    with open_lake(ctx.settings, url=ctx.engine.url) as lake:
        for contract in contracts:
            ensure_table(lake, contract)
        backend = ibis.duckdb.from_connection(lake)
        computation = Computation(backend, ctx.registry, as_of=ctx.as_of)
        lake.execute("BEGIN")
        try:
            row = lake.execute("FROM lake.current_snapshot()").fetchone()
            yield Look(lake, backend, computation, marks, Newest(marks), int(row[0]) if row else 0)
        finally:
            lake.execute("ROLLBACK")  # it only reads
