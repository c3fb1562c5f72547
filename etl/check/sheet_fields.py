"""The cells of one line of a sheet under their contract: what goes out to be mended and comes back, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from etl.check.table import Table
from schemas.models.contract import Contract


@dataclass(frozen=True)
class SheetField:
    """One cell of every line.

    Attributes:
        key: names it, the same in the file and in the sheet of corrected rows.
        column: its contract column.
        header: its header as it stood in the file.
        written: a header under which it is known without the lines above it (`1月` as 2023-01).
        letter: of its sheet column; None where a heading between the rows holds it.
    """

    key: str
    column: str
    header: str
    written: str
    letter: str | None


def list_fields(reading: Mapping[str, Any], contract: Contract) -> list[SheetField]:
    """The fields of a file, from how it was read: the contract's columns in its order, then those of a wide table."""
    columns: Mapping[str, Any] = reading.get("columns") or {}
    fields: list[SheetField] = []
    for column in contract.columns:
        if told := columns.get(column.name):
            fields.append(SheetField(column.name, column.name, told["header"], told["header"], told["letter"]))
        elif columns and contract.section and contract.section.column == column.name:
            fields.append(SheetField(column.name, column.name, column.header, column.header, None))
    for told in (reading.get("wide") or {}).get("columns") or []:
        name = contract.column_by_name[told["column"]].header if contract.wide and len(contract.wide.values) > 1 else ""
        key = _wide_key(told["column"], told["heading"])
        fields.append(SheetField(key, told["column"], told["header"], f"{told['heading']}{name}", told["letter"]))
    return fields


def find_places(table: Table, contract: Contract) -> dict[str, int]:
    """Field key -> sheet column of the table, in the order of `list_fields`."""
    places = table.sheet_columns
    found = {column.name: places[column.name] for column in contract.columns if column.name in places}
    headings = table.layout.headings if table.layout else ()
    return found | {_wide_key(h.column, h.value): h.place for h in headings}


def _wide_key(column: str, heading: str) -> str:
    return f"{column}@{heading}"
