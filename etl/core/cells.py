"""From a row of the lake back to the cells of the file it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.models.contract import Contract
from schemas.models.contract_layout import Wide


def cells_of(
    reading: Mapping[str, Any] | None, contract: Contract, line: int, *, across: str | None = None
) -> dict[str, str]:
    """Column -> cell address (`D14`) of one row.

    Args:
        reading: `batches.reading`; its `columns` give the letter of each column that the file had.
        contract: the source's contract; its order of columns is kept.
        line: row number in the sheet as people see it, from 1.
        across: of a row of a wide table, its value of the column `across`; that one stands in the header.

    Columns that the file did not have are left out: they have no cell.
    """
    columns: Mapping[str, Any] = (reading or {}).get("columns") or {}
    letters = {name: str(place.get("letter") or "") for name, place in columns.items()}
    cells = {name: f"{letter}{line}" for name, letter in letters.items() if letter}
    if contract.wide:
        cells |= _wide_cells(reading or {}, contract.wide, line, across)
    return {column.name: cells[column.name] for column in contract.columns if column.name in cells}


def headers_of(reading: Mapping[str, Any] | None, contract: Contract, *, across: str | None = None) -> dict[str, str]:
    """Column -> header cell as it stood in the file, of one row; `across` as for `cells_of`."""
    columns: Mapping[str, Any] = (reading or {}).get("columns") or {}
    found = {name: str(place["header"]) for name, place in columns.items() if place.get("header")}
    found |= {place["column"]: str(place["header"]) for place in _wide_columns(reading or {}, across)}
    return {column.name: found.get(column.name, column.header) for column in contract.columns}


def _wide_columns(reading: Mapping[str, Any], across: str | None) -> list[Mapping[str, Any]]:
    columns: list[Mapping[str, Any]] = (reading.get("wide") or {}).get("columns") or []
    return [place for place in columns if place["value"] == across]


def _wide_cells(reading: Mapping[str, Any], wide: Wide, line: int, across: str | None) -> dict[str, str]:
    found = _wide_columns(reading, across)
    cells = {place["column"]: f"{place['letter']}{line}" for place in found}
    return cells | ({wide.across: f"{found[0]['letter']}{reading['header_line']}"} if found else {})
