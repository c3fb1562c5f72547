"""The real database and Airflow on the DAGs of the repository, as a process of its own; told by `BIZENV_*`."""

from __future__ import annotations

import sys

from etl.stack.run import Hooks, run_stack
from schemas.settings import get_settings
from schemas.warehouse.engine import migrate

if __name__ == "__main__":
    sys.exit(run_stack(get_settings(), hooks=Hooks(migrate=migrate), with_board=False))
