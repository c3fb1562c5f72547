"""Arrow batches into a table of the warehouse by COPY, in the connection's own transaction; no row becomes Python."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
from psycopg import sql
from sqlalchemy import Connection

_FORM = pc.WriteOptions(include_header=False, quoting_style="all_valid")
"""What is quoted is text, also an empty one; what is not, and empty, is null: as COPY reads CSV."""


def copy_batches(connection: Connection, table: str, batches: Iterable[pa.RecordBatch]) -> int:
    """COPY batches into the columns of their names; returns how many rows."""
    count = 0
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor:
        for batch in batches:
            columns = sql.SQL(", ").join(map(sql.Identifier, batch.schema.names))
            statement = sql.SQL("copy {} ({}) from stdin (format csv)").format(sql.Identifier(table), columns)
            text = io.BytesIO()
            pc.write_csv(batch, text, _FORM)
            with cursor.copy(statement) as copy:
                copy.write(text.getvalue())
            count += batch.num_rows
    return count
