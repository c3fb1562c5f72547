"""The real stack without the board, as a process of its own. Arguments: folder of the DAGs; the rest is `BIZENV_*`."""

from __future__ import annotations

import sys
from pathlib import Path

from etl.stack.run import Hooks, run_stack
from schemas.settings import get_settings
from schemas.warehouse.engine import migrate


def put_export() -> None:
    (get_settings().inbox / "demo.csv").write_text("a\n1\n", "utf-8")


if __name__ == "__main__":
    hooks = Hooks(migrate=migrate, demo=put_export)
    sys.exit(run_stack(get_settings(), hooks=hooks, with_board=False, dags=Path(sys.argv[1])))
