"""Engines and migrations of the warehouse."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url

MIGRATIONS = Path(__file__).with_name("migrations")


def make_engine(url: str) -> Engine:
    """An engine on psycopg 3, whatever PostgreSQL dialect name `url` carries; dead connections are noticed."""
    parsed = make_url(url)
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise ValueError(f"the warehouse is PostgreSQL, not {parsed.get_backend_name()}")
    return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=5)


def migrate(target: Engine | str) -> None:
    """Bring the warehouse to the newest schema; safe to call at every start and by several at once."""
    if isinstance(target, str):
        engine = make_engine(target)
        try:
            migrate(engine)
        finally:
            engine.dispose()
        return
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with target.begin() as connection:
        connection.exec_driver_sql("select pg_advisory_xact_lock(727001)")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
