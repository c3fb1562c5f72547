"""Write filings as the departments of the district do: workbooks and CSV files, headers, spellings, encodings."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from decimal import Decimal
from fnmatch import fnmatch
from pathlib import Path

from examples.district.filings import Cell, Filing, Line
from examples.district.levels import open_stream
from examples.district.pack import Column, Contract, Pack
from examples.exports.cells import spell_chinese_date, spell_full_width, spell_slash_time
from examples.exports.files import CHINA, GARBAGE, OTHER_TABLE
from examples.exports.tables import Table, write_csv, write_workbook

FORMS = ("xlsx", "csv/gbk", "xlsx", "csv/utf-8-sig", "xlsx", "csv/utf-8")


def form_of(pack: Pack, contract: Contract) -> str:
    """The same source keeps its form: the ending and, for CSV, the encoding.

    A CSV has no title. Where its rows do not name their period either, two months with nothing in them would be the
    same bytes, and bytes that were sent before are not taken a second time: such sources send workbooks.
    """
    says_period = contract.period_column or (contract.kind == "cases" and not contract.zero_report)
    return FORMS[sorted(pack.contracts).index(contract.id) % len(FORMS)] if says_period else "xlsx"


def name_file(pack: Pack, filing: Filing) -> str:
    """A name that this source's patterns claim and nobody else's.

    Raises:
        ValueError: another source claims the name too.
    """
    contract = filing.contract
    stem = contract.files[0].replace("*", "")
    ending = form_of(pack, contract).split("/")[0]
    name = f"{stem}（{filing.span.title}）{filing.extra}.{ending}"
    claims = [source for source, patterns in pack.others if any(fnmatch(name, pattern) for pattern in patterns)]
    if claims != [contract.id]:
        raise ValueError(f"{name} is claimed by {claims}, not by {contract.id} alone")
    return name


def list_columns(pack: Pack, contract: Contract) -> list[tuple[Column, str]]:
    """The columns of the file with the header each one has there: its own or an alias; optional ones may lack."""
    chosen = []
    for column in contract.columns:
        chance = open_stream("header", pack.id, contract.id, column.name).random()
        if column.optional_column and chance < 0.4:
            continue
        chosen.append((column, column.aliases[0] if column.aliases and chance > 0.6 else column.header))
    return chosen


def spell(pack: Pack, filing: Filing, column: Column, value: Cell) -> Cell:
    """One cell as this source writes it."""
    style = open_stream("style", pack.id, filing.contract.id, column.name).randrange(3)
    if isinstance(value, bool):
        return column.words[0] if value else column.words[1]
    if isinstance(value, dt.datetime):
        return spell_slash_time(value) if style == 0 else value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.date):
        return spell_chinese_date(value) if style == 0 else value.isoformat() if style == 1 else value
    if column.type == "percent" and isinstance(value, Decimal):
        return f"{value}%"
    if column.type == "integer" and style == 2 and isinstance(value, int) and value >= 0:
        return spell_full_width(value)
    return spell_name(pack, filing, column, value, style=style)


def spell_name(pack: Pack, filing: Filing, column: Column, value: Cell, *, style: int) -> Cell:
    """Units by another spelling of theirs, periods as people print them."""
    if column.type == "unit" and style == 0:
        aliases = next((unit.get("aliases", ()) for unit in pack.units if unit["id"] == value), ())
        return aliases[0] if aliases else value
    if column.type == "period" and style == 0:
        return filing.span.title
    return value


def spell_line(pack: Pack, filing: Filing, line: Line, columns: Sequence[tuple[Column, str]]) -> list[Cell]:
    return [line.shown.get(column.name, spell(pack, filing, column, line.values[column.name])) for column, _ in columns]


def make_total(filing: Filing, columns: Sequence[tuple[Column, str]]) -> list[Cell]:
    """The form's own total line, where the contract promises one and there is something to add up."""
    rules = filing.contract.rules_of("total")
    if not rules or not filing.lines or len(columns) < 2:
        return []
    summed = {name for rule in rules for name in rule["columns"]}
    cells: list[Cell] = ["合计"]
    for column, _ in columns[1:]:
        amounts = [Decimal(str(line.values[column.name])) for line in filing.lines if column.name in summed]
        cells.append(sum(amounts, Decimal(0)) if amounts else None)
    return cells


def make_table(pack: Pack, filing: Filing) -> Table:
    columns = list_columns(pack, filing.contract)
    return Table(
        headers=[header for _, header in columns],
        rows=[spell_line(pack, filing, line, columns) for line in filing.lines],
        title=f"{filing.span.title}{filing.contract.name}",
        sender_line=(f"填报单位：{filing.contract.owner}",),
        total=make_total(filing, columns),
        footer=("制表人：示例甲",),
    )


def write_filing(out_dir: Path, pack: Pack, filing: Filing) -> Path:
    """Write one file, dated with the day on which it was sent; every other source has a folder of its own."""
    has_folder = sorted(pack.contracts).index(filing.contract.id) % 2 == 0
    folder = out_dir / filing.contract.id if has_folder else out_dir
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name_file(pack, filing)
    _, _, encoding = form_of(pack, filing.contract).partition("/")
    if filing.content == "garbage":
        path.write_text(GARBAGE + path.name, encoding="utf-8")
    else:
        put_table(path, make_table(pack, filing) if filing.is_accepted else OTHER_TABLE, encoding)
    stamp_file(path, filing.sent)
    return path


def put_table(path: Path, table: Table, encoding: str) -> None:
    if path.suffix == ".csv":
        write_csv(path, table, encoding=encoding)
    else:
        write_workbook(path, table)


def stamp_file(path: Path, sent: dt.date) -> None:
    stamp = dt.datetime.combine(sent, dt.time(9, 30), CHINA).timestamp()
    os.utime(path, (stamp, stamp))
