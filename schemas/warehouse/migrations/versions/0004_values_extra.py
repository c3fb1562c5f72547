"""Numbers of cases beside a value (taken out by a register, without a deadline), and numbers by the words of a column.

A warehouse made by a newer first revision has both already.
"""

from alembic import op

from schemas.warehouse.case_tables import breakdowns
from schemas.warehouse.columns import metadata

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table \"values\" add column if not exists extra jsonb not null default '{}'::jsonb")
    metadata.create_all(op.get_bind(), tables=[breakdowns])


def downgrade() -> None:
    metadata.drop_all(op.get_bind(), tables=[breakdowns])
    op.drop_column("values", "extra")
