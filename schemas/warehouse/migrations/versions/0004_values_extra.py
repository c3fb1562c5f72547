"""Numbers of cases beside a value: what a register of exclusions took out, what has no deadline.

A warehouse made by a newer first revision has the column already.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table \"values\" add column if not exists extra jsonb not null default '{}'::jsonb")


def downgrade() -> None:
    op.drop_column("values", "extra")
