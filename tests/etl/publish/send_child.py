"""A sender in a process of its own, to be killed: `send_child.py SCHEMAS`; everything else comes from settings."""

import datetime as dt
import sys
from pathlib import Path

from etl.core.context import open_context
from etl.publish import send_pending
from schemas.models.registry import load_registry
from schemas.settings import Settings
from schemas.warehouse.engine import make_engine

settings = Settings()
engine = make_engine(str(settings.database_url))
registry = load_registry([Path(sys.argv[1])])
ctx = open_context(settings, engine, as_of=dt.date(2023, 6, 1), registry=registry)
sys.stdout.write("ready\n")
sys.stdout.flush()
counts = send_pending(ctx)
sys.stdout.write(f"{counts}\n")
