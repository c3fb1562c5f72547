"""One table written down in every form that departments use reads back as the same rows."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import ibis
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.core.singles import single_periods
from schemas.models.contract import Contract
from tests.etl.check.files import Row, check, make_report, write_csv
from tests.etl.check.test_layouts import rows_of

Figures = dict[tuple[str, int], tuple[int, int]]
"""(unit, month of 2023) -> cases, and cases online."""
COLUMNS = [
    {"name": "unit", "header": "责任单位", "type": "unit"},
    {"name": "month", "header": "月份", "type": "period"},
    {"name": "total", "header": "办件量", "type": "integer"},
    {"name": "online", "header": "网办量", "type": "integer"},
]
PERIOD = {"grain": "month", "read_from": ["column"], "column": "month"}
WIDE = {"across": "month", "values": ["total", "online"]}


@st.composite
def figures(draw: st.DrawFn) -> Figures:
    units = draw(st.lists(st.sampled_from(["甲局", "乙局", "丙局"]), min_size=1, unique=True))
    months = sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=5)))
    counts = st.integers(0, 999_999)
    return {(unit, month): (draw(counts), draw(counts)) for unit in units for month in months}


def make(**changes: Any) -> Contract:
    return make_report(**{"columns": COLUMNS, "key": ["unit", "month"], "period": PERIOD, "rules": [], **changes})


def parts(table: Figures) -> tuple[list[str], list[int]]:
    return list(dict.fromkeys(unit for unit, _ in table)), list(dict.fromkeys(month for _, month in table))


def body(table: Figures) -> list[Row]:
    """One line a unit: cases and cases online of every month."""
    units, months = parts(table)
    return [[unit, *(n for month in months for n in table[unit, month])] for unit in units]


def as_rows(path: Path, table: Figures) -> Contract:
    lines = [[unit, f"2023年{month}月", *numbers] for (unit, month), numbers in table.items()]
    write_csv(path, [["责任单位", "月份", "办件量", "网办量"], *lines])
    return make()


def as_one_header(path: Path, table: Figures) -> Contract:
    _, months = parts(table)
    header = ["责任单位", *(f"{month}月{name}" for month in months for name in ("办件量", "网办量"))]
    write_csv(path, [["2023年统计表"], header, *body(table)])
    return make(wide=WIDE)


def as_groups(path: Path, table: Figures) -> Contract:
    """Months above, the first cell of a group alone filled, columns in another order, a stray blank column."""
    _, months = parts(table)
    upper = ["责任单位", "", *(cell for month in months for cell in (f"2023年{month}月", ""))]
    lower = ["", "", *(["网办量", "办件量"] * len(months))]
    lines = [[row[0], "", *(n for pair in zip(row[2::2], row[1::2], strict=True) for n in pair)] for row in body(table)]
    write_csv(path, [["统计表"], upper, lower, *lines])
    return make(wide=WIDE)


def as_merged_header(path: Path, table: Figures) -> Contract:
    """Three lines of merged cells: year, month, name."""
    _, months = parts(table)
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 2, 0, "责任单位")
        sheet.merge_range(0, 1, 0, 2 * len(months), "2023年")
        for place, month in enumerate(months):
            sheet.merge_range(1, 1 + 2 * place, 1, 2 + 2 * place, f"{month}月")
            sheet.write_row(2, 1 + 2 * place, ["办件量", "网办量"])
        for line, row in enumerate(body(table), start=3):
            sheet.write_row(line, 0, row)
    return make(wide=WIDE)


def as_sections(path: Path, table: Figures) -> Contract:
    """One line a month, the unit in the heading above its lines."""
    units, months = parts(table)
    lines: list[Row] = []
    for unit in units:
        lines += [[f"{unit}（{len(months)}行）"], *([f"2023-{m:02d}", *table[unit, m]] for m in months)]
    write_csv(path, [["月份", "办件量", "网办量"], *lines])
    return make(section={"column": "unit", "counted": True})


def as_sums(path: Path, table: Figures) -> Contract:
    """Sums since January; a gap between months makes merged months, so only tables of the first months fit."""
    units, months = parts(table)
    lines: list[Row] = []
    for unit in units:
        sums = [accumulate([table[unit, month][i] for month in months]) for i in (0, 1)]
        lines.append([unit, *(n for pair in zip(*sums, strict=True) for n in pair)])
    header = ["责任单位", *(f"1-{month}月{name}累计" for month in months for name in ("办件量", "网办量"))]
    write_csv(path, [["2023年统计表"], [cell.replace("1-1月", "1月") for cell in header], *lines])
    columns = [c | ({"aliases": [f"{c['header']}累计"]} if c["name"] in ("total", "online") else {}) for c in COLUMNS]
    return make(columns=columns, wide={**WIDE, "cumulative": "year"})


FORMS: Sequence[Callable[[Path, Figures], Contract]] = (
    as_rows,
    as_one_header,
    as_groups,
    as_merged_header,
    as_sections,
    as_sums,
)


@pytest.mark.parametrize("form", FORMS)
@given(table=figures())
@settings(max_examples=8, deadline=None)
def test_every_form_reads_back_the_same(form: Callable[[Path, Figures], Contract], table: Figures) -> None:
    if form is as_sums:
        _, months = parts(table)
        table = {(unit, months.index(month) + 1): numbers for (unit, month), numbers in table.items()}
    with tempfile.TemporaryDirectory() as folder:
        path, staged = Path(folder) / "f.xlsx", Path(folder) / "accepted.parquet"
        contract = form(path, table)
        found = check(path, contract, name="月报", staged=staged)
        assert (found.status, found.findings) == ("accepted", ()), found.message
        single_periods(ibis.duckdb.connect().read_parquet(staged), contract).to_parquet(
            staged.with_name("single.parquet")
        )
        read = rows_of(staged.with_name("single.parquet"), "unit", "period", "total", "online")
    assert sorted(read) == sorted((unit, f"2023-{month:02d}", *numbers) for (unit, month), numbers in table.items())
