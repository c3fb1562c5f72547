"""Checks the rows of a table, block after block: sort the lines, parse the cells, let the rules judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from etl.check.arrow import is_filled, pc
from etl.check.checked import HeldRow
from etl.check.data_rows import DataRows
from etl.check.describe import Describer
from etl.check.facts import RowJudge
from etl.check.file_period import RowPeriod
from etl.check.findings import FindingLog
from etl.check.grid import Block
from etl.check.lines import LineSorter
from etl.check.parse import ColumnParser, arrow_type
from etl.check.parsed import Parsed
from etl.check.personal import hash_column
from etl.check.sections import SectionKeeper
from etl.check.staging import WorkFiles
from etl.check.table import Table
from expectations.run import RuleResult, run_rules
from expectations.suite import name_digits_column
from schemas.models.contract import Column, ColumnType, Contract
from schemas.models.finding import Level

_CORES = 2

Marks = dict[str, np.ndarray]
"""Finding code -> mask of the rows that it holds back."""


@dataclass
class RowChecker:
    """The checks of one file's rows.

    Attributes:
        held: row number (`Block.lines`) -> the row kept back.
        late: numbers of rows held back only by a look at the whole file; they are among the good rows of the files.
        unread: per column, how many cells could not be read (their sum is then unknown).
        judge: holds rows against what the file itself cannot know (targets, other sources), where the contract asks.
        key: hashes persons; needed where the contract has personal columns.
    """

    table: Table
    contract: Contract
    parser: ColumnParser
    sorter: LineSorter
    log: FindingLog
    period: RowPeriod
    batch_id: str
    judge: RowJudge | None = None
    key: bytes | None = field(default=None, repr=False)
    held: dict[int, HeldRow] = field(default_factory=dict)
    late: set[int] = field(default_factory=set)
    unread: dict[str, int] = field(default_factory=dict)

    @cached_property
    def data(self) -> DataRows:
        return DataRows(self.table, self.contract)

    @cached_property
    def sections(self) -> SectionKeeper:
        return SectionKeeper(self.table.left)

    @cached_property
    def describe(self) -> Describer:
        return Describer(self.table, self.contract)

    def run(self, work: WorkFiles) -> None:
        """Check all blocks and write the typed rows; stops as soon as one rule has too many bad rows."""
        with ThreadPoolExecutor(_CORES) as pool:
            for block in self.data.read(self.sorter, self.sections):
                work.write(*self._check_block(block, pool))
                if self.log.find_excess():
                    return

    def _check_block(self, block: Block, pool: Executor) -> tuple[pa.Table, np.ndarray]:
        columns = [c for c in self.contract.columns if c.name in self.table.columns]
        # Arrow lets the other core work while it reads a column
        read = pool.map(lambda column: self._parse(block, column), columns)
        parsed = {column.name: one for column, one in zip(columns, read, strict=True)}
        marks: Marks = {}
        self._note_problems(block, parsed, marks)
        self._judge(block, parsed, marks)
        if block.ragged.any():
            _mark(marks, "ROW.SHIFTED", block.ragged)
            shifted = self._tell_once(block, np.flatnonzero(block.ragged), [])
            self.log.add_rows("ROW.SHIFTED", None, shifted, lambda row: self.describe.shift(block, row))
        held = np.any(list(marks.values()), axis=0) if marks else np.zeros(len(block), dtype=bool)
        rows = self._assemble(block, parsed)
        if held.any() and not self.log.find_excess():
            self._hold(block, rows, held, marks)
        return rows, held

    def _parse(self, block: Block, column: Column) -> Parsed:
        """Typed cells; persons leave here as hashes, after their check digits have been looked at."""
        place = self.table.columns[column.name]
        parsed = self.parser.parse(block.texts[place], block.kinds[place], column)
        if not column.personal:
            return parsed
        if self.key is None:
            raise ValueError(f"contract {self.contract.id} has personal columns: give the key")
        return hash_column(parsed, column, self.key)

    def _note_problems(self, block: Block, parsed: Mapping[str, Parsed], marks: Marks) -> None:
        for name, column in parsed.items():
            for code, mask in column.problems.items():
                _mark(marks, code, mask)
                self.unread[name] = self.unread.get(name, 0) + int(mask.sum())
                rows = self._tell_once(block, np.flatnonzero(mask), [name])
                self.log.add_rows(code, name, rows, lambda row, c=code, n=name: self.describe.cell(block, row, c, n))

    def _judge(self, block: Block, parsed: Mapping[str, Parsed], marks: Marks) -> None:
        for result in run_rules(self._to_judge(parsed), self.contract):
            if result.could_not_run is not None:
                self.log.add_once(self.describe.silent_rule(result))
                continue
            bad = _leave_out_reported(result, parsed)
            if not len(bad):
                continue
            if result.expected.level is Level.QUARANTINE:
                mask = np.zeros(len(block), dtype=bool)
                mask[bad] = True
                _mark(marks, result.code, mask)
            bad = self._tell_once(block, bad, self.describe.name_cells(result))
            self.log.add_rows(
                result.code, result.column, bad, lambda row, r=result: self.describe.breach(block, row, r)
            )

    def _tell_once(self, block: Block, rows: np.ndarray, names: Sequence[str]) -> np.ndarray:
        """Of the rows of one line, the first alone, where the cells that are spoken of are the same in all of them."""
        if self.table.layout is None or not set(names) <= self.table.sheet_columns.keys():
            return rows
        return rows[np.unique(self.table.lines(block.lines[rows]), return_index=True)[1]]

    def _to_judge(self, parsed: Mapping[str, Parsed]) -> pd.DataFrame:
        facts = self.judge.facts(parsed) if self.judge else {}
        return _to_frame(parsed, facts)

    def _assemble(self, block: Block, parsed: Mapping[str, Parsed]) -> pa.Table:
        """The rows in the shape of the staged file."""
        size = len(block)
        columns: dict[str, pa.Array] = {}
        for column in self.contract.columns:
            one = parsed.get(column.name) or Parsed(pa.nulls(size, arrow_type(column)))
            columns[column.name] = one.values
            if column.type in (ColumnType.DATE, ColumnType.DATETIME):
                flags = np.zeros(size, dtype=bool) if one.date_only is None else one.date_only
                columns[f"{column.name}_date_only"] = pa.array(flags)
        columns["cell_words"] = _join_words(parsed, size)
        columns["line"] = pa.array(block.lines, pa.int32())
        columns["sheet"] = pa.repeat(self.table.grid.name, size)
        columns["batch_id"] = pa.repeat(self.batch_id, size)
        own = columns[self.period.column] if self.period.column else None
        columns["period"] = pa.repeat(pa.scalar(self.period.constant, pa.string()), size) if own is None else own
        if self.period.day is not None:
            month = pc.strftime(columns[self.period.day], format="%Y-%m")
            columns["period"] = pc.coalesce(columns["period"], month)
        return pa.table(columns)

    def _hold(self, block: Block, rows: pa.Table, held: np.ndarray, marks: Marks) -> None:
        units = rows[self.contract.unit_column] if self.contract.unit_column else None
        for row in map(int, np.flatnonzero(held)):
            codes = [code for code, mask in marks.items() if mask[row]]
            unit = units[row].as_py() if units is not None else None
            self.hold_row(block, row, codes, unit=unit, period=rows["period"][row].as_py())

    def hold_row(self, block: Block, row: int, codes: Iterable[str], *, unit: str | None, period: str | None) -> None:
        """Keep a row back, with its cells as they stood; a unit that nobody knows is kept as it was written."""
        number = int(block.lines[row])
        unit = unit or self.describe.mask_text(block, row, self.contract.unit_column)
        content = self.describe.read_content(block, row)
        line = self.table.line(number)
        self.held[number] = HeldRow(self.table.grid.name, line, unit, period, tuple(codes), content)


def _join_words(parsed: Mapping[str, Parsed], size: int) -> pa.Array:
    """`online=—:missing total=…:below_unit` for the rows that have such a cell."""
    said = [
        pc.binary_join_element_wise(f"{name}=", p.words, " ", "") for name, p in parsed.items() if p.words is not None
    ]
    if not said:
        return pa.nulls(size, pa.string())
    # not null_handling="skip": Arrow leaves out the rows in which all columns are null, and the result is too short
    joined = pc.utf8_rtrim_whitespace(pc.binary_join_element_wise(*(pc.coalesce(one, "") for one in said), ""))
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined)


def _mark(marks: Marks, code: str, mask: np.ndarray) -> None:
    marks[code] = marks[code] | mask if code in marks else mask.copy()


def _leave_out_reported(result: RuleResult, parsed: Mapping[str, Parsed]) -> np.ndarray:
    """A cell that could not be read is empty for the rules; it has been reported as what it is."""
    bad = result.bad
    column = parsed.get(result.column or "")
    for mask in column.problems.values() if column else ():
        bad = bad[~mask[bad]]
    return bad


def _to_frame(parsed: Mapping[str, Parsed], facts: Mapping[str, pa.Array]) -> pd.DataFrame:
    columns: dict[str, pa.Array] = {**facts}
    for name, column in parsed.items():
        columns[name] = column.values
        if column.date_only is not None:
            columns[f"{name}_date_only"] = pa.array(column.date_only & is_filled(column.values))
        if column.digits_hold is not None:
            columns[name_digits_column(name)] = pa.array(column.digits_hold)
    return pa.table(columns).to_pandas(types_mapper=pd.ArrowDtype)
