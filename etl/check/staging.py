"""The staged file: first all data rows of a file, typed and marked (held or not), in the end without the held ones.

Whole-file questions (keys, sums, dates, the content hash) are asked in DuckDB over it, so memory stays flat.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from etl.check.arrow import pc
from etl.check.fingerprint import Fingerprint
from etl.check.parse import arrow_type
from etl.core.lake_tables import quote_name, quote_text
from schemas.models.contract import ColumnType, Contract

HELD = "_held"
"""In DuckDB's view of all data rows: the row is kept back."""

_MEMORY = "400MB"
"""Enough for keys of 50 million rows at the speed that more memory would give."""

_DATES = (ColumnType.DATE, ColumnType.DATETIME)
_REPEATING = (ColumnType.UNIT, ColumnType.CODE, ColumnType.PERIOD)


def staged_schema(contract: Contract) -> pa.Schema:
    """Columns of `accepted.parquet`: the contract's, `X_date_only` beside dates, and where each row comes from."""
    fields: list[pa.Field] = []
    for column in contract.columns:
        fields.append(pa.field(column.name, arrow_type(column)))
        if column.type in _DATES:
            fields.append(pa.field(f"{column.name}_date_only", pa.bool_()))
    place = [("line", pa.int32()), *((name, pa.string()) for name in ("sheet", "batch_id", "period", "cell_words"))]
    names = {field.name for field in fields}
    return pa.schema([*fields, *(pa.field(name, kind) for name, kind in place if name not in names)])


def _open_writer(path: Path, contract: Contract) -> pq.ParquetWriter:
    # Dictionaries pay for words that repeat; for ids and times they only cost.
    words: Any = [c.name for c in contract.columns if c.type in _REPEATING] + ["sheet", "batch_id", "period"]
    options: dict[str, Any] = {"compression": "zstd", "compression_level": 1, "use_dictionary": words}
    return pq.ParquetWriter(path, staged_schema(contract), **options)


class WorkFiles:
    """Writes blocks of typed rows into two files, the good ones and the held ones; readable once closed."""

    def __init__(self, folder: Path, contract: Contract) -> None:
        self.good = folder / "good.parquet"
        self.held = folder / "held.parquet"
        self._schema = staged_schema(contract)
        self._good = _open_writer(self.good, contract)
        self._held = _open_writer(self.held, contract)
        self.fingerprint = Fingerprint(contract)
        self._pool = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None

    def __enter__(self) -> WorkFiles:
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self._await()
        finally:
            self._pool.shutdown()
            self.fingerprint.close()
            self._good.close()
            self._held.close()

    def write(self, rows: pa.Table, held: np.ndarray) -> None:
        """One block: `held` marks the rows that are kept back. It is written while the next one is read and judged."""
        self._await()
        self._writing = self._pool.submit(self._write, rows, held)

    def _await(self) -> None:
        if self._writing is not None:
            self._writing.result()

    def _write(self, rows: pa.Table, held: np.ndarray) -> None:
        rows = rows.select(self._schema.names).cast(self._schema)
        if held.any():
            self._held.write_table(rows.filter(pa.array(held)))
            rows = rows.filter(pa.array(~held))
        self._good.write_table(rows)
        self.fingerprint.add(rows)


@dataclass(frozen=True)
class Repeats:
    """Rows whose key stands more than once.

    Attributes:
        same: line of a repetition -> line of the row it repeats, cell for cell.
        differing: line -> the other lines of its key, where the rows differ.
    """

    same: dict[int, int]
    differing: dict[int, tuple[int, ...]]


class StagedRows:
    """Questions about all data rows of one file, answered by DuckDB."""

    def __init__(self, work: WorkFiles, contract: Contract) -> None:
        self.contract = contract
        pa.default_memory_pool().release_unused()
        self._con = _connect(work.good.parent)
        parts = ((work.good, "false"), (work.held, "true"))
        union = " union all ".join(f"select *, {held} {HELD} from {_scan(path)}" for path, held in parts)  # noqa: S608
        self._con.execute(f"create view work as {union}")

    def __enter__(self) -> StagedRows:
        return self

    def __exit__(self, *error: object) -> None:
        self._con.close()

    def count_repeats(self) -> int:
        """How many rows stand under a key that is there more than once."""
        keys = self._keys()
        grouped = f"select count(*) c from work where {self._keyed()} group by {keys} having count(*) > 1"  # noqa: S608
        return int(self._one(f"select coalesce(sum(c), 0) from ({grouped})"))  # noqa: S608

    def find_repeats(self) -> Repeats:
        """Compare the rows of each repeated key over all columns of the contract."""
        keys = self._keys()
        cells = ", ".join(quote_name(column.name) for column in self.contract.columns)
        # Lists of the lines of millions of keys would not fit: first the few that repeat, by hash, then these alone.
        rows = self._con.execute(
            f"with many as (select hash({keys}) from work where {self._keyed()} group by {keys} having count(*) > 1) "  # noqa: S608 - names of the contract
            f"select list(line order by line), count(distinct row({cells})) from work "
            f"where {self._keyed()} and hash({keys}) in (from many) group by {keys} having count(*) > 1"
        ).fetchall()
        same: dict[int, int] = {}
        differing: dict[int, tuple[int, ...]] = {}
        for lines, versions in rows:
            if versions == 1:
                same |= dict.fromkeys(lines[1:], lines[0])
            else:
                differing |= {line: tuple(other for other in lines if other != line) for line in lines}
        return Repeats(same, differing)

    def find_span(self) -> tuple[Any, Any] | None:
        """First and last day over all date columns of the rows that are not held."""
        names = [quote_name(c.name) for c in self.contract.columns if c.type in _DATES]
        days = ", ".join(f"min({n}::date), max({n}::date)" for n in names)
        found = self._con.execute(f"select {days} from work where not {HELD}").fetchone() if names else None  # noqa: S608
        known = [day for day in found or () if day is not None]
        return (min(known), max(known)) if known else None

    def find_values(self, column: str, *, held: bool = True) -> list[str]:
        """The different values of a column, sorted; without those of the held rows where `held` is false."""
        name, kept = quote_name(column), "true" if held else f"not {HELD}"
        chosen = f"select distinct {name} from work where {name} is not null and {kept} order by 1"  # noqa: S608
        rows = self._con.execute(chosen).fetchall()
        return [row[0] for row in rows]

    def find_lines(self) -> list[int]:
        """The lines of all data rows, in their order."""
        return [line for (line,) in self._con.execute("select line from work order by line").fetchall()]

    def read_rows(self, key: Sequence[str], columns: Sequence[str]) -> list[Mapping[str, Any]]:
        """All data rows by line: `line`, `period`, `held`, the columns of the key as text, and some others."""
        texts = ", ".join(f"{quote_name(name)}::varchar as {quote_name(name)}" for name in key)
        others = ", ".join(quote_name(name) for name in columns)
        chosen = ", ".join(part for part in (f'line, "period", {HELD} as held', texts, others) if part)
        return self._con.execute(f"select {chosen} from work order by line").to_arrow_table().to_pylist()  # noqa: S608

    def find_gaps(self, column: str, by: Sequence[str]) -> dict[int, int]:
        """Line of a row whose number does not follow the one before it in its group -> that number."""
        name, parts = quote_name(column), ", ".join(map(quote_name, by))
        order = f"{f'partition by {parts} ' if parts else ''}order by {name}, line"
        rows = self._con.execute(
            f"select line, before from (select line, {name} as own, lag({name}) over ({order}) as before from work "  # noqa: S608 - names of the contract
            f"where {name} is not null) where own - before <> 1 order by line"
        ).fetchall()
        return dict(rows)

    def sum_column(self, column: str) -> Any:
        """Exact sum over all data rows, held ones too; empty cells add nothing."""
        return self._one(f"select coalesce(sum({quote_name(column)}), 0) from work")  # noqa: S608

    def sum_groups(self, column: str, by: str) -> dict[str, Any]:
        """Exact sum for each value of another column, as text; a group of empty cells has 0."""
        name, group = quote_name(column), quote_name(by)
        query = f"select {group}::varchar, coalesce(sum({name}), 0) from work where {group} is not null group by 1"  # noqa: S608
        return dict(self._con.execute(query).fetchall())

    def sum_lines(self, column: str, rows_a_line: int) -> dict[int, Any]:
        """Exact sum for each line of a wide table; rows are numbered `line * rows_a_line + place`."""
        query = f"select line // {rows_a_line}, sum({quote_name(column)}) from work group by 1"  # noqa: S608
        return dict(self._con.execute(query).fetchall())

    def _keys(self) -> str:
        return ", ".join(quote_name(name) for name in self.contract.key)

    def _keyed(self) -> str:
        needed = [name for name in self.contract.key if name not in self.contract.open_key]
        return " and ".join(f"{quote_name(name)} is not null" for name in needed)

    def _one(self, query: str) -> Any:
        row = self._con.execute(query).fetchone()
        return row[0] if row else None


def finish(work: WorkFiles, staged: Path, contract: Contract, *, drop: Sequence[int]) -> Fingerprint:
    """Make the accepted rows durable under their name; `drop` are lines held back by whole-file checks.

    Returns:
        The fingerprint of the accepted rows.
    """
    made, fingerprint = work.good, work.fingerprint
    if drop:
        fingerprint = Fingerprint(contract)
        made = work.good.with_name("kept.parquet")
        gone = pa.array(np.array(sorted(drop), dtype=np.int32))
        with pq.ParquetFile(work.good) as source, _open_writer(made, contract) as writer:
            for group in range(source.num_row_groups):
                rows = source.read_row_group(group)
                kept = rows.filter(pc.invert(pc.is_in(rows["line"], value_set=gone)))
                writer.write_table(kept)
                fingerprint.add(kept)
        fingerprint.close()
    with made.open("rb+") as file:
        os.fsync(file.fileno())
    if pq.read_metadata(made).num_rows != fingerprint.rows:
        raise RuntimeError(f"{made.name}: the fingerprint is not of its rows")
    made.replace(staged)
    return fingerprint


def _connect(folder: Path | None) -> duckdb.DuckDBPyConnection:
    """DuckDB with little memory, however long the file is; what does not fit goes into `folder`, or is an error."""
    config: dict[str, Any] = {
        **{"threads": 2, "memory_limit": _MEMORY, "temp_directory": str(folder or "")},
        "preserve_insertion_order": "false",  # every row carries its line
    }
    return duckdb.connect(":memory:", config=config)


def _scan(path: Path) -> str:
    """`read_parquet` takes patterns; a folder with `[` in its name is meant as it stands."""
    literal = "".join(f"[{c}]" if c in "*?[" else c for c in str(path))
    return f"read_parquet({quote_text(literal)}, hive_partitioning = false)"
