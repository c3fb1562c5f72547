"""The key of the home, with which ID numbers, telephone numbers and names are hashed before anything keeps them.

It lies in `home/secret.key`, 0600, and nowhere else. The warehouse knows its fingerprint: persons hashed under another
key would be strangers to those in the lake, so another key is refused and a lost one never replaced in silence.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert

from schemas.settings import Settings
from schemas.warehouse.tables import secret_keys

KEY_BYTES = 32
_FINGERPRINT = b"bizenv secret.key fingerprint"
_OTHERS = 0o077


class SecretError(RuntimeError):
    """The key is missing, unsafe or another one; one Chinese sentence that says what to do, never the key itself."""


@dataclass(frozen=True)
class SecretKey:
    """The key; neither its text form nor an error ever shows it."""

    value: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Tells two keys apart and betrays neither."""
        return hmac.new(self.value, _FINGERPRINT, hashlib.sha256).hexdigest()[:16]


def secret_file(settings: Settings) -> Path:
    return settings.home / "secret.key"


def create_key(settings: Settings) -> SecretKey:
    """Make the key of a home that has none, complete and durable or not there at all.

    Raises:
        SecretError: there is one already.
    """
    path = secret_file(settings)
    part = path.with_name(f".secret.key.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # a link, not a rename: of two who come at once, one must fail
        os.link(part, path)
    except FileExistsError:
        raise SecretError(f"{path} 已经存在，未作改动") from None
    finally:
        part.unlink()
    return read_key(settings)


def ensure_key(settings: Settings) -> SecretKey:
    """The key, made where there is none: for demonstrations. A production home gets none by the way.

    Raises:
        SecretError: none in production, or an unusable one.
    """
    if secret_file(settings).exists() or settings.stage == "production":
        return read_key(settings)
    return create_key(settings)


def read_key(settings: Settings) -> SecretKey:
    """The key of the home.

    Raises:
        SecretError: it is missing, others may read it, or it is damaged.
    """
    path = secret_file(settings)
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise SecretError(
            f"缺少密钥文件 {path}，含个人信息的数据不能入库；首次使用请运行 bizenv secret new，"
            "密钥丢失请从备份恢复该文件"
        ) from None
    except (OSError, UnicodeDecodeError):
        raise SecretError(f"密钥文件 {path} 读不出来；请检查文件权限，或从备份恢复") from None
    if mode & _OTHERS:
        raise SecretError(f"密钥文件 {path} 可被其他用户读取；请运行 chmod 600 {path}")
    try:
        value = bytes.fromhex(text)
    except ValueError:
        value = b""
    if len(value) != KEY_BYTES:
        raise SecretError(f"密钥文件 {path} 已损坏；请从备份恢复")
    return SecretKey(value)


def open_key(settings: Settings, engine: Engine) -> SecretKey:
    """The key of the home, once the warehouse agrees that it is its own; the first one to come becomes that.

    Raises:
        SecretError: no usable key, or another one than that of the persons in the lake.
    """
    key = read_key(settings)
    row = {"id": 1, "fingerprint": key.fingerprint}
    with engine.begin() as connection:
        connection.execute(insert(secret_keys).values(row).on_conflict_do_nothing())
        known = connection.execute(select(secret_keys.c.fingerprint)).scalar_one()
    if known != key.fingerprint:
        raise SecretError(
            f"{secret_file(settings)} 不是这个数据库所用的密钥（应为 {known}，现为 {key.fingerprint}），"
            "同一个人会被当成两个人；请从备份恢复原来的密钥文件"
        )
    return key


def known_fingerprint(engine: Engine) -> str | None:
    """The fingerprint of the key under which persons in this warehouse were hashed; None before the first."""
    with engine.connect() as connection:
        return connection.execute(select(secret_keys.c.fingerprint)).scalar_one_or_none()
