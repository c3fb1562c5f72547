"""source: what a source of files needs from people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from etl.commands.output import DayOption, JsonFlag, parse_day, print_json, print_line, print_table
from etl.commands.results import check_plan
from etl.core.session import open_session
from schemas.models.registry import load_registry
from schemas.settings import get_settings

app = typer.Typer(name="source", help="数据来源：人工填报模板、表头的新写法、从样表起草约定。", no_args_is_help=True)


@app.callback()
def sources() -> None:
    """数据来源：人工填报模板、表头的新写法、从样表起草约定。"""


@app.command()
def template(
    source: Annotated[str, typer.Argument(help="来源编号；人工填报为 manual")],
    plan: Annotated[str, typer.Option("--plan", help="方案编号，如 wanli-2023")],
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件，默认 人工填报_方案编号.xlsx")] = None,
    as_of: DayOption = None,
    as_json: JsonFlag = False,
) -> None:
    """生成人工填报模板：方案里每个还没有填报的目标一行。"""
    from etl.by_hand_template import describe_blank, find_blanks, write_template

    path = out or Path(f"人工填报_{plan}.xlsx")
    if path.exists():
        raise typer.BadParameter(f"{path} 已经存在，为免覆盖已填内容，请换一个文件名（--out）或先移走它")
    with open_session(get_settings(), trigger="cli:source-template", as_of=parse_day(as_of)) as ctx:
        check_plan(ctx.registry, plan)
        by_hand = [c.id for c in ctx.registry.contracts.values() if c.is_by_hand]
        if source not in by_hand:
            raise typer.BadParameter(f"来源 {source!r} 没有填报模板；人工填报的来源：{'、'.join(by_hand)}")
        blanks = find_blanks(ctx, plan)
        write_template(path, blanks, ctx.registry.contracts[source])
    rows = [describe_blank(blank) for blank in blanks]
    if as_json:
        print_json({"file": path, "rows": rows})
        return
    print_table("待填报", ("目标", "名称", "条款", "类型", "期限"), [tuple(row.values())[1:6] for row in rows])
    print_line(f"已写入 {path}，共 {len(rows)} 行；填好后放入收件箱")


@app.command()
def alias(
    source: Annotated[str, typer.Argument(help="来源编号，如 service_items")],
    column: Annotated[str, typer.Argument(help="约定中的列：编号或表头")],
    header: Annotated[str, typer.Argument(help="文件里的新表头")],
    as_json: JsonFlag = False,
) -> None:
    """登记一列的新表头：写入本目录 schemas/contracts 下的约定副本，此后照此识别。"""
    from etl.scaffold.aliases import AliasError, accept_alias

    settings = get_settings()
    contracts = load_registry(settings.schema_folders).contracts
    if source not in contracts:
        raise typer.BadParameter(f"没有来源 {source!r}；现有：{'、'.join(sorted(contracts))}")
    try:
        done = accept_alias(settings, contracts[source], column, header)
    except AliasError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        print_json({"file": done.file, "column": done.column.name, "alias": done.alias, "changed": done.changed})
        return
    word = "已登记" if done.changed else "早已登记"
    print_line(f"{word}：「{done.alias}」就是「{done.column.header}」（{done.file}）")
    print_line("此前退回的批次可用 bizenv recheck 批次编号 重新校验")
