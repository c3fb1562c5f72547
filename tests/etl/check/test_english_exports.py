"""Case exports of cities that write English: dates in other orders, AM and PM, and many columns nobody asked for."""

from __future__ import annotations

import csv
import datetime as dt
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from etl.check.date_reader import DateReader
from schemas.models.contract import Contract
from schemas.models.contract_columns import DateOrder
from tests.etl.check.files import check, codes_of, make_cases, make_report

ORDERED: list[tuple[DateOrder | None, str, dt.datetime | None, bool]] = [
    ("mdy", "01/31/2023 11:59:59 PM", dt.datetime(2023, 1, 31, 23, 59, 59), False),
    ("mdy", "01/31/2023 12:00:00 AM", dt.datetime(2023, 1, 31), False),
    ("mdy", "1/31/2023 12:30 pm", dt.datetime(2023, 1, 31, 12, 30), False),
    ("mdy", "1/31/2023 12:30 a.m.", dt.datetime(2023, 1, 31, 0, 30), False),
    ("mdy", "03/04/2023", dt.datetime(2023, 3, 4), True),
    ("dmy", "03/04/2023", dt.datetime(2023, 4, 3), True),
    (None, "03/04/2023", None, False),
    ("dmy", "31.01.2023 23:59", dt.datetime(2023, 1, 31, 23, 59), False),
    ("dmy", "31-01-2023", dt.datetime(2023, 1, 31), True),
    ("mdy", "01-31-2023", dt.datetime(2023, 1, 31), True),
    ("dmy", "29/02/2024", dt.datetime(2024, 2, 29), True),
    ("dmy", "29/02/2023", None, False),
    ("mdy", "31/01/2023", None, False),  # month 31: the file is not in the order that it promises
    ("dmy", "01/31/2023", None, False),
    ("mdy", "1/31/23", None, False),  # of which century nobody says
    ("mdy", "2023-01-31", dt.datetime(2023, 1, 31), True),  # the year comes first: no doubt
    ("mdy", "2023-01-31T23:59:59.123", dt.datetime(2023, 1, 31, 23, 59, 59, 123_000), False),
    (None, "2023-01-31T23:59:59.000029", dt.datetime(2023, 1, 31, 23, 59, 59, 29), False),
    (None, "2023-01-31T23:59:59.1234567", dt.datetime(2023, 1, 31, 23, 59, 59, 123_456), False),
    (None, "2023-01-31T16:00:00.000Z", dt.datetime(2023, 2, 1), False),
    (None, "2023/01/31 16:30:00+00", dt.datetime(2023, 2, 1, 0, 30), False),
    (None, "2023-01-31T23:59:59-05:00", dt.datetime(2023, 2, 1, 12, 59, 59), False),
    ("mdy", "01/31/2023 11:59:59 PM -0500", dt.datetime(2023, 2, 1, 12, 59, 59), False),
    (None, "2023-01-31 11:59:59 PM", dt.datetime(2023, 1, 31, 23, 59, 59), False),
    (None, "2023-01-31 13:00 PM", None, False),  # no such hour on that clock
    (None, "2023-01-31 0:30 AM", None, False),
    (None, "2023-01-31 PM", None, False),
    (None, "2023-01-31 08:00-17", None, False),  # a span, not a zone: none is 17 hours behind
    (None, "20230131160000Z", dt.datetime(2023, 2, 1), False),
]


@pytest.mark.parametrize("order", [None, "mdy", "dmy"])
def test_dates_of_one_order_in_one_column(order: DateOrder | None) -> None:
    """All together and each alone: what a cell is does not depend on its neighbours."""
    mine = [case for case in ORDERED if case[0] == order]
    random.Random(7).shuffle(mine)
    values, date_only = DateReader().parse(pa.array([text for _, text, _, _ in mine]), order)
    assert values.to_pylist() == [expected for _, _, expected, _ in mine]
    assert date_only.tolist() == [only for _, _, _, only in mine]
    for _, text, expected, _ in mine:
        assert DateReader().parse(pa.array([None, text]), order)[0].to_pylist() == [None, expected]


def test_zones_are_those_of_the_place_on_that_day() -> None:
    """New York is 5 hours behind in winter and 4 in summer (IANA)."""
    reader = DateReader(zone="America/New_York")
    values, _ = reader.parse(pa.array(["2023-01-31T16:00:00Z", "2023-07-31T16:00:00Z", "2023-07-31T16:00:00"]))
    expected = [dt.datetime(2023, 1, 31, 11), dt.datetime(2023, 7, 31, 12), dt.datetime(2023, 7, 31, 16)]
    assert values.to_pylist() == expected


def make_requests(**changes: Any) -> Contract:
    columns: list[dict[str, Any]] = [
        {"name": "case_id", "header": "Service Request Number", "type": "id"},
        {"name": "opened_at", "header": "Created Date", "type": "datetime", "date_order": "mdy"},
        {"name": "closed_at", "header": "Closed Date", "type": "datetime", "date_order": "mdy", "required": False},
        {"name": "late", "header": "Overdue", "type": "boolean", "true_words": ["YES"], "false_words": ["NO"]},
        {"name": "note", "header": "Resolution", "type": "text", "required": False},
        {"name": "ward", "header": "Ward", "type": "integer", "required": False, "optional_column": True},
    ]
    told = {"columns": columns, "received": "opened_at", "rules": [], "ignore": ["*"], **changes}
    return make_cases(**told)


HEADER = ["Service Request Number", "Created Date", "Closed Date", "Overdue", "Resolution", "Ward"]


def write_requests(path: Path, rows: list[list[str]], *, header: list[str] = HEADER, more: int = 120) -> Path:
    """Every cell in quotes, `more` columns beside, as the open-data portals export."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        out.writerow([*header, *(f"Extra {i}" for i in range(more))])
        out.writerows([*row, *(f"{i}" for i in range(more))] for row in rows)
    return path


LONG = 'He said "no", then\n\nleft; ' + "x" * 100_000
ROWS = [
    ["00012", "01/31/2023 11:59:59 PM", "", "NO", LONG, "7"],
    ["00013", "02/01/2023 12:00:01 AM", "02/03/2023 08:15:00 AM", "yes", "", ""],
]


def test_an_export_of_many_columns_is_read_without_a_word(tmp_path: Path) -> None:
    path = write_requests(tmp_path / "2023年2月.csv", ROWS)
    checked = check(path, make_requests(), staged=tmp_path / "accepted.parquet")
    assert (checked.status, codes_of(checked), checked.rows_accepted) == ("accepted", [], 2)
    assert (checked.reading["extra"], checked.reading["ignored"]) == ([], 120)
    rows = pq.read_table(tmp_path / "accepted.parquet").to_pylist()
    assert [row["case_id"] for row in rows] == ["00012", "00013"]
    assert [row["opened_at"] for row in rows] == [
        dt.datetime(2023, 1, 31, 23, 59, 59),
        dt.datetime(2023, 2, 1, 0, 0, 1),
    ]
    assert [row["closed_at"] for row in rows] == [None, dt.datetime(2023, 2, 3, 8, 15)]
    assert [row["late"] for row in rows] == [False, True]
    assert [row["note"] for row in rows] == [LONG, None]
    assert [row["ward"] for row in rows] == [7, None]


def test_without_the_star_each_unknown_column_is_a_finding(tmp_path: Path) -> None:
    checked = check(write_requests(tmp_path / "2023年2月.csv", ROWS), make_requests(ignore=[]))
    assert codes_of(checked) == ["COLUMN.EXTRA"] * 120


def test_a_renamed_column_is_still_told(tmp_path: Path) -> None:
    """The optional column that is gone and looks like one that came is no silence; a required one refuses the file."""
    header = [*HEADER[:5], "Wards"]
    checked = check(write_requests(tmp_path / "2023年2月.csv", ROWS, header=header), make_requests())
    assert [f.header for f in checked.findings if f.code == "COLUMN.EXTRA"] == ["Wards"]
    header = ["Service Request No.", *HEADER[1:]]
    checked = check(write_requests(tmp_path / "2023年2月.csv", ROWS, header=header), make_requests())
    assert checked.code == "TABLE.COLUMNS"
    assert [f.header for f in checked.findings if f.code == "COLUMN.RENAMED"] == ["ServiceRequestNo."]


def test_a_date_in_the_other_order_is_held_and_told_how_it_should_look(tmp_path: Path) -> None:
    rows = [[*ROWS[0][:1], "31/01/2023 11:59:59 PM", *ROWS[0][2:]], ROWS[1]]
    checked = check(write_requests(tmp_path / "2023年2月.csv", rows, more=0), make_requests())
    assert (checked.rows_accepted, checked.rows_quarantined) == (1, 1)
    (found,) = checked.findings
    assert (found.code, found.cell) == ("VALUE.UNREADABLE", "B2")
    assert "03/31/2023 09:32:09" in found.message


def test_what_the_star_and_the_order_are_no_part_of() -> None:
    report = make_report().model_dump()
    report |= {"wide": {"across": "unit", "values": ["total"]}, "rules": [], "columns": report["columns"][:2]}
    assert Contract.model_validate(report).wide
    with pytest.raises(ValidationError, match="no header cell would be a value"):
        Contract.model_validate({**report, "ignore": ["*"]})
    columns = [{**column, "date_order": "mdy"} for column in report["columns"]]
    with pytest.raises(ValidationError, match="date_order: only for columns of type date"):
        Contract.model_validate({**report, "columns": columns})
