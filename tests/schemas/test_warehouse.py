"""The warehouse as migrated is the warehouse as described."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from schemas.warehouse.engine import migrate
from schemas.warehouse.tables import metadata


def test_migrations_and_tables_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        assert len(inspect(connection).get_table_names()) == len(metadata.tables) + 1  # and alembic_version
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    assert differences == []


def test_migrate_twice_is_a_no_op(engine: Engine) -> None:
    migrate(engine)
    migrate(engine)
