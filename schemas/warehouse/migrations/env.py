"""Alembic's entry: runs on the connection that `engine.migrate` hands over."""

from alembic import context

from schemas.warehouse.dialect import grant_board
from schemas.warehouse.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, compare_type=True)
context.run_migrations()
grant_board(connection)
