"""plan audit, plan scan: a policy document's text beside the pack that stands for it, or is to be made from it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from etl.commands.output import JsonFlag, print_json
from etl.commands.plan_output import Part, audit_json, print_audit, print_line_of_text, print_scan, scan_json
from etl.policy_text.audit import audit_pack
from etl.policy_text.scan import Scan, scan_text
from etl.policy_text.skeleton import write_skeleton
from etl.policy_text.text import PolicyText, UnreadableTextError
from schemas.models.registry import Pack, load_pack
from schemas.settings import get_settings

app = typer.Typer(help="政策文件：核对目录（audit），从原文找候选目标（scan）。", no_args_is_help=True)

TextOption = Annotated[Path, typer.Option("--text", help="政策原文，纯文本（UTF-8 或 GB18030）")]


def read_policy_text(path: Path) -> PolicyText:
    """The text of a file; one that cannot be read is wrong usage."""
    try:
        return PolicyText.read(path)
    except OSError as error:
        raise typer.BadParameter(f"读不了 {path}：文件不存在、是文件夹或没有权限") from error
    except UnreadableTextError as error:
        raise typer.BadParameter(f"{path}：{error}") from error


def find_pack(plan: str) -> Pack:
    """The pack of a plan by its id; mistakes in other packs do not matter here."""
    pack, known = load_pack(get_settings().schema_folders, plan)
    if pack is None:
        raise typer.BadParameter(f"没有方案 {plan!r}；现有：{'、'.join(known)}。新文件请先用 bizenv plan scan 做出目录")
    return pack


@app.command()
def audit(
    plan: Annotated[str, typer.Argument(help="方案编号，如 wanli-2023")],
    text: TextOption,
    only: Annotated[Part | None, typer.Option("--only", help="只列一类")] = None,
    context: Annotated[int | None, typer.Option("--context", min=1, help="只列原文这一行里的词")] = None,
    as_json: JsonFlag = False,
) -> None:
    """核对：原文里每一处数量、比例、时限、日期、频次、全覆盖的说法，是已跟踪、是事实、已说明不跟踪，还是遗漏。"""
    pack, document = find_pack(plan), read_policy_text(text)
    found = audit_pack(pack, document)
    if as_json:
        print_json(audit_json(found, only=only, line=context))
    elif context is not None:
        print_line_of_text(document, found, context)
    else:
        print_audit(document, found, only=only)


@app.command()
def scan(
    text: Annotated[Path, typer.Argument(help="政策原文，纯文本（UTF-8 或 GB18030）")],
    out: Annotated[Path | None, typer.Option("--out", help="把目录的初稿写进这个文件夹（不覆盖已有文件）")] = None,
    plan: Annotated[str, typer.Option("--plan", help="新方案的编号，小写字母、数字和 -")] = "draft",
    year: Annotated[int | None, typer.Option("--year", min=1990, max=2100, help="方案的年份（文中没有时）")] = None,
    as_json: JsonFlag = False,
) -> None:
    """从没有编过目录的原文里，按规则提出候选目标；都要由人核对。"""
    document = read_policy_text(text)
    found = scan_text(document, year=year)
    written = _write(found, document, out, plan) if out else []
    if as_json:
        print_json(scan_json(found, written))
    else:
        print_scan(found, written, hint=f"BIZENV_SCHEMAS={out} bizenv plan audit {plan} --text {text}")


def _write(found: Scan, document: PolicyText, out: Path, plan: str) -> list[Path]:
    if not re.fullmatch(r"[a-z][a-z0-9-]*", plan):
        raise typer.BadParameter(f"方案编号 {plan!r} 只能用小写字母、数字和 -，并以字母开头")
    if found.year is None:
        raise typer.BadParameter("文中没有找到年份，请用 --year 指明方案的年份")
    try:
        return write_skeleton(found, document, out, plan=plan)
    except FileExistsError as error:
        raise typer.BadParameter(f"{error} 已存在；不覆盖，请换一个文件夹或编号") from error
    except OSError as error:
        raise typer.BadParameter(f"写不进 {out}：请换一个有权限的文件夹") from error
