"""docs build: pages for engineers about what the contracts promise and what the newest files kept."""

from __future__ import annotations

import typer

from etl.commands.output import JsonFlag, print_json, print_line
from etl.core.session import open_session
from schemas.settings import get_settings

app = typer.Typer(help="工程人员用的校验说明（Data Docs）", no_args_is_help=True)


@app.callback()
def docs() -> None:
    """工程人员用的校验说明（Data Docs）。"""


@app.command()
def build(as_json: JsonFlag = False) -> None:
    """重新生成校验说明：每个来源的全部约定，和最近一次校验的结果；只写本地文件。"""
    from etl.data_docs import build_data_docs

    with open_session(get_settings(), trigger="cli:docs") as ctx:
        folder, pages = build_data_docs(ctx)
    if as_json:
        print_json({"folder": folder, "pages": pages})
        return
    print_line(f"已生成 {pages} 页，请用浏览器打开 {folder / 'index.html'}")
