"""demo, board, stack, doctor: a first look, the servers, and whether all is well."""

from __future__ import annotations

from typing import Annotated

import typer

from etl.commands.data import print_report, report_json
from etl.commands.output import JsonFlag, print_json, print_line, print_table, show_light
from etl.core.context import Context
from etl.core.postgres import connect_or_start
from etl.core.session import open_session
from etl.core.verdict_history import read_set
from schemas.settings import get_settings
from schemas.warehouse.engine import make_engine, migrate


def demo(
    plan: Annotated[str, typer.Option("--plan", help="方案编号")] = "wanli-2023",
    months: Annotated[int, typer.Option("--months", min=1, max=60, help="模拟的月数，到方案期满为止")] = 12,
    as_json: JsonFlag = False,
) -> None:
    """生成一个模拟区县的报表，走完六个环节，列出结论。"""
    from etl import pipeline
    from etl.demo import make_demo

    settings = get_settings()
    settings.make_home()
    with connect_or_start(settings) as server:
        engine = make_engine(server.url_bizenv)
        migrate(engine)
        try:
            make_demo(settings, engine, plan=plan, months=months)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
        finally:
            engine.dispose()
        with open_session(settings, trigger="cli:demo") as ctx:
            document = {"run_id": ctx.run_id, "as_of": ctx.as_of, **report_json(pipeline.run(ctx))}
            rows = _current_rows(ctx, plan)
    if as_json:
        print_json({**document, "verdicts": rows})
        return
    print_report(document)
    print_table("全区当前的灯", ("目标", "时期", "灯", "说明"), [tuple(row.values()) for row in rows])
    print_line("打开看板：bizenv board；查看某一盏灯的依据：bizenv explain 目标 --period 时期")


def _current_rows(ctx: Context, plan: str) -> list[dict[str, str]]:
    with ctx.engine.connect() as connection:
        found = read_set(connection, plan=plan, unit="self")
    return [
        {
            "target": known.row.target,
            "period": known.row.period,
            "light": show_light(known.row.light, known.row.carried_from),
            "sentence": known.row.sentence,
        }
        for known in found
        if known.row.is_current
    ]


def board() -> None:
    """打开看板（数据库未运行时一并启动）。"""
    from etl.stack.board_alone import run_board
    from etl.stack.errors import StackError
    from etl.stack.supervisor import stop_signals

    settings = get_settings()
    settings.make_home()
    with stop_signals(), connect_or_start(settings) as server:
        migrate(server.url_bizenv)
        try:
            run_board(settings, server, tell=print_line)
        except StackError as error:
            print_line(str(error))
            raise typer.Exit(1) from None


def stack(
    plan: Annotated[str, typer.Option("--plan", help="收件箱为空时模拟哪个方案的区县")] = "wanli-2023",
) -> None:
    """启动整套服务：数据库、Airflow、看板、邮件接收；Ctrl-C 全部停止。"""
    from etl.core.secret import ensure_key
    from etl.stack.run import Hooks, run_stack

    settings = get_settings()
    if settings.stage != "production":
        settings.make_home()
        ensure_key(settings)

    def fill(url: str | None = None) -> None:
        from etl.demo import make_demo

        with connect_or_start(settings) as server:
            engine = make_engine(url or server.url_bizenv)
            make_demo(settings, engine, plan=plan)
            engine.dispose()

    raise typer.Exit(run_stack(settings, hooks=Hooks(migrate=migrate, demo=fill)))


def doctor(as_json: JsonFlag = False) -> None:
    """体检：配置、数据库、日历、数据湖、邮件、磁盘、最近一次运行。"""
    from etl.doctor import examine

    checks = examine(get_settings())
    if as_json:
        print_json({"ok": all(check.light != "red" for check in checks), "checks": checks})
    else:
        words = {"green": "■ 正常", "yellow": "▲ 注意", "red": "● 故障"}
        print_table("体检", ("项目", "结果", "说明"), [(c.name, words[c.light], c.message) for c in checks])
    raise typer.Exit(1 if any(check.light == "red" for check in checks) else 0)
