"""run, check and the single stages: from files to lights."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from etl.commands.output import DayOption, JsonFlag, parse_day, print_json, print_line, print_table, show_light
from etl.commands.reading import describe_reading
from etl.core.session import open_session
from schemas.settings import get_settings

SourceOption = Annotated[str | None, typer.Option("--source", help="来源编号，如 service_items")]
EverythingFlag = Annotated[bool, typer.Option("--everything", help="全部重算，不只是有变化的")]

STATUS_WORDS = {
    "accepted": "接收",
    "refused": "退回",
    "empty": "空表",
    "unchanged": "与上期相同",
    "duplicate": "重复",
}


def run(as_of: DayOption = None, everything: EverythingFlag = False, as_json: JsonFlag = False) -> None:
    """处理收件箱里的全部文件，直到看板和邮件。"""
    from etl import pipeline

    with open_session(get_settings(), trigger="cli:run", as_of=parse_day(as_of)) as ctx:
        report = pipeline.run(ctx, everything=everything)
        document = {"run_id": ctx.run_id, "as_of": ctx.as_of, **report_json(report)}
    if as_json:
        print_json(document)
    else:
        print_report(document)


def report_json(report: Any) -> dict[str, Any]:
    """What a run did, as `bizenv run --json` and `bizenv demo --json` print it."""
    published = report.published
    return {
        "landed": report.landed,
        "checked": report.checked,
        "loaded": report.loaded,
        "rows_quarantined": report.rows_quarantined,
        "values_changed": report.computed.changed if report.computed else 0,
        "set_id": published.set_id if published else None,
        "verdicts_changed": published.changed if published else 0,
        "mails": report.mails,
    }


def print_report(document: dict[str, Any]) -> None:
    checked = "，".join(f"{STATUS_WORDS.get(k, k)} {v}" for k, v in document["checked"].items()) or "没有新文件"
    print_line(f"今天：{document['as_of']}")
    print_line(f"收到新文件 {document['landed']} 个（{checked}），入库 {document['loaded']} 个")
    if document["rows_quarantined"]:
        print_line(f"其中 {document['rows_quarantined']} 行暂不入库：原因见看板“数据”页或给报送单位的邮件")
    if document["set_id"]:
        print_line(f"已发布第 {document['set_id']} 版结论，{document['verdicts_changed']} 条有变化")
    else:
        print_line("结论没有变化，未发布新版")


def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="要试读的文件")],
    source: Annotated[str, typer.Option("--source", help="来源编号，如 service_items")],
    as_of: DayOption = None,
    annotate: Annotated[Path | None, typer.Option("--annotate", help="另写批注工作簿（xlsx），标出问题")] = None,
    as_json: JsonFlag = False,
) -> None:
    """试读一个文件：怎么读的、有什么问题、哪些灯会变；什么也不写入。"""
    from etl.commands.giveback import check_target, write_annotated
    from etl.dry_run import try_file

    if annotate is not None:
        check_target(annotate, original=file)

    with open_session(get_settings(), trigger="cli:check", as_of=parse_day(as_of)) as ctx:
        if source not in ctx.registry.contracts:
            known = "、".join(sorted(ctx.registry.contracts))
            raise typer.BadParameter(f"没有来源 {source!r}；现有：{known}")
        contract = ctx.registry.contracts[source]
        done = try_file(ctx, file, contract)
        if annotate is not None:
            write_annotated(ctx, file, contract, done.checked, annotate)
    if as_json:
        print_json({"checked": done.checked, "changes": done.changes, "annotated": annotate})
        return
    checked = done.checked
    counts = f"数据 {checked.rows_accepted} 行通过，{checked.rows_quarantined} 行暂不入库"
    print_line(f"{file.name}：{STATUS_WORDS[checked.status]}；{counts}")
    if checked.message:
        print_line(f"{checked.message}。{checked.todo or ''}")
    print_line(f"时期：{checked.period or '—'}")
    for sentence in describe_reading(checked.reading, checked.lines):
        print_line(sentence)
    rows = [(f.cell or f.line, f.message, f.todo) for f in checked.findings]
    print_table("问题", ("位置", "问题", "怎么办"), rows, empty="没有发现问题。")
    print_proposals(source, checked.reading)
    changes = [
        (c.target, c.unit, show_light(c.before, None) if c.before else "—", show_light(c.after, None), c.sentence)
        for c in done.changes
    ]
    print_table("会变化的灯", ("目标", "单位", "现在", "之后", "说明"), changes, empty="没有灯会变化。")
    if annotate is not None:
        print_line(f"批注已写入 {annotate}")


def print_proposals(source: str, reading: Mapping[str, Any]) -> None:
    """Headers that look like renamed columns, each with the command that accepts it."""
    for one in reading.get("proposals", ()):
        print_line(
            f"「{one['seen']}」像是「{one['header']}」改了名；如确是同一列，请执行："
            f"bizenv source alias {source} {one['column']} {shlex.quote(one['seen'])}"
        )


def recheck(
    batch: Annotated[str, typer.Argument(help="批次编号，见看板数据页")],
    as_of: DayOption = None,
    as_json: JsonFlag = False,
) -> None:
    """重新校验一个还没有入库的批次（例如登记了新表头之后）。"""
    from etl import pipeline

    with open_session(get_settings(), trigger="cli:recheck", as_of=parse_day(as_of)) as ctx:
        try:
            checked = pipeline.recheck(ctx, batch)
        except (LookupError, ValueError) as error:
            raise typer.BadParameter(str(error)) from error
        source = pipeline.source_of(ctx, batch)
    if as_json:
        print_json({"batch": batch, "checked": checked})
        return
    print_line(f"{STATUS_WORDS[checked.status]}：{checked.message or ''}。{checked.todo or ''}")
    print_proposals(source, checked.reading)
    if checked.status == "accepted":
        print_line("请执行 bizenv run 入库并更新结论")


def land(as_json: JsonFlag = False) -> None:
    """只收件：把收件箱的文件移入留存区。"""
    from etl import pipeline

    with open_session(get_settings(), trigger="cli:land") as ctx:
        _finish(pipeline.land(ctx), as_json)


def load(source: SourceOption = None, as_json: JsonFlag = False) -> None:
    """只入库：把通过校验的批次写入数据湖。"""
    from etl import pipeline

    with open_session(get_settings(), trigger="cli:load") as ctx:
        _finish(pipeline.load(ctx, source), as_json)


def compute(everything: EverythingFlag = False, as_of: DayOption = None, as_json: JsonFlag = False) -> None:
    """只计算指标。"""
    from etl import pipeline

    with open_session(get_settings(), trigger="cli:compute", as_of=parse_day(as_of)) as ctx:
        _finish(pipeline.compute(ctx, everything=everything), as_json)


def judge(as_of: DayOption = None, as_json: JsonFlag = False) -> None:
    """只评判：生成一份待发布的结论。"""
    from etl import pipeline

    with open_session(get_settings(), trigger="cli:judge", as_of=parse_day(as_of)) as ctx:
        _finish({"draft_id": pipeline.judge(ctx)}, as_json)


def publish(as_json: JsonFlag = False) -> None:
    """只发布：发布最新的待发布结论并发出邮件。"""
    from etl import pipeline

    with open_session(get_settings(), trigger="cli:publish") as ctx:
        published, mails = pipeline.publish(ctx), pipeline.send_mails(ctx)
        _finish({"published": published, "mails": mails}, as_json)


def check_landed(source: SourceOption = None, as_json: JsonFlag = False) -> None:
    """只校验：校验已收件、尚未校验的批次。"""
    from etl import pipeline

    with open_session(get_settings(), trigger="cli:check-landed") as ctx:
        _finish(pipeline.check(ctx, source), as_json)


def _finish(result: Any, as_json: bool) -> None:
    if as_json:
        print_json(result)
        return
    count = len(result) if isinstance(result, list) else result
    print_line(f"完成：{count}")
