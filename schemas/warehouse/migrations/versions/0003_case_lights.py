"""The lights of open cases, and mails about them.

A warehouse that begins now has these tables from the first revision already, which follows `tables.py`.
"""

import sqlalchemy as sa
from alembic import op

from schemas.warehouse import tables as t

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEW = (t.case_clocks, t.case_lights, t.case_light_counts, t.case_light_changes, t.case_notices)
TELLS_ONE = "num_nonnulls(set_id, batch_id{}) = 1"


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("case_lights"):
        return
    for table in NEW:
        table.create(op.get_bind())
    op.add_column("mails", sa.Column("case_run", sa.Text))
    op.create_unique_constraint(
        "uq_mails_case_run_address_recipient_unit", "mails", ["case_run", "address", "recipient_unit"]
    )
    _say_subject(TELLS_ONE.format(", case_run"))


def downgrade() -> None:
    for table in reversed(NEW):
        table.drop(op.get_bind())
    op.execute("delete from mails where case_run is not null")
    op.drop_constraint("uq_mails_case_run_address_recipient_unit", "mails")
    _say_subject(TELLS_ONE.format(""))
    op.drop_column("mails", "case_run")


def _say_subject(condition: str) -> None:
    op.drop_constraint(op.f("ck_mails_subject"), "mails")
    op.create_check_constraint(op.f("ck_mails_subject"), "mails", condition)
