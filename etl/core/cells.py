"""From a row of the lake back to the cells of the file it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.models.contract import Contract


def cells_of(reading: Mapping[str, Any] | None, contract: Contract, line: int) -> dict[str, str]:
    """Column -> cell address (`D14`) of one row.

    Args:
        reading: `batches.reading`; its `columns` give the letter of each column that the file had.
        contract: the source's contract; its order of columns is kept.
        line: row number in the sheet as people see it, from 1.

    Columns that the file did not have are left out: they have no cell.
    """
    columns: Mapping[str, Any] = (reading or {}).get("columns") or {}
    letters = {name: str(place.get("letter") or "") for name, place in columns.items()}
    return {column.name: f"{letters[column.name]}{line}" for column in contract.columns if letters.get(column.name)}
