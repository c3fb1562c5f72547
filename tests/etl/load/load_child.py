"""A process of its own that loads: all that waits, or the batches named. Prints `ready` when it begins.

Usage: load_child.py CONTRACT.json [BATCH ...]; places come from the environment.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

from etl.core.context import Context
from etl.core.lake import open_lake
from etl.load import load_accepted, load_batch
from schemas.models.contract import Contract
from schemas.models.registry import Registry
from schemas.settings import get_settings
from schemas.warehouse.engine import make_engine


def main(contract_file: str, *batch_ids: str) -> None:
    settings = get_settings()
    contract = Contract.model_validate(json.loads(Path(contract_file).read_text()))
    registry = Registry({contract.id: contract}, {}, {}, {}, (), (), {})
    ctx = Context(settings, registry, make_engine(str(settings.database_url)), dt.date(2023, 4, 30), "child")
    print("ready", flush=True)  # noqa: T201
    if not batch_ids:
        load_accepted(ctx)
        return
    with open_lake(settings) as connection:
        for batch_id in batch_ids:
            load_batch(ctx, connection, batch_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
