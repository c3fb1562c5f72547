"""Put the submissions into their folders as files."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from examples.exports.forms import FOOTERS, SENDER_UNITS, make_total, spell_rows
from examples.exports.tables import Table, write_csv, write_workbook
from examples.submissions import Submission
from examples.truth.draws import open_stream

CHINA = dt.timezone(dt.timedelta(hours=8))
ENCODINGS = {"service_ratings": "utf-8-sig"}
"""CSV files are GBK, as Excel in China saves them, but for the one that comes from a web system."""

GARBAGE = "附件打不开，请联系经办人重新发送。\n" * 3
OTHER_TABLE = Table(
    headers=("序号", "值班日期", "值班地点"),
    rows=[[1, "2023-09-01", "一楼大厅"], [2, "2023-09-02", "二楼大厅"]],
)
MENU = Table(title="食堂一周菜谱", headers=("星期", "午餐"), rows=[["星期一", "红烧豆腐"], ["星期二", "番茄炒蛋"]])
MENU_NAME = "食堂菜谱.xlsx"


def make_table(submission: Submission, *, seed: int) -> Table:
    """The submission as its department lays it out."""
    source = submission.source
    chance = open_stream(seed, "cells", source.id, submission.period.label)
    unit = SENDER_UNITS.get(source.id)
    sender = (f"填报单位：{source.owner}", *([unit] if unit else []))
    return Table(
        headers=source.headers,
        rows=spell_rows(submission, chance),
        title=source.title.format(title=submission.period.title),
        sender_line=sender if source.has_sender_line else (),
        total=make_total(submission),
        footer=FOOTERS.get(source.id, ()),
    )


def write_submission(out_dir: Path, submission: Submission, *, seed: int) -> Path:
    """Write one file to `<out_dir>/<source>/<file name>`, dated with the day on which it was sent."""
    folder = out_dir / submission.source.id
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / submission.file_name
    if submission.content == "garbage":
        path.write_text(GARBAGE, encoding="utf-8")
    else:
        is_other = submission.content == "other_table"
        write_table(path, OTHER_TABLE if is_other else make_table(submission, seed=seed), submission.source.id)
    stamp = dt.datetime.combine(submission.sent, dt.time(9, 30), CHINA).timestamp()
    os.utime(path, (stamp, stamp))
    return path


def write_table(path: Path, table: Table, source_id: str) -> None:
    """In the format that the name's ending says."""
    if path.suffix == ".csv":
        write_csv(path, table, encoding=ENCODINGS.get(source_id, "gbk"))
    else:
        write_workbook(path, table)


def write_menu(out_dir: Path, sent: dt.date) -> Path:
    """The file that belongs to no source, straight into `out_dir`."""
    path = out_dir / MENU_NAME
    write_workbook(path, MENU)
    stamp = dt.datetime.combine(sent, dt.time(11), CHINA).timestamp()
    os.utime(path, (stamp, stamp))
    return path
