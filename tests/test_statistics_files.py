"""The statistics bureau's exports as they come, through contracts of YAML alone, against another author's table."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from etl.core.context import Context
from etl.core.lake import open_lake
from etl.core.session import open_session
from schemas.settings import Settings, inherited_environment
from schemas.warehouse.tables import batches

PACK = Path(__file__).parent / "packs" / "statistics"
COLUMNS = {
    "nbs_gdp": "GDP_亿元",
    "nbs_population_sample": "人口数_抽样调查_人",
    "nbs_aged_sample": "65岁以上人口_抽样调查_人",
    "nbs_urban_employed": "城镇单位就业人员_万人",
    "nbs_private_employed": "私营个体就业人员_NBS_万人",
    "nbs_investment_growth": "固定资产投资到位资金增速_%",
    "nbs_technical_staff": "公有单位专业技术人员_NBS_人",
}
"""Source -> the other author's column."""
pytestmark = pytest.mark.shared

Cells = dict[tuple[str, str], Decimal]
"""(short name of the region, year) -> figure."""


@pytest.fixture(scope="module")
def bureau(shared: Path, tmp_path_factory: pytest.TempPathFactory, module_database_url: str) -> Settings:
    """A home into which `bizenv run` has taken the seven exports and the workbook, untouched."""
    home = tmp_path_factory.mktemp("bureau") / "home"
    made = Settings(home=home, database_url=module_database_url, schemas=(PACK,), smtp_port=1)
    made.make_home()
    for path in (shared / "data" / "nbs").glob("分省年度数据*.csv"):
        if "整合" not in path.name:
            shutil.copy(path, made.inbox)
    shutil.copy(shared / "data" / "nbs" / "一般公共预算等.xls", made.inbox)
    command = [sys.executable, "-m", "etl.cli", "run", "--as-of", "2026-06-30", "--json"]
    environment = {**inherited_environment(), **made.child_environment(), "PATH": os.environ["PATH"]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["checked"] == {"accepted": 8}
    return made


@pytest.fixture(scope="module")
def reference(shared: Path) -> dict[str, Cells]:
    """Source -> the other author's figures, read by the csv module."""
    with (shared / "data" / "nbs" / "分省年度数据_整合.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        source: {(row["地区"], row["年份"]): Decimal(row[name]) for row in rows if row[name]}
        for source, name in COLUMNS.items()
    }


def shorten(region: str) -> str:
    """北京市 -> 北京, 内蒙古自治区 -> 内蒙古: the other author's spelling."""
    for tail in ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市"):
        region = region.removesuffix(tail)
    return region


def read_lake(ctx: Context, source: str) -> Cells:
    with open_lake(ctx.settings, read_only=True) as lake:
        rows = lake.execute(f'SELECT region, year, "value", period FROM lake."{source}"').fetchall()
    assert all(year == period for _, year, _, period in rows)
    return {(shorten(region), year): value for region, year, value, _ in rows}


def test_every_shared_cell_is_equal(bureau: Settings, reference: dict[str, Cells]) -> None:
    with open_session(bureau, trigger="test") as ctx:
        ours = {source: read_lake(ctx, source) for source in COLUMNS}
    shared_cells = {(source, *key) for source, cells in reference.items() for key in cells if key in ours[source]}
    differing = [key for key in shared_cells if ours[key[0]][key[1:]] != reference[key[0]][key[1:]]]
    assert len(shared_cells) == 3007
    assert differing == []


def test_nothing_else_was_read_and_nothing_left_out(bureau: Settings, shared: Path) -> None:
    """Filled cells of the body, counted from the bytes: 31 regions, whatever stands above and below them."""
    with open_session(bureau, trigger="test") as ctx, ctx.engine.connect() as connection:
        rows = connection.execute(
            select(batches.c.file_name, batches.c.lines, batches.c.reading, batches.c.rows_accepted)
        )
        found = {row.file_name: row for row in rows}
    del found["一般公共预算等.xls"]
    assert len(found) == 7
    for name, row in found.items():
        with (shared / "data" / "nbs" / name).open(encoding="gb18030", newline="") as file:
            body = [cells for cells in csv.reader(file) if len(cells) > 10 and cells[0] != "地区"]
        filled = sum(cell != "" for cells in body for cell in cells[1:])
        assert (row.lines["data"], row.lines["header"]) == (31, 1)
        assert row.rows_accepted == row.reading["wide_rows"]["accepted"] == filled
        assert filled + row.reading["wide_rows"]["empty"] == 31 * (len(body[0]) - 1)


def test_a_workbook_whose_name_columns_have_no_header(bureau: Settings, shared: Path) -> None:
    """The name of the figure stands merged over the lines in B, and in C again from the second one on."""
    sheet = CalamineWorkbook.from_path(shared / "data" / "nbs" / "一般公共预算等.xls").get_sheet_by_index(0)
    header, *lines = sheet.to_python()
    wanted = {
        (line[1] or line[2], line[3], str(int(year)), Decimal(str(cell)))
        for line in lines
        for year, cell in zip(header[4:], line[4:], strict=True)
        if cell != ""
    }
    with open_session(bureau, trigger="test") as ctx, open_lake(ctx.settings, read_only=True) as lake:
        rows = lake.execute('SELECT item, region, year, "value" FROM lake.nbs_public_spending').fetchall()
    assert len(rows) == len(wanted) == 620
    assert set(rows) == wanted
