"""The first warehouse: all tables as of version 0.1.

While nothing is released, the first revision follows `tables.py`; from the first release on it is frozen.
"""

from alembic import op

from schemas.warehouse.tables import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    metadata.drop_all(op.get_bind())
