"""lake export: the accepted rows for other engines."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from etl.commands.output import JsonFlag, print_json, print_line, print_table
from etl.core.session import open_session
from schemas.settings import get_settings

app = typer.Typer(help="数据湖：导出给其他计算引擎。", no_args_is_help=True)
FORMATS = ("parquet", "delta")


@app.callback()
def group() -> None:
    """数据湖：导出给其他计算引擎。"""


@app.command("export")
def export(
    out: Annotated[Path, typer.Option("--out", help="导出到哪个文件夹，须为空或尚不存在")],
    format_: Annotated[str, typer.Option("--format", help="parquet 或 delta")] = "parquet",
    source: Annotated[str | None, typer.Option("--source", help="只导出这一个来源")] = None,
    as_json: JsonFlag = False,
) -> None:
    """把同一时刻的全部已接收数据导出为 Parquet 或 Delta 表，供 Spark、Trino 等读取。"""
    from etl.lake_export import export_lake

    if format_ not in FORMATS:
        raise typer.BadParameter(f"格式只能是 {' 或 '.join(FORMATS)}")
    chosen: Any = format_
    with open_session(get_settings(), trigger="cli:lake-export") as ctx:
        done = export_lake(ctx, out, format_=chosen, source=source)
    if as_json:
        print_json(asdict(done))
        return
    print_table("已导出", ("来源", "行数", "文件夹"), [(t.source, t.rows, t.folder) for t in done.tables])
    print_line(f"全部取自数据湖的第 {done.snapshot} 个版本，位置：{done.folder}")
