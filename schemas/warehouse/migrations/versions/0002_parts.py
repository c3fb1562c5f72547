"""Mergeable parts of measures: what `compute` keeps of each chunk of a source's rows.

A warehouse made by a newer first revision has the tables already; they are created only where they lack.
"""

from alembic import op

from schemas.warehouse.tables import metadata, part_chunks, parts

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind(), tables=[part_chunks, parts])


def downgrade() -> None:
    metadata.drop_all(op.get_bind(), tables=[parts, part_chunks])
