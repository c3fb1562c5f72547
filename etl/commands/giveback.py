"""giveback: the annotated copy of a file, for its sender."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from etl.commands.output import JsonFlag, print_json, print_line
from etl.core.session import open_session
from schemas.settings import get_settings


def giveback(
    batch: Annotated[str, typer.Argument(help="批次编号，见看板数据页")],
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件夹，默认当前文件夹")] = Path(),
    as_json: JsonFlag = False,
) -> None:
    """为一个批次写出批注工作簿：每个问题标在原单元格上，第一张表列出需要处理的事项。"""
    from etl.giveback import case_of_batch
    from etl.giveback.sandboxed import make_safely

    with open_session(get_settings(), trigger="cli:giveback") as ctx:
        try:
            case = case_of_batch(ctx, batch)
        except LookupError as error:
            raise typer.BadParameter(f"{error}；批次编号见看板数据页") from error
        made = make_safely(case, ctx.settings)
    path = out / Path(made.name).name
    check_target(path)
    _write(path, made.content)
    if as_json:
        print_json({"file": path, "batch": batch, "tasks": len(case.tasks), "held": len(case.held)})
        return
    print_line(f"已写入 {path}：需要处理 {len(case.tasks)} 项。内含原始数据，只可发还报送单位")


def check_target(path: Path, *, original: Path | None = None) -> None:
    """Refuse to write over anything, the sender's file before all."""
    if path.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"批注是 xlsx 工作簿，{path.name} 请以 .xlsx 结尾")
    if path.exists() or (original is not None and path.resolve() == original.resolve()):
        raise typer.BadParameter(f"{path} 已经存在；不覆盖，请换一个文件名或文件夹")


def write_annotated(ctx: Any, file: Path, contract: Any, checked: Any, target: Path) -> None:
    """The annotated workbook of a file that was only tried."""
    from etl.giveback import case_of_file
    from etl.giveback.sandboxed import make_safely

    _write(target, make_safely(case_of_file(ctx, file, contract, checked), ctx.settings).content)


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # it holds what the sender's file holds
        path.write_bytes(content)
    except OSError as error:
        raise typer.BadParameter(f"写不进 {path.parent}：请换一个有权限的文件夹") from error
