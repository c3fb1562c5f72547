"""From rows back to the lines of the sheet, where one line is many rows: what people see, mend and send again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from etl.check.checked import HeldRow
from etl.check.table import Table


def merge_lines(held: Iterable[HeldRow]) -> tuple[HeldRow, ...]:
    """One entry a line, with all its bad cells; the period only where they are of one.

    Args:
        held: in the order of their lines.
    """
    return tuple(_merge(list(rows)) for _, rows in groupby(held, key=lambda row: row.line))


def _merge(rows: list[HeldRow]) -> HeldRow:
    first, periods = rows[0], {row.period for row in rows}
    return replace(
        first,
        period=first.period if len(periods) == 1 else None,
        codes=tuple(dict.fromkeys(code for row in rows for code in row.codes)),
        content={header: text for row in rows for header, text in row.content.items()},
    )


def write_lines(staged: Path, table: Table) -> None:
    """Put the lines of the sheet in place of the row numbers of a wide table."""
    if table.layout is None:
        return
    rows = pq.read_table(staged)
    lines = pa.array(table.lines(rows["line"].to_numpy()), pa.int32())
    pq.write_table(rows.set_column(rows.schema.get_field_index("line"), "line", lines), staged, compression="zstd")
