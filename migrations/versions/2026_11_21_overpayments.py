"""Money from outside that is more than due goes to the customer's balance, entered once."""

import sqlalchemy as sa
from alembic import op

revision = "c41d7f0a9b32"
down_revision = "b7e21f9d4c60"
branch_labels = None
depends_on = None

KNOWN = "kind IN ('credit_note', 'invoice', 'adjustment'{more})"


def upgrade() -> None:
    """Apply."""
    op.add_column("balance_entry", sa.Column("request_key", sa.Text(), server_default="", nullable=False))
    op.alter_column("balance_entry", "request_key", server_default=None)
    op.create_index(
        "uq_balance_entry_request",
        "balance_entry",
        ["request_key"],
        unique=True,
        postgresql_where=sa.text("request_key <> ''"),
    )
    op.drop_constraint(op.f("ck_balance_entry_kind_known"), "balance_entry", type_="check")
    op.create_check_constraint(
        op.f("ck_balance_entry_kind_known"), "balance_entry", KNOWN.format(more=", 'overpayment'")
    )


def downgrade() -> None:
    """Take back."""
    op.execute("UPDATE balance_entry SET kind = 'adjustment' WHERE kind = 'overpayment'")
    op.drop_constraint(op.f("ck_balance_entry_kind_known"), "balance_entry", type_="check")
    op.create_check_constraint(op.f("ck_balance_entry_kind_known"), "balance_entry", KNOWN.format(more=""))
    op.drop_index("uq_balance_entry_request", table_name="balance_entry")
    op.drop_column("balance_entry", "request_key")
