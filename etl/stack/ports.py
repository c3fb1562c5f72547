"""Are the ports of the settings free? Asked before anything is started."""

from __future__ import annotations

from collections import Counter

from etl.core.embedded.ports import is_port_free
from etl.stack.errors import StackError
from schemas.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost")


def has_mail_sink(settings: Settings) -> bool:
    """A sink stands in for a mail server only on this machine."""
    return settings.smtp_sink and settings.smtp_host in LOOPBACK


def list_ports(settings: Settings) -> dict[str, tuple[str, int]]:
    """What the stack listens on: setting -> (what it is, port)."""
    ports = {
        "BIZENV_AIRFLOW_PORT": ("Airflow", settings.airflow_port),
        "BIZENV_BOARD_PORT": ("看板", settings.board_port),
    }
    if settings.database_url is None:
        ports["BIZENV_POSTGRES_PORT"] = ("数据库", settings.postgres_port)
    if has_mail_sink(settings):
        ports["BIZENV_SMTP_PORT"] = ("邮件接收", settings.smtp_port)
    return ports


def check_ports(
    settings: Settings, *, running: frozenset[int] = frozenset(), only: frozenset[str] | None = None
) -> None:
    """Refuse to start on a taken port or on one port for two parts.

    Args:
        settings: the ports.
        running: ports that our own running parts hold, which are no obstacle.
        only: settings of the ports that are wanted; None for all of them.

    Raises:
        StackError: one sentence that names every such port and its setting.
    """
    ports = {name: port for name, port in list_ports(settings).items() if only is None or name in only}
    twice = [port for port, count in Counter(port for _, port in ports.values()).items() if count > 1]
    if twice:
        names = "、".join(name for name, (_, port) in ports.items() if port in twice)
        raise StackError(f"{names} 写了同一个端口：请给它们各写一个不同的端口。")
    taken = [
        f"{label}端口 {port}（{name}）"
        for name, (label, port) in ports.items()
        if port not in running and not is_port_free(port, settings.bind if "POSTGRES" not in name else LOOPBACK[0])
    ]
    if taken:
        raise StackError(f"{'、'.join(taken)}已被其他程序占用：请关闭占用它的程序，或用括号里的设置换一个端口。")
