"""secret: the key with which persons are hashed."""

from __future__ import annotations

import typer

from etl.commands.output import JsonFlag, print_json, print_line
from etl.core.secret import SecretError, create_key, known_fingerprint, secret_file
from etl.core.session import open_session
from schemas.settings import get_settings

app = typer.Typer(name="secret", help="密钥：身份证号、电话、姓名入库前用它加密。", no_args_is_help=True)


@app.callback()
def secrets() -> None:
    """密钥：身份证号、电话、姓名入库前用它加密。"""


@app.command()
def new(as_json: JsonFlag = False) -> None:
    """生成密钥文件；只在首次使用时运行一次。"""
    settings = get_settings()
    with open_session(settings, trigger="cli:secret-new") as ctx:
        known = known_fingerprint(ctx.engine)
        if known and not secret_file(settings).exists():
            raise SecretError(
                f"这个数据库里已有用密钥 {known} 加密的数据，换用新密钥后同一个人会被当成两个人，因此没有生成；"
                f"请从备份恢复 {secret_file(settings)}"
            )
        key = create_key(settings)
    if as_json:
        print_json({"file": secret_file(settings), "fingerprint": key.fingerprint})
        return
    print_line(f"已生成密钥 {secret_file(settings)}（指纹 {key.fingerprint}）。")
    print_line("请立即另存一份备份，并与数据备份分开保管；密钥丢失后无法重新生成。")
