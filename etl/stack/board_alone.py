"""`bizenv board`: the board without Airflow, until somebody stops it."""

from __future__ import annotations

import time
from collections.abc import Callable

from etl.core.postgres import Server
from etl.stack import health
from etl.stack.errors import StackError
from etl.stack.parts import build_board
from etl.stack.ports import check_ports
from etl.stack.supervisor import StopRequested, ignore_stop_signals
from schemas.settings import Settings

LOOK_SECONDS = 0.5
STOP_SECONDS = 15.0


def run_board(settings: Settings, server: Server, *, tell: Callable[[str], None]) -> None:
    """Serve until `StopRequested` (call it within `stop_signals()`); the board dies with this process in any case.

    Raises:
        StackError: the port is taken, or the board has ended by itself; one Chinese sentence.
    """
    check_ports(settings, only=frozenset({"BIZENV_BOARD_PORT"}))
    part = build_board(settings, server)
    try:
        part.start()
        tell(f"看板：{health.board_url(settings)}/  （Ctrl-C 停止）")
        while part.is_alive():
            time.sleep(LOOK_SECONDS)
        raise StackError(f"看板意外退出：请查看日志 {part.log}。")
    except StopRequested:
        tell("看板已停止。")
    finally:
        ignore_stop_signals()
        part.ask_to_stop()
        part.wait(STOP_SECONDS)
