"""Questions about a whole file take little memory, however many keys it has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from etl.check import staging
from etl.check.staging import Repeats, StagedRows, WorkFiles
from tests.etl.check.files import make_report

ROWS = 600_000


def write_rows(folder: Path) -> WorkFiles:
    """Rows with a key each; line 7 comes again as it was, line 8 with another figure."""
    lines = np.arange(1, ROWS + 1)
    keys, totals = lines.copy(), lines % 1000
    keys[[500_006, 500_007]], totals[[500_006, 500_007]] = (7, 8), (7, 9)
    size = len(lines)
    with WorkFiles(folder, make_report(key=["unit"], rules=[])) as work:
        schema = staging.staged_schema(make_report(key=["unit"], rules=[]))
        columns = {
            "unit": pa.array(keys).cast(pa.string()),
            "total": pa.array(totals),
            "line": pa.array(lines, pa.int32()),
        }
        rows = pa.table({f.name: columns.get(f.name, pa.nulls(size, f.type)) for f in schema})
        for start in range(0, ROWS, 200_000):
            work.write(rows.slice(start, 200_000), np.zeros(200_000, dtype=bool))
    return work


def test_repeated_keys_are_found_in_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "_MEMORY", "64MB")  # lists of the lines of all keys take more
    with StagedRows(write_rows(tmp_path), make_report(key=["unit"], rules=[])) as rows:
        assert rows.count_repeats() == 4
        assert rows.find_repeats() == Repeats({500_007: 7}, {8: (500_008,), 500_008: (8,)})


def test_a_block_that_cannot_be_written_is_a_fault_and_no_silence(tmp_path: Path) -> None:
    contract = make_report(key=["unit"], rules=[])
    with pytest.raises(KeyError), WorkFiles(tmp_path, contract) as work:
        work.write(pa.table({"unit": ["甲局"]}), np.zeros(1, dtype=bool))
