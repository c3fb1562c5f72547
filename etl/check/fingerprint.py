"""The fingerprint of a file's accepted rows: the same table sent twice is found, whatever its order and format."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from etl.core.lake_tables import quote_name
from schemas.models.contract import ColumnType, Contract


class Fingerprint:
    """Of rows without period, line and batch; a period that is part of the key is part of the content.

    Sums of hashes add up, so that each block is hashed where it is written, while the next one is judged.

    Attributes:
        rows: how many there are.
    """

    def __init__(self, contract: Contract) -> None:
        left_out = {contract.period.column} | {c.name for c in contract.columns if c.type is ColumnType.PERIOD}
        names = [c.name for c in contract.columns if c.name not in left_out - set(contract.key)]
        text = ", ".join(f"coalesce({quote_name(name)}::varchar, chr(1))" for name in names)
        numeric = [c.name for c in contract.columns if c.type in (ColumnType.INTEGER, ColumnType.DECIMAL)]
        zeros = " and ".join(f"coalesce(bool_and({quote_name(name)} = 0), true)" for name in numeric) or "false"
        self._query = f"select sum(md5_number_lower(concat_ws(chr(31), {text}))::hugeint), {zeros} from rows"  # noqa: S608
        self._con = duckdb.connect(":memory:", config={"threads": 1})
        self.rows, self._sum, self._all_zero = 0, 0, True

    def add(self, rows: pa.Table) -> None:
        """More rows, typed as they are staged."""
        if not rows.num_rows:
            return
        self._con.register("rows", rows)
        found = self._con.execute(self._query).fetchone()
        self._con.unregister("rows")
        assert found is not None  # noqa: S101 - a sum without groups is one row
        self.rows += rows.num_rows
        self._sum += int(found[0])
        self._all_zero &= bool(found[1])

    def close(self) -> None:
        """Nothing more comes; what is known stays."""
        self._con.close()

    @property
    def content_hash(self) -> str | None:
        """None where there is no row."""
        return f"{self.rows:x}-{self._sum:x}" if self.rows else None

    @property
    def all_zero(self) -> bool:
        """Whether every count and amount is zero (or empty); false without rows or without such columns."""
        return self._all_zero and self.rows > 0
