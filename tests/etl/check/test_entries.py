"""What people enter is held against the targets it names: every wrong row is told with its cell and kept back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from etl.check.checked import Checked
from etl.check.checking import check_file
from etl.core.by_hand import ByHandCatalogue
from schemas.models.registry import Registry
from tests.etl.by_hand_city import entry, load_city, write_entries

AS_OF = dt.date(2023, 9, 15)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return load_city(tmp_path_factory.mktemp("city"))


def check(city: Registry, folder: Path, *rows: list[Any]) -> Checked:
    path = write_entries(folder / "人工填报.xlsx", rows)
    return check_file(
        path,
        city.contracts["manual"],
        file_name=path.name,
        # a name that another plan's units know
        unit_names={**city.unit_names, "邻区局": "邻区局"},
        as_of=AS_OF,
        catalogue=ByHandCatalogue.of(city),
    )


GOOD = (
    entry("list-published", day="2023-06-20", confirmed="是", evidence="示例〔2023〕12号"),
    entry("guide-issued", day="2023-04-03", confirmed="是", evidence="http://example.org/1"),
    entry("meeting", day="2023-02-10"),
    entry("meeting", period="2023-03..04", value=2),
    entry("meeting", period="2023年5-6月", value=0),
    entry("meeting", period="2023-07..08", day="2023-07-05"),
    entry("visit", day="2023-05-06", unit="东街道办事处"),
    entry("city-rank", period="2023-H1", value=4, source="市通报第3期"),
    entry("city-grade", period="2023", grade="良好", source="市通报第3期", unit="本级"),
    entry("meeting", day="2023-01-31", confirmed="否"),
)


def test_good_rows_pass_in_all_their_forms(city: Registry, tmp_path: Path) -> None:
    checked = check(city, tmp_path, *GOOD)
    assert [f.message for f in checked.findings] == []
    assert (checked.status, checked.rows_accepted, checked.rows_quarantined) == ("accepted", len(GOOD), 0)
    assert checked.period is None
    assert "2023-05..06" in checked.covers


BAD = [
    ("ENTRY_TARGET", "B", entry("no-such", day="2023-02-01")),
    ("ENTRY_NOT_BY_HAND", "B", entry("online", period="2023-02", value=3)),
    ("UNIT.UNKNOWN", "C", entry("meeting", day="2023-02-01", unit="某某局")),
    ("ENTRY_UNIT", "C", entry("meeting", day="2023-02-02", unit="邻区局")),
    # a month is no window of two months, nor are two months across windows
    ("ENTRY_PERIOD", "D", entry("meeting", period="2023-03", value=1)),
    ("ENTRY_PERIOD", "D", entry("meeting", period="2023-02..03", value=1)),
    # before the plan, to come, and a day outside the window that it names
    ("ENTRY_PERIOD", "D", entry("meeting", period="2022-11..12", value=1)),
    ("ENTRY_PERIOD", "D", entry("meeting", period="2023-11..12", value=1)),
    ("ENTRY_PERIOD", "D", entry("meeting", period="2023-03..04", day="2023-05-01")),
    # a milestone has no period
    ("ENTRY_PERIOD", "D", entry("list-published", period="2023-06", day="2023-06-01", confirmed="是", evidence="x")),
    ("VALUE.UNREADABLE", "D", entry("meeting", period="上个月", value=1)),
    # to come, and before the plan
    ("ENTRY_DAY", "E", entry("meeting", day="2023-09-16")),
    ("ENTRY_DAY", "E", entry("meeting", day="2022-12-31")),
    ("ENTRY_EVIDENCE", "I", entry("list-published", day="2023-06-02", confirmed="是")),
    # no day; no word whether it is confirmed; a window without a count
    ("ENTRY_INCOMPLETE", "B", entry("list-published", confirmed="是", evidence="x")),
    ("ENTRY_INCOMPLETE", "B", entry("list-published", day="2023-06-03", evidence="x")),
    ("ENTRY_INCOMPLETE", "B", entry("meeting", period="2023-05..06")),
    # a rank without a period, a rank 0, a number where a grade is asked for
    ("ENTRY_INCOMPLETE", "B", entry("city-rank", day="2023-07-01", value=2, source="x")),
    ("ENTRY_INCOMPLETE", "B", entry("city-rank", period="2023-H1", value=0, source="x")),
    ("ENTRY_INCOMPLETE", "B", entry("city-grade", period="2023-H1", value=1, source="x")),
    # off the scale; a rank has no grade; nobody knows where the rank is from
    ("ENTRY_GRADE", "G", entry("city-grade", period="2023", grade="卓越", source="x")),
    ("ENTRY_GRADE", "G", entry("city-rank", period="2023-Q1", value=2, grade="优异", source="x")),
    ("ENTRY_SOURCE", "J", entry("city-rank", period="2023-Q2", value=2)),
    ("VALUE.RANGE", "F", entry("meeting", period="2023-01..02", value=-1)),
    ("VALUE.NOT_ALLOWED", "H", entry("list-published", day="2023-06-04", confirmed="大概")),
]


def test_every_wrong_row_is_kept_back_with_one_finding_at_its_cell(city: Registry, tmp_path: Path) -> None:
    checked = check(city, tmp_path, *(row for _, _, row in BAD), GOOD[2])
    found = {f.line: (f.code, f.cell) for f in checked.findings}
    assert found == {line: (code, f"{column}{line}") for line, (code, column, _) in enumerate(BAD, start=2)}
    assert len(checked.findings) == len(BAD) == checked.rows_quarantined
    assert checked.rows_accepted == 1
    for finding in checked.findings:
        assert finding.message.startswith(f"第 {finding.line} 行")
        assert finding.todo
        assert finding.code not in finding.message + finding.todo


def test_the_same_entry_twice_and_two_that_differ(city: Registry, tmp_path: Path) -> None:
    """Empty cells of the key count: two events of one day are one, with different counts they are none."""
    checked = check(city, tmp_path, GOOD[2], GOOD[2], entry("visit", day="2023-05-06"), GOOD[6])
    assert [(f.code, f.line) for f in checked.findings] == [("ROW.DUPLICATE", 3)]
    checked = check(city, tmp_path, entry("meeting", day="2023-02-10", value=1), GOOD[2], GOOD[3])
    assert [(f.code, f.line) for f in checked.findings] == [("ROW.CONFLICT", 2), ("ROW.CONFLICT", 3)]
    assert checked.rows_accepted == 1


def test_lines_that_nobody_filled_in_are_no_data(city: Registry, tmp_path: Path) -> None:
    checked = check(city, tmp_path, entry("meeting"), GOOD[2], entry("visit", note="待开展"))
    assert [(f.code, f.level.value) for f in checked.findings] == [("ROW.NOT_FILLED", "note")]
    assert "有 2 行还没有填写" in checked.findings[0].message
    assert (checked.rows_accepted, checked.lines["note"], checked.lines["data"]) == (1, 2, 1)
    empty = check(city, tmp_path, entry("meeting"))
    assert (empty.status, empty.covers) == ("empty", ())


def test_entry_rules_without_a_catalogue_are_refused(city: Registry, tmp_path: Path) -> None:
    path = write_entries(tmp_path / "人工填报.xlsx", [GOOD[0]])
    with pytest.raises(ValueError, match="give the catalogue"):
        check_file(path, city.contracts["manual"], file_name=path.name, unit_names={}, as_of=AS_OF)
