"""source new, indicator new, plan new: promises that a person starts from a draft."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from etl.commands import plans, sources
from etl.commands.output import JsonFlag, print_json, print_line
from etl.scaffold.files import ScaffoldError, write_promises
from etl.scaffold.packs import add_family, draft_indicator, draft_plan
from schemas.models.registry import load_registry
from schemas.settings import get_settings

indicators = typer.Typer(name="indicator", help="指标：起草一个新指标。", no_args_is_help=True)

OutOption = Annotated[Path | None, typer.Option("--out", help="写进哪个目录，默认本机构自己的 schemas 目录")]


@indicators.callback()
def _indicators() -> None:
    """指标：起草一个新指标。"""


def _folder(out: Path | None) -> Path:
    return out.expanduser().resolve() if out else get_settings().home / "schemas"


def _check_name(name: str, *, plan: bool = False) -> None:
    pattern, words = (r"[a-z0-9][a-z0-9-]*", "-") if plan else (r"[a-z][a-z0-9_]*", "_")
    if not re.fullmatch(pattern, name):
        raise typer.BadParameter(f"编号 {name!r} 只能用小写字母、数字和 {words}，并以字母开头")


def _write(folder: Path, files: dict[str, str], as_json: bool, *, hint: str) -> None:
    try:
        written = write_promises(get_settings().schema_folders, folder, files)
    except ScaffoldError as error:
        raise typer.BadParameter(str(error)) from error
    todos = sum(text.count("TODO") for text in files.values())
    if as_json:
        print_json({"files": written, "todos": todos})
        return
    for path in written:
        print_line(f"已写入 {path}")
    print_line(f"其中 {todos} 处 TODO 需要人工改定。{hint}")


@sources.app.command("new")
def new_source(
    name: Annotated[str, typer.Argument(help="新来源的编号，小写字母、数字和 _")],
    sample: Annotated[Path, typer.Option("--from", exists=True, dir_okay=False, readable=True, help="一份样表")],
    plan: Annotated[str, typer.Option("--plan", help="方案编号，如 wanli-2023")],
    out: OutOption = None,
    as_json: JsonFlag = False,
) -> None:
    """从一份样表起草约定：表头、各列类型、主键、所属期都是猜的，标有 TODO，由人改定。"""
    from etl.scaffold.contracts import draft_contract
    from etl.scaffold.sample import SampleError

    _check_name(name)
    registry = load_registry(get_settings().schema_folders)
    if plan not in registry.plans:
        raise typer.BadParameter(f"没有方案 {plan!r}；现有：{'、'.join(sorted(registry.plans))}")
    if name in registry.contracts:
        raise typer.BadParameter(f"来源 {name!r} 已经有了，请换一个编号")
    units = {alias: unit.id for unit in registry.plans[plan].units for alias in (unit.id, *unit.aliases)}
    try:
        draft = draft_contract(sample, name, plan=plan, unit_names=units)
    except SampleError as error:
        raise typer.BadParameter(str(error)) from error
    read = f"用它读样表：{draft.checked.message or ''}；所属期 {draft.checked.period or '按各行'}。"
    hint = f"{read}试读：bizenv check {sample} --source {name}"
    _write(_folder(out), {f"contracts/{name}.yml": draft.text}, as_json, hint=hint)


@indicators.command("new")
def new_indicator(
    name: Annotated[str, typer.Argument(help="新指标的编号，小写字母、数字和 _")],
    source: Annotated[str, typer.Option("--source", help="来源编号，如 service_items")],
    out: OutOption = None,
    as_json: JsonFlag = False,
) -> None:
    """起草一个指标：按来源的列猜出形式、分子分母或起止事件，标有 TODO，由人改定。"""
    _check_name(name)
    registry = load_registry(get_settings().schema_folders)
    if source not in registry.contracts:
        raise typer.BadParameter(f"没有来源 {source!r}；现有：{'、'.join(sorted(registry.contracts))}")
    if name in registry.indicators:
        raise typer.BadParameter(f"指标 {name!r} 已经有了，请换一个编号")
    folder = _folder(out)
    families = folder / "families.yml"
    before = families.read_text(encoding="utf-8") if families.is_file() else None
    folder.mkdir(parents=True, exist_ok=True)
    if name not in registry.families:
        families.write_text(add_family(before or "", name), encoding="utf-8")
    try:
        _write(folder, draft_indicator(name, registry.contracts[source]), as_json, hint="目标里写 indicator: " + name)
    except Exception:
        if before is None:
            families.unlink(missing_ok=True)
        else:
            families.write_text(before, encoding="utf-8")
        raise


@plans.app.command("new")
def new_plan(
    name: Annotated[str, typer.Argument(help="新方案的编号，小写字母、数字和 -")],
    year: Annotated[int, typer.Option("--year", min=1990, max=2100, help="方案的年份")],
    out: OutOption = None,
    as_json: JsonFlag = False,
) -> None:
    """起草一个空方案（有政策原文的请用 plan scan）：方案、单位、一条示例目标，标有 TODO，由人改定。"""
    _check_name(name, plan=True)
    if name in load_registry(get_settings().schema_folders).plans:
        raise typer.BadParameter(f"方案 {name!r} 已经有了，请换一个编号")
    hint = "启用它：写进 schemas/office.yml 的 plans（没有这个文件时，自己目录里的方案都会启用）"
    _write(_folder(out), draft_plan(name, year), as_json, hint=hint)
