"""Corrected rows: the sheet of a returned workbook that holds them, and what they mend.

A sheet with the mark is never the table of a whole file; a file is a correction where somebody changed a row in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from sqlalchemy import Connection, select, update

from etl.check.cell_texts import to_text
from etl.check.checked import Checked, HeldRow, Refusal
from etl.check.grid import BrokenFileError, Grid
from etl.check.messages import MASK
from etl.check.personal import mask_strays
from etl.check.rows_grid import RowsGrid
from etl.check.sheet_fields import SheetField, find_places, list_fields
from etl.check.source import open_source
from etl.check.table import Table, find_table
from etl.core.correction_mark import ROW_MARK, SHEET_MARK, hash_row
from schemas.models.contract import Contract, RowCountRule, TotalRule
from schemas.models.contract_between import SequenceRule, UsualRowsRule
from schemas.warehouse.tables import batches, quarantine

_OF_WHOLE_FILES = (TotalRule, RowCountRule, UsualRowsRule, SequenceRule)


@dataclass(frozen=True)
class MarkedRow:
    """One row of the sheet: its line there, the line of the original file, and the cells as they are now."""

    line: int
    original: int
    changed: bool
    texts: Mapping[str, str]
    """Field (`SheetField.key`) -> text."""


def find_mark(grid: Grid) -> tuple[str, int] | None:
    """The batch that a sheet corrects and the column of its marks (from 0); None for any other sheet."""
    for row in grid.head()[:5]:
        for place, cell in enumerate(row):
            if found := SHEET_MARK.match(cell.strip()):
                return found[1], place
    return None


def choose_grids(grids: Sequence[Grid], *, corrected: bool) -> list[Grid]:
    """The marked sheets of a correction, all the others of any other file."""
    return [grid for grid in grids if (find_mark(grid) is not None) is corrected]


def loosen(contract: Contract) -> Contract:
    """The contract as some of its rows keep it: no fixed place, no total, no number of rows, no running numbers."""
    hint = contract.table.model_copy(update={"sheet": None, "header_line": None, "letters": {}})
    rules = tuple(rule for rule in contract.rules if not isinstance(rule, _OF_WHOLE_FILES))
    return contract.model_copy(update={"table": hint, "rules": rules})


def read_marked_rows(path: Path, contract: Contract) -> list[MarkedRow]:
    """The rows of the marked sheet; empty where there is none or it cannot be read."""
    try:
        source = open_source(path)
        grids = [] if isinstance(source, Refusal) else choose_grids(source.grids, corrected=True)
        table = find_table(grids, loosen(contract)) if grids else None
    except BrokenFileError:
        return []
    if not isinstance(table, Table) or not isinstance(table.grid, RowsGrid):
        return []
    mark = find_mark(table.grid)
    return list(_read_rows(table, table.grid, contract, mark[1])) if mark else []


def _read_rows(table: Table, grid: RowsGrid, contract: Contract, place: int) -> Any:
    places = find_places(table, contract)
    for line, row in enumerate(grid.rows[table.header_line :], start=table.first_line):
        found = ROW_MARK.match(str(row[place])) if place < len(row) else None
        if found:
            texts = {key: _text(row, at) for key, at in places.items()}
            yield MarkedRow(line, int(found[1]), hash_row(texts.values()) != found[2], texts)


def _text(row: Sequence[Any], place: int) -> str:
    return (to_text(row[place])[0] or "") if place < len(row) else ""


def settle_rows(
    connection: Connection,
    checked: Checked,
    rows: Sequence[MarkedRow],
    contract: Contract,
    *,
    batch: str,
    original: str,
) -> int:
    """Close the quarantined rows that the correction mended; the others keep their new problems.

    Args:
        connection: a transaction.
        checked: the correction as it was read.
        rows: of the marked sheet.
        contract: gives headers and personal columns.
        batch: the correction.
        original: the batch that is corrected.

    Returns:
        How many rows were closed.
    """
    accepted = set(checked.reading.get("accepted_lines", ()))
    still = {row.line: row for row in checked.quarantine}
    kept = {r.line: r for r in connection.execute(select(quarantine).where(quarantine.c.batch_id == original))}
    read = connection.execute(select(batches.c.reading).where(batches.c.batch_id == original)).scalar_one()
    fields = {field.key: field for field in list_fields(read or {}, contract)}
    now = {f.header: fields[f.key].header for f in list_fields(checked.reading, contract) if f.key in fields}
    closed = 0
    for row in rows:
        before = kept.get(row.original)
        if before is None:
            continue
        change = update(quarantine).where(quarantine.c.batch_id == original, quarantine.c.line == row.original)
        if row.line in accepted:
            changes = _compare(before.content, row, contract, fields)
            connection.execute(change.values(state="corrected", corrected_by=batch, changes=changes))
            closed += 1
        elif row.line in still and before.state == "open":
            held: HeldRow = still[row.line]
            content = {now.get(header, header): text for header, text in held.content.items()}
            connection.execute(change.values(codes=list(held.codes), content=content, unit=held.unit))
    return closed


def _compare(
    before: Mapping[str, str], row: MarkedRow, contract: Contract, fields: Mapping[str, SheetField]
) -> list[dict[str, str]]:
    """`{header, before, after}` of each cell that is another now; persons masked, and shown where they changed."""
    changes = []
    for field, text in ((fields[key], text) for key, text in row.texts.items() if key in fields):
        column, header = contract.column_by_name[field.column], field.header
        if "@" in field.key and header not in before:
            continue  # of a wide line only the bad cells were kept
        old = before.get(header, "")
        if column.personal:
            if old != MASK and text:
                changes.append({"header": header, "before": old, "after": MASK})
            continue
        new = mask_strays(text, column, contract)
        if _plain(old) != _plain(new):
            changes.append({"header": header, "before": old, "after": new})
    return changes


def _plain(text: str) -> str:
    return text.strip().removesuffix(" 00:00:00")


def without_rows(checked: Checked, staged: Path) -> Checked:
    """The correction as it is recorded: which lines were accepted, and none in a quarantine of its own."""
    if checked.status != "accepted" or not staged.is_file():
        return checked
    held = {row.line for row in checked.quarantine}  # a line of a wide table is mended once all its cells are
    lines = dict.fromkeys(pq.read_table(staged, columns=["line"])["line"].to_pylist())
    return replace(checked, reading={**checked.reading, "accepted_lines": [n for n in lines if n not in held]})
